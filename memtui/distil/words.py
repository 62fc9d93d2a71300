"""Openers and stop lists: words that say where a sentence states nothing.

Beside ``cues``, ``wishes`` and ``endings`` the only place that holds words of a human
language.
"""

import re
from typing import Final

from memtui.distil.patterns import Opener, Sought, any_of, either, opener

NARRATION: Final = opener(
    "let me", "i(?:'ll| will|'m|'d| am| also)", "let'?s",
    "i (?:also )?(?:need|have|want) to",
    "we (?:also )?need to",
    "i (?:should|see|can|think|want|notice\\w*|understand|don'?t)",
    "(?:first|next|then),? (?:i|let|we)", "time to", "checking", "looking", "running",
    "here(?:'s| is| are)", "step \\d+", "welcome", "as you can see",
    "this (?:gives|will)",
    "ich (?:werde|muss|sehe|will|schaue)", "lass mich", "als nächstes", "zuerst",
    "schauen wir",
    "сейчас", "давайте", "теперь", "сначала", "я (?:проверю|посмотрю|вижу|буду)",
    "让我", "现在", "我来", "接下来", "首先", "我将", "我会", "我先", "では",
    "これから",
)  # fmt: skip
"""Openers, in lower case, of a sentence that tells what comes next, not what is."""

POINTING: Final = opener(
    "it",
    "it'?s",
    "this",
    "that",
    "that'?s",
    "they",
    "these",
    "those",
    "both",
    "there",
    "he",
    "she",
    "which",
    "same",
    "es",
    "dies\\w*",
    "das",
    "sie",
    "это",
    "они",
    "эти",
    "там",
    "这",
    "那",
    "它",
    "これ",
    "それ",
)
"""Openers, in lower case, that point at the sentence before: no title without it."""

REFERS_BACK: Final = opener(
    "it", "it'?s", "this", "that", "that'?s", "they", "these", "those", "both",
    "es (?:ist|wird|hat)", "dies\\w*", "это", "они", "эти", "这", "那", "它",
    "これ", "それ",
)  # fmt: skip
"""Those of them, in lower case, that stand for something said before."""

LEAD_INS: Final = Opener(
    r"^(?:(?:the|a|one|another|main|real|actual|root|underlying|my)\s+)*"
    r"(?:issue|problem|bug|cause|reason|culprit|error|key|fix|solution|catch|trick)"
    r"(?: here| now)? (?:is|was)(?: that| because|:)?\s+(?=\S.{24})"
    r"|^(?:the )?key (?:insight|point|finding|change)(?: here)? (?:is|was)"
    r"(?: (?:understanding|reali[sz]ing))?(?: that)?\s+(?=\S.{24})"
    r"|^(?:fixed|resolved|solved|corrected|did) (?:it|that|this)(?: in \S+)? by "
    r"(?=\S.{24})"
    r"|^i(?: can)? see (?:the|what) (?:issue|problem|error)s?\W+(?=\S.{24})"
    r"|^(?:it turns out|turns out|this is because|this means|that means|i found|"
    r"i(?:'ve)? (?:see|noticed?|discovered))"
    r"(?: that)?\s+(?=\S.{24})"
    r"|^(?:das problem (?:ist|war), dass|der grund (?:ist|war), dass|"
    r"проблема в том, что|оказалось, что)\s+"
    r"|^(?:问题是|问题在于|原因是|原因在于)[，：]?",
    re.I,
)
"""What introduces a finding: the finding itself makes the title."""

PLACE_FIRST: Final = Opener(
    r"^the (?:main |actual |core |only )?(?:changes?|fix|wiring|work|implementation|"
    r"logic|updates?|edits?) (?:is|are|lives?|was|were)(?: made)? in [^,:]{3,120}"
    r"(?:, (?:where|which)|:)\s+(?=\S.{24})",
    re.I,
)
"""What says where before it says what."""

ADDRESS: Final = opener(
    "you(?:'re|'ll|'ve)?", "your", "try", "please", "simply", "just",
    "du", "dein\\w*", "ihr", "ты", "вы", "ваш\\w*", "你", "您", "请", "あなた",
)  # fmt: skip
"""Openers, in lower case, that instruct the person rather than state what is so."""

