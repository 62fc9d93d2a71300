"""One value of a TOML text changed, comments and order left as they are."""

import json
import re
import tomllib
from typing import Any, Final

from memtui.errors import SettingsError

_HEADER: Final = re.compile(r"\s*\[")


def with_value(text: str, key: str, value: object) -> str:
    """The text with ``key`` (dotted) set to ``value``.

    Whatever is tried is parsed again: only a text that differs in this one
    value is given back.

    Raises:
        SettingsError: the key cannot be set without touching something else.
    """
    *table, name = key.split(".")
    wanted = _expected(text, [*table, name], value)
    statement = f"{name} = {as_toml(value)}"
    lines = text.splitlines(keepends=True)
    first, last = _region(lines, table)
    for candidate in _candidates(lines, first, last, table, statement):
        if _parsed(candidate) == wanted:
            return candidate
    raise SettingsError(
        f"{key} cannot be set without rewriting the file.",
        hint="Run: memtui config edit",
    )


def as_toml(value: object) -> str:
    """A boolean, number, text or list of texts in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(as_toml(item) for item in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _candidates(
    lines: list[str], first: int | None, last: int, table: list[str], statement: str
) -> list[str]:
    name = statement.split(" = ", 1)[0]
    if first is None:
        head = "".join(lines)
        gap = "" if not head else ("\n" if head.endswith("\n") else "\n\n")
        return [f"{head}{gap}[{'.'.join(table)}]\n{statement}\n"]
    at = next(
        (n for n in range(first, last) if re.match(rf"\s*{name}\s*=", lines[n])), None
    )
    if at is None:
        end = _after_last_statement(lines, first, last)
        before = "".join(lines[:end])
        if before and not before.endswith("\n"):
            before += "\n"
        return [f"{before}{statement}\n{''.join(lines[end:])}"]
    comment = re.fullmatch(r"[^#\"'\[]*?(\s+#.*)?\s*", lines[at])
    tail = (comment[1] or "").rstrip() if comment else ""
    return [
        "".join([*lines[:at], f"{statement}{tail}\n", *lines[end:]])
        for end in range(at + 1, last + 1)  # a list may span lines
    ]


def _region(lines: list[str], table: list[str]) -> tuple[int | None, int]:
    """Lines of a table; (None, n) where it has no header of its own."""
    headers = [n for n, line in enumerate(lines) if _HEADER.match(line)]
    first: int | None = None if table else 0
    for n in headers:
        spelled = lines[n].split("#")[0].strip().strip("[]")
        if table and [part.strip(" \"'") for part in spelled.split(".")] == table:
            first = n + 1
    if first is None:
        return None, len(lines)
    return first, next((n for n in headers if n >= first), len(lines))


def _after_last_statement(lines: list[str], first: int, last: int) -> int:
    while last > first and not lines[last - 1].strip():
        last -= 1
    return last


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _expected(text: str, key: list[str], value: object) -> dict[str, Any]:
    whole = tomllib.loads(text)
    place = whole
    for part in key[:-1]:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise SettingsError(f"{part} is no table.")
    place[key[-1]] = list(value) if isinstance(value, tuple) else value
    return whole
