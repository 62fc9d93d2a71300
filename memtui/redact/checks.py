"""What must not be shared."""

from functools import cache
from typing import Final

from memtui.masking import masked
from memtui.redact.redactor import Redactor

DRAWN: Final = "drawn by a machine"
"""The kind of what looks like a secret and has no known form."""


def secrets_in(text: str) -> tuple[str, ...]:
    """Kinds of secrets that stand in a text, sorted, each once; never their value."""
    spans, _ = _redactor().found(text.encode("utf-8", "replace"), plain=True)
    kinds = {kind for _, _, kind in spans}
    if masked(text) != text:
        kinds.add(DRAWN)
    return tuple(sorted(kinds))


@cache
def _redactor() -> Redactor:
    return Redactor()
