"""What an injection needs to know of a place beside its memories.

Every answer is bounded by windows over indexes, so that it costs the same in a
project of a hundred sessions and of a hundred thousand.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from memtui.model import Project
from memtui.paths import is_utf8

BRANCHES: Final = 5
"""So many branches of a project have a text of their own."""
SESSIONS: Final = 20
"""So many sessions are looked at for recent work."""
PROMPTS: Final = 3
"""So many of a session's first prompts tell what it was about."""
_RECORDS: Final = 400
_FILES: Final = 12
_PROMPT_CHARS: Final = 2_000
_DECIDED: Final = 500
"""So many of a project's newest decisions are looked at for words to keep quiet."""

_PROJECTS: Final = """
    select p.id, p.uuid, p.name, p.common_dir, r.path
    from project p left join project_root r on r.project_id = p.id
    where p.id not in (select id from project_joined)
    order by p.id, r.last_at desc, r.path
"""
_JOINED: Final = """
    select j.joined, p.common_dir from project_joined j join project p on p.id = j.id
    where p.common_dir is not null order by j.id
"""
_ROOT: Final = """
    select p.id, p.uuid, p.name, p.common_dir, r.path
    from project_root r join project p on p.id = r.project_id where r.path = ?
"""
_COMMON: Final = """
    select t.uuid from project p
    left join project_joined j on j.id = p.id
    join project t on t.id = coalesce(j.joined, p.id)
    where p.common_dir in (?, ? || '/.git')
"""
_NEWEST: Final = "select max(ended_at) from session where project_id = ?"
_BRANCHES: Final = """
    select branch, max(ended_at) as at from (
        select branch, ended_at from session where project_id = ?
        order by ended_at desc limit 500)
    where branch <> '' group by branch order by at desc, branch limit ?
"""
_SESSIONS: Final = """
    select id, native_id, title, title_rank, branch, ended_at from session
    where project_id = ? and kind = 'interactive' and turns > 0
    order by ended_at desc, id desc limit ?
"""
_PROMPT: Final = """
    select r.id, r.native_id, substr(r.text, 1, ?) as text
    from link l join record r on r.id = l.record_id
    where l.session_id = ? and l.turn = ? and r.kind = 'prompt'
    order by l.seq limit 1
"""
# A record shown by several sessions has its memory in one of them. Evidence is
# an array of [session, record, ...], see rows.py.
_REFUSED: Final = """
    select exists (
        select 1 from curation c, json_each(c.evidence) e
        where c.session_id in (select session_id from link where record_id = :row)
            and (c.state = 'pruned' or c.excluded = 1 or c.superseded_by <> '')
            and e.value ->> '$[1]' = :record)
"""
_HIDDEN: Final = "select exists (select 1 from hidden_session where id = ?)"
_QUIET: Final = """
    select title, body from (
        select title, body, state, excluded, superseded_by from curation
        where project_id = ? order by at desc, id desc limit ?)
    where state = 'pruned' or excluded = 1 or superseded_by <> ''
"""
_LAST_TOOLS: Final = """
    select r.detail from (
        select record_id, seq from link where session_id = ?
        order by seq desc limit ?) l
    join record r on r.id = l.record_id
    where r.kind = 'tool_use' and r.detail like '%"writes"%' order by l.seq desc
"""

