"""Where our blocks stand in a Markdown text, and the text without them.

A mark is a line of its own outside a code fence: a person may well quote one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BEGIN: Final = "<!-- begin memtui: `memtui install --block` writes this anew -->"
END: Final = "<!-- end memtui -->"
_BEGINS: Final = re.compile(r"<!-- begin memtui\b[^\n]*-->\r?")
_ENDS: Final = re.compile(re.escape(END) + r"\r?")
_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)")

Place = tuple[int, int]
"""First character of a block, and the one after its last line's end."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and its blocks."""

    text: str
    blocks: tuple[Place, ...]
    in_fence: bool
    """The text ends inside a code fence."""

    def without(self, blocks: Sequence[Place]) -> str:
        """The text without some of its blocks, and the line end set before each."""
        text = self.text
        for start, end in reversed(blocks):
            head, tail = text[:start], text[end:]
            newline = "\r\n" if "-->\r\n" in text[start:end] else "\n"
            if head.endswith(newline * 2) or (head.endswith(newline) and not tail):
                head = head[: -len(newline)]
            text = head + tail
        return text


def marked(text: str) -> Marked:
    """Find the blocks.

    Raises:
        ValueError: a mark lacks the other one; says which, and its line.
    """
    found: list[Place] = []
    fence, begun, begun_line, at = "", -1, 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        end = min(at + len(line) + 1, len(text))
        if begun >= 0:
            if _BEGINS.fullmatch(line):
                break
            if _ENDS.fullmatch(line):
                found.append((begun, end))
                begun = -1
        elif fence or _FENCE.fullmatch(line.rstrip("\r")):
            fence = fence_after(fence, line.rstrip("\r"))
        elif _BEGINS.fullmatch(line):
            begun, begun_line = at, number
        elif _ENDS.fullmatch(line):
            raise ValueError(f"line {number} ends a block that does not begin")
        at = end
    if begun >= 0:
        raise ValueError(f"the block that begins in line {begun_line} does not end")
    return Marked(text, tuple(found), bool(fence))


def fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line; empty: none."""
    found = _FENCE.fullmatch(line)
    if not fence:
        return found[1] if found else ""
    closes = found and not found[2] and found[1].startswith(fence)
    return "" if closes else fence
