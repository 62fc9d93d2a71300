"""Cue words by family, in the languages we could find readers for.

Cues only add weight and choose the type; what finds a candidate is structure
(who speaks, where in the turn, what succeeded after what). A language that is
missing here still gets its memories, only less well ordered. To teach it one,
add its words to the families below.
"""

from typing import Final

CUES: Final[dict[str, tuple[str, ...]]] = {
    # makes a sentence a plan of the moment
    "planning": (
        "let me",
        "let'?s",
        "i(?:'ll| will| should| could| need to| have to| can)",
        "i'?m going to",
        "ich (?:werde|sollte|muss|kann)",
        "lass mich",
        "я (?:буду|должен|могу)",
        "мне нужно",
        "让我",
        "我(?:将|会|来|应该|需要)",
    ),
    # offers or asks something instead of stating it
    "offer": (
        "would you like", "let me know", "shall i", "should i", "do you want",
        "want me to",
        "feel free", "if you(?:'d)? (?:like|want|need)", "happy to",
        "which (?:would|do) you",
        "what would you", "is there anything", "any questions",
        "(?:please )?run the following",
        "möchtest du", "soll ich", "sag bescheid", "хотите", "хочешь", "дайте знать",
        "需要我", "要不要", "如果你", "请告诉我", "よろしければ",
    ),
    # a report of the own doing, advice, or a mere case
    "advice": (
        "i(?:'\\w+)?",
        "my",
        "you(?:'\\w+|r)?",
        "please",
        "if",
        "sorry",
        "du",
        "dein\\w*",
        "wenn",
        "falls",
        "вы",
        "ты",
        "если",
        "你",
        "您",
        "如果",
        "あなた",
    ),
    # holds beyond the task
    "standing": (
        "(?<!should )(?<!must )(?<!to )(?<!will )always(?! \\w+s\\b)",
        "never(?! (?:\\w+s|\\w+ed|saw|got|had|did|was)\\b)", "from now on",
        "in (?:the )?future", "i(?:'d| would)? (?:prefer|rather)",
        "prefer [\\w-]+ (?:over|to)",
        "remember", "by default", "convention", "policy",
        "only use", "use only", "you must(?: not|n't)?",
        "(?:please )?(?:do not|don'?t) ever",
        "(?:do not|don'?t) (?:use|add|create|commit|push|touch|run|ask|write|change)",
        "no need", "stop (?:using|doing|adding|asking)",
        "i (?:hate|prefer)", "you (?:are|may) only", "(?:be|are) allowed",
        "immer", "niemals", "nie", "ab jetzt", "künftig", "merke? dir",
        "auf keinen fall",
        "bitte keine?", "verwende (?:nur|keine?|immer)", "grundsätzlich",
        "всегда", "никогда", "впредь", "запомни\\w*", "не надо", "не используй\\w*",
        "总是", "永远", "以后", "今后", "记住", "不要", "别用", "必须", "务必",
        "一律", "只用",
        "いつも", "必ず", "今後", "常に", "覚えて", "忘れないで", "항상",
        "siempre", "nunca", "toujours", "jamais",
    ),
    # how it is to be, in the person's own words
    "norm": (
        "should(?:n'?t)?", "must(?:n'?t)?", "only", "always", "never", "every",
        "whenever", "make sure", "ensure", "keep",
        "(?:do not|don'?t|no)", "without", "instead", "rather", "explicitly",
        "(?:i|we)(?:'d| would) (?:\\w+ )?(?:prefer|rather|love)", "i prefer",
        "(?:don'?t|do not) want", "ideally",
        "needs? to (?:be|use|have|stay|go|run|work|match|support)",
        "(?:i|we) (?:\\w+ )?want(?! to )",
        "(?:i|we) (?:\\w+ )?want to (?:achieve|use|keep|stay|avoid|have|go)",
        "remember", "i didn'?t", "too",
        "soll(?:te|ten|en|st)?", "muss", "müssen", "nur", "kein\\w*", "nicht", "immer",
        "jede\\w*", "sondern",
        "должн\\w+", "только", "всегда", "каждый", "без",
        "не (?:делай|используй|надо|нужно)\\w*", "не \\w+[аяуе]й(?:те)?",
        "应该", "必须", "只", "不要", "每", "确保", "务必", "别",
        "べき", "必ず", "だけ", "ないで", "해야",
    ),
    # said of all there are
    "general": (
        "(?<!at )all(?! (?:two|three|four|five|good|set)\\b)", "every", "each",
        "always(?! \\w+s\\b)", "never(?! (?:\\w+s|\\w+ed)\\b)",
        "every(?:one|body|thing|where)", "whenever", "make sure", "wherever",
        "alle[nrs]?", "jede\\w*", "immer", "nie", "niemals", "überall",
        "все[хм]?", "всегда", "никогда", "кажд\\w+", "везде",
        "所有", "每", "总是", "一律", "任何", "すべて", "全て", "必ず", "常に",
        "모든", "항상", "todos?", "siempre", "toujours",
    ),
    # how the person would have it
    "wish": (
        "should(?:n'?t)?", "must(?:n'?t)?", "needs?(?: to)?", "want(?: to)?", "let'?s",
        "prefer", "rather", "please", "make sure", "ensure", "don'?t", "do not",
        "never(?! (?:\\w+s|\\w+ed)\\b)", "always(?! \\w+s\\b)", "instead", "use",
        "keep", "remember", "ideally",
        "i(?:'d| would) (?:\\w+ )?(?:like|love)",
        "soll(?:te|ten|en|st)?", "muss", "müssen", "bitte", "lieber", "nimm",
        "verwende", "benutze", "kein\\w*", "immer", "должн\\w+", "нужно", "надо",
        "не надо", "хочу", "пожалуйста", "лучше", "используй", "всегда", "давай",
        "应该", "必须", "需要", "不要", "请", "想", "用", "确保", "务必",
        "べき", "ください", "必ず", "해야", "주세요",
    ),
    # a word that stands for something said before
    "refers": (
        "it", "its", "it'?s", "this", "that'?s", "them", "these", "those", "he", "she",
        "they", "same", "above", "both", "the (?:issue|problem|error|fix|change)s?",
        "es", "dies\\w*", "ihn", "beide", "это\\w*", "его", "их", "它", "这", "那",
        "これ",
    ),
    # told of the work with versions, true until the next of it
    "vcs": (
        "commit(?:s|ted|ting)?", "push(?:ed|ing)?", "rebas(?:e|ed|ing)", "merged?",
        "branch(?:es)?", "staged", "unstaged", "worktrees?", "pull request", "prs?",
        "force-?push(?:ed)?", "cherry-?pick(?:ed)?", "stash(?:ed)?",
        "коммит\\w*", "ветк\\w+", "提交", "推送", "分支", "合并", "コミット",
    ),
    # told of tests, which the tests tell better
    "testing": (
        "tests?", "tested", "coverage", "regression", "specs?", "assertions?", "suite",
        "lint(?:er|ing)?", "type-?check(?:s|ing|er)?", "compil(?:e|es|ed)", "builds?",
        "тест\\w*", "тестов", "测试", "テスト", "테스트",
    ),
    # praise of the own work
    "praise": (
        "correctly", "properly?", "clean(?:er)?", "robust", "better", "improved?",
        "comprehensive", "minimal", "targeted", "professional", "seamless(?:ly)?",
        "elegant", "efficient(?:ly)?", "successful(?:ly)?", "fully", "enhanced?",
        "maintain(?:s|ed|ing)?", "modern", "intuitive", "user-?friendly", "powerful",
        "polished", "consistent(?:ly)?", "complete(?:d|ly)?", "perfect(?:ly)?",
        "sauber\\w*", "robuste?", "umfassend\\w*", "verbessert", "полност\\w+",
        "корректно", "улучшен\\w*", "完整", "全面", "优化", "改进",
    ),
    # one way taken and another left
    "choice": (
        "instead(?: of)?", "rather(?: than)?", "let'?s (?:use|go|keep|make|do|have)",
        "go(?:ing)? with", "decid(?:e|ed|es|ing)", "decision", "cho(?:se|osen|ose|ice)",
        "opt(?:ed)? for", "(?:should|must|to) always", "sounds best",
        "switch(?:ed|ing)? (?:to|from)",
        "reus(?:e|ed|ing)",
        "in favou?r of", "trade-?offs?", "we (?:want|should|need|will)", "we'll",
        "replac(?:e|ed|es|ing)", "dropp?(?:ed)?", "never mind",
        "stattdessen", "lieber", "anstatt", "statt", "wir (?:nehmen|nutzen|verwenden)",
        "entschieden", "entscheidung", "вместо", "лучше", "решил\\w*", "выбрал\\w*",
        "而不是", "改用", "选择", "决定", "采用", "换成", "代わりに", "대신",
    ),
    # one thing set against another
    "contrast": (
        "instead", "(?<=, )not (?:the|a|in|on|with|by)", "from .{2,40} to",
        "not .{2,40} but", "rather than",
        "statt", "anstatt", "anstelle", "stattdessen", "nicht .{2,40} sondern",
        "вместо", "(?<=, )а не", "не .{2,40}, а",
        "而不是", "不是", "代わりに", "ではなく", "대신",
    ),
    # why it is so
    "cause": (
        "because", "root cause",
        "(?:issue|problem|culprit|reason|cause|bug) (?:is|was|here)",
        "due to", "caused by", "turns? out", "turned out", "which means", "that'?s why",
        "leads? to", "led to", "so that", "since",
        "weil", "ursache", "lag an", "lag daran", "liegt an", "grund", "deshalb",
        "потому что", "причина", "из-за", "оказалось", "поэтому",
        "因为", "原因", "由于", "导致", "所以", "ため", "때문",
    ),
    # what does not work, or only so
    "limit": (
        "(?:does|do|did|is|are|was|were|can|could|has|have|wo|would)(?:n'?t| not)",
        "cannot", "only", "requires?", "required", "must", "needs?", "unless",
        "no longer", "deprecated", "not (?:available|supported|allowed|possible|found)",
        "reject(?:s|ed)?", "ignor(?:es|ed|ing)", "fail(?:s|ed|ing)?", "breaks?",
        "broke",
        "missing", "without", "unsupported", "incompatible", "conflict(?:s|ed)?",
        "expects?", "strips?", "refuses?", "blocked",
        "unterstützt", "erfordert", "benötigt", "muss", "schlägt fehl", "fehlt",
        "nicht",
        "требует\\w*", "не (?:поддерж|работа|наход)\\w*", "нельзя", "нужно", "только",
        "不支持", "需要", "无法", "只能", "失败", "不能", "必须", "できない", "必要",
        "없",
    ),
    # what will not go, for a reason that stays
    "barrier": (
        (
            "(?:does|do|did|is|was|are|can|could|wo)(?:n'?t| not) (?:\\w+ )?(?:support|"
            "accept|allow|exist|inherit|expose|work|reach|handle|trust|available|"
            "possible|accessible|able|compatible|persist|propagate|apply)\\w*"
        ),
        "cannot", "can'?t be", "requires?", "unless", "refuses?", "rejects?",
        "unsupported",
        "incompatible", (
            "no longer (?:\\w+ )?(?:supports?|supported|accepts?|accepted|allows?|"
            "allowed|exists?|works?|available|possible|maintained)"
        ),
        "deprecated", "strips?",
        "must (?:be|have|use|run|not)",
        "only works?", "needs? (?:a|an|the|to)", "expects?", "blocked by", "overrides?",
        "takes? precedence",
        "unterstützt (?:kein|nicht)\\w*", "erfordert", "benötigt",
        "akzeptiert (?:kein|nicht)\\w*",
        "funktioniert nur", "не поддержива\\w*", "требует\\w*", "не принима\\w*",
        "нельзя",
        "не работает", "不支持", "不接受", "必须", "需要", "无法", "只能",
        "サポートし(?:ない|ていない)",
    ),
    "fix": (
        "fix(?:es|ed|ing)?", "resolv(?:e|ed|es|ing)", "bugs?", "repair\\w*",
        "restor(?:e|ed|es|ing)", "corrected", "broken", "crash(?:es|ed|ing)?",
        "errors?", "regression", "behoben", "behebt", "fehler\\w*", "repariert",
        "исправ\\w+", "ошибк\\w+", "修复", "错误", "修正", "バグ", "수정",
    ),
    "add": (
        "add(?:s|ed|ing)?", "implement(?:s|ed|ing)?", "created?", "introduc(?:e|ed|es)",
        "supports?", "built", "wrote", "feature",
        "now (?:supports?|shows?|has|accepts?)",
        "hinzugefügt", "eingebaut", "angelegt", "umgesetzt", "ergänzt",
        "добав\\w+", "реализ\\w+", "созда(?:л|н|ны|на|ть)\\w*",
        "添加", "新增", "实现", "创建", "追加", "추가",
    ),
    "change": (
        "updat(?:e|ed|es|ing)", "chang(?:ed|es|e|ing)", "moved?", "renam(?:e|ed|es)",
        "remov(?:e|ed|es|ing)", "replac(?:e|ed|es|ing)", "switch(?:ed|es)?",
        "adjust(?:ed|s)?",
        "bump(?:ed|s)?", "convert(?:ed|s)?", "migrat(?:e|ed|es|ion)",
        "delet(?:e|ed|es)",
        "geändert", "ersetzt", "entfernt", "umbenannt", "verschoben", "umgestellt",
        "измен\\w+", "замен\\w+", "удал\\w+", "перен[её]с\\w*", "обнов\\w+",
        "更新", "修改", "改为", "改成", "删除", "替换", "移动", "変更", "변경",
    ),
    # taken out
    "remove": (
        "remov(?:e|ed|es|ing|al)", "delet(?:e|ed|es|ing)", "drop(?:s|ped|ping)?",
        "get rid of", "rip(?:ped)? out", "take (?:it|this|that|them) out",
        "entfern\\w*", "lösch\\w*", "gelöscht", "raus",
        "удал\\w+", "убер\\w+", "убра\\w+",
        "删除", "去掉", "移除", "削除", "삭제",
    ),
    # how it is since something was changed
    "result": (
        "now", "no longer", "anymore", "jetzt", "nicht mehr", "nun", "теперь",
        "больше не", "现在", "不再", "今は", "なくなり", "이제",
    ),
    "refactor": (
        "refactor(?:s|ed|ing)?", "extract(?:s|ed)?", "split", "simplif(?:y|ied|ies)",
        "clean(?:ed)? ?up", "dedup\\w*", "restructur\\w+", "reorgani[sz]\\w+",
        "umgebaut", "aufgeräumt", "vereinfacht", "рефактор\\w*", "упрост\\w+",
        "重构", "拆分", "简化", "리팩터",
    ),
    # unfinished
    "open": (
        "todos?", "not yet", "remain(?:s|ing)?", "(?<!no )pending", "next steps?",
        "still (?:needs?|to|ha[sv]e? to|open|fails?|failing|missing|requires?)",
        "untested",
        "not (?:been )?(?:tested|committed|pushed|deployed|applied|verified|run)",
        "not (?:been )?installed",
        "skipped", "follow-?ups?", "left to do", "in progress", "to be done", "waiting",
        "(?<!not )(?<!not `)blocked", "wip", "later",
        "noch (?:nicht|offen)", "offen", "nächste schritte", "später", "ungetestet",
        "ещ[её] не", "осталось", "остались", "дальше", "позже", "не проверен\\w*",
        "尚未", "待办", "下一步", "还没", "未完成", "待处理", "未测试", "残り", "아직",
    ),
    # how it was left, whoever says so
    "unsettled": (
        "still (?:\\w+ )?(?:aborts?|fails?|times? out|hits?|trips?|breaks?|crashes)",
        "still has .{0,40}(?:failures?|errors?|failing)",
        "pre-?existing (?:\\w+ )?(?:failures?|errors?|timeouts?|edits?)",
        "unrelated (?:\\w+ ){0,2}(?:failures?|errors?|timeouts?|edits?)",
        "left (?:those|them|these) (?:intact|unstaged|untouched|uncommitted)",
        "(?:tests?|checks?) (?:are|remain|stay) (?:\\w+ )?skipped",
        "(?:schlägt|schlagen) (?:immer )?noch fehl",
        "(?:вс[её] )?ещ[её] (?:падает|падают|не проходит|не проходят)",
        "仍然?(?:失败|报错)", "还是失败", "まだ失敗",
    ),
    # how it is built
    "structure": (
        "architecture", "lives? in", "located in", "stored in", "consists? of",
        "modules?",
        "layers?", "entry point", "responsible for", "fixtures?", "schema", "pipeline",
        "convention", "structure", "handles?", "is (?:built|based|mounted|served)",
        "architektur", "liegt in", "besteht aus", "schicht(?:en)?", "модул\\w+",
        "архитектур\\w+", "состоит из", "架构", "模块", "组件", "位于", "目录", "構成",
    ),
    "security": (
        "secrets?", "credentials?", "vulnerab\\w+", "authenticat\\w+",
        "authori[sz]\\w+",
        "leak(?:s|ed)?", "redact\\w*", "gitleaks", "encrypt\\w*", "xss", "csrf",
        "sql injection", "passwords?", "passwort", "утечк\\w+", "парол\\w+",
        "密钥", "泄露", "安全", "脆弱性",
    ),
    "verified": (
        "pass(?:es|ed|ing)?", "verified", "confirmed", "works?(?: now)?", "working",
        "green",
        "success(?:ful|fully)?", "succeed(?:s|ed)", "ready", "complete(?:d|ly)?",
        "all set",
        "läuft", "bestanden", "funktioniert", "проходят", "работает", "通过", "成功",
        "完成",
    ),
    "perhaps": (
        "might", "looks? like", "appears?", "maybe", "perhaps", "probably", "possibly",
        "seems?", "likely", "may",
        "should (?:now )?(?:work|be|fix|resolve|allow|pass)", "could be", "hopefully",
        "vielleicht", "wahrscheinlich", "möglicherweise", "возможно", "наверное",
        "可能", "也许", "たぶん", "かもしれ",
    ),
}  # fmt: skip
