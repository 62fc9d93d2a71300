"""Everything that is a judgement, as data: rules, cue words, weights, stop lists.

No other module of ``distil`` holds a word of a human language or a weight.
Structure (who speaks, where in the turn, what succeeded after what) finds the
candidates; cue words only add weight and choose the type, so that a language
without cues still gets its memories, only less well ordered.
"""

import re
from dataclasses import dataclass
from typing import Final

from memtui.model import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One source of observations."""

    name: str
    because: str
    """Why such a thing is worth remembering, shown beside an observation."""
    type: str
    """What it makes when no cue says otherwise."""
    trust: Trust
    base: float
    """Log-odds of being kept before any signal."""
    most: int = 40
    """At most so many of one session."""


_RULES = (
    Rule(
        name="prompt", type="decision", trust=Trust.USER, base=-0.9,
        because="You asked for it in these words",
    ),
    Rule(
        name="standing", type="preference", trust=Trust.USER, base=0.5,
        because="You said it in words that hold beyond the task",
    ),
    Rule(
        name="correction", type="decision", trust=Trust.USER, base=0.2,
        because="You corrected the agent and it followed",
    ),
    Rule(
        name="choice", type="decision", trust=Trust.USER, base=0.7,
        because="You answered a question of the agent",
    ),
    Rule(
        name="plan", type="decision", trust=Trust.USER, base=0.4,
        because="You approved this plan",
    ),
    Rule(
        name="commit", type="change", trust=Trust.TOOL, base=0.6,
        because="It was committed with this message",
    ),
    Rule(
        name="outcome", type="change", trust=Trust.ASSISTANT, base=0.2,
        because="It ends a turn that changed files",
    ),
    Rule(
        name="finding", type="discovery", trust=Trust.ASSISTANT, base=-0.6,
        because="It ends a turn that changed nothing",
    ),
    Rule(
        name="cause", type="gotcha", trust=Trust.ASSISTANT, base=-0.3,
        because="It explains a failure that was then mended",
    ),
    Rule(
        name="summary", type="discovery", trust=Trust.ASSISTANT, base=-0.2,
        because="The client's own summary of the session says so", most=10,
    ),
    Rule(
        name="recap", type="progress", trust=Trust.ASSISTANT, base=0.0,
        because="The client summed up the session while you were away", most=2,
    ),
    Rule(
        name="open", type="progress", trust=Trust.ASSISTANT, base=0.2,
        because="It was left open when the session ended", most=2,
    ),
)  # fmt: skip
RULES: Final = {rule.name: rule for rule in _RULES}

CONFIDENT: Final = 0.34
"""Candidates below are not worth a person's look."""
MOST: Final = 40
"""No session gives more."""


def _any(*words: str) -> re.Pattern[str]:
    """Whole words for alphabets with blanks, substrings for CJK."""
    spaced = [w for w in words if w.isascii() or not _CJK.search(w)]
    dense = [w for w in words if not w.isascii() and _CJK.search(w)]
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return re.compile("|".join(parts + dense), re.I)


_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

