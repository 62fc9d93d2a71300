"""What readers learnt of a session, as its row, and back."""

import sqlite3
from typing import Final

from memtui.model import Agent, SessionKind
from memtui.records import SessionFacts
from memtui.store.curate import session_names
from memtui.store.ingest.projects import ProjectRoot, project_row

_SESSION: Final = """
    insert into session(agent, native_id) values (?, ?)
    on conflict(agent, native_id) do update set native_id = excluded.native_id
    returning *
"""
_SESSION_SAYS: Final = """
    update session set kind = ?, parent = ?, project_id = ?, said_title = ?,
        said_rank = ?, cwd = ?, branch = ?, started_at = ?, ended_at = ?
    where id = ?
"""
_SAID: Final = (
    "kind", "parent", "project_id", "said_title", "said_rank", "cwd", "branch",
    "started_at", "ended_at",
)  # fmt: skip

_KNOWN: Final = """
    select id, said_title, said_rank from session where agent = ? and native_id = ?
"""
_ENTITLE: Final = "update session set said_title = ?, said_rank = ? where id = ?"
_SPANS: Final = """
    select id, cwd, started_at, ended_at from session
    where agent = ? and ended_at > 0 and exists (
        select 1 from transcript t
        where t.session_id = session.id and instr(t.path, '#') = 0)
"""
_UNPLACED: Final = """
    select s.id, min(t.path) from session s join transcript t on t.session_id = s.id
    where s.project_id is null and s.agent = ? group by s.id
"""
_FOLDERS: Final = """
    select path from project_root union select cwd from place
    union select cwd from session where cwd <> ''
"""
_ROOT: Final = r"""
    select r.path from session s join project_root r on r.project_id = s.project_id
    where s.id = ? and (s.cwd = r.path
        or substr(s.cwd, 1, length(r.path) + 1) in (r.path || '/', r.path || '\'))
    order by length(r.path) desc limit 1
"""
_ENDED: Final = "select ended_at from session where id = ?"
_PLACE: Final = """
    update session set project_id = ?, cwd = ?, distilled = 0 where id = ?
"""


def put_session(
    conn: sqlite3.Connection, facts: SessionFacts, project: int | None
) -> int:
    """Make or update a session by what a reader learnt; its row.

    The first time, folder and project stand; the last branch does; of titles
    the higher rank, and among equals the newer. A person's own name for it is shown
    instead of any.
    """
    row = conn.execute(_SESSION, (facts.agent.value, facts.native_id)).fetchone()
    title, rank = row["said_title"], row["said_rank"]
    if facts.title and facts.title_rank >= rank:
        title, rank = facts.title, facts.title_rank
    starts = [at for at in (row["started_at"], facts.started_at) if at]
    said = (
        facts.kind.value,
        facts.parent or row["parent"],
        project if row["project_id"] is None else row["project_id"],
        storable(title),
        rank,
        row["cwd"] or storable(facts.cwd),
        storable(facts.branch) or row["branch"],
        min(starts, default=0),
        max(row["ended_at"], facts.ended_at or 0),
    )
    if said != tuple(row[name] for name in _SAID):
        conn.execute(_SESSION_SAYS, (*said, row["id"]))
        session_names.show(conn, row["id"])
    return int(row["id"])


def entitle(conn: sqlite3.Connection, facts: SessionFacts) -> int | None:
    """The row of a known session, with this title if it has no better one."""
    row = conn.execute(_KNOWN, (facts.agent.value, facts.native_id)).fetchone()
    if row is None:
        return None
    said = (storable(facts.title), facts.title_rank, row["id"])
    better = facts.title and facts.title_rank >= row["said_rank"]
    if better and said[:2] != (row["said_title"], row["said_rank"]):
        conn.execute(_ENTITLE, said)
        session_names.show(conn, row["id"])
    return int(row["id"])


def is_known(conn: sqlite3.Connection, agent: Agent, native_id: str) -> bool:
    """Whether there is such a session."""
    return conn.execute(_KNOWN, (agent.value, native_id)).fetchone() is not None


def spans(conn: sqlite3.Connection, agent: Agent) -> list[tuple[int, str, int, int]]:
    """Sessions of an agent that are in files: row, folder, beginning and end."""
    return [tuple(row) for row in conn.execute(_SPANS, (agent.value,))]


def unplaced(conn: sqlite3.Connection, agent: Agent) -> list[tuple[int, str]]:
    """Sessions of an agent without a project, each with a transcript of it."""
    return [(row[0], row[1]) for row in conn.execute(_UNPLACED, (agent.value,))]


def folders(conn: sqlite3.Connection) -> set[str]:
    """Every folder that any session worked in, and every project's roots."""
    return {row[0] for row in conn.execute(_FOLDERS)}


def place(
    conn: sqlite3.Connection, session: int, folder: str, root: ProjectRoot
) -> None:
    """Give a session without a project its place; it is to be distilled there."""
    (ended,) = conn.execute(_ENDED, (session,)).fetchone()
    project = project_row(conn, root, ended)
    conn.execute(_PLACE, (project, storable(folder), session))


def facts_of(conn: sqlite3.Connection, session: int) -> SessionFacts:
    """What the store holds of a session, as a reader would state it."""
    row = conn.execute("select * from session where id = ?", (session,)).fetchone()
    return SessionFacts(
        agent=Agent(row["agent"]),
        native_id=row["native_id"],
        kind=SessionKind(row["kind"]),
        parent=row["parent"],
        title=row["said_title"],
        title_rank=row["said_rank"],
        started_at=row["started_at"] or None,
        ended_at=row["ended_at"] or None,
        cwd=row["cwd"],
        branch=row["branch"],
    )


def root_of(conn: sqlite3.Connection, session: int) -> str:
    """The root of its project that a session began in or below; empty: unknown."""
    row = conn.execute(_ROOT, (session,)).fetchone()
    return row[0] if row else ""


def storable(text: str) -> str:
    """The text without lone surrogates, which SQLite cannot hold."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
