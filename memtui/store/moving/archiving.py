"""Sessions in a bundle: their lines as they are archived, to be read again elsewhere.

A line is no row of this store or that: whoever reads a bundle puts the lines into the
archive and has the readers make of them what they make of any.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from memtui.bundle.lines import Lines, Transcript
from memtui.store.connect import open_reader
from memtui.store.ingest import archive
from memtui.store.ingest.archive import Part, Place
from memtui.store.purge import tombs

Cut = Callable[[Sequence[bytes]], list[bytes]]
"""Lines without what must not be in them; as many as before."""

_TRANSCRIPTS: Final = """
    select t.id, t.agent, t.path, t.generation, t.line, t.talked, s.native_id, s.kind,
        s.parent, s.cwd, s.branch, s.said_title, s.said_rank, s.started_at, s.ended_at,
        coalesce(p.uuid, '') as project
    from transcript t join session s on s.id = t.session_id
    left join project p on p.id = s.project_id
    where exists (select 1 from block where transcript_id = t.id)
    order by s.started_at, s.native_id, t.path
"""
_IS_HELD: Final = """
    select 1 from session s join transcript t on t.session_id = s.id
    where s.agent = ? and s.native_id = ?
"""
_IS_THERE: Final = "select 1 from transcript where path = ?"
_SESSION: Final = """
    insert into session (agent, native_id, kind, parent, project_id, title, title_rank,
        said_title, said_rank, cwd, branch, started_at, ended_at)
    values (?, ?, ?, ?, ?, ?6, ?7, ?6, ?7, ?, ?, ?, ?)
    on conflict (agent, native_id) do update set native_id = excluded.native_id
    returning id
"""
_TRANSCRIPT: Final = """
    insert into transcript (agent, path, session_id, generation, line, talked,
        reader_version, gone_at) values (?, ?, ?, ?, ?, ?, ?, ?) returning id
"""
_BEGUN: Final = "insert into meta (key, value) values ('bundle:' || ?, '')"
"""Noted of each transcript until all of its bundle was taken: a kill may come first."""
_CUT_SHORT: Final = """
    select t.id from transcript t join session s on s.id = t.session_id
    join meta m on m.key = 'bundle:' || t.id
    where t.path = ? and s.agent = ? and s.native_id = ? and t.gone_at is not null
"""
_EMPTY: Final = "delete from block where transcript_id = ?"
_ANEW: Final = """
    update transcript set generation = ?, line = ?, reader_version = ? where id = ?
"""
_TAKEN: Final = "delete from meta where key glob 'bundle:*'"
_JOIN: Final = """
    update curation set session_id = (select s.id from session s
        where s.agent = curation.agent and s.native_id = curation.session)
    where session_id is null and session <> ''
"""
_JOIN_DOCS: Final = """
    update doc set session_id = (
        select c.session_id from curation c where c.id = doc.memory)
    where memory is not null and session_id is null and live = 1
"""
NEVER_READ: Final = 1 << 30
"""No reader has this version: the next sync reads it from the archive."""


def lines_of(path: Path, cut: Cut) -> Iterator[Transcript | Lines]:
    """Every transcript of a store that tells of a session, and all readings of it."""
    with closing(open_reader(path)) as conn:
        conn.execute("begin")
        for row in conn.execute(_TRANSCRIPTS).fetchall():
            yield Transcript(
                number=row["id"], agent=row["agent"], path=row["path"],
                session=row["native_id"], kind=row["kind"], parent=row["parent"],
                project=row["project"], cwd=row["cwd"], branch=row["branch"],
                title=row["said_title"], title_rank=row["said_rank"],
                started_at=row["started_at"], ended_at=row["ended_at"],
                generation=row["generation"], last_line=row["line"],
                talked=row["talked"],
            )  # fmt: skip
            for generation in archive.generations(conn, row["id"]):
                for some in archive.stretches(conn, Place(row["id"], generation)):
                    yield _lines(row["id"], generation, some, cut)


def _lines(transcript: int, generation: int, some: archive.Stretch, cut: Cut) -> Lines:
    raw = b"".join(cut(some.lines))
    try:
        text, raw = raw.decode(), b""
    except UnicodeDecodeError:
        text = ""
    return Lines(
        transcript=transcript, generation=generation, first=some.first_line,
        part=int(some.part), text=text, raw=raw,
    )  # fmt: skip


class Shelf:
    """Puts the lines of a bundle into the archive, of sessions that are not here."""

    def __init__(self, conn: sqlite3.Connection, cut: Cut, at: int) -> None:
        self._conn = conn
        self._cut = cut
        self._at = at
        self._rows: dict[int, int] = {}
        self._met: set[tuple[str, str]] = set()
        self._gone = tombs.gone(conn)

    def meet(self, line: Transcript, project: int | None) -> bool:
        """A transcript whose lines may follow; whether its session is a new one."""
        key = line.agent, line.session
        is_new = key not in self._met
        if self._goes_on(line, key):
            return is_new
        if is_new and self._conn.execute(_IS_HELD, key).fetchone():
            return False
        there = self._conn.execute(_IS_THERE, (line.path,)).fetchone()
        if there or self._gone.has_session(*key):
            return False
        self._met.add(key)
        told = (
            *key, line.kind, line.parent, project, line.title, line.title_rank,
            line.cwd, line.branch, line.started_at, line.ended_at,
        )  # fmt: skip
        (session,) = self._conn.execute(_SESSION, told).fetchone()
        row = (
            line.agent, line.path, session, line.generation, line.last_line,
            line.talked, NEVER_READ, self._at,
        )  # fmt: skip
        (self._rows[line.number],) = self._conn.execute(_TRANSCRIPT, row).fetchone()
        self._conn.execute(_BEGUN, (self._rows[line.number],))
        return is_new

    def _goes_on(self, line: Transcript, key: tuple[str, str]) -> bool:
        """Take again what a kill cut short the last time, from its first line."""
        found = self._conn.execute(_CUT_SHORT, (line.path, *key)).fetchone()
        if found is None or found[0] in self._rows.values():
            return False
        self._met.add(key)
        self._rows[line.number] = found[0]
        self._conn.execute(_EMPTY, found)
        anew = (line.generation, line.last_line, NEVER_READ, found[0])
        self._conn.execute(_ANEW, anew)
        return True

    def join(self) -> None:
        """All was taken: memories that came before their sessions belong to them."""
        if self._met:
            self._conn.execute(_JOIN)
            self._conn.execute(_JOIN_DOCS)
            self._conn.execute(_TAKEN)

    def put(self, line: Lines) -> None:
        """A block of a transcript that was met, and may come."""
        row = self._rows.get(line.transcript)
        if row is None:
            return
        place = Place(row, line.generation)
        raw = line.raw or line.text.encode()
        lines = self._cut(_split(raw))
        if line.part == Part.TAIL:
            archive.set_tail(self._conn, place, line.first, b"".join(lines))
        elif line.part == Part.LINES:
            archive.append(self._conn, place, line.first, lines)
        else:
            piece = b"".join(lines)
            part = Part(line.part)
            archive.add_piece(
                self._conn, place, line.first, piece, first=False, part=part
            )


def _split(raw: bytes) -> list[bytes]:
    """Lines as the archive has them: a newline alone ends one."""
    parts = raw.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
