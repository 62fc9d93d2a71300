"""claude-relay: copies of transcripts, a row for each line, in its ``memory.db``.

An agent's calls stand in its text as ``[Tool: NAME] {…}``, and a tool's output as the
JSON that the transcript had. What was thought it left out.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memtui.importers import sessions
from memtui.importers.base import (
    Column,
    Faults,
    Importer,
    NotTheirs,
    Remembered,
    columns_of,
    fates,
)
from memtui.importers.sessions import Json, Row, Sessions, Spoken, text
from memtui.readers.foreign import reading

TOOL: Final = "claude-relay"
_TABLE: Final = "raw_entries"
FATES: Final = {
    _TABLE: {
        "id": "named in each line, and its order",
        "session_id": "session",
        "timestamp": "time",
        "date": "-part of the time",
        "time": "-part of the time",
        "type": "who spoke; other rows than user and assistant are not taken",
        "tool_name": "-stands in the content, too",
        "content": "what was said, called and printed",
        "cwd": "project",
        "git_branch": "branch",
        "created_at": "-when claude-relay copied it",
        "client": "agent; only Claude Code's rows are taken",
    }
}
_CALL: Final = re.compile(r"\[Tool: ([^\]\n]{1,200})\] (.*)", re.S)
_INDEX: Final = """
    select session_id, 'raw_entries', rowid from raw_entries
    where type in ('user', 'assistant') and {client} order by session_id, {order}
"""


@dataclass(slots=True)
class ClaudeRelay:
    """An opened database of claude-relay."""

    conn: sqlite3.Connection
    faults: Faults = field(default_factory=lambda: Faults({}))

    def memories(self) -> Iterator[Remembered]:
        """None: it keeps sessions."""
        return iter(())

    def sessions(self) -> Sessions:
        """Every session of Claude Code."""
        there = columns_of(self.conn, _TABLE)
        client = "coalesce(client, 'claude-code') = 'claude-code'"
        order = "timestamp, rowid" if "timestamp" in there else "rowid"
        index = _INDEX.format(client=client if "client" in there else "1", order=order)
        wanted = [name for name in FATES[_TABLE] if name in there]

        def fetch(row: Row) -> Iterator[Spoken]:
            found = sessions.one_row(self.conn, row, wanted)
            if one := _spoken(found, row):
                yield one

        return Sessions(self.conn, index, fetch, self.faults)

    def columns(self) -> Iterator[Column]:
        """Every column of its rows."""
        return fates(self.conn, FATES)


def _spoken(found: Json, row: Row) -> Spoken | None:
    said = text(found.get("content"))
    role = text(found.get("type"))
    if not said.strip():
        return None
    return Spoken(
        role=role,
        content=_answer(said, row) if role == "assistant" else _prompt(said),
        at=sessions.at_of(found, "timestamp", "created_at"),
        source=f"{TOOL} {row.table}/{row.number}",
        cwd=text(found.get("cwd")), branch=text(found.get("git_branch")),
    )  # fmt: skip


def _prompt(said: str) -> str | list[Json]:
    """The person's words, or the blocks of a tool's result as they were."""
    if not said.startswith("[{"):
        return said
    try:
        blocks = json.loads(said)
    except (ValueError, RecursionError):
        return said
    plain = isinstance(blocks, list) and all(isinstance(one, dict) for one in blocks)
    return blocks if plain else said


def _answer(said: str, row: Row) -> list[Json]:
    """What was said, and what was called: each call begins a line."""
    blocks: list[Json] = []
    for number, part in enumerate(re.split(r"\n(?=\[Tool: )", said)):
        if called := _CALL.fullmatch(part):
            call = f"relay_{row.number}_{number}"
            blocks.append(sessions.use(called[1], call, called[2]))
        elif part.strip():
            blocks.append({"type": "text", "text": part})
    return blocks


@contextmanager
def opened(path: Path) -> Iterator[ClaudeRelay]:
    """The database at this path.

    Raises:
        OSError: it cannot be read.
        NotTheirs: it is another one.
    """
    with reading(str(path)) as conn:
        if not {"session_id", "type", "content"} <= set(columns_of(conn, _TABLE)):
            raise NotTheirs("it has no raw_entries")
        yield ClaudeRelay(conn)


IMPORTER: Final = Importer(file="memory.db", opened=opened)
