"""What a transcript itself proves that a session received.

The clients write what a hook said into their own transcripts. Our text carries
its id, and the id is a function of the text: so a delivery is not only seen but
known to be whole. Pure; ``Store`` keeps what is found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memtui.inject.render import FENCE
from memtui.inject.values import Section
from memtui.model import ObservationId, text_id

_OPENING: Final = re.compile(
    rf'<{FENCE}((?: project="[^"<>\n]*+")?) export="([a-z2-7]{{12}})">'
)
_CLOSING: Final = f"\n</{FENCE}>"
_ITEM: Final = re.compile(r"^- .*\[([a-z2-7]{12})\]$", re.MULTILINE)
_RECENT: Final = f"\n\n{Section.RECENT}\n"
_NAMED: Final = re.compile(r' project="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One of our texts, found where a client says what it received."""

    export: str
    items: tuple[ObservationId, ...]
    """Memories in it, in the text's order."""
    project: str
    """Name of the project that the text was made for."""
    whole: bool
    """Its id fits its bytes: nothing was cut or changed on the way."""


@dataclass(frozen=True, slots=True)
class _Fenced:
    """Where a text of ours stands in another."""

    opening: re.Match[str]
    inner: str | None
    """None: its end is missing."""
    end: int


def find(text: str) -> tuple[Delivery, ...]:
    """Every text of ours inside what a client recorded; usually none or one.

    A fence without its end was cut by the client: it is found, and not whole.
    """
    return tuple(_delivery(text, found) for found in _fenced(text))


def without(text: str) -> str:
    """The text without ours in it, so that nothing is learnt from it again."""
    kept, at = [], 0
    for found in _fenced(text):
        kept.append(text[at : found.opening.start()])
        at = found.end
    return "".join([*kept, text[at:]]) if kept else text


def _fenced(text: str) -> Iterator[_Fenced]:
    """Ours in their order; each byte of a hostile text is looked at once or twice."""
    if f"<{FENCE}" not in text:
        return
    at, close = 0, 0
    while opening := _OPENING.search(text, at):
        at = opening.end()
        inner = None
        if text.startswith("\n", at):
            if 0 <= close <= at:
                close = text.find(_CLOSING, at + 1)
            if close > at:
                inner, at = text[at + 1 : close], close + len(_CLOSING)
        yield _Fenced(opening, inner, at)


def _delivery(text: str, found: _Fenced) -> Delivery:
    name, export = found.opening.groups()
    named = _NAMED.fullmatch(name)
    seen = found.inner
    if seen is None:
        cut = text.find(f"<{FENCE}", found.end)
        seen = text[found.end : cut if cut >= 0 else None]
    seen = seen.partition(f"<{FENCE}")[0].partition(_RECENT)[0]
    made = f'<{FENCE}{name} export="">\n{found.inner}'
    return Delivery(
        export=export,
        items=tuple(ObservationId(item) for item in _ITEM.findall(seen)),
        project=named[1] if named else "",
        whole=found.inner is not None and text_id(made) == export,
    )