CUES: Final[dict[str, re.Pattern[str]]] = {
    "standing": _any(
        "always", "never", "from now on", "in (?:the )?future", "prefer\\w*",
        "remember(?: that| to)?", "every time", "must(?: not|n't)?", "only use",
        "(?:please )?(?:do not|don'?t) (?:ever |use|add|create|commit|push|touch|run)",
        "make sure", "no need", "i (?:like|hate|love|want)", "convention", "rule",
        "immer", "nie(?:mals)?", "ab jetzt", "künftig", "merk\\w*", "auf keinen fall",
        "всегда", "никогда", "впредь", "запомни\\w*", "не надо", "нельзя",
        "总是", "永远", "以后", "记住", "不要", "必须", "务必", "一律",
        "いつも", "必ず", "今後", "siempre", "nunca", "toujours", "jamais",
    ),
    "choice": _any(
        "instead(?: of)?", "rather(?: than)?", "let'?s", "go with", "going with",
        "decid\\w+", "cho(?:se|osen|ose)", "we(?:'ll| will| should| want)", "opt(?:ed)? for",
        "sounds best", "switch(?:ed)? to", "replac\\w+", "reuse", "drop(?:ped)?",
        "over", "in favou?r of", "trade-?offs?",
        "stattdessen", "lieber", "anstatt", "statt", "nehmen wir", "wir nutzen",
        "вместо", "лучше", "давай\\w*", "решили", "выбрали",
        "而不是", "改用", "选择", "决定", "采用", "代わりに",
    ),
    "cause": _any(
        "because", "root cause", "(?:issue|problem|culprit|reason|cause) (?:is|was)",
        "due to", "caused by", "turns? out", "since", "so that", "which means",
        "that'?s why", "the fix", "as it", "leads? to", "led to",
        "weil", "ursache", "lag an", "liegt an", "grund", "deshalb",
        "потому что", "причина", "из-за", "оказалось", "поэтому",
        "因为", "原因", "由于", "导致", "所以", "原因は", "ため",
    ),
    "limit": _any(
        "(?:does|do|did|is|are|was|were|can|could|has|have|wo|would|should)(?:n'?t| not)",
        "cannot", "can'?t", "only", "requires?", "required", "must", "needs? (?:to|a|the)",
        "unless", "no longer", "deprecated", "not (?:available|supported|allowed|possible)",
        "reject\\w*", "ignor\\w+", "fail\\w*", "breaks?", "broke", "missing", "without",
        "unsupported", "incompatible", "conflict\\w*", "expects?", "strips?",
        "unterstützt", "erfordert", "benötigt", "nur", "schlägt fehl", "fehlt", "nicht",
        "не поддерживает", "требует\\w*", "не работает", "только", "нужно", "нет",
        "不支持", "需要", "无法", "只能", "失败", "不能", "必须", "できない", "必要",
    ),
    "fix": _any(
        "fix\\w*", "resolv\\w+", "bug\\w*", "repair\\w*", "restor\\w+", "correct(?:ed|s)",
        "broken", "crash\\w*", "error\\w*", "regression",
        "behoben", "fehler\\w*", "repariert", "исправ\\w+", "ошибк\\w+", "баг\\w*",
        "修复", "错误", "修正", "バグ",
    ),
    "add": _any(
        "add(?:s|ed|ing)?", "implement\\w*", "creat(?:ed|es|e)", "introduc\\w+",
        "support(?:s|ed)?", "new", "built", "wrote", "feature",
        "hinzugefügt", "eingebaut", "neue[rsn]?", "angelegt", "umgesetzt",
        "добав\\w+", "реализ\\w+", "созда\\w+", "нов\\w+",
        "添加", "新增", "实现", "创建", "追加",
    ),
    "change": _any(
        "updat\\w+", "chang(?:ed|es|e)", "moved?", "renam\\w+", "remov\\w+", "replac\\w+",
        "switch\\w*", "adjust\\w*", "bump\\w*", "convert\\w*", "migrat\\w+", "now",
        "geändert", "ersetzt", "entfernt", "umbenannt", "verschoben", "umgestellt",
        "измен\\w+", "замен\\w+", "удал\\w+", "перен\\w+", "обнов\\w+",
        "更新", "修改", "删除", "替换", "移动", "变更",
    ),
    "refactor": _any(
        "refactor\\w*", "extract\\w*", "split", "simplif\\w+", "clean(?:ed)? ?up",
        "dedup\\w*", "restructur\\w+", "reorgani[sz]\\w+",
        "umgebaut", "aufgeräumt", "vereinfacht", "рефактор\\w*", "упрост\\w+",
        "重构", "拆分", "简化",
    ),
    "open": _any(
        "todo", "not yet", "remain\\w*", "pending", "next steps?", "still (?:needs?|to|open|fails?|failing)",
        "untested", "not (?:tested|committed|pushed|deployed|applied|verified|installed)",
        "skipped", "later", "follow-?up", "left to do", "in progress", "ready to",
        "to be done", "waiting", "blocked", "wip", "until",
        "noch (?:nicht|offen)", "offen", "als nächstes", "später", "ungetestet",
        "ещ[её] не", "осталось", "дальше", "позже", "не проверен\\w*",
        "尚未", "待办", "下一步", "还没", "未完成", "待处理", "未测试",
    ),
    "structure": _any(
        "architecture", "lives? in", "located in", "stored in", "consists? of", "modules?",
        "components?", "layers?", "services?", "handles?", "pipeline", "schema", "entry point",
        "endpoints?", "responsible for", "director(?:y|ies)", "fixtures?", "workflow",
        "architektur", "liegt in", "besteht aus", "schicht\\w*", "модул\\w+", "архитектур\\w+",
        "架构", "模块", "组件", "位于", "目录",
    ),
    "security": _any(
        "secrets?", "credentials?", "vulnerab\\w+", "auth(?:entication|ori[sz]ation)?",
        "leak\\w*", "redact\\w*", "gitleaks", "encrypt\\w*", "xss", "csrf", "injection",
        "passwor[dt]\\w*", "geheimnis\\w*", "утечк\\w+", "парол\\w+", "密钥", "泄露", "安全",
    ),
    "verified": _any(
        "pass(?:es|ed|ing)?", "verified", "confirmed", "works?(?: now)?", "working",
        "green", "succe(?:ss|eds|eded)", "\\d+ tests",
        "läuft", "bestanden", "funktioniert", "проходят", "работает", "通过", "成功",
    ),
    "perhaps": _any(
        "might", "maybe", "perhaps", "probably", "possibly", "seems?", "likely", "may",
        "should (?:now )?(?:work|be|fix|resolve)", "could be", "try", "i think",
        "vielleicht", "wahrscheinlich", "возможно", "наверное", "可能", "也许", "たぶん",
    ),
}  # fmt: skip

