"""Sessions stated anew from the archive, by a newer reader or on demand.

A short one in one transaction; a long one in many, as short as any.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from memtui.errors import MemtuiError
from memtui.ingest.asides import keep_descriptions, keep_outputs
from memtui.ingest.found import Stale
from memtui.ingest.passage import Tools
from memtui.ingest.returning import anew
from memtui.store.ingest.batch import Applied, Batch, KnownTranscript
from memtui.store.ingest.writes import Store

LONG: Final = 2_000
"""Records from which on a session is long: about a tenth of a second of them."""

_LONG_BYTES: Final = 16 << 20
"""The same of what the archive holds of a session."""

_ALONE: Final = 16 << 20
"""Bytes that have a transaction end behind them."""

Steps = Iterator[tuple[int, Callable[[], object]]]
"""What is to be written, each with the bytes it holds."""


@dataclass(slots=True)
class _Long:
    """What a long session came to so far."""

    group: Sequence[KnownTranscript]
    told: dict[int, None] = field(default_factory=dict)
    """Rows of its records, in the order in which they were told."""
    last: dict[tuple[str, int], Batch] = field(default_factory=dict)
    """The last batch of each reading of each transcript: it knows all of it."""
    failed: bool = False


class Restating:
    """All that one run states anew."""

    def __init__(
        self,
        tools: Tools,
        restated: Callable[[Batch, Applied], object],
        ended: Callable[[int], object],
        failed: Callable[[Stale], object],
    ) -> None:
        """Whom to tell of each batch, each session, and what cannot be read."""
        self._tools = tools
        self._restated, self._ended, self._failed = restated, ended, failed
        self._met: set[str] = set()

    def steps(self, stale: Stale, store: Store) -> Steps:
        """One session, from any of its transcripts; each once."""
        if stale.path in self._met:
            return
        group = store.group(stale.path)
        self._met.update(known.path for known in group)
        if store.has_lost_lines(group):
            # what the archive lacks stands in records alone, and would go with them
            yield 0, partial(store.never_restate, group)
        elif _is_long(group, store):
            yield from self._in_steps(stale, _Long(group), store)
        else:
            yield _ALONE, partial(self._tried, stale, self._at_once, store)

    def _at_once(self, stale: Stale, store: Store) -> None:
        session = None
        with store.anew(stale.path) as group:
            for batch in anew(stale, group, store, self._tools):
                applied = store.apply(batch)
                keep_outputs(stale.reader, batch, store, self._tools)
                self._restated(batch, applied)
                session = applied.session or session
            self._describe(stale, group, store)
        if session is not None:
            self._ended(session)

    def _in_steps(self, stale: Stale, long: _Long, store: Store) -> Steps:
        yield _ALONE, partial(store.begin_restating, long.group)
        try:
            for batch in anew(stale, long.group, store, self._tools):
                size = sum(len(record.text) for record in batch.records)
                put = partial(self._put, long, batch)
                yield size, partial(self._tried, stale, put, store, long)
        except MemtuiError:
            raise  # of the store, not of this session
        # as when it is read: one must not stop the others
        except Exception:  # noqa: BLE001
            long.failed = True
            self._failed(stale)
        yield 0, partial(self._tried, stale, partial(self._end, long), store, long)

    def _put(self, long: _Long, batch: Batch, stale: Stale, store: Store) -> None:
        applied = store.restate(batch)
        keep_outputs(stale.reader, batch, store, self._tools)
        for row in applied.taken:
            long.told.pop(row, None)
        if batch.retold is not None and batch.retold.whole:
            for row in applied.rows:
                long.told.pop(row, None)
        long.told.update(dict.fromkeys(applied.rows))
        if batch.facts is not None:
            long.last[batch.path, batch.generation] = batch
        self._restated(batch, applied)

    def _end(self, long: _Long, stale: Stale, store: Store) -> None:
        session = long.group[0].session
        assert session is not None
        told, version = list(long.told), stale.reader.version
        store.end_restating(session, long.group, told, long.last.values(), version)
        self._describe(stale, long.group, store)
        self._ended(session)

    def _describe(
        self, stale: Stale, group: Sequence[KnownTranscript], store: Store
    ) -> None:
        """Take in descriptions that an older version left where they are."""
        for known in group:
            keep_descriptions(stale.reader, known.path, store, self._tools)

    def _tried(
        self,
        stale: Stale,
        write: Callable[[Stale, Store], object],
        store: Store,
        long: _Long | None = None,
    ) -> None:
        """What goes wrong with a session stays with it; the next run tries again."""
        if long is not None and long.failed:
            return
        try:
            write(stale, store)
        except MemtuiError:
            raise
        # as in reading it
        except Exception:  # noqa: BLE001
            if long is not None:
                long.failed = True
            self._failed(stale)


def _is_long(group: Sequence[KnownTranscript], store: Store) -> bool:
    """Whether it takes longer to state than anybody who curates should wait."""
    if not group or group[0].session is None:
        return False
    if store.session_length(group[0].session) > LONG:
        return True
    return sum(store.archived_bytes(known) for known in group) > _LONG_BYTES
