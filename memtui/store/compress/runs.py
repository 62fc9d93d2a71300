"""Runs of a model as values: what they ask, where each request stands."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLING = "cancelling"
    """Nothing more is sent; what is paid for is still to be collected."""
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """Where one thing to ask stands."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    """Passed over after too many tries."""
    UNKNOWN = "unknown"
    """Sent, and nobody knows what came of it: it is not paid for twice unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that a person asked for."""

    pass_: str
    """``sessions`` or ``projects``."""
    provider: str
    host: str
    model: str
    batch: bool
    budget: int
    """Millionths of a dollar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What one request asks about."""

    kind: str
    """``session`` or ``project``."""
    subject: str
    """Native id of the session, UUID of the project."""
    agent: str = ""
    part: int = 1
    parts: int = 1
    digest: str
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The same, as it stands."""

    id: int
    kind: str
    subject: str
    agent: str
    part: int
    parts: int
    digest: str
    records: int
    state: ItemState
    tries: int
    batch: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run, as it stands."""

    id: int
    at: int
    state: RunState
    why: str
    pass_: str
    provider: str
    host: str
    model: str
    batch: bool
    budget: int
    spent: int
    """What is known to have been paid, and the most that the rest can cost."""
    guessed: int
    """Requests of which nobody knows what they cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Requests handed over together."""

    id: int
    at: int
    remote: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of one request."""

    outcome: str
    """One word: ``answered``, ``limited``, ``refused`` and the like."""
    cost: int | None
    """Millionths of a dollar; None: nobody knows, so it counts as its bound."""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    why: str = ""
    state: ItemState = ItemState.DONE
    """Where its item stands afterwards."""


RUNS: Final = """
    select r.*, (select coalesce(sum(coalesce(q.cost, q.bound)), 0)
        from compress_request q where q.run_id = r.id) as spent,
        (select count(*) from compress_request q
        where q.run_id = r.id and q.cost is null) as guessed
    from compress_run r where {where} order by r.id desc limit :limit
"""


def item_from(row: sqlite3.Row) -> Item:
    """An item from its row."""
    return Item(
        id=row["id"], kind=row["kind"], subject=row["subject"], agent=row["agent"],
        part=row["part"], parts=row["parts"], digest=row["digest"],
        records=row["records"],
        state=ItemState(row["state"]), tries=row["tries"], batch=row["batch_id"],
        why=row["why"],
    )  # fmt: skip


def run_from(row: sqlite3.Row) -> Run:
    """A run from its row with what it spent."""
    return Run(
        id=row["id"], at=row["at"], state=RunState(row["state"]), why=row["why"],
        pass_=row["pass"], provider=row["provider"], host=row["host"],
        model=row["model"], batch=bool(row["batch"]), budget=row["budget"],
        spent=row["spent"], guessed=row["guessed"],
    )  # fmt: skip
