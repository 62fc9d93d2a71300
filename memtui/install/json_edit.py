"""Changing one place in a person's JSON file and leaving every other byte alone.

A settings file is written by hand and by other programs: reordering its keys,
its blanks or its numbers would bury our three lines in a diff of a hundred. So
values are found by their position in the text, and only there it is changed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_DECODER: Final = json.JSONDecoder()
_BLANKS: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Span:
    """A value in the text, with its key where it is a member of an object."""

    key: str
    start: int
    """Where the key, or else the value, begins."""
    value: int
    """Where the value begins."""
    end: int
    """After the value."""


def document(text: str) -> Span:
    """The one value of a JSON text.

    Raises:
        ValueError: this is no JSON (comments are none), or it has a key twice.
    """
    json.loads(text, object_pairs_hook=_without_doubles)
    start = _skip(text, 0)
    return Span("", start, start, _decode(text, start)[1])


def members(text: str, at: Span) -> list[Span]:
    """The members of an object in their order."""
    return list(_parts(text, at.value, "{"))


def elements(text: str, at: Span) -> list[Span]:
    """The elements of an array in their order."""
    return list(_parts(text, at.value, "["))


def member(text: str, at: Span, key: str) -> Span | None:
    """The member of an object with this key."""
    return next((found for found in members(text, at) if found.key == key), None)


def value_of(text: str, at: Span) -> Any:  # noqa: ANN401 - whatever stands there
    """The value of a span."""
    return _decode(text, at.value)[0]


def added(text: str, at: Span, value: object, *, key: str = "") -> str:
    """The text with one more member (``key``) or element at the end of ``at``."""
    inside = members(text, at) if key else elements(text, at)
    head = f"{json.dumps(key, ensure_ascii=False)}: " if key else ""
    newline = "\r\n" if "\r\n" in text else "\n"
    if not inside:
        outer = _indent_of_line(text, at.start)
        inner = outer + _unit(text)
        dumped = _dumped(value, inner, _unit(text), newline)
        filling = f"{newline}{inner}{head}{dumped}{newline}{outer}"
        return text[: at.value + 1] + filling + text[at.end - 1 :]
    last = inside[-1]
    before = _gap_before(text, inside[-1])
    if newline not in before:
        dumped = json.dumps(value, ensure_ascii=False)
    else:
        indent = before.rpartition("\n")[2]
        dumped = _dumped(value, indent, _unit(text), newline)
    return f"{text[: last.end]},{before}{head}{dumped}{text[last.end :]}"


def removed(text: str, at: Span, part: Span, *, is_member: bool) -> str:
    """The text without one member or element of ``at``: undoes ``added``."""
    inside = members(text, at) if is_member else elements(text, at)
    place = [found.start for found in inside].index(part.start)
    if len(inside) == 1:
        return text[: at.value + 1] + text[at.end - 1 :]
    if place == 0:
        return text[: part.start] + text[inside[1].start :]
    return text[: inside[place - 1].end] + text[part.end :]


def _parts(text: str, start: int, bracket: str) -> Iterator[Span]:
    at = _skip(text, start + 1)
    while text[at] not in "]}":
        begin, key = at, ""
        if bracket == "{":
            key, at = _decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # over the colon
        _, end = _decode(text, at)
        yield Span(key, begin, at, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _decode(text: str, at: int) -> tuple[Any, int]:
    return _DECODER.raw_decode(text, at)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _gap_before(text: str, part: Span) -> str:
    """The blanks before a part."""
    start = part.start
    while start and text[start - 1] in _BLANKS:
        start -= 1
    return text[start : part.start]


def _indent_of_line(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """What one level is indented by; two blanks where the text does not show it."""
    for line in text.splitlines()[1:]:
        if indent := line[: len(line) - len(line.lstrip(" \t"))]:
            return indent
    return "  "


def _dumped(value: object, indent: str, unit: str, newline: str) -> str:
    lines = json.dumps(value, ensure_ascii=False, indent=unit).split("\n")
    return f"{newline}{indent}".join(lines)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found
