"""Runs of a model: what is asked, what each request cost, what came of it.

Every request has a row before it is sent, with the most that it can cost; so a kill
at any moment leaves a trace of whatever was paid for. What is not known to be cheaper
counts as that most, and the budget is looked at in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from memtui.store.closing import Closing
from memtui.store.compress import model_proposals
from memtui.store.compress.model_proposals import Draft
from memtui.store.compress.runs import (
    RUNS,
    Batch,
    Item,
    ItemState,
    NewItem,
    NewRun,
    Run,
    RunState,
    Settled,
    item_from,
    run_from,
)
from memtui.store.connect import open_writer, transaction

_NEW_RUN: Final = """
    insert into compress_run (at, state, pass, provider, host, model, batch, budget)
    values (:at, 'running', :pass, :provider, :host, :model, :batch, :budget)
"""
_NEW_ITEM: Final = """
    insert into compress_item (run_id, kind, subject, agent, session_id, part, parts,
        digest, records, state)
    values (:run, :kind, :subject, :agent, (select id from session
        where native_id = :subject and agent = :agent and :kind = 'session'),
        :part, :parts, :digest, :records, 'waiting')
"""
_NEW_BATCH: Final = """
    insert into compress_batch (run_id, at, state) values (?, ?, 'making')
"""
_ITEMS: Final = "select * from compress_item where run_id = ? order by id"
_ASKED_MEANWHILE: Final = """
    select 1 from compress_item where id > ? and kind = ? and agent = ?
        and subject = ? and part = ? and parts = ? and digest = ?
        and state in ('done', 'sent', 'unknown')
"""
_SEND: Final = """
    update compress_item set state = 'sent', tries = tries + 1, batch_id = ?, why = ''
    where id = ? and state = 'waiting'
"""
_REQUEST: Final = """
    insert into compress_request (run_id, item_id, batch_id, at, provider, host, model,
        bound)
    select id, :item, :batch, :at, provider, host, model, :bound
    from compress_run where id = :run
"""
_SETTLE: Final = """
    update compress_request set ended_at = :at, outcome = :outcome, cost = :cost,
        tokens_in = :tokens_in, tokens_out = :tokens_out,
        tokens_cached = :tokens_cached, why = :why
    where id = :id and ended_at is null
"""
_ITEM_STANDS: Final = """
    update compress_item set state = ?, why = ?, batch_id = null
    where id = (select item_id from compress_request where id = ?)
"""
_OPEN_REQUESTS: Final = """
    select q.item_id, q.id from compress_request q
    where q.batch_id = ? and q.ended_at is null
"""
_LOST: Final = """
    update compress_request set ended_at = :at, outcome = 'unknown',
        why = 'memtui ended before the answer came; counted as the most it can cost'
    where run_id = :run and batch_id is null and ended_at is null
"""
_ITEM_LOST: Final = """
    update compress_item set state = 'unknown',
        why = 'sent, then memtui ended; it may have been paid for'
    where run_id = :run and state = 'sent' and batch_id is null
