"""Where a sentence may end as a title: the words that wait for what comes after them.

Beside ``cues`` and ``words`` the only place that holds words of a human language.
"""

import re
from typing import Final

from memtui.distil.patterns import any_of

DANGLING: Final = re.compile(
    r"(?:[\s,]+(?:because|since|so that|so|that|which|it|will|now|includ(?:es|ing)|"
    r"cover(?:s|ing)|"
    r"as follows|e\.?g\.?|i\.?e\.?|such as|follow(?:s|ing)|with|to|by|from|for|are|is|"
    r"was|were|and|the|if|when|in|on|or|as|a|an|not|only|please|you|can|"
    r"this|these|similar|using|based|according|like|its|their|your|my|our|every|each|"
    r"dass|weil|mit|und|sind|ist|die|der|что|и|потому|包括|如下))+$|(?:包括|如下)$",
    re.I,
)
"""Words that cannot end a title: what they announce was cut off."""

_LAST = 24
"""The last word and the blank before it take no more."""


def undangled(text: str) -> str:
    """A text without the words at its end that cannot end a title."""
    # few texts have any: whether the last word is one is soon found
    if not DANGLING.search(text, max(0, len(text) - _LAST)):
        return text
    return DANGLING.sub("", text)


CONNECTIVES: Final = re.compile(
    r",\s+(?=(?:which|so|but|because|since|as|while|and (?:then|also|now|the|it|i)|"
    r"when|"
    r"where|instead|with|including|rather|not|or|[a-z]{3,}ing|"
    r"weil|aber|sodass|damit|wobei|и|но|чтобы|потому|что|котор\w+)\b)|，(?=但|所以|"
    r"因为|而|并|"
    r"以)"
    r"|\s(?=(?:because|instead of|rather than|so that|which|weil|потому что)\s)",
    re.I,
)
"""Where a long sentence may end as a title and still be a thought."""

PHRASE_ENDS: Final = re.compile(
    r",?\s(?=(?:to|so|and|by|with|for|via|when|where|while|before|after|during|on|"
    r"in|um|und|mit|für|durch|чтобы|и|с|для|при|в)\s)",
    re.I,
)
"""Where a sentence may end if it must: what follows only adds to it."""

TURNS: Final = any_of(
    "from", "replac\\w+", "convert\\w*", "switch\\w*", "chang\\w+", "renam\\w+",
    "mov\\w+", "map\\w*", "von", "ersetz\\w*", "umbenannt", "из", "с", "замен\\w+",
)  # fmt: skip
"""Words that wait for what something becomes."""

TURNED_INTO: Final = re.compile(r"(?:to|into|with|by|zu|auf|durch|mit|в|на)\b", re.I)
"""And the phrase that says so: without it a title tells half."""

PLACE_LEADS: Final = re.compile(
    r"^(?:in|on|at|for|within|inside|during|im|in der|bei|für|в|на|для|在)\s"
    r"[^,，:：]{3,90}[,，:：]\s*(?=\S.{24})",
    re.I,
)
"""What says where or when before it says what: a long title does without it."""

SUBORDINATE: Final = any_of(
    "if", "when", "while", "because", "since", "as", "once", "after", "before",
    "although", "though", "unless", "until", "whenever", "where", "given", "in case",
    "wenn", "falls", "weil", "da", "sobald", "nachdem", "bevor", "obwohl", "während",
    "если", "когда", "пока", "после", "так как", "поскольку",
    "如果", "当", "因为", "虽然", "もし",
)  # fmt: skip
"""Openers of a clause that waits for another: alone no title."""
