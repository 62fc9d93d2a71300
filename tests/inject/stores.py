"""Small stores written row by row, for tests of what reads them."""

import json
import sqlite3
import weakref
from collections.abc import Sequence
from pathlib import Path

from memtui.model import Memory
from memtui.paths import store_path
from memtui.store.connect import open_writer
from memtui.store.rows import strings_column
from tests.inject.samples import NEWEST


class StoreRows:
    """Rows of one store, through the connection that curation has."""

    def __init__(self, data: Path) -> None:
        self._conn = open_writer(store_path(data), "curation")
        # Most tests write one row and go on: a connection left to the collector
        # is a warning from Python 3.13 on.
        weakref.finalize(self, self._conn.close)
        self._projects: dict[str, int] = {}

    def __enter__(self) -> "StoreRows":
        return self

    def __exit__(self, *_: object) -> None:
        self._conn.close()

    def project(
        self, uuid: str, *roots: str, name: str = "", common_dir: str = ""
    ) -> str:
        """A project with its roots, the first one seen last."""
        row = self._conn.execute(
            "insert into project(uuid, name, common_dir, created_at)"
            " values (?, ?, ?, 1) returning id",
            (uuid, name or uuid, common_dir or None),
        ).fetchone()
        self._projects[uuid] = row[0]
        for place, root in enumerate(roots):
            self._conn.execute(
                "insert into project_root values (?, ?, 1, ?)",
                (root, row[0], 100 - place),
            )
        return uuid

    def memory(self, made: Memory, project: str | None, *, session: str = "") -> Memory:
        """A kept memory, as an act of curation freezes it."""
        self._conn.execute(
            """
            insert into curation(id, project_id, type, title, body, at, trust, rule,
                confidence, files, branch, state, pinned, pin_order, excluded,
                superseded_by, scope, acted_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            """,
            (
                made.id, self._projects[project] if project else None, made.type,
                made.title, made.body, made.at, made.trust, made.rule,
                made.confidence, strings_column(made.files), made.branch, made.state,
                made.pinned, made.pin_order, made.excluded, made.superseded_by,
                made.scope,
            ),
        )  # fmt: skip
        if session:
            self._conn.execute(
                "update curation set session_id ="
                " (select id from session where native_id = ?) where id = ?",
                (session, made.id),
            )
        return made

    def forget(self, memory: Memory) -> None:
        """Take a memory out again."""
        self._conn.execute("delete from curation where id = ?", (memory.id,))

    def session(
        self,
        native_id: str,
        project: str,
        prompt: str,
        *,
        branch: str = "main",
        at: int = NEWEST,
        writes: Sequence[str] = (),
        kind: str = "interactive",
        title: tuple[str, int] = ("", 0),
    ) -> None:
        """A session of one turn: a prompt, and a tool that wrote files."""
        row = self._conn.execute(
            """
            insert into session(agent, native_id, kind, project_id, title, title_rank,
                branch, started_at, ended_at, turns, records)
            values ('claude-code', ?, ?, ?, ?, ?, ?, ?, ?, 1, 2) returning id
            """,
            (native_id, kind, self._projects[project], *title, branch, at, at),
        ).fetchone()
        detail = json.dumps({"tool": "edit", "writes": list(writes)})
        for seq, (what, text, more) in enumerate(
            [("prompt", prompt, ""), ("tool_use", "", detail)]
        ):
            self._link(row[0], f"{native_id}-{seq}", seq, what, text, more, at)

    def _link(
        self, session: int, native: str, seq: int, kind: str, text: str, detail: str,
        at: int, turn: int = 1,
    ) -> None:  # fmt: skip
        record = self._conn.execute(
            "insert into record(agent, native_id, part, kind, at, text, detail)"
            " values ('claude-code', ?, 0, ?, ?, ?, ?) returning id",
            (native, kind, at, text, detail),
        ).fetchone()
        self._conn.execute(
            "insert into link(session_id, seq, record_id, turn) values (?, ?, ?, ?)",
            (session, seq, record[0], turn),
        )

    def prompt(self, session: str, turn: int, text: str) -> str:
        """A further prompt of a session that was made here, and its native id."""
        (row,) = self._conn.execute(
            "select id from session where native_id = ?", (session,)
        ).fetchone()
        native = f"{session}-turn-{turn}"
        self._link(row, native, 100 + turn, "prompt", text, "", NEWEST, turn=turn)
        return native

    def shows(self, session: str, record: str) -> None:
        """Let a session show a record of another one too, as a fork does."""
        self._conn.execute(
            "insert into link(session_id, seq, record_id, turn)"
            " select s.id, 99, r.id, 1 from session s, record r"
            " where s.native_id = ? and r.native_id = ?",
            (session, record),
        )

    @property
    def conn(self) -> sqlite3.Connection:
        """For what no method here says."""
        return self._conn
