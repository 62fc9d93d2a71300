"""What is to be purged, found before anything is removed.

Rows are noted in temporary tables (``going_session`` and the like), so that a project
of a million records costs no memory. ``note`` fills them, ``counts`` says how much
that is, ``removing`` takes it out.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick

_RECENT_LINE: Final = re.compile(
    r"^- \d{4}-\d\d-\d\d: (.{12,}?)(?: \([^()]*\))?$", re.M
)
"""As ``inject.render`` names a session, shortened or not."""
TABLES: Final = ("going_session", "going_record", "going_memory", "going_project")
_LEAST_QUOTE: Final = 12
"""Characters of a memory's words below which they are not looked for elsewhere."""

_PROJECTS: Final = """
    insert or ignore into temp.going_project
    with recursive merged(id) as (
        select id from project where uuid = :project
        union select j.id from merged m join project_joined j on j.joined = m.id)
    select id from merged
"""
_OF_PROJECT: Final = """
    insert or ignore into temp.going_session select id from session
    where project_id in (select id from temp.going_project) and ended_at < :before
"""
_MEMORIES_OF_PROJECT: Final = """
    insert or ignore into temp.going_memory select id from memory
    where project_id in (select id from temp.going_project) and at < :before
"""
_NAMED: Final = """
    insert or ignore into temp.going_session select id from session
    where native_id in (select value from json_each(?))
"""
_FAMILY: Final = """
    insert or ignore into temp.going_session
    with recursive family(id) as (
        select id from temp.going_session
        union select c.id from family f join session p on p.id = f.id
        join session c on c.agent = p.agent and c.parent = p.native_id)
    select id from family
"""
_THEIR_MEMORIES: Final = (
    """
    insert or ignore into temp.going_memory select id from observation
    where session_id in (select id from temp.going_session)
    """,
    """
    insert or ignore into temp.going_memory select c.id from curation c
    where c.session_id in (select id from temp.going_session)
        or c.session <> '' and (c.agent, c.session) in (
            select s.agent, s.native_id from session s
            join temp.going_session g on g.id = s.id)
    """,
)
_PROPOSALS_OF_PROJECT: Final = """
    insert or ignore into temp.going_memory select id from model_proposal
    where project_id in (select id from temp.going_project) and at < :before
"""
_THEIR_PROPOSALS: Final = """
    insert or ignore into temp.going_memory select p.id from model_proposal p
    where p.session_id in (select id from temp.going_session)
        or exists (select 1 from json_each(p.evidence) e
            join record r on r.native_id = json_extract(e.value, '$[1]')
            join temp.going_record g on g.id = r.id)
        or p.holds in (select id from temp.going_memory)
        or exists (select 1 from json_each(p.instead) i
            join temp.going_memory g on g.id = i.value)
"""
"""What a model made of what goes: its words, said otherwise."""
_THEIR_RECORDS: Final = """
    insert or ignore into temp.going_record
    select l.record_id from temp.going_session g join link l on l.session_id = g.id
    where not exists (select 1 from link o where o.record_id = l.record_id
        and o.session_id not in (select id from temp.going_session))
"""
_THEIR_NAMES: Final = """
    insert or ignore into temp.going_record
    select t.id from record t
    where t.native_id >= 'names:' and t.native_id < 'names;'
        and json_extract(t.detail, '$.names') in (select r.native_id
            from temp.going_record g join record r on r.id = g.id)
"""
_EVIDENCE: Final = """
    insert or ignore into temp.going_record
    select r.id from json_each(?) wanted join memory m on m.id = wanted.value
    join json_each(m.evidence) e
    left join session s on s.native_id = json_extract(e.value, '$[0]')
    join record r on r.native_id = json_extract(e.value, '$[1]')
        and r.agent = coalesce(s.agent, r.agent)
"""
_DELIVERED: Final = """
    insert or ignore into temp.going_record
    select d.record_id from delivery d join json_each(d.items) i
    where i.value in (select id from temp.going_memory)
"""
_CALLS: Final = """
    insert or ignore into temp.going_record
    select other.id from temp.going_record g join record r on r.id = g.id
    join link l on l.record_id = r.id join link near on near.session_id = l.session_id
    join record other on other.id = near.record_id
    where r.kind in ('tool_use', 'tool_result')
        and json_extract(r.detail, '$.call') is not null
        and other.kind in ('tool_use', 'tool_result')
        and json_extract(other.detail, '$.call') = json_extract(r.detail, '$.call')
"""
_SIBLINGS: Final = """
    insert or ignore into temp.going_record
    select other.id from temp.going_record g join record r on r.id = g.id
    join record other on other.agent = r.agent and other.native_id = r.native_id
"""
"""What one line said is one, in however many parts."""
_WORDS_OF: Final = """
    select m.id, m.title, m.body, m.evidence from json_each(?) wanted
    join memory m on m.id = wanted.value
"""
_IDS: Final = "select id from temp.going_memory"
_TEXTS: Final = "select id, text, detail from record"
_TOLD: Final = """
    select r.id, r.text from (select distinct record_id from delivery) d
    join record r on r.id = d.record_id
    where r.id not in (select id from temp.going_record)
"""
_PROMPTS: Final = """
    select r.text from temp.going_record g join record r on r.id = g.id
    where r.kind = 'prompt'
    union select s.title from temp.going_session g join session s on s.id = g.id
    where s.title <> ''
"""
_PUT: Final = "insert or ignore into temp.{table} values (?)"

