"""The glyphs. Shape says how long a memory lasts, the word says what it is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from memtui.model import TYPES, Memory, ObservationType, Rung, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """One set of glyphs: the defaults are Unicode, ``ASCII`` stands in."""

    cursor: str = "▌"
    cursor_blurred: str = "▏"
    mark: str = "■"
    left_out: str = "□"
    pinned: str = "*"
    kept: str = "✓"
    excluded: str = "¬"
    superseded: str = "»"
    pruned: str = "×"
    review: str = "!"
    said: str = "“"
    ran: str = "$"
    folded: str = "►"
    unfolded: str = "▼"
    child: str = "└"
    rule: str = "─"
    heavy: str = "━"
    edge: str = "│"
    more: str = "…"
    between: str = " · "
    heat: str = " ·▫▪■"
    spark: str = "▁▂▃▄▅▆▇"
    ascii: bool = False

    def of_type(self, kind: ObservationType) -> str:
        """The glyph of a type."""
        return kind.ascii_glyph if self.ascii else kind.glyph


UNICODE: Final = Glyphs()
ASCII: Final = Glyphs(
    cursor=">",
    cursor_blurred=".",
    mark="=",
    left_out="_",
    kept="+",
    excluded="-",
    superseded=">",
    pruned="x",
    said='"',
    folded=">",
    unfolded="v",
    child="'",
    rule="-",
    heavy="=",
    edge="|",
    more="~",
    between=", ",
    heat=" .:+#",
    spark="_.:-=+#",
    ascii=True,
)

_OTHER: Final = ObservationType(
    name="memory",
    rung=Rung.WORK,
    glyph="○",
    ascii_glyph="o",
    role="secondary",
    half_life_days=60,
    weight=0.5,
)
"""Stands for a type that the config no longer names."""


def for_terminal(choice: str, environ: Mapping[str, str] = os.environ) -> Glyphs:
    """The set for ``auto``, ``unicode`` or ``ascii``.

    ``auto`` picks ASCII where the terminal or the locale cannot draw the rest.
    """
    if choice == "ascii":
        return ASCII
    if choice == "unicode":
        return UNICODE
    if environ.get("TERM", "") in ("linux", "vt100", "dumb"):
        return ASCII
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    named = next((name for name in names if name), "")
    # No locale named at all is a bare ssh or container: terminals there draw UTF-8.
    return UNICODE if not named or "utf" in named.casefold() else ASCII


def kind_of(name: str, types: Mapping[str, ObservationType] = TYPES) -> ObservationType:
    """The type of this name; a type no config knows any more is drawn as work."""
    return types.get(name, _OTHER)


def word_of(name: str, types: Mapping[str, ObservationType] = TYPES) -> str:
    """The word of a type in a row."""
    found = types.get(name)
    return (found.short or found.name) if found else name


def marks_of(memory: Memory, glyphs: Glyphs) -> list[tuple[str, str]]:
    """State marks of a row as (glyph, role); none where nothing was decided."""
    marks: list[tuple[str, str]] = []
    if memory.state is State.PRUNED:
        marks.append((glyphs.pruned, "bold muted"))
    elif memory.superseded_by:
        marks.append((glyphs.superseded, "bold muted"))
    elif memory.excluded:
        marks.append((glyphs.excluded, "bold muted"))
    elif memory.pinned:
        marks.append((glyphs.pinned, "bold accent"))
    elif memory.state is State.KEPT:
        marks.append((glyphs.kept, "bold success"))
    if memory.review_by is not None and memory.state is not State.PRUNED:
        marks.append((glyphs.review, "bold warning"))
    return marks


def table() -> list[tuple[str, str, str]]:
    """(name, Unicode, ASCII) of every glyph, for the help and the README."""
    return [
        (f.name, str(getattr(UNICODE, f.name)), str(getattr(ASCII, f.name)))
        for f in fields(Glyphs)
        if f.name != "ascii"
    ]
