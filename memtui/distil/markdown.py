"""Markdown into headings, items and paragraphs; code and drawings are left out.

As agents write it, not as a specification has it: a bold line is a heading, an
emoji at the head of a line is a bullet, a table is a drawing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

BOLD_LEVEL = 7
"""A bold line stands below every heading with number signs."""
LEAD_LEVEL = 8
"""A sentence that ends in a colon stands below those."""
ITEM_LEVEL = 9
"""And list items below that, the deeper the more they are indented."""

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BOLD_LINE = re.compile(r"^\s*(?:\d+[.)]\s+)?(?:\*\*|__)([^*_]+?)(?:\*\*|__)\s*:?\s*$")
_ITEM = re.compile(
    r"^(\s*)(?:(?:[-*•+–·◦▪✓✔✗✘☑☐►▸→]|\(?\d{1,2}[.)])\s+"
    r"|(?:\*\*)?[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff]\ufe0f?\s+(?=\S))(.*)$"
)
_DRAWING = re.compile(r"[│┌┐└┘├┤┬┴┼─━═║╔╗╚╝╭╮╰╯▶▼█]")
_TABLE = re.compile(r"^\s*\|.*\|\s*$")
_QUOTE = re.compile(r"^\s*>\s?")
_RULER = re.compile(r"^\s*[-=_*~─━]{3,}\s*$")
_FENCES, _RULERS = "`~", "-=_*~─━"
"""What such lines begin with: looked at before their patterns are."""


class Part(NamedTuple):
    """One heading, list item or paragraph."""

    kind: str
    """``heading``, ``item`` or ``text``."""
    level: int
    """The smaller, the further out; paragraphs have none."""
    raw: str
    """Its words on one line, markup included."""


class _Open:
    """The item or paragraph whose lines are still coming."""

    def __init__(self) -> None:
        self._kind, self._level, self._lines = "", 0, list[str]()

    def start(self, kind: str, level: int, line: str) -> None:
        """A new one begins with this line."""
        self._kind, self._level, self._lines = kind, level, [line]

    def takes(self, line: str) -> bool:
        """Whether this line goes on with it."""
        return self._kind == "text" or (self._kind == "item" and line[:1].isspace())

    def add(self, line: str) -> None:
        """One more line of it."""
        self._lines.append(line.strip())

    def close(self) -> Iterator[Part]:
        """It, if there is one."""
        if self._lines:
            yield Part(self._kind, self._level, " ".join(self._lines))
        self._kind, self._level, self._lines = "", 0, []


def parts_of(text: str) -> Iterator[Part]:
    """The parts of a text in order."""
    fenced, opened = False, _Open()
    for line in text.splitlines():
        first = line.lstrip()[:1]
        if first in _FENCES and _FENCE.match(line):
            fenced = not fenced
            yield from opened.close()
            continue
        if fenced:
            continue
        if first == ">":
            line = _QUOTE.sub("", line)
            first = line.lstrip()[:1]
        if not first or _is_drawn(line, first):
            yield from opened.close()
        elif heading := _heading_in(line, first):
            yield from opened.close()
            signs = len(line) - len(line.lstrip().lstrip("#")) if "#" in line[:6] else 0
            yield Part("heading", min(signs, 6) or BOLD_LEVEL, heading[1])
        elif not first.isalpha() and (item := _ITEM.match(line)):
            yield from opened.close()
            opened.start("item", ITEM_LEVEL + len(item[1]), item[2])
        elif opened.takes(line):
            opened.add(line)
        else:
            yield from opened.close()
            opened.start("text", 0, line.strip())
    yield from opened.close()


def _heading_in(line: str, first: str) -> re.Match[str] | None:
    if first == "#":
        return _HEADING.match(line)
    return _BOLD_LINE.match(line) if first in "*_" or first.isdigit() else None


def _is_drawn(line: str, first: str) -> bool:
    if first == "|" and _TABLE.match(line):
        return True
    if first in _RULERS and _RULER.match(line):
        return True
    return not line.isascii() and bool(_DRAWING.search(line))