_COUNTS: Final = {
    "sessions": """select count(*) from temp.going_session g
        join session s on s.id = g.id where s.kind <> 'subagent'""",
    "subagents": """select count(*) from temp.going_session g
        join session s on s.id = g.id where s.kind = 'subagent'""",
    "records": "select count(*) from temp.going_record",
    "memories": """select count(*) from temp.going_memory g
        join memory m on m.id = g.id""",
    "decided": """select count(*) from temp.going_memory g
        join curation c on c.id = g.id where c.state = 'kept'""",
    "told_in": """select count(distinct l.session_id) from temp.going_record g
        join link l on l.record_id = g.id
        where l.session_id not in (select id from temp.going_session)""",
    "shared": """select count(distinct l.record_id) from temp.going_session g
        join link l on l.session_id = g.id
        where l.record_id not in (select id from temp.going_record)""",
}
_STILL: Final = """
    select t.path from transcript t
    where t.gone_at is null and (
        t.session_id in (select id from temp.going_session)
        or t.id in (select l.transcript_id from temp.going_record g
            join link l on l.record_id = g.id))
    order by t.path
"""
_LEFT: Final = """
    select m.id from curation m join json_each(m.evidence) e
    where m.id not in (select id from temp.going_memory)
        and json_extract(e.value, '$[1]') in (select r.native_id
            from temp.going_record g join record r on r.id = g.id)
    group by m.id order by m.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a person wants purged."""

    memories: tuple[str, ...] = ()
    """Ids; with the lines they stand on, and those that quote them."""
    sessions: tuple[str, ...] = ()
    """Native ids; with their subagents and all that was learnt from them."""
    records: tuple[int, ...] = ()
    """Rows of records, of sessions that stay."""
    project: str = ""
    """UUID; with all its sessions and memories."""
    before: int | None = None
    """Of the project only what was said before (Unix ms); then the project stays."""
    keep_lines: bool = False
    """Of memories nothing but themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a purge takes away."""

    sessions: int
    subagents: int
    records: int
    memories: int
    decided: int
    """Of the memories, those that were kept."""
    told_in: int
    """Sessions that stay and lose some lines."""
    shared: int
    """Records that stay because another session, a fork, shows them too."""
    sources: tuple[str, ...]
    """Transcripts of the agents that still hold it, and will be passed over."""
    left: tuple[str, ...]
    """Memories that a person decided about, which lose a quote and stay."""

    @property
    def total(self) -> int:
        """Sessions, records and memories together; 0: there is nothing to do."""
        return self.sessions + self.subagents + self.records + self.memories


def note(conn: sqlite3.Connection, target: Target) -> None:
    """Find all that is to go, into the temporary tables."""
    for table in TABLES:
        kind = "text" if table == "going_memory" else "integer"
        conn.execute(f"drop table if exists temp.{table}")
        conn.execute(f"create temp table {table} (id {kind} primary key)")
    before = 1 << 62 if target.before is None else target.before
    if target.project:
        asked = {"project": target.project, "before": before}
        conn.execute(_PROJECTS, {"project": target.project})
        conn.execute(_OF_PROJECT, {"before": asked["before"]})
        conn.execute(_MEMORIES_OF_PROJECT, {"before": asked["before"]})
        conn.execute(_PROPOSALS_OF_PROJECT, {"before": asked["before"]})
    conn.execute(_NAMED, (json.dumps(list(target.sessions)),))
    conn.execute(_FAMILY)
    _put(conn, "going_memory", target.memories)
    for statement in _THEIR_MEMORIES:
        conn.execute(statement)
    conn.execute(_THEIR_RECORDS)
    _put(conn, "going_record", target.records)
    if not target.keep_lines:
        conn.execute(_EVIDENCE, (json.dumps(list(target.memories)),))
        conn.execute(_DELIVERED)
        _note_tellers(conn, target.memories)
        _note_recent(conn)
        conn.execute(_CALLS)
    conn.execute(_THEIR_NAMES)
    conn.execute(_SIBLINGS)
    conn.execute(_THEIR_PROPOSALS)


def counts(conn: sqlite3.Connection) -> Counts:
    """How much was noted."""
    found = {name: conn.execute(sql).fetchone()[0] for name, sql in _COUNTS.items()}
    return Counts(
        **found,
        sources=tuple(row[0] for row in conn.execute(_STILL)),
        left=tuple(row[0] for row in conn.execute(_LEFT)),
    )


def _note_tellers(conn: sqlite3.Connection, named: Iterable[str]) -> None:
    """Records that name a memory by its id, or quote one of the named."""
    needles = {row[0] for row in conn.execute(_IDS)}
    for row in conn.execute(_WORDS_OF, (json.dumps(list(named)),)):
        quotes = (quote for *_, quote in json.loads(row["evidence"]))
        said = {row["title"], row["body"], *quotes}
        needles |= {text for text in said if len(text) >= _LEAST_QUOTE}
    if not needles:
        return
    scan = AhoCorasick(sorted(needles))
    found = [
        row["id"]
        for row in conn.execute(_TEXTS)
        if scan.find_matches_as_indexes(row["text"])
        or (row["detail"] and scan.find_matches_as_indexes(row["detail"]))
    ]
    _put(conn, "going_record", found)


def _note_recent(conn: sqlite3.Connection) -> None:
    """Texts of ours in other sessions that tell what was typed in these."""
    typed = [" ".join(row[0].split()) for row in conn.execute(_PROMPTS)]
    if not typed:
        return
    found = [
        row["id"]
        for row in conn.execute(_TOLD)
        if any(any(line in said for said in typed) for line in _lines_of(row["text"]))
    ]
    _put(conn, "going_record", found)


def _lines_of(text: str) -> Iterator[str]:
    """What such a text quotes of each recent session."""
    for found in _RECENT_LINE.finditer(text):
        yield found[1].strip(" …")


def _put(conn: sqlite3.Connection, table: str, ids: Iterable[object]) -> None:
    conn.executemany(_PUT.replace("{table}", table), ((one,) for one in ids))