_NAMED: Final = 3
"""From this rank on the person gave the title: see ``SessionFacts``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A project and every folder that it is known by."""

    project: Project
    common_dir: str
    """The git directory its worktrees share; empty: no git."""
    roots: tuple[str, ...]
    """Seen last first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedSession:
    """One of the newest sessions of a project: what was asked, what it changed."""

    id: str
    at: int
    named: str
    """The title that the person gave it; empty: none."""
    asked: tuple[str, ...]
    """How their first prompts begin, those that are not to be told left out."""
    branch: str
    files: tuple[str, ...]
    left_out: bool
    """Excluded, or a memory made of its first prompt is not to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What goes on in a project."""

    newest_at: int
    """Time of its newest record; 0: none."""
    branches: tuple[str, ...]
    """Of its newest sessions, newest first."""
    sessions: tuple[WorkedSession, ...]
    quiet: tuple[str, ...] = ()
    """What memories say that were pruned, excluded or superseded; newest first."""


NOWHERE: Final = Surroundings(newest_at=0, branches=(), sessions=())


def places(
    conn: sqlite3.Connection, projects: Collection[str] | None = None
) -> list[KnownPlace]:
    """Known projects with their roots; only those with these UUIDs where given."""
    found: dict[int, list[sqlite3.Row]] = {}
    for row in conn.execute(_PROJECTS):
        if projects is None or row["uuid"] in projects:
            found.setdefault(row["id"], []).append(row)
    joined: dict[int, list[str]] = {}
    for project, common_dir in conn.execute(_JOINED):
        # where sessions in its linked worktrees are led to
        joined.setdefault(project, []).append(common_dir.removesuffix("/.git"))
    return [_place(rows, joined.get(row, ())) for row, rows in found.items()]


def project_of_root(conn: sqlite3.Connection, root: str) -> Project | None:
    """The project with exactly this root, or whose main work tree it is.

    Never a parent's: a guess would tell one project's memory in another.
    """
    if not is_utf8(root):
        return None
    row = conn.execute(_ROOT, (root,)).fetchone()
    if row is not None:
        return _place([row]).project
    row = conn.execute(_COMMON, (root, root)).fetchone()
    return places(conn, {row[0]})[0].project if row is not None else None


def surroundings(conn: sqlite3.Connection, project: Project) -> Surroundings:
    """What goes on in a project, from its newest sessions."""
    row = conn.execute(
        "select id from project where uuid = ?", (project.id,)
    ).fetchone()
    if row is None:
        return NOWHERE
    roots = [
        path
        for (path,) in conn.execute(
            "select path from project_root where project_id = ?", (row[0],)
        )
    ]
    sessions = conn.execute(_SESSIONS, (row[0], SESSIONS)).fetchall()
    return Surroundings(
        newest_at=conn.execute(_NEWEST, (row[0],)).fetchone()[0] or 0,
        branches=tuple(
            branch for branch, _ in conn.execute(_BRANCHES, (row[0], BRANCHES))
        ),
        sessions=tuple(_session(conn, found, roots) for found in sessions),
        quiet=tuple(
            f"{title}\n{body}"
            for title, body in conn.execute(_QUIET, (row[0], _DECIDED))
        ),
    )


def _place(rows: list[sqlite3.Row], joined: Iterable[str] = ()) -> KnownPlace:
    roots = tuple(row["path"] for row in rows if row["path"])
    first = rows[0]
    return KnownPlace(
        project=Project(
            id=first["uuid"], name=first["name"], path=roots[0] if roots else ""
        ),
        common_dir=first["common_dir"] or "",
        roots=tuple(dict.fromkeys((*roots, *joined))),
    )


def _session(
    conn: sqlite3.Connection, row: sqlite3.Row, roots: Iterable[str]
) -> WorkedSession:
    prompts = _first_prompts(conn, row["id"])
    told = [asked for asked in prompts if not _refused(conn, asked)]
    (hidden,) = conn.execute(_HIDDEN, (row["native_id"],)).fetchone()
    return WorkedSession(
        id=row["native_id"],
        at=row["ended_at"],
        named=row["title"] if row["title_rank"] >= _NAMED else "",
        asked=tuple(asked["text"] for asked in told),
        branch=row["branch"],
        files=_changed(conn, row["id"], roots),
        left_out=bool(hidden) or told[:1] != prompts[:1],
    )


def _first_prompts(conn: sqlite3.Connection, session: int) -> list[sqlite3.Row]:
    turns = range(1, PROMPTS + 1)
    found = (
        conn.execute(_PROMPT, (_PROMPT_CHARS, session, turn)).fetchone()
        for turn in turns
    )
    return [row for row in found if row is not None]


def _refused(conn: sqlite3.Connection, prompt: sqlite3.Row) -> bool:
    named = {"row": prompt["id"], "record": prompt["native_id"]}
    return bool(conn.execute(_REFUSED, named).fetchone()[0])


def _changed(
    conn: sqlite3.Connection, session: int, roots: Iterable[str]
) -> tuple[str, ...]:
    """Files that the end of a session changed, newest first."""
    found: dict[str, None] = {}
    for (detail,) in conn.execute(_LAST_TOOLS, (session, _RECORDS)):
        for name in _inside(json.loads(detail).get("writes", ()), roots):
            found.setdefault(name)
        if len(found) >= _FILES:
            break
    return tuple(found)[:_FILES]


def _inside(names: Iterable[str], roots: Iterable[str]) -> Iterator[str]:
    """Project-relative names of those files that lie in the project."""
    for name in names:
        if not name.startswith("/"):
            yield name
            continue
        for root in roots:
            if name.startswith(f"{root.rstrip('/')}/"):
                yield name[len(root.rstrip("/")) + 1 :]
                break
