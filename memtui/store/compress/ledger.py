"""Reading what models were asked and what it cost: no connection of it writes."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from memtui.store.compress.runs import RUNS, ItemState, Run, run_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as the ledger has it."""

    id: int
    run: int | None
    at: int
    ended_at: int | None
    provider: str
    host: str
    model: str
    subject: str
    """Native id of a session or UUID of a project; empty where it was purged."""
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    bound: int
    """Millionths of a dollar: the most that it can cost."""
    cost: int | None
    """The same, as it was; None: not known, and counted as the bound."""
    outcome: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPart:
    """A part of a session that a model was asked about, or is about to be."""

    part: int
    parts: int
    records: int
    """Of the session, when it was planned."""
    state: ItemState


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All of the ledger in a line."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int = 0
    """Millionths of a dollar; what is not known counts as its bound."""
    runs: int = 0
    proposals: int = 0
    accepted: int = 0
    rejected: int = 0


_REQUESTS: Final = """
    select q.id, q.run_id as run, q.at, q.ended_at, q.provider, q.host, q.model,
        coalesce(i.subject, '') as subject, q.tokens_in, q.tokens_out, q.tokens_cached,
        q.bound, q.cost, q.outcome, q.why
    from compress_request q left join compress_item i on i.id = q.item_id
    order by q.id desc limit :limit
"""
_TOTALS: Final = """
    select count(*) as requests,
        coalesce(sum(tokens_in + tokens_cached), 0) as tokens_in,
        coalesce(sum(tokens_out), 0) as tokens_out,
        coalesce(sum(coalesce(cost, bound)), 0) as cost,
        (select count(*) from compress_run) as runs,
        (select count(*) from model_proposal) as proposals,
        (select count(*) from model_decided where accepted = 1) as accepted,
        (select count(*) from model_decided where accepted = 0) as rejected
    from compress_request
"""
_TALLY: Final = """
    select state, count(*) as count from compress_item where run_id = ? group by state
"""
_PASSED_OVER: Final = """
    select why, count(*) as count from compress_item
    where run_id = ? and state = 'failed' group by why order by count desc, why
"""
_ASKED_BEFORE: Final = """
    select i.agent, i.subject, i.part, i.parts, i.records, i.state
    from compress_item i join compress_run r on r.id = i.run_id
    where i.kind = 'session' and (i.state <> 'failed' or i.tries)
        and (i.state <> 'waiting' or r.state not in ('cancelling', 'cancelled'))
    order by i.id
"""
_RECORDS_IN: Final = """
    select count(*) from link l join session s on s.id = l.session_id
    where s.agent = ? and s.native_id = ?
"""
_SESSIONS_IN: Final = """
    select distinct s.native_id from record r cross join link l on l.record_id = r.id
    join session s on s.id = l.session_id
    where r.place_id in (
        select id from place where cwd in (select value from json_each(?)))
"""
_ASKED: Final = """
    select distinct digest from compress_item where kind = 'project' and state = 'done'
"""


def requests(conn: sqlite3.Connection, limit: int) -> list[Request]:
    """Requests, the last one first."""
    return [Request(**dict(row)) for row in conn.execute(_REQUESTS, {"limit": limit})]


def totals(conn: sqlite3.Connection) -> Totals:
    """All of the ledger."""
    found: dict[str, Any] = dict(conn.execute(_TOTALS).fetchone())
    return Totals(**found)


def runs(conn: sqlite3.Connection, limit: int) -> list[Run]:
    """Runs, the last one first."""
    sql = RUNS.replace("{where}", "1")
    return [run_from(row) for row in conn.execute(sql, {"limit": limit})]


def tally(conn: sqlite3.Connection, run: int) -> dict[str, int]:
    """How many things to ask of a run stand where."""
    return {row["state"]: row["count"] for row in conn.execute(_TALLY, (run,))}


def passed_over(conn: sqlite3.Connection, run: int) -> dict[str, int]:
    """Why things to ask of a run were passed over, and how many, most first."""
    rows = conn.execute(_PASSED_OVER, (run,))
    return {row["why"]: row["count"] for row in rows}


def asked_before(
    conn: sqlite3.Connection,
) -> dict[tuple[str, str], list[AskedPart]]:
    """What sessions were asked about, by agent and id, the last time last.

    What a cancelled run had not sent is not among it, nor what became private before
    it was; what was sent is, for that was paid.
    """
    found: dict[tuple[str, str], list[AskedPart]] = {}
    for row in conn.execute(_ASKED_BEFORE):
        one = AskedPart(
            part=row["part"], parts=row["parts"], records=row["records"],
            state=ItemState(row["state"]),
        )  # fmt: skip
        found.setdefault((row["agent"], row["subject"]), []).append(one)
    return found


def last_asked(conn: sqlite3.Connection) -> int:
    """The newest thing that any run asks; 0: there is none."""
    sql = "select coalesce(max(id), 0) from compress_item"
    return int(conn.execute(sql).fetchone()[0])


def records_in(conn: sqlite3.Connection, agent: str, session: str) -> int:
    """How many records a session shows by now."""
    return int(conn.execute(_RECORDS_IN, (agent, session)).fetchone()[0])


def folders(conn: sqlite3.Connection) -> list[str]:
    """Every folder in which a record was made."""
    return [row[0] for row in conn.execute("select distinct cwd from place")]


def sessions_in(conn: sqlite3.Connection, folders: Sequence[str]) -> set[str]:
    """Native ids of sessions that show a record made in one of these folders."""
    told = json.dumps(list(folders))
    return {row[0] for row in conn.execute(_SESSIONS_IN, (told,))}


def asked_about(conn: sqlite3.Connection) -> set[str]:
    """Digests of what was asked about projects and answered."""
    return {row[0] for row in conn.execute(_ASKED)}