RETRACTS: Final = Opener(
    either(
        "wait", "actually", "hmm+", "no,", "oops", "that'?s not", "moment",
        "stimmt nicht", "стоп", "нет,", "等等", "不对", "待って",
    ),
    re.I,
)  # fmt: skip
"""Openers that take back what was thought before."""

CHEER: Final = Opener(
    r"^(?:\W*(?:(?:good|great|nice|excellent|fair|thanks for the|thank you for the) "
    r"(?:call|idea|point|catch|question|nudge|details?|hint|report|feedback|find|news)|"
    r"perfect|great|excellent|done|awesome|wonderful|nice|super|fantastic|"
    r"success|all done|good|sorry|short answer|unfortunately|"
    r"got it|found it|sure|okay|ok|yes|yeah|no problem|"
    r"thanks|thank you|absolutely|of course|certainly|interesting|wait|actually|"
    r"you(?:'re| are) (?:absolutely |completely )?(?:right|welcome|correct)|"
    r"ah(?: yes)?|oh|hmm+|aha|so|now|but|and|also|however|note|important|key (?:point|"
    r"insight)|"
    r"specifically|basically|in short|in summary|summary|"
    r"fertig|prima|perfekt|klar|genau|erledigt|gut|moment|also|hinweis|aber|"
    r"готово|отлично|конечно|хорошо|итак|но|и|ага|стоп|"
    r"好的|完成了?|太好了|当然|没问题|完美|等等|注意|但是|完了|了解)"
    r"(?=[\W\u3400-\u9fff]|$)(?!\s+(?:is|are|was|were|ist|the|that|it|this|by|when)\b)"
    r"[\s!.,:;，。！、：–—-]*)+"
)
"""What is cut from the front of a sentence in lower case: it cheers, starts over."""

CLAIMED: Final = Opener(
    r"^(?:i(?:'ve| have)? (?:now |just |also |successfully |then )*"
    r"(?=[a-z]+(?:ed|t|n|ut|ote|ade|an)\b)"
    r"(?!can\b|can't|want|don|didn|meant|thought|need\b|been\b)|"
    r"successfully (?=[a-z]+ed\b)|ich habe (?=.+(?:t|en)\W*$)|"
    r"(?:я )?(?=[а-яё]+(?:л|ла|ли)\b)|"
    r"我?(?=已))",
    re.I,
)
"""``I've successfully`` before a past verb: the verb can open the sentence."""

CONCEDES: Final = Sought(
    r"(?:you(?:'re| are) (?:absolutely |completely |totally )?(?:right|correct)|"
    r"(?:good|great|excellent) (?:point|catch|idea|question|call)|(?:my )?apologies|"
    r"i(?:'m| am) sorry|my mistake|i misunderstood|"
    r"du hast recht|guter (?:punkt|einwand)|entschuldig|mein fehler|stimmt|"
    r"вы правы|ты прав|прошу прощения|извини|хорошая мысль|"
    r"你说得对|您说得对|抱歉|好主意|确实|おっしゃる通り|すみません)"
)
"""The agent gives in: what stood before was a correction."""

NO: Final = re.compile(r"^\W*(?:no|nope|nein|нет|不)\b(?!\s+(?:need|problem|worries))")
"""Openers, in lower case, of who denies."""

DENIES: Final = Sought(
    r"(?<!\w)(?:(?:does|did|do|is|are|was|still)(?:n'?t| not) (?:work|help|right|true|"
    r"correct|fix)\w*|"
    r"still (?:fail|broken|the same|see|get|not|happen)\w*|not working|wrong|"
    r"are you sure|oh no|"
    r"that'?s not|revert|undo (?:that|this|it)|funktioniert (?:immer noch )?nicht|"
    r"falsch|"
    r"stimmt nicht|не работает|неверно|неправильно|всё ещё|верни)(?!\w)|"
    r"不对|不行|还是(?:不|没|有)|没有用|错了|違います|動かない"
)
"""What the person says when the answer before was no answer."""