NARRATION: Final = _any(
    "let me", "now i(?:'ll| will| need| can| have)?", "i(?:'ll| will)", "let'?s",
    "i(?:'m| am) going", "i need to", "i should", "first,? i", "next,? i", "i can see",
    "now let", "time to", "i want to", "checking", "looking at", "i see", "step \\d+",
    "ich werde", "jetzt", "lass mich", "als nächstes", "zuerst",
    "сейчас", "давайте", "теперь", "сначала", "я проверю", "я посмотрю",
    "让我", "现在", "我来", "接下来", "首先", "我将", "我会",
)  # fmt: skip
"""Openers of a sentence that tells what comes next, not what is so."""

OFFER: Final = _any(
    "would you like", "let me know", "shall i", "should i", "do you want", "want me to",
    "feel free", "if you(?:'d)? (?:like|want|need)", "happy to", "which (?:would|do) you",
    "what would you", "ready (?:to|for)", "is there anything", "any questions",
    "möchtest du", "soll ich", "sag bescheid", "хотите", "хочешь", "дайте знать",
    "需要我", "要不要", "如果你", "请告诉我",
)  # fmt: skip
"""Words that offer or ask something instead of stating it."""

CHEER: Final = re.compile(
    r"^(?:\W*(?:perfect|great|excellent|done|awesome|wonderful|nice|super|fantastic|"
    r"success|all done|good news|got it|sure|okay|ok|yes|no problem|thanks|thank you|"
    r"you'?re (?:absolutely )?(?:right|welcome)|absolutely|of course|certainly|"
    r"fertig|prima|perfekt|klar|genau|erledigt|готово|отлично|конечно|хорошо|"
    r"好的|完成了?|太好了|当然|没问题|完美|完了|了解)"
    r"(?:\W+|$))+",
    re.I,
)
"""What is cut from the front of a sentence: it cheers and says nothing."""

ASKING: Final = re.compile(
    r"^(?:\W*(?:hey|hi|hello|ok(?:ay)?|so|and|also|now|well|oh(?: no)?|yes(?: please)?|"
    r"yeah|yep|no|wait|actually|then|great|perfect|thanks|thank you|cool|nice|right|"
    r"alright|sure|claude|please|pls|just|"
    r"(?:can|could|would|will) (?:you|we)(?: (?:please|also|now|just|maybe))*|"
    r"i(?:'d| would) (?:like|love)(?: (?:you|to ask you|your help))?(?: (?:to|with))?|"
    r"i want you to|would you mind|"
    r"bitte|kannst du(?: bitte)?|könntest du(?: bitte)?|also|пожалуйста|можешь|можете|"
    r"请|麻烦|帮我|能不能|可以)"
    r"(?=[\s,.:;!，、]|$|[\u3400-\u9fff])[\s,.:;!，、-]*)+",
    re.I,
)
"""The politeness that opens a wish: cut, so that the wish itself is the title."""

