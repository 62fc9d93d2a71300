"""Sessions of which only the person's prompts are left, read from a history.

Looked for seldom: the client forgets transcripts after days, not minutes. A session
that was still at work a day ago is left alone, its transcript may be on its way.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from memtui.ingest.passage import Passage, Tools
from memtui.ingest.survey import History
from memtui.readers.claude_history import path_of, place_of
from memtui.store.batch import Applied, Batch, Position
from memtui.store.writes import Store

LOOK_MS: Final = 6 * 3_600_000
_QUIET_MS: Final = 24 * 3_600_000
_LINE_BYTES: Final = 16 << 20


def recall(
    history: History,
    store: Store,
    tools: Tools,
    done: Callable[[Batch, Applied], object],
) -> Iterator[tuple[int, Callable[[], object]]]:
    """What is to be written of a history, with the bytes it holds.

    Args:
        done: told of each session that got something.
    """
    now = time.time_ns() // 1_000_000
    for batch in _batches(history, store, tools, now):
        size = sum(map(len, batch.lines))
        yield size, partial(_write, store, batch, now, done)
    yield 0, partial(store.note_history, history.path, now + LOOK_MS)


def _write(
    store: Store, batch: Batch, now: int, done: Callable[[Batch, Applied], object]
) -> None:
    applied = store.apply(batch)
    store.mark_gone([batch.path], now)
    done(batch, applied)


def _batches(history: History, store: Store, tools: Tools, now: int) -> Iterator[Batch]:
    """Sessions without a transcript, so far as they are not stored yet."""
    for session, lines in _by_session(history, now - _QUIET_MS).items():
        path = path_of(history.path, session)
        known = store.transcript(path)
        read = known.position.line if known else 0
        if len(lines) <= read:
            continue
        memory = known.state if known else b""
        passage = Passage(history.reader, Path(path), tools, memory=memory)
        batch = passage.lines(read + 1, lines[read:])
        yield replace(batch, position=Position(line=len(lines)))


def _by_session(history: History, quiet: int) -> dict[str, list[bytes]]:
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    lately: set[str] = set()
    try:
        with open(history.path, "rb") as file:
            for line in file:
                if not line.endswith(b"\n") or len(line) > _LINE_BYTES:
                    continue
                place = place_of(line)
                if place is None or place.session in history.told:
                    continue
                found[place.session].append(line)
                if place.at > quiet:
                    lately.add(place.session)
    except OSError:
        return {}  # gone, or not ours to read: there is nothing to recall
    return {session: lines for session, lines in found.items() if session not in lately}
