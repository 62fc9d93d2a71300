"""Where a sentence may end as a title: the words that wait for what comes after them.

Beside ``cues``, ``wishes`` and ``words`` the only place that holds words of a human
language.
"""

import re
from typing import Final

from memtui.distil.patterns import any_of

_DANGLING: Final = (
    "because", "since", "so that", "so", "that", "which", "it", "will", "now",
    "includ(?:es|ing)", "cover(?:s|ing)", "as follows", "e\\.?g\\.?", "i\\.?e\\.?",
    "such as", "follow(?:s|ing)", "with", "to", "by", "from", "for", "are", "is",
    "was", "were", "and", "the", "if", "when", "in", "on", "or", "as", "a", "an",
    "not", "only", "please", "you", "can", "this", "these", "similar", "using",
    "based", "according", "seems?", "like", "its", "their", "your", "my", "our",
    "every", "each",
    "dass", "weil", "mit", "und", "sind", "ist", "die", "der",
    "что", "и", "потому",
    "包括", "如下",
)  # fmt: skip
_DANGLING_DENSE: Final = ("包括", "如下")
"""Those that no blank parts from the word before."""

DANGLING: Final = re.compile(
    rf"(?:[\s,]+(?:{'|'.join(_DANGLING)}))+$|(?:{'|'.join(_DANGLING_DENSE)})$", re.I
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


_AFTER_COMMA: Final = (
    "which", "so", "because", "since", "as", "while",
    "and (?:then|also|now|the|it|i)", "when", "where", "instead", "with", "including",
    "rather", "not", "or", "[a-z]{3,}ing",
    "weil", "sodass", "damit", "wobei",
    "и", "чтобы", "потому", "что", "котор\\w+",
)  # fmt: skip
_AFTER_DENSE_COMMA: Final = ("所以", "因为", "而", "并", "以")
_AFTER_BLANK: Final = (
    "because", "instead of", "rather than", "so that", "which",
    "weil",
    "потому что",
)  # fmt: skip

CONNECTIVES: Final = re.compile(
    rf",\s+(?=(?:{'|'.join(_AFTER_COMMA)})\b)"
    rf"|，(?={'|'.join(_AFTER_DENSE_COMMA)})"
    rf"|\s(?=(?:{'|'.join(_AFTER_BLANK)})\s)",
    re.I,
)
"""Where a long sentence may end as a title and still be a thought."""

_PHRASES: Final = (
    "to", "so", "and", "by", "with", "for", "via", "when", "where", "while",
    "before", "after", "during", "on", "in",
    "um", "und", "mit", "für", "durch",
    "чтобы", "и", "с", "для", "при", "в",
)  # fmt: skip

PHRASE_ENDS: Final = re.compile(rf",?\s(?=(?:{'|'.join(_PHRASES)})\s)", re.I)
"""Where a sentence may end if it must: what follows only adds to it."""

LIST_ENDS: Final = re.compile(r",\s(?:and|or|und|oder|и|или)\s", re.I)
"""What joins the last of several things to those before it."""

TURNS: Final = any_of(
    "from", "replac\\w+", "convert\\w*", "switch\\w*", "chang\\w+", "renam\\w+",
    "mov\\w+", "map\\w*", "von", "ersetz\\w*", "umbenannt", "из", "с", "замен\\w+",
)  # fmt: skip
"""Words that wait for what something becomes."""

_INTO: Final = ("to", "into", "with", "by", "zu", "auf", "durch", "mit", "в", "на")

TURNED_INTO: Final = re.compile(rf"(?:{'|'.join(_INTO)})\b", re.I)
"""And the phrase that says so: without it a title tells half."""

_PLACES: Final = (
    "in", "on", "at", "for", "within", "inside", "during",
    "im", "in der", "bei", "für",
    "в", "на", "для",
    "在",
)  # fmt: skip

PLACE_LEADS: Final = re.compile(
    rf"^(?:{'|'.join(_PLACES)})\s[^,，:：]{{3,90}}[,，:：]\s*(?=\S.{{24}})", re.I
)
"""What says where or when before it says what: a long title does without it."""

_INSTEAD: Final = ("instead of", "rather than", "in addition to", "statt", "вместо")

GOES_ON: Final = re.compile(r"[a-z]{3,}ing$")
"""``pointing``, ``leading``: it waits for where to."""

INSTEAD_LEADS: Final = re.compile(
    rf"^(?:{'|'.join(_INSTEAD)})\s[^,，]{{3,90}}[,，]\s*(?=\S.{{24}})", re.I
)
"""What is not so before what is: a long title does without it."""

REASON_LEADS: Final = re.compile(
    r"^(?:since|because|given that|поскольку|так как)\s+([^,]{24,}),\s+(?=\S)", re.I
)
"""A reason before what follows from it: a long title tells one of them."""

WAITS: Final = re.compile(
    r"[\s,]+(?:and\s+|or\s+)?(?:only\s+)?(?:if|when|where|unless|until|wenn|falls|если|когда)\b",
    re.I,
)
"""A condition: what a title says before it holds only so."""

RESTRICTED: Final = re.compile(r"(?:^|\s)(?:only|nur|только)(?:\s+\S+)?$", re.I)
"""Words at the end that say that there is more to it."""

PAIRS: Final = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("「", "」"))
"""What opens and what closes: no title ends between them."""
QUOTES: Final = ('"', "`")
"""What opens and closes alike."""

SUBORDINATE: Final = any_of(
    "if", "when", "while", "because", "since", "as", "once", "after", "before",
    "although", "though", "unless", "until", "whenever", "where", "given", "in case",
    "wenn", "falls", "weil", "da", "sobald", "nachdem", "bevor", "obwohl", "während",
    "если", "когда", "пока", "после", "так как", "поскольку",
    "如果", "当", "因为", "虽然", "もし",
)  # fmt: skip
"""Openers of a clause that waits for another: alone no title."""
