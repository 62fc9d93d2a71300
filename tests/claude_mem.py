"""Databases as claude-mem makes them, by the schemas that it has published.

``OLD`` is the one it began with, ``MIDDLE`` that of 7.x to 9.x, ``NEW`` that of 13.25.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

AT = 1_794_000_000_000
"""Unix ms of the first row; each next one is a minute later."""

OLD = """
create table sdk_sessions (id integer primary key, claude_session_id text,
    sdk_session_id text unique, project text, user_prompt text, started_at text,
    started_at_epoch integer, completed_at text, completed_at_epoch integer,
    status text);
create table observations (id integer primary key, sdk_session_id text, project text,
    text text not null, type text, created_at text, created_at_epoch integer);
create table session_summaries (id integer primary key, sdk_session_id text unique,
    project text, request text, investigated text, learned text, completed text,
    next_steps text, files_read text, files_edited text, notes text, created_at text,
    created_at_epoch integer);
"""
MIDDLE = """
create table sdk_sessions (id integer primary key, content_session_id text,
    memory_session_id text unique, project text, user_prompt text, started_at text,
    started_at_epoch integer, completed_at text, completed_at_epoch integer,
    status text, worker_port integer, prompt_counter integer);
create table observations (id integer primary key, memory_session_id text,
    project text, text text, type text, title text, subtitle text, facts text,
    narrative text, concepts text, files_read text, files_modified text,
    prompt_number integer, discovery_tokens integer, created_at text,
    created_at_epoch integer);
create table session_summaries (id integer primary key, memory_session_id text,
    project text, request text, investigated text, learned text, completed text,
    next_steps text, files_read text, files_edited text, notes text,
    prompt_number integer, discovery_tokens integer, created_at text,
    created_at_epoch integer);
create table user_prompts (id integer primary key, content_session_id text,
    prompt_number integer, prompt_text text, created_at text,
    created_at_epoch integer);
"""
NEW = (
    MIDDLE
    + """
alter table sdk_sessions add column platform_source text default 'claude';
alter table sdk_sessions add column custom_title text;
alter table observations add column content_hash text;
alter table observations add column generated_by_model text;
alter table observations add column merged_into_project text;
alter table observations add column agent_type text;
alter table observations add column metadata text;
alter table observations add column sync_rev text;
alter table session_summaries add column merged_into_project text;
create table tool_uses (id integer primary key, tool_use_id text,
    content_session_id text, memory_session_id text, session_db_id integer,
    project text, platform_source text, tool_name text, tool_input text,
    tool_response text, cwd text, prompt_number integer, agent_type text,
    agent_id text, created_at text, created_at_epoch integer);
"""
)


class ClaudeMemDatabase:
    """One of them, filled row by row."""

    def __init__(self, path: Path, schema: str = NEW) -> None:
        self.path = path
        self._rows = 0
        with closing(sqlite3.connect(path)) as conn:
            conn.executescript(schema)

    def put(self, table: str, **columns: Any) -> int:
        """A row; lists become JSON. Its number."""
        self._rows += 1
        told = {
            name: json.dumps(value) if isinstance(value, list) else value
            for name, value in columns.items()
        }
        if table != "sdk_sessions":
            told.setdefault("created_at_epoch", AT + 60_000 * self._rows)
        names = ", ".join(told)
        places = ", ".join("?" for _ in told)
        with closing(sqlite3.connect(self.path)) as conn, conn:
            put = f"insert into {table} ({names}) values ({places})"
            number = conn.execute(put, list(told.values())).lastrowid
        return number or 0

    def session(self, native_id: str = "s-1", memory: str = "m-1", **more: Any) -> None:
        """A session that claude-mem watched."""
        told: dict[str, Any] = {"project": "harbor-api", "started_at_epoch": AT} | more
        self.put(
            "sdk_sessions", content_session_id=native_id, memory_session_id=memory,
            **told,
        )  # fmt: skip

    def observation(self, title: str = "The lease expires early", **more: Any) -> int:
        """An observation of session ``m-1``."""
        told: dict[str, Any] = {
            "memory_session_id": "m-1", "project": "harbor-api", "type": "discovery",
            "title": title, "narrative": f"Seen in the log: {title}.",
        } | more  # fmt: skip
        return self.put("observations", **told)
