"""episodic-memory: questions, answers and calls, in its ``db.sqlite``."""

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

TOOL: Final = "episodic-memory"
_TABLE: Final = "exchanges"
_CALLS: Final = "tool_calls"
_MOST_CALLS: Final = 10_000
FATES: Final = {
    _TABLE: {
        "id": "joins calls to it",
        "project": "-a folder's name that cannot be read back; cwd names it",
        "timestamp": "time",
        "user_message": "prompt",
        "assistant_message": "answer",
        "archive_path": "session, where session_id names none",
        "line_start": "order",
        "line_end": "-where it stood in its own copy",
        "session_id": "session",
        "cwd": "project",
        "git_branch": "branch",
        "is_sidechain": "of a subagent",
        "harness": "agent; only Claude Code's rows are taken",
    }
    | dict.fromkeys(
        ("embedding", "embedding_version", "last_indexed"), "-its own index"
    )
    | dict.fromkeys(
        ("parent_uuid", "claude_version", "agent_version", "model", "model_provider",
         "thinking_level", "thinking_disabled", "thinking_triggers"),
        "-how the client was set up",
    ),
    _CALLS: {
        "id": "joins a call to its result",
        "exchange_id": "finds the exchange",
        "tool_name": "tool",
        "tool_input": "what it was told",
        "tool_result": "what it printed",
        "is_error": "whether it failed",
        "timestamp": "-that of the exchange stands for it",
    },
}  # fmt: skip
_INDEX: Final = """
    select {session}, 'exchanges', rowid from exchanges
    where {harness} order by 1, timestamp, {order}, rowid
"""


@dataclass(slots=True)
class EpisodicMemory:
    """An opened database of episodic-memory."""

    conn: sqlite3.Connection
    faults: Faults = field(default_factory=lambda: Faults({}))

    def memories(self) -> Iterator[Remembered]:
        """None: it keeps sessions."""
        return iter(())

    def sessions(self) -> Sessions:
        """Every session of Claude Code."""
        there = columns_of(self.conn, _TABLE)
        names = [n for n in ("session_id", "archive_path") if n in there]
        harness = "coalesce(harness, '') in ('', 'claude', 'claude-code')"
        index = _INDEX.format(
            session=f"coalesce({', '.join(names)}, '')" if names else "''",
            harness=harness if "harness" in there else "1",
            order="line_start" if "line_start" in there else "rowid",
        )
        taken = [n for n in FATES[_TABLE] if n in there and n != "embedding"]
        calls = [n for n in FATES[_CALLS] if n in columns_of(self.conn, _CALLS)]

        def fetch(row: Row) -> Iterator[Spoken]:
            yield from self._spoken(row, taken, calls)

        return Sessions(self.conn, index, fetch, self.faults)

    def columns(self) -> Iterator[Column]:
        """Every column of its exchanges and calls."""
        return fates(self.conn, FATES)

    def _spoken(self, row: Row, taken: list[str], calls: list[str]) -> Iterator[Spoken]:
        found = sessions.one_row(self.conn, row, taken)
        blocks, results = self._called(text(found.get("id")), calls)
        said = text(found.get("assistant_message")).strip()
        answer: list[Json] = [{"type": "text", "text": said}] if said else []
        told: list[tuple[str, str, str | list[Json]]] = [
            ("user", "prompt", text(found.get("user_message"))),
            ("assistant", "calls", blocks), ("user", "results", results),
            ("assistant", "answer", answer),
        ]  # fmt: skip
        for role, part, content in told:
            if content:
                yield Spoken(
                    role=role, content=content, at=sessions.at_of(found, "timestamp"),
                    source=f"{TOOL} {row.table}/{row.number} {part}",
                    cwd=text(found.get("cwd")), branch=text(found.get("git_branch")),
                    is_sidechain=found.get("is_sidechain") == 1,
                )  # fmt: skip

    def _called(self, exchange: str, calls: list[str]) -> tuple[list[Json], list[Json]]:
        """The blocks of what was called, and of what that printed."""
        if not {"exchange_id", "tool_name"} <= set(calls):
            return [], []
        asked = "select rowid from tool_calls where exchange_id = ? order by rowid"
        numbers = self.conn.execute(asked, (exchange,)).fetchmany(_MOST_CALLS)
        blocks, results = [], []
        for (number,) in numbers:
            found = sessions.one_row(self.conn, Row("", _CALLS, number), calls)
            call = text(found.get("id")) or f"episodic_{number}"
            name = text(found.get("tool_name"))
            blocks.append(sessions.use(name, call, found.get("tool_input")))
            if found.get("tool_result") is not None:
                failed = found.get("is_error") == 1
                output = found["tool_result"]
                results.append(sessions.result(call, output, failed=failed))
        return blocks, results


@contextmanager
def opened(path: Path) -> Iterator[EpisodicMemory]:
    """The database at this path.

    Raises:
        OSError: it cannot be read.
        NotTheirs: it is another one.
    """
    with reading(str(path)) as conn:
        wanted = {"user_message", "assistant_message", "timestamp"}
        if not wanted <= set(columns_of(conn, _TABLE)):
            raise NotTheirs("it has no exchanges")
        yield EpisodicMemory(conn)


IMPORTER: Final = Importer(file="conversation-index/db.sqlite", opened=opened)
