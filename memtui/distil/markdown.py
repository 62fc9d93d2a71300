"""Markdown into headings, items and paragraphs; code and drawings are left out.

As agents write it, not as a specification has it: a bold line is a heading, an
emoji at the head of a line is a bullet, a table is a drawing.
"""

import re
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
_COUNTED = re.compile(r"^(\s*)\*\*\(?\d{1,2}[.)]\s+(?=[^*]+\*\*)(.*)$")
"""A number inside the bold subject of an item."""
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


def parts_of(text: str) -> list[Part]:
    """The parts of a text in order."""
    parts: list[Part] = []
    fenced = False
    # the item or paragraph whose lines are still coming
    kind, level, lines = "", 0, list[str]()
    for line in text.splitlines():
        first = line.lstrip()[:1]
        if fenced or first in _FENCES:
            if first in _FENCES and _FENCE.match(line):
                fenced = not fenced
                first = ""
            elif fenced:
                continue
        if first == ">":
            line = _QUOTE.sub("", line)
            first = line.lstrip()[:1]
        opens: Part | None = None
        if first and not _is_drawn(line, first):
            opens = None if first.isalpha() else _opened_by(line, first)
            if opens is None and _goes_on(kind, line):
                lines.append(line.strip())
                continue
            opens = opens or Part("text", 0, line.strip())
        if lines:
            parts.append(Part(kind, level, " ".join(lines)))
            lines = []
        kind = ""
        if opens is None:
            continue
        if opens.kind == "heading":
            parts.append(opens)
        else:
            kind, level, lines = opens.kind, opens.level, [opens.raw]
    if lines:
        parts.append(Part(kind, level, " ".join(lines)))
    return parts


def _goes_on(kind: str, line: str) -> bool:
    """Whether a line belongs to what is open."""
    return kind == "text" or (kind == "item" and line[:1].isspace())


def _opened_by(line: str, first: str) -> Part | None:
    """The heading or the item that begins with a line."""
    if first == "#":
        heading = _HEADING.match(line)
    elif first in "*_" or first.isdigit():
        heading = _BOLD_LINE.match(line)
    else:
        heading = None
    if heading:
        signs = len(line) - len(line.lstrip().lstrip("#")) if "#" in line[:6] else 0
        return Part("heading", min(signs, 6) or BOLD_LEVEL, heading[1])
    item = _ITEM.match(line)
    if item:
        return Part("item", ITEM_LEVEL + len(item[1]), item[2])
    counted = _COUNTED.match(line) if first == "*" else None
    return (
        Part("item", ITEM_LEVEL + len(counted[1]), f"**{counted[2]}")
        if counted
        else None
    )


def _is_drawn(line: str, first: str) -> bool:
    if first == "|" and _TABLE.match(line):
        return True
    if first in _RULERS and _RULER.match(line):
        return True
    return not line.isascii() and bool(_DRAWING.search(line))
