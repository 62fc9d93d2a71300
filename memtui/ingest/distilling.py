"""Sessions distilled outside of any transaction, and what was found put in a short one.

Rules over a long session take seconds, and whoever curates meanwhile must not
wait for them. A session that changed while it was read is read again.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from memtui import distil
from memtui.errors import MemtuiError
from memtui.ingest.found import Found
from memtui.model import SessionKind
from memtui.records import Observation, Record, SessionFacts
from memtui.settings import Settings
from memtui.store.ingest.batch import Applied, Batch, KnownTranscript
from memtui.store.ingest.writes import Store, Unstorable

HELD_BYTES: Final = 16 << 20
"""What is read is kept in memory until it is distilled, as far as that goes."""
WRITING_SECONDS: Final = 0.2
"""A transaction that puts what was found takes no longer than about this."""
_ATTEMPTS: Final = 3
_RECORD_BYTES: Final = 1_000
"""What a record takes beside its words."""
_log = logging.getLogger(__name__)


class Held:
    """How much of what was read waits in memory to be distilled, of all sessions."""

    def __init__(self) -> None:
        self.size = 0


class Whole:
    """All records of a session just read for the first time, if they are few enough.

    The store would give the same ones back, slower. Anything that it knew
    before, or that one file says twice, is better asked of the store.
    """

    def __init__(self, known: KnownTranscript | None, held: Held) -> None:
        self.records: list[Record] | None = None if known else []
        self._held = held
        self._size = 0

    def add(self, batch: Batch, applied: Applied) -> None:
        """One more batch of it, and what the store made of it."""
        if self.records is None:
            return
        if batch.void:
            self.records = [r for r in self.records if _key(r) not in batch.void]
        self.records += batch.records
        added = sum(map(_size_of, batch.records))
        self._size += added
        self._held.size += added
        undone = batch.retold is not None and batch.retold.undone
        known = applied.records < len(batch.records) or applied.numbered_on
        if undone or known or self._held.size > HELD_BYTES:
            self.drop()

    def drop(self) -> None:
        """Hold it no longer."""
        self._held.size -= self._size
        self._size = 0
        self.records = None


class Reading:
    """A transcript while it is read, and what the store made of it."""

    def __init__(self, found: Found, known: KnownTranscript | None, held: Held) -> None:
        self.found = found
        self.whole = Whole(known, held)
        self.session: int | None = None
        self.length = 0
        """Conversation records that its session shows."""
        self.failed = False

    def fail(self) -> None:
        """Nothing more of it is stored in this run."""
        self.failed = True
        self.whole.drop()


@dataclass(frozen=True, slots=True)
class _Found:
    """What a session came to, and what it looked like then."""

    session: int
    stamp: tuple[object, ...]
    facts: SessionFacts
    observations: list[Observation] | None
    """None: a rule failed on it."""


class Distilling:
    """The sessions that are due, and what they came to."""

    def __init__(
        self, settings: Settings, found: Callable[[int, SessionFacts, int], object]
    ) -> None:
        """``found`` is told of each session, its facts, and its new observations."""
        self._settings = settings
        self._tell = found
        self._due: dict[int, Whole | None] = {}

    def add(self, session: int, whole: Whole | None = None) -> None:
        """A session is due; ``whole``: all it shows, where that is at hand."""
        before = self._due.pop(session, None)
        if before is not None:
            before.drop()
        self._due[session] = whole

    def go(
        self, store: Store, begun: Callable[[Store], AbstractContextManager[None]]
    ) -> None:
        """Distil what is due.

        Args:
            begun: begins a transaction, in spite of other writers.
        """
        for _ in range(_ATTEMPTS):
            due, self._due = self._due, {}
            if not due:
                return
            done: list[_Found] = []
            for session, whole in due.items():
                done.append(self._distil(store, session, whole))
            while done:
                with begun(store):
                    self._write(store, done)

    def _distil(self, store: Store, session: int, whole: Whole | None) -> _Found:
        stamp, facts = store.session_stamp(session), store.session_facts(session)
        # paths are told from there, in whatever folder below it the session began
        root = store.session_root(session) or facts.cwd
        try:
            found = distil.distil(
                replace(facts, cwd=root),
                self._records(store, session, whole, facts.kind),
                settings=self._settings,
                in_order=True,
            )
        except MemtuiError:
            raise
        # pure rules over any text there is: one must not end the whole run
        except Exception:  # noqa: BLE001
            _log.exception("Cannot distil session %s", facts.native_id)
            return _Found(session, stamp, facts, None)
        finally:
            if whole is not None:
                whole.drop()
        return _Found(session, stamp, facts, found)

    def _records(
        self, store: Store, session: int, whole: Whole | None, kind: SessionKind
    ) -> Iterable[Record]:
        if kind is not SessionKind.INTERACTIVE:
            return ()  # nothing comes of it, whatever it shows
        at_hand = whole.records if whole is not None else None
        if at_hand is None or len(at_hand) != store.session_length(session):
            return store.session_in_order(session)
        return distil.ordered(at_hand)

    def _write(self, store: Store, done: list[_Found]) -> None:
        """Put as much as a short transaction takes."""
        began = time.monotonic()
        while done and time.monotonic() - began < WRITING_SECONDS:
            one = done.pop()
            if store.session_stamp(one.session) != one.stamp:
                self.add(one.session)
            else:
                self._put(store, one)

    def _put(self, store: Store, one: _Found) -> None:
        values: Sequence[Observation] | None = one.observations
        new = 0
        if values is not None:
            try:
                new = store.replace_observations(one.session, values, distil.VERSION)
            except Unstorable:
                _log.exception("Cannot keep what session %s shows", one.facts.native_id)
                values = None
        if values is None:
            store.mark_distilled(one.session, distil.VERSION)
        else:
            self._tell(one.session, one.facts, new)


def _key(record: Record) -> tuple[str, int]:
    return record.native_id, record.part


def _size_of(record: Record) -> int:
    return _RECORD_BYTES + len(record.text) + len(record.command) + len(record.patch)
