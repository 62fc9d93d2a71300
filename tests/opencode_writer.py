"""Writes sessions the way OpenCode does: into its database, or its older tree.

Sessions are given as its own ``export`` prints them: ``{info, messages: [{info,
parts}]}``. Nothing of the reader is used here.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
    create table project (id text primary key, worktree text not null);
    create table session (
        id text primary key, project_id text not null, parent_id text,
        slug text not null, directory text not null, title text not null,
        version text not null, revert text, time_created integer not null,
        time_updated integer not null, time_archived integer);
    create table message (
        id text primary key, session_id text not null, time_created integer not null,
        time_updated integer not null, data text not null);
    create table part (
        id text primary key, message_id text not null, session_id text not null,
        time_created integer not null, time_updated integer not null,
        data text not null);
    create index part_session_idx on part (session_id);
    create index part_message_id_id_idx on part (message_id, id);
    create table todo (
        session_id text not null, content text not null, status text not null,
        priority text not null, position integer not null,
        time_created integer not null, time_updated integer not null,
        primary key (session_id, position));
    create table event (
        id text primary key, aggregate_id text not null, seq integer not null,
        type text not null, data text not null);
    create table session_message (
        id text primary key, session_id text not null, type text not null,
        seq integer not null, time_created integer not null,
        time_updated integer not null, data text not null);
"""


class Database:
    """An ``opencode.db``, open for writing as the client has it."""

    def __init__(self, path: Path, *, schema: str = SCHEMA) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.conn = sqlite3.connect(path, isolation_level=None)
        self.conn.execute("pragma journal_mode = wal")
        self.conn.executescript(schema)
        self.now = 1_770_200_000_000

    def close(self) -> None:
        self.conn.close()

    def put(self, session: Json) -> None:
        """A session and all that is in it."""
        self.put_session(session["info"])
        for message in session["messages"]:
            self.put_message(message["info"])
            for part in message["parts"]:
                self.put_part(part)

    def put_session(self, info: Json) -> None:
        revert = info.get("revert")
        self._put(
            "session",
            id=info["id"],
            project_id=info["projectID"],
            parent_id=info.get("parentID"),
            slug=info["slug"],
            directory=info["directory"],
            title=info["title"],
            version=info["version"],
            revert=json.dumps(revert) if revert else None,
            time_created=info["time"]["created"],
            time_updated=self._tick(),
        )

    def put_message(self, info: Json) -> None:
        created = info["time"]["created"]
        self._put(
            "message",
            id=info["id"],
            session_id=info["sessionID"],
            time_created=created,
            time_updated=self._tick(),
            data=_without(info, "id", "sessionID"),
        )

    def put_part(self, part: Json) -> None:
        now = self._tick()
        self._put(
            "part",
            id=part["id"],
            message_id=part["messageID"],
            session_id=part["sessionID"],
            time_created=now,
            time_updated=now,
            data=_without(part, "id", "sessionID", "messageID"),
        )

    def forget(self, table: str, identity: str) -> None:
        self.conn.execute(f"delete from {table} where id = ?", (identity,))

    def rows(self) -> Iterator[Json]:
        """Every row of sessions, messages and parts, as their columns."""
        for table in ("session", "message", "part"):
            found = self.conn.execute(f"select * from {table}")
            names = [column[0] for column in found.description]
            yield from (dict(zip(names, row, strict=True)) for row in found)

    def _put(self, table: str, **row: object) -> None:
        known = {r[1] for r in self.conn.execute(f"pragma table_info({table})")}
        row = {name: value for name, value in row.items() if name in known}
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        changes = ", ".join(f"{name} = excluded.{name}" for name in row)
        self.conn.execute(
            f"insert into {table} ({names}) values ({marks})"
            f" on conflict (id) do update set {changes}",
            tuple(row.values()),
        )

    def _tick(self) -> int:
        self.now += 1
        return self.now


def write_tree(storage: Path, sessions: Iterable[Json]) -> None:
    """The same as files."""
    for session in sessions:
        info = session["info"]
        _file(storage / "session" / info["projectID"], info)
        for message in session["messages"]:
            _file(storage / "message" / info["id"], message["info"])
            for part in message["parts"]:
                _file(storage / "part" / message["info"]["id"], part)


def _file(folder: Path, value: Json) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{value['id']}.json"
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False))


def _without(value: Json, *names: str) -> str:
    kept = {name: told for name, told in value.items() if name not in names}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
