"""Where our blocks stand in a Markdown text, the text without them, and others' text.

A mark is a line of its own outside a code fence: a person may well quote one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Form:
    """How the marks of one kind of block read."""

    begin: str
    end: str
    begins: re.Pattern[str]
    """The first mark, as this or another version wrote it."""

    def ends(self, line: str) -> bool:
        """Whether a line is the last mark."""
        return line.removesuffix("\r") == self.end


BEGIN: Final = "<!-- begin memtui: `memtui install --block` writes this anew -->"
END: Final = "<!-- end memtui -->"
TOLD: Final = Form(BEGIN, END, re.compile(r"<!-- begin memtui\b[^\n]*-->\r?"))
"""What a project is told: written anew as a whole."""
COPIED: Final = Form(
    "<!-- begin copied by memtui: `memtui native copy` adds to this -->",
    "<!-- end copied by memtui -->",
    re.compile(r"<!-- begin copied by memtui\b[^\n]*-->\r?"),
)
"""Single memories that a person copied: a line each."""
_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)")

_HEADING: Final = re.compile(r"^( {0,3})(?=#{1,4}[ \t])")
_LABEL: Final = re.compile(
    r"^(\s*)(?=\*\*(?:You|Summary|claude|codex|gemini|opencode)\*\*"
    r"|<(?:[!?]|/?(?:script|pre|style|textarea)\b))",
    re.IGNORECASE,
)
"""What would pass for a label of a session's Markdown, or hide the rest of it."""

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


def newline_of(text: str) -> str:
    """How a text ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def with_block(text: str, found: Marked, lines: Sequence[str], form: Form) -> str:
    """The text with these lines in its one block, at its end where it had none.

    Raises:
        ValueError: it ends inside a code fence, which the block would be part of.
    """
    newline = newline_of(text)
    block = "".join(f"{line}{newline}" for line in (form.begin, *lines, form.end))
    if found.blocks:
        (start, end), *others = found.blocks
        return text[:start] + block + found.without(others)[end:]
    if found.in_fence:
        raise ValueError("it ends inside a code fence")
    # Of a last line without an end, that is set, and taken again later.
    return f"{text}{newline if text else ''}{block}"


def marked(text: str, form: Form = TOLD) -> Marked:
    """Find the blocks of one kind.

    Raises:
        ValueError: a mark lacks the other one; says which, and its line.
    """
    found: list[Place] = []
    fence, begun, begun_line, at = "", -1, 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        end = min(at + len(line) + 1, len(text))
        if begun >= 0:
            if form.begins.fullmatch(line):
                break
            if form.ends(line):
                found.append((begun, end))
                begun = -1
        elif fence or _FENCE.fullmatch(line.rstrip("\r")):
            fence = fence_after(fence, line.rstrip("\r"))
        elif form.begins.fullmatch(line):
            begun, begun_line = at, number
        elif form.ends(line):
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


def within(text: str) -> str:
    """Somebody's Markdown as a part of a document of ours: it ends where it ends.

    Its headings go two levels down, no line of it is a label or a heading of ours,
    and a fence that it leaves open is closed.
    """
    fence, lines = "", []
    for line in text.splitlines():
        before, fence = fence, fence_after(fence, line)
        if not (before or fence):
            line = _LABEL.sub(r"\1\\", _HEADING.sub(r"\1##", line))
        lines.append(line)
    return "\n".join([*lines, fence] if fence else lines)