"""


class Runs(Closing):
    """The connection of a run. Belongs to one thread at a time.

    It can write nothing but what a run is about: see ``connect``.

    Raises:
        StoreBusy: another process has been writing for too long.
        StoreError: the store cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._conn = open_writer(path, "compress")

    def begin(self, run: NewRun, items: Sequence[NewItem], *, at: int) -> int:
        """Note a run and all that it will ask; its number."""
        with transaction(self._conn):
            row = {
                "at": at, "pass": run.pass_, "provider": run.provider,
                "host": run.host, "model": run.model, "batch": int(run.batch),
                "budget": run.budget,
            }  # fmt: skip
            number = self._conn.execute(_NEW_RUN, row).lastrowid
            assert number is not None
            self._conn.executemany(_NEW_ITEM, _item_rows(number, items))
        return number

    def asked_since(self, item: int) -> set[tuple[str, str, int, int]]:
        """Agent, subject, part and parts of all that was asked after that item."""
        rows = self._conn.execute(
            "select agent, subject, part, parts from compress_item where id > ?",
            (item,),
        )
        return {(r["agent"], r["subject"], r["part"], r["parts"]) for r in rows}

    def asked_meanwhile(self, item: Item) -> bool:
        """Whether a later run asked the very same, and may have paid for it."""
        wanted = (
            item.id, item.kind, item.agent, item.subject, item.part, item.parts,
            item.digest,
        )  # fmt: skip
        return self._conn.execute(_ASKED_MEANWHILE, wanted).fetchone() is not None

    def run(self, number: int) -> Run:
        """A run, as it stands; it must be there."""
        sql = RUNS.replace("{where}", "r.id = :id")
        return run_from(self._conn.execute(sql, {"id": number, "limit": 1}).fetchone())

    def stand(self, run: int, state: RunState, *, why: str = "", at: int) -> None:
        """Say where a run stands now."""
        ended = at if state in (RunState.DONE, RunState.CANCELLED) else None
        with transaction(self._conn):
            self._conn.execute(
                "update compress_run set state = ?, why = ?, ended_at = ? where id = ?",
                (state.value, why, ended, run),
            )

    def bury(self, run: int) -> None:
        """Say of every other run at work that it is not: one process asks at a time."""
        with transaction(self._conn):
            self._conn.execute(
                "update compress_run set state = 'paused', why = 'memtui ended.'"
                " where state = 'running' and id <> ?",
                (run,),
            )

    def allow(self, run: int, budget: int) -> None:
        """Let a run cost so much (millionths of a dollar) instead."""
        with transaction(self._conn):
            self._conn.execute(
                "update compress_run set budget = ? where id = ?", (budget, run)
            )

    def items(self, run: int) -> list[Item]:
        """All that a run asks, in order."""
        return [item_from(row) for row in self._conn.execute(_ITEMS, (run,))]

    def take(self, run: int, item: int, bound: int, *, at: int) -> int | None:
        """Note that an item is about to be sent; the number of its request.

        None: the budget has no room for the most that it can cost.
        """
        with transaction(self._conn):
            if not self._has_room(run, bound):
                return None
            return self._send(run, item, bound, None, at)

    def take_batch(self, run: int, bounds: Mapping[int, int], *, at: int) -> int:
        """Note that these items are about to be handed over together; the batch."""
        with transaction(self._conn):
            made = self._conn.execute(_NEW_BATCH, (run, at)).lastrowid
            assert made is not None
            for item, bound in bounds.items():
                self._send(run, item, bound, made, at)
        return made

    def room(self, run: int) -> int:
        """What is left of a run's budget."""
        now = self.run(run)
        return now.budget - now.spent

    def name_batch(self, batch: int, remote: str) -> None:
        """Note what the endpoint calls a batch, before anybody asks for it."""
        with transaction(self._conn):
            self._conn.execute(
                "update compress_batch set remote = ?, state = 'sent' where id = ?",
                (remote, batch),
            )

    def end_batch(self, batch: int) -> None:
        """All of a batch is settled."""
        with transaction(self._conn):
            self._conn.execute(
                "update compress_batch set state = 'ended' where id = ?", (batch,)
            )

    def batches(self, run: int) -> list[Batch]:
        """Batches of a run that have not ended."""
        rows = self._conn.execute(
            "select id, at, remote, state from compress_batch"
            " where run_id = ? and state <> 'ended' order by id",
            (run,),
        )
        return [Batch(**dict(row)) for row in rows]

    def remotes(self) -> set[str]:
        """Every batch that is known by the endpoint's name."""
        rows = self._conn.execute(
            "select remote from compress_batch where remote <> ''"
        )
        return {row[0] for row in rows}

    def open_requests(self, batch: int) -> dict[int, int]:
        """Requests of a batch that are not settled, by item."""
        return {row[0]: row[1] for row in self._conn.execute(_OPEN_REQUESTS, (batch,))}

    def settle(
        self,
        request: int,
        settled: Settled,
        *,
        run: int,
        at: int,
        drafts: Sequence[Draft] = (),
        project: str | None = None,
        agent: str = "",
        session: str = "",
    ) -> int:
        """What came of a request, once: its cost, its item, what is proposed.

        Returns:
            How many proposals are new.
        """
        row = {
            "id": request, "at": at, "outcome": settled.outcome, "cost": settled.cost,
            "tokens_in": settled.tokens_in, "tokens_out": settled.tokens_out,
            "tokens_cached": settled.tokens_cached, "why": settled.why,
        }  # fmt: skip
        with transaction(self._conn):
            if not self._conn.execute(_SETTLE, row).rowcount:
                return 0  # it was, before a kill
            stands = (settled.state.value, settled.why, request)
            self._conn.execute(_ITEM_STANDS, stands)
            return model_proposals.put(
                self._conn, drafts, run=run, model=self.run(run).model,
                project=project, agent=agent, session=session, at=at,
            )  # fmt: skip

    def pass_over(self, item: int, why: str) -> None:
        """An item that was not sent and never will be."""
        with transaction(self._conn):
            self._conn.execute(
                "update compress_item set state = 'failed', why = ? where id = ?",
                (why, item),
            )

    def find_lost(self, run: int, *, at: int) -> int:
        """Note what was sent by a process that ended; how many items that are."""
        with transaction(self._conn):
            self._conn.execute(_LOST, {"run": run, "at": at})
            return self._conn.execute(_ITEM_LOST, {"run": run}).rowcount

    def again(self, run: int, states: Iterable[ItemState]) -> int:
        """Let items that failed or are unknown be asked once more; how many."""
        wanted = [state.value for state in states]
        with transaction(self._conn):
            return sum(
                self._conn.execute(
                    "update compress_item set state = 'waiting', tries = 0, why = ''"
                    " where run_id = ? and state = ?",
                    (run, state),
                ).rowcount
                for state in wanted
            )

    def _has_room(self, run: int, bound: int) -> bool:
        now = self.run(run)
        return now.spent + bound <= now.budget

    def _send(
        self, run: int, item: int, bound: int, batch: int | None, at: int
    ) -> int | None:
        if not self._conn.execute(_SEND, (batch, item)).rowcount:
            return None
        row = {"run": run, "item": item, "batch": batch, "at": at, "bound": bound}
        return self._conn.execute(_REQUEST, row).lastrowid


def _item_rows(run: int, items: Sequence[NewItem]) -> Iterable[dict[str, object]]:
    for one in items:
        yield {
            "run": run, "kind": one.kind, "subject": one.subject, "agent": one.agent,
            "part": one.part, "parts": one.parts, "digest": one.digest,
            "records": one.records,
        }  # fmt: skip
