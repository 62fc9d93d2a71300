"""Lines of styled text, before they know a colour. Pure.

A span is (text, role), a line is a list of spans. Widgets turn lines into strips
with a ``Paint``; text goes through no markup anywhere.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from memtui.masking import safe_line
from memtui.tui.format import cut, wrap
from memtui.tui.theme import Paint

_PLAIN: Final = str.maketrans("…·“”‘’–—↑↓─│", "~.\"\"''--^v-|")
"""What stands for typography where the terminal has ASCII alone, cell for cell."""

_KEPT: Final = 192
"""Strips that are kept: two screens of lines; a third more speed for a megabyte."""

Span = tuple[str, str]
Line = list[Span]


def width_of(spans: Iterable[Span]) -> int:
    """Cells that the spans take."""
    return sum(cell_len(text) for text, _ in spans)


def clip(spans: Sequence[Span], width: int, *, more: str = "…") -> Line:
    """At most ``width`` cells of the spans."""
    shown: Line = []
    for text, role in spans:
        if width <= 0:
            break
        part = cut(text, width, more=more)
        if len(part) < len(text) and not part:
            break
        shown.append((part, role))
        width -= cell_len(part) if part == text else width
    return shown


def ends(width: int, left: Sequence[Span], right: Sequence[Span]) -> Line:
    """``left`` and ``right`` at the two ends; left gives way, then right."""
    right = clip(right, width)
    room = width - width_of(right)
    left = clip(left, max(0, room - 2) if right else room)
    return [*left, (" " * (room - width_of(left)), ""), *right]


def keys(*pairs: tuple[str, str]) -> Line:
    """``key label`` pairs as footer, help and empty states show them."""
    spans: Line = []
    for key, label in pairs:
        spans += [(key, "bold primary"), (f" {label}   ", "muted")]
    return spans


def paragraph(
    text: str, width: int, role: str = "", *, lead: Sequence[Span] = ()
) -> list[Line]:
    """Wrapped text behind ``lead``; later lines are indented as far as the first."""
    indent = width_of(lead)
    first, *rest = wrap(text, max(8, width - indent)) or [""]
    lines: list[Line] = [[*lead, (first, role)]]
    lines += [[(" " * indent, ""), (part, role)] for part in rest]
    return lines


def flow(line: Iterable[Span], width: int) -> list[Line]:
    """The spans over as many lines as they need; a key stays with its first word."""
    lines: list[Line] = [[]]
    for words in _unbroken(line):
        size = width_of(words)
        if lines[-1] and width_of(lines[-1]) + len(plain(words).rstrip()) > width:
            lines.append([])
        if size > width:  # longer than a line: broken where it must be
            role = words[0][1]
            lines[-1:] = [[(part, role)] for part in wrap(plain(words), width)]
        else:
            lines[-1] += words
    return lines


def _unbroken(line: Iterable[Span]) -> Iterator[Line]:
    """Word by word with the blanks behind it."""
    key: Line = []
    for text, role in line:
        for word in re.findall(r"\s*\S+\s*|\s+", text):
            if role == "bold primary":
                key.append((word, role))
            else:
                yield [*key, (word, role)]
                key = []
    if key:
        yield key


def quote(text: str, width: int, edge: str, role: str = "") -> list[Line]:
    """Wrapped text with a bar before every line."""
    bar = (f"{edge} ", "secondary")
    return [[bar, (part, role)] for part in wrap(text, max(8, width - 2))]


def sentence(text: str, key: str = "", rest: str = "") -> Line:
    """What is so, then the next key and what it does."""
    return [(text, ""), (key, "bold primary"), (f" {rest}" if rest else "", "muted")]


def message(text: str) -> Line:
    """One of UX 10's messages; a last ``u undo`` is drawn as a key and its word."""
    said, full_stop, hint = text.rpartition(". ")
    key, _, rest = hint.partition(" ")
    if full_stop and len(key) == 1 and rest:
        return [(f"{said}. ", ""), (key, "bold primary"), (f" {rest}", "muted")]
    return [(text, "")]


def plain(line: Iterable[Span]) -> str:
    """The text alone."""
    return "".join(text for text, _ in line)


def strip(
    line: Iterable[Span], width: int, paint: Paint, ground: str = "background"
) -> Strip:
    """The line as ``width`` cells on ``ground``: the one gate to the terminal.

    The same line is the same strip, for as long as it is likely to come again: a
    strip keeps what Textual makes of it, so a list that scrolls by one row costs the
    row that is new.
    """
    key = (tuple(line), width, ground)
    made = paint.strips.pop(key, None)
    if made is None:
        made = _strip(key[0], width, paint, ground)
        if len(paint.strips) >= _KEPT:
            del paint.strips[next(iter(paint.strips))]
    paint.strips[key] = made  # the last used is the last to go
    return made


def _strip(line: Iterable[Span], width: int, paint: Paint, ground: str) -> Strip:
    segments = [
        Segment(_drawable(safe_line(text), paint), paint.style(role, ground))
        for text, role in line
        if text
    ]
    return Strip(segments).adjust_cell_length(width, paint.style("", ground))


def _drawable(text: str, paint: Paint) -> str:
    return text.translate(_PLAIN) if paint.ascii_only else text


def marked(
    text: str,
    spans: Sequence[tuple[int, int]],
    role: str = "",
    *,
    hit: str = "underline accent",
) -> Line:
    """The text with its hits marked by an underline, not by colour alone."""
    line: Line = []
    at = 0
    for start, end in spans:
        line += [(text[at:start], role), (text[start:end], hit)]
        at = end
    return [*line, (text[at:], role)]
