"""The injection as parts, and each part as lines with its reason beside it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from memtui.clean import clean_line
from memtui.inject.values import Cut, Injection, Item, Section
from memtui.tui.difference import differences
from memtui.tui.format import figure, fit, wrap
from memtui.tui.lines import Line
from memtui.tui.look import Look

WHY: Final = 34
"""Columns of the reasons."""
RANK: Final = 2
_HEADINGS: Final = frozenset(section.value for section in Section)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the text, a memory below the line, or a line of a comparison."""

    id: str
    text: str = ""
    rank: str = ""
    reason: str = ""
    units: int | None = None
    item: Item | Cut | None = None
    kind: str = "item"
    """``item``, ``cut``, ``frame``, ``heading``, ``change``; ``line``: the cut line."""


def parts_of(injection: Injection) -> list[Part]:
    """The text from fence to fence, then what fell below the line."""
    parts = list(_told(injection))
    if not injection.cut:
        return parts
    left = max(0, injection.budget - injection.units)
    parts.append(Part("the line", reason=f"{figure(left)} units are left", kind="line"))
    rank = len(injection.items)
    for number, cut in enumerate(injection.cut, rank + 1):
        parts.append(
            Part(cut.id, cut.text, str(number), cut.reason, cut.units, cut, "cut")
        )
    return parts


def _told(injection: Injection) -> Iterator[Part]:
    items = list(injection.items)
    for number, line in enumerate(injection.text.splitlines()):
        if items and items[0].text == line:
            item = items.pop(0)
            yield Part(item.id, line, str(item.rank), item.reason, item.units, item)
        elif line in _HEADINGS:
            yield Part(f"line {number}", line, kind="heading")
        elif line.startswith("<"):
            yield Part(f"line {number}", line, reason="fence", kind="frame")
        else:
            reason = "fixed heading" if line else ""
            yield Part(f"line {number}", line, reason=reason, kind="frame")


def changes_of(old: str, new: str) -> list[Part]:
    """Every line of both texts with ``+`` or ``-`` as its rank."""
    return [
        Part(f"change {number}", change.text, change.sign, kind="change")
        for number, change in enumerate(differences(old, new))
    ]


def lines_of(part: Part, width: int, look: Look, *, reasons: bool) -> list[Line]:
    """The lines of a part, its reason and units in the last columns."""
    if part.kind == "change":
        return _change(part, width)
    why = WHY if reasons else 0
    room = max(20, width - why - RANK - 2)
    if part.kind == "line":
        return [[*_cut_line(room, look), *_why(part, why, look, "warning")]]
    role = {"item": "", "heading": "bold foreground"}.get(part.kind, "faint")
    lines: list[Line] = []
    for number, row in enumerate(_hanging(clean_line(part.text), room - 1)):
        rank = part.rank if number == 0 else ""
        beside = part if number == 0 else Part("")
        lines.append(
            [
                (fit(rank, RANK, right=True) + "  ", "faint"),
                (fit(row, room), role),
                *_why(beside, why, look, "muted"),
            ]
        )
    return lines


def _cut_line(room: int, look: Look) -> Line:
    label, rule = " not injected ", look.glyphs.rule
    return [
        ("    ", ""),
        (rule * 2, "warning"),
        (label, "bold warning"),
        (rule * max(0, room - 2 - len(label)), "warning"),
    ]


def _why(part: Part, width: int, look: Look, role: str) -> Line:
    if not width:
        return []
    units = "" if part.units is None else figure(part.units)
    reason = fit(clean_line(part.reason), width - 9, more=look.glyphs.more)
    return [
        (look.glyphs.edge, "hairline-faint"),
        ("   ", ""),
        (reason, role),
        (fit(units, 5, right=True), "faint"),
    ]


def _hanging(text: str, width: int) -> Iterator[str]:
    """Wrapped, later lines indented below the words of an item."""
    yield from wrap(text, width, hang=2 if text.startswith("- ") else 0) or [""]


def _change(part: Part, width: int) -> list[Line]:
    roles = {"+": "success on added-row", "-": "error on removed-row"}
    role = roles.get(part.rank, "muted")
    lines: list[Line] = []
    for number, row in enumerate(wrap(clean_line(part.text), width - 4) or [""]):
        sign = part.rank if number == 0 and part.rank else " "
        text = f"{sign} {row}"
        lines.append([(fit(text, width) if part.rank else text, role)])
    return lines


def changed_words(parts: Sequence[Part], against: str) -> str:
    """``+3 -2 against the last export``."""
    plus = sum(part.rank == "+" for part in parts)
    minus = sum(part.rank == "-" for part in parts)
    if not plus and not minus:
        return f"The same as {against}."
    return f"+{plus} -{minus} against {against}"
