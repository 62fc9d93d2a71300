"""Texts of the store without secrets: known kinds, and values a person named."""

import re
from collections.abc import Collection, Iterable
from functools import partial

from memtui.redact import SCRUBBED, Redactor, scrubbed
from memtui.store.purge.scrubbing import Rewrite


class Literal:
    """Values wherever they stand, also inside of longer ones."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        plain = {value.rstrip("=") for value in values} - {""}
        spelled = plain | {value.replace("/", "\\/") for value in plain}
        wanted = (re.escape(value.encode()) + b"=*" for value in sorted(spelled))
        self._found = re.compile(b"|".join(wanted) or b"(?!)")

    def cut(self, raw: bytes) -> bytes:
        """The same bytes with marks in their place."""
        return self._found.sub(SCRUBBED, raw)


def rewriter(
    *, named: bool, ids: Collection[str], literal: Literal | None = None
) -> Rewrite:
    """What rewrites one text.

    Args:
        named: known kinds of secrets are cut.
        ids: so are values that stand by themselves: ``masking.digest`` of each.
        literal: and these wherever they stand.
    """
    redactor = Redactor() if named else None
    return partial(_rewritten, redactor, frozenset(ids), literal or Literal())


def _rewritten(
    redactor: Redactor | None, ids: frozenset[str], literal: Literal, text: str
) -> str:
    """A text of the store, JSON or not, without secrets."""
    if redactor is not None and text[:1] not in ("[", "{"):
        text = redactor.text(text)
    raw = text.encode("utf-8", "surrogatepass")
    if redactor is not None and text[:1] in ("[", "{"):
        raw = redactor.line(raw).data
    return literal.cut(scrubbed(raw, ids)).decode("utf-8", "surrogatepass")
