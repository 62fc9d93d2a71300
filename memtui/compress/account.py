"""What came of each request of a run: its cost, its item, what is proposed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from memtui.compress import money, pacing
from memtui.compress.answers import Answered
from memtui.compress.endpoint import AGAIN, FREE, OUTAGE, Failed, Failure, Reply
from memtui.compress.forms import WrongForm
from memtui.compress.money import Model
from memtui.compress.pacing import Clock
from memtui.compress.plan import Built
from memtui.errors import MemtuiError, StoreBusy
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import Item, ItemState, Run, Settled

T = TypeVar("T")

OUTAGE_AFTER: Final = 2
"""So many items in a row that the endpoint's own faults exhaust end the run for now."""
REJECTED_AFTER: Final = 3
"""So do so many in a row that it cannot answer: it is not the items then."""
_STORE_TRIES: Final = 60
_STORE_S: Final = 5.0
"""So often, and so many seconds apart, what was paid for is written to a store that
another process keeps."""
LOST: Final = "answered in a form that its session does not bear any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    done: int
    failed: int
    total: int
    spent: int
    """Millionths of a dollar; what is not known counts as the most that it can be."""
    budget: int
    proposals: int
    """Made in this process."""
    saying: str
    """What goes on, in a sentence; empty: the next one is asked."""


class Paused(MemtuiError):
    """The run stops for now and can be carried on."""


class Account:
    """The books of one run. Belongs to one thread."""

    def __init__(
        self,
        runs: Runs,
        number: int,
        model: Model,
        *,
        clock: Clock,
        tell: Callable[[Progress], object],
        draw: Callable[[], float],
    ) -> None:
        self.runs = runs
        self.number = number
        self.clock = clock
        self.due: dict[int, int] = {}
        """By item: not before this time."""
        self._tell = tell
        self._draw = draw
        self._proposals = 0
        self._silent = self._rejected = 0
        self._price = money.must_be_known(self.run.model, model)

    @property
    def run(self) -> Run:
        """The run as it stands."""
        return self.runs.run(self.number)

    def tell(self, saying: str = "") -> None:
        """Say how far it is."""
        items, run = self.runs.items(self.number), self.run
        ended = (ItemState.FAILED, ItemState.UNKNOWN)
        self._tell(
            Progress(
                done=sum(one.state is ItemState.DONE for one in items),
                failed=sum(one.state in ended for one in items),
                total=len(items), spent=run.spent, budget=run.budget,
                proposals=self._proposals, saying=saying,
            )
        )  # fmt: skip

    def bound(self, built: Built, *, batch: bool) -> int:
        """The most that a request can cost."""
        asked = built.question
        return money.bound(asked.size, asked.most, self._price, batch=batch)

    def no_room(self, bound: int) -> str:
        """Why nothing more is sent."""
        run = self.run
        left = money.dollars(max(0, run.budget - run.spent))
        enough = math.ceil((run.spent + bound) / money.MILLION * 100) / 100
        return (
            f"The next request can cost {money.dollars(bound)}, and of the budget of "
            f"{money.dollars(run.budget)} {left} are left: memtui compress resume "
            f"--budget {enough:.2f} has room for it."
        )

    def settle(
        self,
        item: Item,
        request: int,
        built: Built | None,
        answer: Reply | Failed,
        *,
        batch: bool,
    ) -> None:
        """Note what came of a request, and when its item is tried again.

        Raises:
            Paused: no other request would do better now.
        """
        if isinstance(answer, Failed):
            self._settle_failed(item, request, answer, batch=batch)
            return
        try:
            found = built.read(answer.text) if built is not None else Answered()
        except WrongForm as error:
            failed = Failed(Failure.WRONG_FORM, error.message, usage=answer.usage)
            self._settle_failed(item, request, failed, batch=batch)
            return
        self._silent = self._rejected = 0
        note = f"{found.dropped} dropped: known, or no record shows it"
        settled = self._settled(
            "answered", answer.usage, ItemState.DONE, batch=batch,
            why=LOST if built is None else note if found.dropped else "",
        )  # fmt: skip
        self._proposals += self.surely(
            lambda: self.runs.settle(
                request, settled, run=self.number, at=self.clock.now(),
                drafts=found.drafts, project=built.project if built else None,
                agent=built.agent if built else "",
                session=built.session if built else "",
            )
        )  # fmt: skip
        self.tell()

    def surely(self, write: Callable[[], T]) -> T:
        """Write what was paid for, though another process keeps the store for long.

        Raises:
            StoreBusy: for longer than any does that is at work.
        """
        for _ in range(_STORE_TRIES):
            try:
                return write()
            except StoreBusy as busy:
                self.tell(f"{busy.message} What came is held until it can be written.")
            self.clock.wait(_STORE_S)
        return write()

    def _settle_failed(
        self, item: Item, request: int, failed: Failed, *, batch: bool
    ) -> None:
        kind = failed.failure
        wait = None
        if kind in AGAIN:
            most = pacing.PAID_TRIES if kind is Failure.WRONG_FORM else pacing.TRIES
            wait = pacing.delay(self._tries(item), failed.after, self._draw, most)
        stops = kind is Failure.DENIED or (failed.after or 0) > pacing.PATIENCE_S
        goes_on = wait is not None or stops or kind is Failure.CANCELLED
        state = ItemState.WAITING if goes_on else ItemState.FAILED
        usage = money.Usage() if kind in FREE else failed.usage
        settled = self._settled(
            kind.value, usage, state, batch=batch, why=failed.message
        )
        self.surely(
            lambda: self.runs.settle(
                request, settled, run=self.number, at=self.clock.now()
            )
        )
        self.tell(failed.message)
        if stops:
            raise Paused(failed.message)
        if wait is not None:
            self.due[item.id] = self.clock.now() + round(wait * 1000)
            return
        self._silent += kind in OUTAGE
        self._rejected += kind is Failure.REJECTED
        if self._silent >= OUTAGE_AFTER:
            self._silent = 0
            raise Paused(f"The endpoint does not answer. {failed.message}")
        if self._rejected >= REJECTED_AFTER:
            self._rejected = 0
            raise Paused(f"The endpoint takes none of these. {failed.message}")

    def _tries(self, item: Item) -> int:
        """How often it was sent; the item itself may have been read before that."""
        items = self.runs.items(self.number)
        return next((one.tries for one in items if one.id == item.id), pacing.TRIES)

    def _settled(
        self,
        outcome: str,
        usage: money.Usage | None,
        state: ItemState,
        *,
        batch: bool,
        why: str,
    ) -> Settled:
        told = usage or money.Usage()
        cost = None if usage is None else money.cost(usage, self._price, batch=batch)
        return Settled(
            outcome=outcome, cost=cost, tokens_in=told.input + told.written,
            tokens_cached=told.kept, tokens_out=told.output, why=why, state=state,
        )  # fmt: skip
