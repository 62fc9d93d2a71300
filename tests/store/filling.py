"""Small stores filled row by row, for tests of what reads and decides."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from memtui.model import RecordKind
from memtui.paths import store_path
from memtui.records import Record
from memtui.search.prepare import record_text
from memtui.store.connect import open_writer, transaction
from memtui.store.record_rows import detail_column
from memtui.store.rows import strings_column
from memtui.store.search import docs

NOON = 1_795_089_600_000
"""19 November 2026, 12:00 UTC: when things happen unless a test says so."""
HOUR = 3_600_000
DAY = 24 * HOUR


class Filling:
    """Writes rows as ingest does; ``with`` commits and closes."""

    def __init__(self, data: Path) -> None:
        self.path = store_path(data)
        self.conn = open_writer(self.path, "ingest")
        self._transaction = transaction(self.conn)
        self._transaction.__enter__()

    def __enter__(self) -> "Filling":
        return self

    def __exit__(self, *_: object) -> None:
        self._transaction.__exit__(None, None, None)
        self.conn.close()

    def project(self, name: str = "harbor-api", *, root: str = "", met: int = 0) -> int:
        """A project called ``name``, its UUID ``uuid-NAME``, first met at ``met``."""
        number = self._insert("project", uuid=f"uuid-{name}", name=name, created_at=met)
        self._insert(
            "project_root", path=root or f"/src/{name}", project_id=number,
            first_at=NOON, last_at=NOON,
        )  # fmt: skip
        return number

    def session(
        self,
        native_id: str = "s1",
        *,
        project: int | None = None,
        kind: str = "interactive",
        agent: str = "claude-code",
        title: str = "Webhook retry storm",
        at: int = NOON,
        parent: str = "",
        branch: str = "main",
    ) -> int:
        """A session that ended at ``at``, and the transcript that it is in."""
        number = self._insert(
            "session", agent=agent, native_id=native_id, kind=kind, parent=parent,
            project_id=project, title=title, said_title=title, branch=branch,
            started_at=at - HOUR, ended_at=at, records=1,
        )  # fmt: skip
        path = f"/home/dev/.{agent}/{native_id}.jsonl"
        self._insert("transcript", agent=agent, path=path, session_id=number, talked=1)
        return number

    def observation(
        self,
        id: str,  # noqa: A002
        *,
        session: int | None = None,
        project: int | None = None,
        title: str = "The lease clock starts at enqueue",
        body: str = "",
        type: str = "gotcha",  # noqa: A002
        at: int = NOON,
        trust: str = "user",
        confidence: float = 0.8,
        tags: Sequence[str] = (),
        files: Sequence[str] = (),
        evidence: str = "[]",
        branch: str = "main",
    ) -> str:
        """A candidate, as the distiller states it, found by search."""
        row = {
            "session_id": session, "project_id": project, "type": type, "title": title,
            "body": body, "at": at, "trust": trust, "rule": "correction",
            "confidence": confidence, "tags": strings_column(tags),
            "files": strings_column(files), "branch": branch, "evidence": evidence,
        }  # fmt: skip
        self._insert("observation", id=id, **row)
        text = docs.memory_doc(
            id, session_id=session, at=at, title=title, body=body, tags=tags,
            files=files,
        )  # fmt: skip
        docs.put_memories(self.conn, [text])
        return id

    def record(
        self,
        native_id: str,
        text: str,
        *,
        session: int,
        turn: int = 1,
        seq: int | None = None,
        kind: RecordKind = RecordKind.PROMPT,
        at: int = NOON,
        part: int = 0,
        agent: str = "claude-code",
        branch: str = "main",
    ) -> int:
        """A record that a session shows, found by search."""
        record = Record(
            native_id=native_id, part=part, kind=kind, at=at, text=text, line=1
        )
        number = self._insert(
            "record", agent=agent, native_id=native_id, part=part, kind=kind.value,
            at=at, text=text, detail=detail_column(record),
            place_id=self._place(branch),
        )  # fmt: skip
        place = number if seq is None else seq
        self._insert(
            "link", session_id=session, seq=place, record_id=number, turn=turn, line=1
        )
        if prepared := record_text(kind, text):
            doc = docs.RecordDoc(
                record_id=number, session_id=session, at=at, text=prepared
            )
            docs.add_records(self.conn, [doc])
        return number

    def replace(self, id: str, **columns: object) -> None:  # noqa: A002
        """What a newer distiller does to an observation."""
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        self.conn.execute(
            f"update observation set {sets} where id = :id", {**columns, "id": id}
        )

    def _place(self, branch: str) -> int:
        self.conn.execute(
            "insert or ignore into place(cwd, branch) values ('/src', ?)", (branch,)
        )
        sql = "select id from place where cwd = '/src' and branch = ?"
        return int(self.conn.execute(sql, (branch,)).fetchone()[0])

    def _insert(self, table: str, **row: object) -> int:
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        sql = f"insert into {table} ({names}) values ({values})"
        return self.conn.execute(sql, row).lastrowid or 0


def tables(path: Path, *names: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of these tables, in order: what a property test compares."""
    conn = sqlite3.connect(path)
    try:
        return {
            name: sorted(conn.execute(f"select * from {name}").fetchall(), key=repr)
            for name in names
        }
    finally:
        conn.close()
