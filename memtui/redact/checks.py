"""What must not be shared, and what to look at twice in what others share."""

import re
from functools import cache
from typing import Final

from memtui.masking import masked
from memtui.redact.redactor import Redactor

DRAWN: Final = "drawn by a machine"
"""The kind of what looks like a secret and has no known form."""

_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|rule|prompt|"
    r"previous|above|prior|guideline|polic)|"
    r"\byou (?:must|shall|are now|have to|will now|should always)\b|"
    r"\b(?:do not|don't|never) (?:tell|inform|mention|reveal|show|ask)\b.{0,30}"
    r"\b(?:user|developer|person|human|anyone)|"
    r"\b(?:without|instead of) (?:asking|telling|confirm\w*|permission)|"
    r"\bsystem prompt\b|\bas an ai\b|\bnew instructions\b|"
    r"(?:curl|wget)\b[^\n]{0,200}\|\s*(?:ba|z|da)?sh\b|"
    r"\bbase64\s+(?:-d|--decode)|\brm\s+-rf?\s+[~/]|"
    r"\b(?:send|upload|post|exfiltrate)\b.{0,60}\b(?:token|secret|password|"
    r"credential|\.env|key)s?\b|"
    r"<\s*/?\s*(?:system|assistant|instructions?|memtui-memory)\b",
    re.IGNORECASE | re.DOTALL,
)


def secrets_in(text: str) -> tuple[str, ...]:
    """Kinds of secrets that stand in a text, sorted, each once; never their value."""
    spans, _ = _redactor().found(text.encode("utf-8", "replace"), plain=True)
    kinds = {kind for _, _, kind in spans}
    if masked(text) != text:
        kinds.add(DRAWN)
    return tuple(sorted(kinds))


def reads_like_orders(text: str) -> bool:
    """Whether a text speaks to an agent rather than of a project: look at it twice.

    A badge and no wall: what is worded otherwise passes.
    """
    return bool(_ORDERS.search(text))


@cache
def _redactor() -> Redactor:
    return Redactor()
