"""What a Markdown file states: points of its lists and paragraphs, with their lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memtui.clean import clean
from memtui.install.marks import COPIED, TOLD, marked

MOST: Final = 2_000
"""Statements of one file that are looked at."""
_POINT: Final = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.*)")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r" {0,3}#{1,6}\s|\s*(?:[-=*_]\s*){3,}$|\s*<!--|\s*\|")
_EMPHASIS: Final = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a file says."""

    line: int
    """Where it begins, from 1."""
    text: str
    """On one line, without marks of Markdown."""


def statements(text: str) -> list[Statement]:
    """What a text states, without code, headings, tables, and blocks of ours."""
    found: list[Statement] = []
    start, parts = 0, list[str]()
    for number, line in _told(clean(text).split("\n")):
        point = _POINT.fullmatch(line)
        if (point or not line.strip()) and parts:
            found.append(_stated(start, parts))
            parts = []
        if line.strip():
            start = start if parts else number
            parts.append(point[1] if point else line.strip())
    if parts:
        found.append(_stated(start, parts))
    return [one for one in found if one.text][:MOST]


def _stated(start: int, parts: list[str]) -> Statement:
    return Statement(start, " ".join(_EMPHASIS.sub("", " ".join(parts)).split()))


def _told(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; an empty one in place of what states nothing."""
    ours = _ours("\n".join(lines))
    fence, front = "", lines[:1] == ["---"] and "---" in lines[1:]
    for number, line in enumerate(lines, 1):
        opens = _FENCE.match(line)
        if front:
            front = number == 1 or line != "---"
            yield number, ""
        elif fence:
            fence = "" if opens and opens[1].startswith(fence) else fence
            yield number, ""
        elif opens:
            fence = opens[1]
            yield number, ""
        elif number in ours or _HEADING.match(line):
            yield number, ""
        else:
            yield number, line


def _ours(text: str) -> set[int]:
    """Lines between marks of ours: what was written from here says nothing new."""
    found: set[int] = set()
    for form in (TOLD, COPIED):
        try:
            blocks = marked(text, form).blocks
        except ValueError:  # damaged marks: then it is the person's text
            continue
        for start, end in blocks:
            first = text.count("\n", 0, start) + 1
            found.update(range(first, first + len(text[start:end].splitlines())))
    return found
