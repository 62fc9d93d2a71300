"""What lies outside of the store and was looked at: files that memories name,
commits that tools told of.

A sync looks when it is done with the transcripts, at what is new and at the
projects it touched. Ingest writes here; reading is for the screens that decide.
"""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.model import Evidence
from memtui.store.closing import Closing
from memtui.store.connect import open_writer, transaction
from memtui.store.ingest.seen import UNLOOKED
from memtui.store.rows import strings_from

CANDIDATES: Final = 300
"""Of each project so many of the newest are looked at, and all that are kept."""
_ASKED_AGAIN: Final = 500
EVERY_PROJECT: Final = "select uuid from project order by id"
OWE: Final = "insert or ignore into meta (key, value) values (?, '')"
PAID: Final = "delete from meta where key = ?"
_SCANNED: Final = "commits_scanned"
_TOLD: Final = re.compile(
    r"^\[[^\]\n]{1,250}? (?:\(root-commit\) )?([0-9a-f]{7,40})\] (.{1,400})$", re.M
)
"""How git tells what it committed: ``[main 1c2d3e4] Subject``."""

NAMED: Final = """
    select * from (
        select c.id, c.files, c.title, c.body, s.cwd from curation c
        left join session s on s.id = c.session_id
        where c.project_id = (select id from project where uuid = :project)
            and c.state = 'kept' and c.files <> '[]')
    union all select * from (
        select o.id, o.files, o.title, o.body, s.cwd from observation o
        left join session s on s.id = o.session_id
        where o.project_id = (select id from project where uuid = :project)
            and o.touched = 0 and o.files <> '[]'
        order by o.at desc, o.id desc limit :candidates)
"""
ROOTS: Final = """
    select r.path from project_root r join project p on p.id = r.project_id
    where p.uuid = :project order by r.last_at desc, r.path
"""
KNOWN_GONE: Final = """
    select g.memory, g.path from json_each(:ids) wanted
    cross join gone_file g on g.memory = wanted.value
"""
NEW_GONE: Final = """
    insert into gone_file (memory, path, noticed_at) values (?, ?, ?)
"""
BACK: Final = "delete from gone_file where memory = ? and path = ?"
KNOWN_SYMBOLS: Final = """
    select s.memory, s.symbol, s.gone_at is not null as gone
    from json_each(:ids) wanted cross join named_symbol s on s.memory = wanted.value
"""
SYMBOL_SEEN: Final = """
    insert into named_symbol (memory, symbol) values (?, ?)
    on conflict (memory, symbol) do update set gone_at = null
"""
SYMBOL_GONE: Final = """
    update named_symbol set gone_at = ? where memory = ? and symbol = ?
"""
UNSEEN: Final = """
    select p.common_dir from json_each(?) wanted join project p on p.uuid = wanted.value
    where p.common_dir is not null and p.first_commit is null order by p.id
"""
BEGINNINGS: Final = """
    select common_dir, first_commit from project
    where common_dir is not null and coalesce(first_commit, '') <> '' order by id
"""
VANISHED: Final = """
    update project set first_commit = ?2
    where common_dir is null and first_commit is null and id =
        (select project_id from project_root where path = ?1)
"""
BEGAN: Final = "update project set first_commit = ? where common_dir = ?"
SCANNED: Final = "select value from meta where key = ?"
LAST_RECORD: Final = "select coalesce(max(id), 0) from record"
RESULTS: Final = """
    select r.id, r.agent, r.text, json_extract(r.detail, '$.call') as call,
        (select l.session_id from link l where l.record_id = r.id
            order by l.session_id limit 1) as session_id
    from record r
    where r.id > :after and r.id <= :last and r.kind = 'tool_result'
        and instr(r.text, '] ') and r.text glob '*[0-9a-f][0-9a-f][0-9a-f][]] *'
"""
"""Texts that ``_TOLD`` may match. One star at each end: with another between them a
text is walked from each bracket to its end, which took 1 % of a first sync."""
USE: Final = """
    select u.native_id from link l
    join link before on before.session_id = l.session_id
        and before.seq between l.seq - 60 and l.seq - 1
    join record u on u.id = before.record_id
    where l.record_id = :result and l.session_id = :session and u.kind = 'tool_use'
        and json_extract(u.detail, '$.call') = :call
    order by before.seq desc limit 1
"""
NEW_COMMIT: Final = """
    insert or ignore into commit_told (agent, native_id, told, subject, session_id)
    values (?, ?, ?, ?, ?)
"""
UNFOUND: Final = """
    select distinct p.common_dir, t.told from commit_told t
    join session s on s.id = t.session_id
    join project p on p.id = s.project_id
    where t.sha = '' and p.common_dir is not null
        and p.uuid in (select value from json_each(:projects))
    order by s.ended_at desc limit :limit
"""
FOUND: Final = """
    update commit_told set sha = ?3 where sha = '' and told = ?2 and session_id in (
        select s.id from session s join project p on p.id = s.project_id
        where p.common_dir = ?1)
"""
COMMITS: Final = """
    select t.told, t.sha, t.subject from json_each(:shown) shown
    cross join commit_told t on t.agent = :agent
        and t.native_id = shown.value
    order by shown.key, t.told
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFiles:
    """The files that a memory names."""

    memory: str
    files: tuple[str, ...]
    cwd: str
    """Where its session began; relative names may count from there."""
    text: str
    """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCommit:
    """A commit that a tool told of."""

    told: str
    """Its hash as it was printed."""
    sha: str
    """Its whole hash where the repository has it; '': not found there."""
    subject: str


