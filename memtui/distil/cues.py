"""Cue words by family, in the languages we could find readers for.

Cues only add weight and choose the type; what finds a candidate is structure
(who speaks, where in the turn, what succeeded after what). A language that is
missing here still gets its memories, only less well ordered. To teach it one,
add its words to the families below.
"""

import re
from typing import Final

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def any_of(*words: str, flags: int = re.I) -> re.Pattern[str]:
    """Whole words; substrings where a script sets no blanks between words."""
    spaced = "|".join(word for word in words if not _DENSE.search(word))
    parts = [rf"(?<!\w)(?:{spaced})(?!\w)"] if spaced else []
    dense = [word for word in words if _DENSE.search(word)]
    return re.compile("|".join(parts + dense), flags)


def _low(*words: str) -> re.Pattern[str]:
    """The same for text in lower case, which is searched twice as fast."""
    return any_of(*words, flags=0)


CUES: Final[dict[str, re.Pattern[str]]] = {
    # holds beyond the task
    "standing": _low(
        "(?<!should )(?<!must )(?<!to )(?<!will )always", "never", "from now on",
        "in (?:the )?future", "i(?:'d| would)? (?:prefer|rather)",
        "prefer [\\w-]+ (?:over|to)",
        "remember", "by default", "convention", "policy",
        "only use", "use only", "you must(?: not|n't)?",
        "(?:please )?(?:do not|don'?t) ever",
        "(?:do not|don'?t) (?:use|add|create|commit|push|touch|run|ask|write|change)",
        "no need", "stop (?:using|doing|adding|asking)",
        "i (?:hate|prefer)", "you (?:are|may) only", "(?:be|are) allowed",
        "immer", "niemals", "nie", "ab jetzt", "künftig", "merk dir", "auf keinen fall",
        "bitte keine?", "verwende (?:nur|keine?|immer)", "grundsätzlich",
        "всегда", "никогда", "впредь", "запомни\\w*", "не надо", "не используй\\w*",
        "总是", "永远", "以后", "今后", "记住", "不要", "别用", "必须", "务必",
        "一律", "只用",
        "いつも", "必ず", "今後", "常に", "항상", "siempre", "nunca", "toujours",
        "jamais",
    ),
    # one way taken and another left
    "choice": _low(
        "instead(?: of)?", "rather(?: than)?", "let'?s (?:use|go|keep|make|do|have)",
        "go(?:ing)? with", "decid(?:e|ed|es|ing)", "decision", "cho(?:se|osen|ose|ice)",
        "opt(?:ed)? for", "make sure", "(?:should|must|to) always", "sounds best",
        "switch(?:ed|ing)? (?:to|from)",
        "reus(?:e|ed|ing)",
        "in favou?r of", "trade-?offs?", "we (?:want|should|need|will)", "we'll",
        "replac(?:e|ed|es|ing)", "dropp?(?:ed)?", "never mind",
        "stattdessen", "lieber", "anstatt", "statt", "wir (?:nehmen|nutzen|verwenden)",
        "entschieden", "entscheidung", "вместо", "лучше", "решил\\w*", "выбрал\\w*",
        "而不是", "改用", "选择", "决定", "采用", "换成", "代わりに", "대신",
    ),
    # why it is so
    "cause": _low(
        "because", "root cause",
        "(?:issue|problem|culprit|reason|cause|bug) (?:is|was|here)",
        "due to", "caused by", "turns? out", "turned out", "which means", "that'?s why",
        "leads? to", "led to", "so that", "since",
        "weil", "ursache", "lag an", "lag daran", "liegt an", "grund", "deshalb",
        "потому что", "причина", "из-за", "оказалось", "поэтому",
        "因为", "原因", "由于", "导致", "所以", "ため", "때문",
    ),
    # what does not work, or only so
    "limit": _low(
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
    "barrier": _low(
        "(?:does|do|did|is|was|are|can|could|wo)(?:n'?t| not) (?:\\w+ )?(?:support|"
        "accept|allow"
        "|exist|inherit|expose|work|reach|handle|trust|supported|allowed|available|"
        "possible"
        "|accessible|able|compatible|persist|propagate|apply)\\w*",
        "cannot", "can'?t be", "requires?", "unless", "refuses?", "rejects?",
        "unsupported",
        "incompatible", "no longer", "deprecated", "strips?",
        "must (?:be|have|use|run|not)",
        "only works?", "needs? (?:a|an|the|to)", "expects?", "blocked by", "overrides?",
        "takes? precedence", "instead of",
        "unterstützt (?:kein|nicht)\\w*", "erfordert", "benötigt",
        "akzeptiert (?:kein|nicht)\\w*",
        "funktioniert nur", "не поддержива\\w*", "требует\\w*", "не принима\\w*",
        "нельзя",
        "не работает", "不支持", "不接受", "必须", "需要", "无法", "只能",
        "サポートし(?:ない|ていない)",
    ),
    "fix": _low(
        "fix(?:es|ed|ing)?", "resolv(?:e|ed|es|ing)", "bugs?", "repair\\w*",
        "restor(?:e|ed|es|ing)", "corrected", "broken", "crash(?:es|ed|ing)?",
        "errors?", "regression", "behoben", "behebt", "fehler\\w*", "repariert",
        "исправ\\w+", "ошибк\\w+", "修复", "错误", "修正", "バグ", "수정",
    ),
    "add": _low(
        "add(?:s|ed|ing)?", "implement(?:s|ed|ing)?", "created?", "introduc(?:e|ed|es)",
        "supports?", "built", "wrote", "feature",
        "now (?:supports?|shows?|has|accepts?)",
        "hinzugefügt", "eingebaut", "angelegt", "umgesetzt", "ergänzt",
        "добав\\w+", "реализ\\w+", "созда(?:л|н|ны|на|ть)\\w*",
        "添加", "新增", "实现", "创建", "追加", "추가",
    ),
    "change": _low(
        "updat(?:e|ed|es|ing)", "chang(?:ed|es|e|ing)", "moved?", "renam(?:e|ed|es)",
        "remov(?:e|ed|es|ing)", "replac(?:e|ed|es|ing)", "switch(?:ed|es)?",
        "adjust(?:ed|s)?",
        "bump(?:ed|s)?", "convert(?:ed|s)?", "migrat(?:e|ed|es|ion)",
        "delet(?:e|ed|es)",
        "geändert", "ersetzt", "entfernt", "umbenannt", "verschoben", "umgestellt",
        "измен\\w+", "замен\\w+", "удал\\w+", "перен[её]с\\w*", "обнов\\w+",
        "更新", "修改", "删除", "替换", "移动", "変更", "변경",
    ),
    "refactor": _low(
        "refactor(?:s|ed|ing)?", "extract(?:s|ed)?", "split", "simplif(?:y|ied|ies)",
        "clean(?:ed)? ?up", "dedup\\w*", "restructur\\w+", "reorgani[sz]\\w+",
        "umgebaut", "aufgeräumt", "vereinfacht", "рефактор\\w*", "упрост\\w+",
        "重构", "拆分", "简化", "리팩터",
    ),
    # unfinished
    "open": _low(
        "todos?", "not yet", "remain(?:s|ing)?", "pending", "next steps?",
        "still (?:needs?|to|open|fails?|failing|missing|requires?)", "untested",
        "not (?:been )?(?:tested|committed|pushed|deployed|applied|verified|installed|"
        "run)",
        "skipped", "follow-?ups?", "left to do", "in progress", "to be done", "waiting",
        "blocked", "wip", "later",
        "noch (?:nicht|offen)", "offen", "nächste schritte", "später", "ungetestet",
        "ещ[её] не", "осталось", "остались", "дальше", "позже", "не проверен\\w*",
        "尚未", "待办", "下一步", "还没", "未完成", "待处理", "未测试", "残り", "아직",
    ),
    # how it is built
    "structure": _low(
        "architecture", "lives? in", "located in", "stored in", "consists? of",
        "modules?",
        "layers?", "entry point", "responsible for", "fixtures?", "schema", "pipeline",
        "convention", "structure", "handles?", "is (?:built|based|mounted|served)",
        "architektur", "liegt in", "besteht aus", "schicht(?:en)?", "модул\\w+",
        "архитектур\\w+", "состоит из", "架构", "模块", "组件", "位于", "目录", "構成",
    ),
    "security": _low(
        "secrets?", "credentials?", "vulnerab\\w+", "authenticat\\w+",
        "authori[sz]\\w+",
        "leak(?:s|ed)?", "redact\\w*", "gitleaks", "encrypt\\w*", "xss", "csrf",
        "sql injection", "passwords?", "passwort", "утечк\\w+", "парол\\w+",
        "密钥", "泄露", "安全", "脆弱性",
    ),
    "verified": _low(
        "pass(?:es|ed|ing)?", "verified", "confirmed", "works?(?: now)?", "working",
        "green",
        "success(?:ful|fully)?", "succeed(?:s|ed)", "ready", "complete(?:d|ly)?",
        "all set",
        "läuft", "bestanden", "funktioniert", "проходят", "работает", "通过", "成功",
        "完成",
    ),
    "perhaps": _low(
        "might", "looks? like", "appears?", "maybe", "perhaps", "probably", "possibly",
        "seems?", "likely", "may",
        "should (?:now )?(?:work|be|fix|resolve|allow|pass)", "could be", "hopefully",
        "vielleicht", "wahrscheinlich", "möglicherweise", "возможно", "наверное",
        "可能", "也许", "たぶん", "かもしれ",
    ),
}  # fmt: skip
