"""claude-mem: prompts and tool calls, for sessions whose transcripts are gone."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from memtui.importers import sessions
from memtui.importers.base import Faults, columns_of
from memtui.importers.sessions import Row, Sessions, Spoken, at_of, text

SYNC: Final = dict.fromkeys(
    ("synced_at", "origin_device_id", "origin_local_id", "sync_rev"),
    "-its own copying between devices",
)
FATES: Final[dict[str, dict[str, str]]] = {
    "user_prompts": {
        "content_session_id": "session, where its transcript is gone",
        "claude_session_id": "session, where its transcript is gone",
        "prompt_text": "prompt",
        "created_at": "-the number beside it",
        "created_at_epoch": "time",
        "prompt_number": "-follows from the order",
        "id": "named in each line, and its order",
        "session_db_id": "-the session names it",
    } | SYNC,
    "tool_uses": {
        "id": "named in each line, and its order",
        "tool_use_id": "joins a call to its result",
        "content_session_id": "session, where its transcript is gone",
        "tool_name": "tool",
        "tool_input": "what it was told",
        "tool_response": "what it printed",
        "cwd": "project",
        "created_at": "-the number beside it",
        "created_at_epoch": "time",
    } | dict.fromkeys(
        ("memory_session_id", "session_db_id", "project", "platform_source",
         "prompt_number", "agent_type", "agent_id", "observation_id",
         "or_generation_id", "or_session_id", "content_hash"),
        "-follows from the session, or is claude-mem's own bookkeeping",
    ),
}  # fmt: skip
_PARTS: Final = {
    table: f"""
        select {{session}} as session, '{table}' as kind, rowid as number,
            created_at_epoch as at from {table}
    """  # noqa: S608 - our own names
    for table in ("user_prompts", "tool_uses")
}
_INDEX: Final = """
    select session, kind, number from ({parts}) where session <> '' {others}
    order by session, at, kind desc, number
"""
_NONE: Final = "select '' as session, '' as kind, 0 as number, 0 as at where 0"
_OTHERS: Final = """
    and session not in (select content_session_id from sdk_sessions
        where coalesce(platform_source, '') not in ('', 'claude', 'claude-code')
            and content_session_id is not null)
"""


def sessions_of(conn: sqlite3.Connection, faults: Faults) -> Sessions:
    """Every session of Claude Code that has a prompt or a call."""
    parts = []
    for table, asked in _PARTS.items():
        there = set(columns_of(conn, table))
        names = {"content_session_id", "claude_session_id"} & there
        if names and "created_at_epoch" in there:
            parts.append(asked.format(session=min(names, key=len)))
    has_others = {"platform_source", "content_session_id"} <= set(
        columns_of(conn, "sdk_sessions")
    )
    index = _INDEX.format(
        parts=" union all ".join(parts) or _NONE, others=_OTHERS if has_others else ""
    )

    def fetch(row: Row) -> Iterator[Spoken]:
        return _spoken(conn, row)

    return Sessions(conn, index, fetch, faults)


def _spoken(conn: sqlite3.Connection, row: Row) -> Iterator[Spoken]:
    wanted = [name for name in columns_of(conn, row.table) if name in FATES[row.table]]
    found = sessions.one_row(conn, row, wanted)
    at = at_of(found, "created_at_epoch")
    source = f"claude-mem {row.table}/{row.number}"
    if row.table == "user_prompts":
        if said := text(found.get("prompt_text")):
            yield Spoken(role="user", content=said, at=at, source=source)
        return
    cwd = text(found.get("cwd"))
    call = text(found.get("tool_use_id")) or f"claude_mem_{row.number}"
    called = sessions.use(text(found.get("tool_name")), call, found.get("tool_input"))
    printed = sessions.result(call, found.get("tool_response"))
    yield Spoken(role="assistant", content=[called], at=at, source=source, cwd=cwd)
    yield Spoken(role="user", content=[printed], at=at, source=source, cwd=cwd)
