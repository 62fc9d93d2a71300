"""Rows of records as values, and values as columns. Beside ``rows``, which the app
asks before its first paint.
"""

import json
import sqlite3
from typing import Any, Final

import msgspec

from memtui.model import RecordKind, Tool
from memtui.records import Record

_encode: Final = msgspec.json.Encoder().encode


def detail_column(record: Record) -> str:
    """A record's tool fields as one column, '' where it has none."""
    detail: dict[str, object] = {}
    if record.tool is not None:
        detail["tool"] = record.tool
    if record.tool_name:
        detail["tool_name"] = record.tool_name
    if record.call:
        detail["call"] = record.call
    if record.command:
        detail["command"] = record.command
    if record.patch:
        detail["patch"] = record.patch
    if record.reads:
        detail["reads"] = record.reads
    if record.writes:
        detail["writes"] = record.writes
    if record.answers:
        detail["answers"] = record.answers
    if record.failed:
        detail["failed"] = True
    if record.names:
        detail["names"] = record.names
    if record.output:
        detail["output"] = record.output
    if not detail:
        return ""
    try:
        return _encode(detail).decode()
    except UnicodeEncodeError:  # half a surrogate pair; the caller mends it
        return json.dumps(detail, ensure_ascii=False, separators=(",", ":"))


def record_from(row: sqlite3.Row) -> Record:
    """A record from ``record`` joined with ``link`` and ``place``."""
    detail: dict[str, Any] = json.loads(row["detail"]) if row["detail"] else {}
    return Record(
        native_id=row["native_id"],
        part=row["part"],
        kind=RecordKind(row["kind"]),
        at=row["at"] or None,
        text=row["text"],
        line=_line(row["line"]),
        tool=Tool(detail["tool"]) if "tool" in detail else None,
        tool_name=detail.get("tool_name", ""),
        call=detail.get("call", ""),
        failed=detail.get("failed", False),
        command=detail.get("command", ""),
        reads=tuple(detail.get("reads", ())),
        writes=tuple(detail.get("writes", ())),
        patch=detail.get("patch", ""),
        answers=tuple((q, a) for q, a in detail.get("answers", ())),
        names=detail.get("names", ""),
        output=detail.get("output", ""),
        cwd=row["cwd"] or "",
        branch=row["branch"] or "",
    )


def _line(line: int | None) -> int | None:
    """None for what has no line: below zero, it is numbered in the archive alone."""
    return line if line is not None and line > 0 else None
