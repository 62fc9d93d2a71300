"""Databases of claude-relay and episodic-memory, by the schemas they have published."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

RELAY: Final = """
create table raw_entries (id integer primary key autoincrement, session_id text,
    timestamp text, date text, time text, type text, tool_name text, content text,
    cwd text, git_branch text, created_at text, client text default 'claude-code');
"""
RELAY_OLD: Final = RELAY.replace(", client text default 'claude-code'", "")
EPISODIC_OLD: Final = """
create table exchanges (id text primary key, project text, timestamp text,
    user_message text, assistant_message text, archive_path text, line_start integer,
    line_end integer, embedding blob);
"""
EPISODIC: Final = (
    EPISODIC_OLD
    + """
alter table exchanges add column is_sidechain boolean default 0;
alter table exchanges add column session_id text;
alter table exchanges add column cwd text;
alter table exchanges add column git_branch text;
alter table exchanges add column harness text;
create table tool_calls (id text primary key, exchange_id text, tool_name text,
    tool_input text, tool_result text, is_error boolean default 0, timestamp text);
"""
)


class OtherDatabase:
    """One of them, filled row by row."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._rows = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as conn:
            conn.executescript(schema)

    def put(self, table: str, **columns: Any) -> None:
        """A row, a minute after the one before."""
        self._rows += 1
        hour, minute = divmod(self._rows, 60)
        told = {
            "timestamp": f"2026-11-01T{hour:02}:{minute:02}:00.000Z"
        } | columns  # fmt: skip
        names, places = ", ".join(told), ", ".join("?" for _ in told)
        with closing(sqlite3.connect(self.path)) as conn, conn:
            put = f"insert into {table} ({names}) values ({places})"
            conn.execute(put, list(told.values()))

    def entry(self, type_: str, content: str, **more: Any) -> None:
        """What claude-relay keeps of a line."""
        told: dict[str, Any] = {"session_id": "s-gone", "cwd": "/src/harbor-api"}
        self.put(
            "raw_entries", type=type_, content=content, git_branch="main",
            **told | more,
        )  # fmt: skip

    def exchange(self, id_: str, prompt: str, answer: str, **more: Any) -> None:
        """What episodic-memory keeps of a question and its answer."""
        self.put(
            "exchanges", id=id_, project="-src-harbor-api", user_message=prompt,
            assistant_message=answer, line_start=self._rows, line_end=self._rows,
            **{"archive_path": "/archive/s-gone.jsonl"} | more,
        )  # fmt: skip


def relay(path: Path, schema: str = RELAY) -> OtherDatabase:
    """A session of a prompt, a call with its output, an answer and a note."""
    made = OtherDatabase(path, schema)
    made.entry("user", "Always run gofmt before you commit the lease")
    made.entry("assistant", 'I will.\n[Tool: Bash] {"command": "go test ./lease"}')
    printed = [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "ok lease"}]
    made.entry("user", json.dumps(printed))
    made.entry("assistant", "The lease is green.")
    made.entry("progress", '{"type": "progress"}')
    return made


def episodic(path: Path) -> OtherDatabase:
    """A session of two exchanges, one with a call that failed."""
    made = OtherDatabase(path, EPISODIC)
    place = {"session_id": "s-gone", "cwd": "/src/harbor-api", "git_branch": "main"}
    made.exchange("e1", "Why is the lease red?", "The clock lags.", **place)
    made.put(
        "tool_calls", id="t1", exchange_id="e1", tool_name="Bash",
        tool_input='{"command": "go test"}', tool_result="FAIL lease", is_error=1,
    )  # fmt: skip
    made.exchange("e2", "Never trust the worker's clock", "Noted.", **place)
    return made