CLAIMED: Final = re.compile(
    r"^(?:i(?:'ve| have)? (?:now |just |also |successfully |then )*(?=[a-z]+(?:ed|t|n|ut|ote|uilt)\b)|"
    r"(?:successfully )(?=[a-z]+ed\b))",
    re.I,
)
"""``I've successfully`` before a past verb: the verb can open the sentence."""

CONCEDES: Final = re.compile(
    r"(?:you(?:'re| are) (?:absolutely |completely |totally )?(?:right|correct)|good (?:point|catch|idea|question)|"
    r"great (?:point|catch|idea)|(?:my )?apologies|i(?:'m| am) sorry|my mistake|i misunderstood|"
    r"du hast recht|guter (?:punkt|einwand)|entschuldig|mein fehler|stimmt|"
    r"вы правы|ты прав|прошу прощения|извини|хорошая мысль|"
    r"你说得对|您说得对|抱歉|好主意|确实|おっしゃる通り|すみません)",
    re.I,
)
"""The agent gives in: what stood before was a correction."""

EMPTY_PROMPTS: Final = re.compile(
    r"^\W*(?:continue|go on|go ahead|proceed|yes|no|ok(?:ay)?|sure|thanks?|thank you|"
    r"pushed|done|please|do it|next|try again|retry|again|hi|hello|hey|test|exit|quit|"
    r"weiter|ja|nein|danke|mach weiter|да|нет|продолжай|спасибо|дальше|"
    r"继续|好的?|是的?|不|谢谢|可以|はい|いいえ)(?:\W+(?:please|then|now|bitte))?\W*$",
    re.I,
)
"""Prompts that mean nothing alone."""

SKIP_HEADINGS: Final = _any(
    "insight", "strengths?", "weakness\\w*", "pros", "cons", "examples?", "usage",
    "options?", "option [a-d1-9]", "alternatives?", "benefits?", "conclusion", "rating",
    "grade", "score", "all user messages", "optional next step", "primary request and intent",
    "questions?", "would you like",
)  # fmt: skip
"""Sections that weigh, praise or offer: true for a minute."""

BODY_TRAILERS: Final = re.compile(
    r"^\s*(?:co-authored-by|signed-off-by|generated with|🤖|reviewed-by|change-id|claude-session)\b.*$",
    re.I | re.M,
)
"""Lines of a commit message that say who, not what."""

COMMIT_TYPES: Final = {
    "fix": "bugfix", "bugfix": "bugfix", "hotfix": "bugfix", "feat": "feature",
    "feature": "feature", "refactor": "refactor", "perf": "change", "security": "security",
    "docs": "change", "doc": "change", "test": "change", "tests": "change", "ci": "change",
    "build": "change", "chore": "change", "style": "change", "revert": "change",
}  # fmt: skip
"""Conventional commit prefixes as types."""

WEIGHTS: Final[dict[str, float]] = {
    "standing": 0.4, "choice": 0.3, "cause": 0.6, "limit": 0.4, "fix": 0.2, "add": 0.1,
    "change": 0.1, "refactor": 0.0, "open": 0.1, "structure": 0.1, "security": 0.1,
    "verified": -0.1, "perhaps": -0.4, "narration": -1.5, "offer": -1.5, "question": -0.4,
    "named": 0.4, "path": 0.2, "label": 0.2, "short": -1.0, "long": -0.2,
    "first": 0.2, "edited": 0.4, "conceded": 0.6, "after_failure": 0.6, "mended": 0.4,
    "last_turn": 0.3, "contrast": 0.3, "body": 0.3, "pasted": -0.3, "skipped": -2.0,
}  # fmt: skip
"""Log-odds that a signal adds. See ``signals`` for what each one means."""
