"""Words by which a prompt is read: what is asked, and what it stands for.

Beside ``cues``, ``words`` and ``endings`` the only place that holds words of a human
language.
"""

import re
from typing import Final

from memtui.distil.patterns import Opener, Sought

ASKING: Final = Opener(
    r"^(?:\W*(?:hey|hi|hello|ok(?:ay)?|so|and|but|also|now|well|oh(?: no)?|"
    r"yes(?: please)?(?: to (?:all|both|everything|that))?|"
    r"yeah|yep|no|wait|i was wrong|scratch that|actually|then|"
    r"great|perfect|thanks|thank you|cool|nice|right|"
    r"alright|sure|claude|codex|gemini|please|pls|just|hmm+|umm*|"
    r"(?:can|could|would|will) (?:you|we)(?: (?:please|also|now|just|maybe))*|"
    r"i(?:'d| would) (?:like|love)(?: (?:you|to ask you|your help))?(?: (?:to|with))?|"
    r"i want you to|would you mind|"
    r"(?:i think|i believe|i guess|it seems(?: like)?|maybe|perhaps)(?: that)?|"
    r"nein|bitte|kannst du(?: bitte)?|könntest du(?: bitte)?|"
    r"нет(?=,)|пожалуйста|можешь|можете|"
    r"不对|違います|いいえ|请|麻烦|帮我|能不能|可以)"
    r"(?=[\s,.:;!，、]|$|[\u3400-\u9fff])[\s,.:;!，、-]*)+"
)
"""The politeness that opens a wish, in lower case: cut, so that the wish itself is
the title."""

ASKS_WHETHER: Final = re.compile(
    r"^\W*(?:[\w']+,? ){0,3}?(?:can|could|would|should|shall|do|does|did|is|are|"
    r"sollen|können|soll|стоит ли|можно ли) (?:we|i|it|you|they|there|wir|ich|es)\b",
    re.I,
)
"""What asks, with a question mark, where another wish only doubts a little."""

SHORT_ORDERS: Final = Opener(
    r"^\W*(?:please |no,? |always |just )*(?:use|prefer|switch to|stick (?:to|with)) "
    r"(?:only )?[\w@./+-]{2,40}(?:,? (?:not|instead of|over|rather than) "
    r"[\w@./+-]{2,40})?(?: (?:here|everywhere|please|instead|always))*\W*$"
    r"|^\W*(?:nimm|benutze|verwende) [\w@./+-]{2,40}(?: statt [\w@./+-]{2,40})?\W*$"
    r"|^\W*(?:используй|бери) [\w@./+-]{2,40}(?:,? а не [\w@./+-]{2,40})?\W*$"
    r"|^\W*用 ?[\w@./+-]{2,40}\W*$",
    re.I,
)
"""Orders of a few words that mean something alone: which of the tools to take."""

EMPTY_PROMPTS: Final = Opener(
    r"^\W*(?:continue|go on|go ahead|proceed|yes|no|ok(?:ay)?|sure|thanks?|thank you|"
    r"pushed|done|please|do it|next|try again|retry|again|hi|hello|hey|test|exit|quit|"
    r"looks? good|lgtm|perfect|great|commit(?: (?:it|this|everything))?|push(?: it)?|"
    r"weiter|ja|nein|danke|mach weiter|да|нет|продолжай|спасибо|дальше|"
    r"继续|好的?|是的?|不|谢谢|可以|はい|いいえ)(?:\W+(?:please|then|now|bitte|"
    r"with it))*\W*$",
    re.I,
)
"""Prompts that mean nothing alone."""

ASKS_WHICH: Final = re.compile(
    r"(?:which|what|how|where|when|who|should|shall|wie|welche[rs]?|was|wo|wann|soll|"
    r"как\w*|где|что|когда)\b|哪|什么|怎么|どの|何",
    re.I,
)
"""How a question begins that can be read without the clause before it."""

YES_OR_NO: Final = re.compile(
    r"^\W*(?:yes|no|nope|yeah|ok(?:ay)?|sure|ja|nein|да|нет|是|不|好|はい|いいえ)\b",
    re.I,
)
"""An answer that tells how things are, not which way to go."""

HANGS: Final = re.compile(
    r"^\W*(?:[\w']+[ ,]+){0,4}?(?:it|its|they|them|these(?= (?:are|were|should|must))|"
    r"those(?= (?:are|were|should|must))|ihn|diese|его|их|эти)\b"
    r"|\b(?:this|that|these|those|diese[rsn]?|эт(?:от|а|у|и)) "
    r"(?:idea|test|thing|way|one|approach|change|part|issue|problem|proposal|plan|step|idee|änderung|weg|идею|"
    r"тест|вариант)s?\b"
    r"|^\W*(?:它|这|那|これ|それ)",
    re.I,
)
"""A wish that stands for what was spoken of before, by its first words or by one for
anything."""

CHOSEN: Final = re.compile(
    r"^(?:\W*(?:yes|ok(?:ay)?|please|ja|да|好的?)\b)*\W*(?:(?:i(?:'d)? |let'?s )?"
    r"(?:\w+ ){0,3}?)?(?:option|choice|variant|number|alternative|variante|вариант|"
    r"方案|选项)\s*[#(]?(?P<one>[a-h]|\d{1,2})(?![\w.])",
    re.I,
)
"""Who takes one of the things that the agent had listed."""

TO_A_READER: Final = Sought(
    r"(?<!\w)(?:you(?:'ll|'re|r)?|du|dein\w*|ihr|вы|ваш\w*)(?!\w)|你|您|あなた"
)

OF_ONESELF: Final = Sought(
    r"(?<!\w)(?:i(?:'\w+)?|my|me|we|our|us|let'?s|ich|mein\w*|wir|unser\w*|"
    r"я|мне|мой|мы|наш\w*)(?!\w)|我|私"
)
"""Words of an instruction that was written for anybody, and of who speaks."""
