"""The one way out: what is found becomes bounded text, clean and without secrets.

An answer is one JSON object, its rows a line each, so that it is read by eye and
by program alike.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from memtui.clean import clean, clean_line
from memtui.inject.render import clip
from memtui.masking import masked

MOST_CHARS: Final = 24_000
"""Of one answer: about six thousand tokens."""

_IDS: Final = frozenset({"id", "turn", "record", "superseded_by"})
"""What has to be handed back as it is."""

Row = dict[str, Any]


def text(**parts: object) -> str:
    """An answer of these parts; of its rows as many as there is room for.

    A part that is a list is written a row a line; rows that find no room are left
    out, and ``left_out`` says how many.
    """
    said = {name: _safe(part) for name, part in parts.items() if _says(part)}
    lists = {name: part for name, part in said.items() if isinstance(part, list)}
    room = MOST_CHARS - sum(len(_line(p)) for n, p in said.items() if n not in lists)
    written = {name: _line(part) for name, part in said.items()}
    cut = 0
    for name, rows in lists.items():
        kept = list(_fitting(rows, room))
        room -= sum(map(len, kept))
        cut += len(rows) - len(kept)
        written[name] = "[\n" + ",\n".join(kept) + "\n]" if kept else "[]"
    if cut:
        written["left_out"] = _line(cut)
    return "{" + ",\n".join(f'"{name}": {part}' for name, part in written.items()) + "}"


def when(at: int | None) -> str | None:
    """A time as agents read it: ``2026-01-31T09:30Z``; None where none is known."""
    if not at:
        return None
    try:
        return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")
    except (OverflowError, ValueError, OSError):
        return None  # no clock says so, but a transcript may


def short(said: str, most: int) -> str:
    """A text on one line, at most so long."""
    return clip(" ".join(clean_line(said[: 8 * most]).split()), most)


def long(said: str, most: int) -> str:
    """A text of several lines, at most so long; what is cut says how much."""
    if len(said) <= most:
        return said
    return f"{said[:most]}… [{len(said) - most:,} more characters]"


def _says(part: object) -> bool:
    return part is not None and part != ""


def _fitting(rows: Sequence[object], room: int) -> Iterable[str]:
    for row in rows:
        line = _line(row)
        room -= len(line)
        if room < 0:
            return
        yield line


def _line(part: object) -> str:
    return json.dumps(part, ensure_ascii=False)


def _safe(part: object) -> object:
    """The same with every text in it made safe, whatever the shape."""
    if isinstance(part, str):
        return masked(clean(part))
    if isinstance(part, dict):
        return {
            name: clean(one) if name in _IDS and isinstance(one, str) else _safe(one)
            for name, one in part.items()
            if _says(one)
        }
    if isinstance(part, list | tuple):
        return [_safe(one) for one in part]
    return part
