"""Transcripts as nobody wrote them: lines of the fixtures, mutated by a seed."""

import json
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"

_STRANGE: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1 << 62, 1 << 70, -(1 << 64), 1e308, -0.0, "", " ", "\0",
    "\ud800", "\udfff\ud800", "\x1b[2J", "\u202e", "../../../etc/passwd", "/", "~", ".",
    "a" * 70_000, "\n" * 500, "é" * 300, [], {}, [[]], [None], {"": ""}, ["text"],
    {"type": "text"}, {"type": "text", "text": None}, [{"type": "tool_use"}],
    [{"type": "tool_result", "content": [{"type": 3}]}], "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59.999999Z", "2026-13-45T99:99:99Z", "<private>", "</private>",
    "-----BEGIN PRIVATE KEY-----", "[redacted:ignored]", "${HOME}", "%s%n", "'; drop",
)  # fmt: skip
_BYTES: Final = (
    b"\xff", b"\0", b"\x80\x80", b"\xed\xa0\x80", b"{", b"}", b"[", b"]", b'"', b"\\",
    b"\\u", b"\\ud800", b",", b":", b"1e999", b"-", b"NaN", b"null", b"\r",
    b"\xef\xbb\xbf",
)  # fmt: skip


def lines_of(pattern: str) -> list[bytes]:
    """All lines of the fixtures' files of this name, without newlines."""
    files = sorted(FIXTURES.glob(pattern))
    assert files
    return [line for file in files for line in file.read_bytes().splitlines() if line]


def mutated(lines: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """So many lines, each ending in a newline and holding none but that."""
    chance = random.Random(seed)
    for _ in range(count):
        line = chance.choice(lines)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            if chance.random() < 0.7:
                line = _other_value(line, chance)
            else:
                line = _other_bytes(line, lines, chance)
        yield line.replace(b"\n", b" ") + b"\n"


def changed(value: Any, chance: random.Random) -> Any:
    """A JSON value with something in it another, or gone, or there twice."""
    parent, key = chance.choice(list(_places(value)) or [([value], 0)])
    way = chance.random()
    if way < 0.6:
        parent[key] = deepcopy(chance.choice(_STRANGE))
    elif way < 0.75:
        del parent[key]
    elif way < 0.85:
        others = list(_places(value))
        other, name = chance.choice(others) if others else (parent, key)
        moved = json.dumps(other[name] if other else None)
        parent[key] = json.loads(moved)
    elif way < 0.95:
        parent[key] = _nested(chance.choice((2, 30, 90)), parent[key])
    elif isinstance(parent, dict):
        parent[f"{key}{chance.randrange(9)}"] = parent[key]
    else:
        parent.insert(0, parent[key])
    return value


def _other_value(line: bytes, chance: random.Random) -> bytes:
    ascii_only = chance.random() < 0.5
    try:
        value = json.loads(line)
        if not isinstance(value, dict | list):
            value = chance.choice(_STRANGE)
        else:
            value = changed(value, chance)
        told = json.dumps(value, ensure_ascii=ascii_only)
    except (ValueError, RecursionError):
        return line  # mutated beyond what this can read itself
    return told.encode("utf-8", "surrogatepass")


def _other_bytes(line: bytes, lines: Sequence[bytes], chance: random.Random) -> bytes:
    at, to = sorted(chance.choices(range(len(line) + 1), k=2))
    way = chance.randrange(5)
    if way == 0:
        return line[:at]
    if way == 1:
        return line[:at] + line[to:]
    if way == 2:
        return line[:to] + line[at:]
    if way == 3:
        return line[:at] + chance.choice(_BYTES) + line[at:]
    other = chance.choice(lines)
    return line[:at] + other[chance.randrange(len(other)) :]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each of its keys, all the way down."""
    keys: Any = ()
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _nested(depth: int, value: Any) -> Any:
    for _ in range(depth):
        value = [value]
    return value