class Outside(Closing):
    """Writes what was seen outside. Belongs to one thread at a time.

    Raises:
        StoreBusy, StoreTooNew, StoreError: as ``connect.open_writer``.
    """

    def __init__(self, path: Path) -> None:
        self._conn = open_writer(path, "ingest")

    def projects(self) -> list[str]:
        """UUIDs of all projects."""
        return [row[0] for row in self._conn.execute(EVERY_PROJECT)]

    def looked(self) -> None:
        """All that was to be looked at was."""
        with transaction(self._conn):
            self._conn.execute(PAID, (UNLOOKED,))

    def roots(self, project: str) -> list[str]:
        """Folders of a project (UUID), the one seen last first."""
        return [row[0] for row in self._conn.execute(ROOTS, {"project": project})]

    def named_files(self, project: str) -> list[NamedFiles]:
        """What its kept memories and its newest candidates name."""
        asked = {"project": project, "candidates": CANDIDATES}
        return [
            NamedFiles(
                memory=row["id"],
                files=strings_from(row["files"]),
                cwd=row["cwd"] or "",
                text=f"{row['title']}\n{row['body']}",
            )
            for row in self._conn.execute(NAMED, asked)
        ]

    def note_gone(self, gone: Mapping[str, Collection[str]], at: int) -> bool:
        """Of each of these memories, which files are gone now; whether that is news.

        Args:
            at: the time, Unix ms, for those not noticed before.
        """
        known: set[tuple[str, str]] = {
            (row["memory"], row["path"])
            for row in self._conn.execute(KNOWN_GONE, {"ids": json.dumps(list(gone))})
        }
        now = {(memory, path) for memory, paths in gone.items() for path in paths}
        if now == known:
            return False
        with transaction(self._conn):
            self._conn.executemany(BACK, sorted(known - now))
            self._conn.executemany(
                NEW_GONE, ((*one, at) for one in sorted(now - known))
            )
        return True

    def note_symbols(self, held: Mapping[str, Mapping[str, bool]], at: int) -> None:
        """Of each of these memories, which names of code its files hold now.

        One that they never held is no loss: it names something else. What is told
        of a name that was held once stays until it is held again.

        Args:
            at: the time, Unix ms, for those missed for the first time.
        """
        known: dict[tuple[str, str], bool] = {
            (row["memory"], row["symbol"]): bool(row["gone"])
            for row in self._conn.execute(KNOWN_SYMBOLS, {"ids": json.dumps([*held])})
        }
        asked = [
            ((memory, symbol), there)
            for memory, symbols in held.items()
            for symbol, there in symbols.items()
        ]
        seen = [key for key, there in asked if there and known.get(key, True)]
        gone = [key for key, there in asked if not there and known.get(key) is False]
        if seen or gone:
            with transaction(self._conn):
                self._conn.executemany(SYMBOL_SEEN, seen)
                self._conn.executemany(SYMBOL_GONE, ((at, *key) for key in gone))

    def unseen_histories(self, projects: Iterable[str]) -> list[str]:
        """Git directories of these projects whose first commit nobody looked for."""
        found = self._conn.execute(UNSEEN, (json.dumps(list(projects)),))
        return [common for (common,) in found]

    def note_history(self, common: str, first_commit: str) -> None:
        """The commit that a repository's history began with; empty: unknown."""
        with transaction(self._conn):
            self._conn.execute(BEGAN, (first_commit, common))

    def histories(self) -> list[tuple[str, str]]:
        """Git directories of all projects, with the first commits that are known."""
        return [(common, first) for common, first in self._conn.execute(BEGINNINGS)]

    def note_vanished(self, worktrees: Mapping[str, str]) -> None:
        """First commits by the folders of worktrees that are gone.

        A session in one of them is read too late to be known as its repository's.
        """
        if worktrees:
            with transaction(self._conn):
                self._conn.executemany(VANISHED, worktrees.items())

    def hear_commits(self) -> None:
        """Note the commits that results told of since this was asked last."""
        (last,) = self._conn.execute(LAST_RECORD).fetchone()
        row = self._conn.execute(SCANNED, (_SCANNED,)).fetchone()
        asked = {"after": int(row[0]) if row else 0, "last": last}
        if asked["after"] == last:
            return
        told = [
            commit
            for result in self._conn.execute(RESULTS, asked).fetchall()
            for commit in self._told(result)
        ]
        with transaction(self._conn):
            self._conn.executemany(NEW_COMMIT, told)
            self._conn.execute(
                "insert or replace into meta (key, value) values (?, ?)",
                (_SCANNED, str(last)),
            )

    def unfound_commits(self, projects: Iterable[str]) -> dict[str, list[str]]:
        """Hashes not found yet, by the git directory of their project."""
        asked = {"projects": json.dumps(list(projects)), "limit": _ASKED_AGAIN}
        found: dict[str, list[str]] = {}
        for common, told in self._conn.execute(UNFOUND, asked):
            found.setdefault(common, []).append(told)
        return found

    def link_commits(self, common: str, found: Mapping[str, str]) -> None:
        """The whole hashes of commits that a git directory holds, as told."""
        if found:
            with transaction(self._conn):
                rows = [(common, told, sha) for told, sha in found.items()]
                self._conn.executemany(FOUND, rows)

    def _told(self, result: sqlite3.Row) -> list[tuple[object, ...]]:
        said = _TOLD.findall(result["text"])
        if not said or result["session_id"] is None or not result["call"]:
            return []
        asked = {
            "result": result["id"], "session": result["session_id"],
            "call": result["call"],
        }  # fmt: skip
        use = self._conn.execute(USE, asked).fetchone()
        if use is None:
            return []
        return [
            (result["agent"], use[0], told, subject.strip(), result["session_id"])
            for told, subject in said
        ]


def owe_a_look(conn: sqlite3.Connection) -> None:
    """Note that a run has begun, after which somebody is to look."""
    conn.execute(OWE, (UNLOOKED,))


def commits(
    conn: sqlite3.Connection, agent: str, evidence: Sequence[Evidence]
) -> list[ToldCommit]:
    """The commits that records of this evidence made."""
    shown = json.dumps(list(dict.fromkeys(e.record for e in evidence)))
    asked = {"agent": agent, "shown": shown}
    return [ToldCommit(**dict(row)) for row in conn.execute(COMMITS, asked)]