NO_STATEMENT: Final = re.compile(
    r"^\W*(?:(?:commit\W+)?[0-9a-f]{7,40}\b|\d+ files? changed\b|total:? \d"
    r"|(?:all |new |added |changed |created |deleted |modified |updated )*files?:"
    r"|[\w@./`-]+:? `?[v^~]?\d[\w.+-]*`? *(?:→|[-=]>|to) *`?[v^~]?\d[\w.+-]*\W*$"
    r"|\S+$)",
    re.I,
)
"""Lines of a log, a count, a list, a mere name: what they name is told elsewhere."""

LISTS_FILES: Final = re.compile(
    r"(?:(?:all|new|added|changed|created|deleted|modified|updated|geänderte|neue|"
    r"изменённые|новые) )*(?:files?|dateien|файлы)|(?:修改|新增|变更)的?文件",
    re.I,
)
"""The label of a list of files."""

UNCHANGED: Final = Sought(
    r"(?:did|does|do)(?:n'?t| not) (?:need|require) (?:any )?(?:changes?\b|updat\w+|"
    r"edit\w*)|"
    r"no (?:further |other |code )?changes? (?:(?:was|were|is|are) )?(?:needed|"
    r"required|necessary)|"
    r"keine änderung(?:en)? (?:nötig|erforderlich|notwendig)|"
    r"изменени(?:я|й) не (?:требу|нужн)|"
    r"无需(?:修改|更改|改动)|不需要(?:修改|更改|改动)|変更は?不要"
)
"""What stayed as it was: nobody misses it."""

JOINED_ON: Final = Opener(
    r"^(?:so|but|and|also|however|thus|hence|therefore|aber|und|но|и),?\s+(?=\S.{14})",
    re.I,
)
"""What joins a sentence to the one before it: cut, where it opens a title."""

SKIP_HEADINGS: Final = any_of(
    ".{0,3}insight.*", "(?:key )?strengths?.*", "weak(?:ness\\w*| points).*", "pros.*",
    "cons.*",
    "examples?.*", "usage.*", "options?.*", "alternatives?.*", "(?:key )?benefits?.*",
    "conclusion",
    "rating.*", "grade.*", "all user messages", "optional next step",
    "how to (?:use|test).*",
    "primary request and intent", "to (?:test|use|try|run|install|get started).*",
    "(?:usage|setup|install\\w*|testing|test) (?:instructions|steps)?", "questions?.*",
    "would you.*", "quick start.*", "next time", "sources?", "references?",
    "further reading", "quellen", "источники", "参考.*", "来源",
    "vorteile", "nachteile", "beispiele?", "преимущества", "примеры?", "优点", "缺点",
    "示例",
)  # fmt: skip
"""Sections that weigh, praise, offer or teach: true for a minute."""

TROUBLE_LABELS: Final = any_of(
    "(?:the )?(?:problem|issue|error|symptom|bug|root cause|cause)s?(?: \\d+)?",
    "problem", "fehler", "ursache", "проблема", "причина", "ошибка",
    "问题", "原因", "错误", "問題",
)  # fmt: skip
"""Labels of the line that says what was wrong."""

LATER_HEADINGS: Final = any_of(
    ".{0,12}next steps?.*",
    "remaining.*",
    "pending.*",
    "to ?-?do.*",
    "follow-?ups?.*",
    "what'?s (?:left|next).*",
    "future .*",
    "(?:current|open) issues?.*",
    "known issues?.*",
    "(?:nächste|offene) .*",
    "noch .*",
    "дальнейшие.*",
    "осталось.*",
    "下一步.*",
    "待办.*",
    "未完成.*",
)
"""Sections of what is still to be done."""

SUMMARY_SECTIONS: Final = (
    (any_of("user messages", "files?", "code sections?", "current work", "analysis",
            "primary request.*", "conversation", "chronolog\\w*", "environment",
            "(?:key )?(?:technical )?concepts?", "technolog\\w*", "glossary"), ""),
    (any_of("errors?", "fix(?:es)?", "problems?", "gotchas?", "feedback"), "gotcha"),
    (any_of("pending", "next", "todo", "remaining", "open", "in progress"), "progress"),
    (any_of("decisions?", "choices?", "constraints?", "preferences?"), "decision"),
    (any_of("architecture", "structure"), "architecture"),
)  # fmt: skip
"""Sections of a compaction summary and what they hold; empty: nothing to keep."""

CLIENT: Final = Sought(
    either(
        "please run /login", "invalid api key", "request timed out", "api error",
        "you'?ve hit your (?:\\w+ )?limit", "usage limit reached",
        "no response requested", "oauth token has expired", "prompt is too long",
        "request interrupted by user.*", "context (?:low|left until)",
        "upgrade to .{2,20} plan",
    )
)  # fmt: skip
"""What the client says in the agent's place."""

BODY_TRAILERS: Final = re.compile(
    r"^\W*(?:co-authored-by|signed-off-by|(?:🤖\s*)?generated (?:with|by)|reviewed-by|"
    r"change-id|claude-session|test plan)\b.*$",
    re.I | re.M,
)
"""Lines of a commit message that say who, not what."""

NOT_FOUND: Final = Sought(
    r"command not found|not recognized|no such file or directory|no module named|"
    r"modulenotfounderror|cannot find module|is not installed|exit code 127|未找到|"
    r"не найден"
)
"""A command failed because it is not there, not because the work is wrong."""

TOOL_MECHANICS: Final = re.compile(
    r"string to replace|has not been read yet|user doesn't want|user rejected|"
    r"tool_use_error|"
    r"interrupted by user|permission to use|requires approval|no such tool|"
    r"timed out after|"
    r"(?:previous|last|earlier|first) (?:script|command|attempt|call|edit|try) failed|"
    r"patch (?:did|does|could|would)(?:n't| not) apply",
    re.I,
)
"""Errors of the client's own tools: gone at the next call."""

COUNTS_FAILED: Final = re.compile(
    r"\b[1-9]\d* (?:\w+ )?(?:failed|failures?|failing|errors?|problems?|fehler\w*)\b"
    r"|\b(?:failed|failures|errors|fehler|ошибок)[: ]+[1-9]\d*\b"
    r"|[1-9]\d* ?个?(?:失败|错误)",
    re.I,
)
"""The line of an output that counts what went wrong."""

FAILED_ONE: Final = re.compile(
    r"(?:FAIL(?:ED)?|--- FAIL|not ok|[✖✗×✘]|\d+\))[: ]+\S|.* FAILED\b|.*\.{3} ?FAILED$"
)
"""The line of an output that names one that went wrong."""

SAYS_ERROR: Final = re.compile(
    r"^(?!failed in sandbox).*\b(?:error|fatal|cannot|can't|denied|unavailable|failed|"
    r"not found|refused)\b|Fehler|ошибка|错误|エラー",
    re.I,
)
"""The line of an output that names what went wrong."""

RECOMMENDED: Final = re.compile(
    r"\s*[(（](?:recommended|empfohlen|рекомендуется|推荐|推奨)[)）]", re.I
)
"""What the agent wrote behind an option of its own."""

GENERAL: Final = frozenset(
    {
        "after", "again", "already", "also", "always", "any", "anyway",
        "approach", "avoid", "because", "been", "before", "best", "better",
        "both", "case", "choose", "chose", "chosen", "decid", "decide",
        "decision", "done", "each", "either", "ensure", "every", "first", "get",
        "give", "given", "go", "going", "good", "got", "hav", "here", "however",
        "if", "instead", "just", "keep", "kept", "let", "make", "mak", "more",
        "most", "must", "need", "never", "next", "no", "not", "note", "off",
        "once", "one", "only", "other", "our", "out", "over", "own", "owing",
        "owe", "pick", "prefer", "put", "quit", "rather", "require", "same",
        "select", "set", "shall", "should", "since", "some", "still", "such",
        "take", "tak", "team", "than", "their", "them", "then", "there",
        "these", "they", "thing", "those", "through", "thu", "thus", "too",
        "under", "until", "up", "use", "used", "using", "version", "very",
        "want", "way", "we", "went", "what", "when", "whenever", "where",
        "whether", "while", "without", "work", "would", "yet", "your", "due",
    }
)  # fmt: skip
"""Words, as ``near.bag_of`` has them, that tell nothing of what a text is about."""
