"""Sessions of which only the person's prompts are left, read from a history.

Looked for seldom: the client forgets transcripts after days, not minutes. A session
that was still at work a day ago is left alone, its transcript may be on its way.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from memtui.ingest.found import History
from memtui.ingest.passage import Passage, Tools
from memtui.ingest.survey import LOOK_MS, recalled_in
from memtui.model import Agent
from memtui.readers.claude_code.history import Place, path_of, place_of
from memtui.store.ingest.batch import Applied, Batch, KnownTranscript, Position
from memtui.store.ingest.records import Key, key_of
from memtui.store.ingest.writes import Store

_QUIET_MS: Final = 24 * 3_600_000
_LINE_BYTES: Final = 16 << 20
_NEAR_MS: Final = 60_000
_START_CHARS: Final = 200
_DAYS: Final = 400
"""No session is looked for beyond so many days after it began."""
_PASTED: Final = re.compile(r"\[(?:Pasted text|Image) #")


class _Line(NamedTuple):
    """One line of a history, and where it belongs."""

    raw: bytes
    place: Place


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
    heard = _Heard(store, history.reader.agent)
    told = _by_session(history, now - _QUIET_MS, heard)
    for batch in _batches(history, told, heard, store, tools):
        size = sum(map(len, batch.lines))
        yield size, partial(_write, store, batch, now, done)
    for path, keys in _told_twice(history, told, heard, store):
        yield 0, partial(store.take_back, path, keys)
    yield 0, partial(store.note_history, history.path, now + LOOK_MS)


def _write(
    store: Store, batch: Batch, now: int, done: Callable[[Batch, Applied], object]
) -> None:
    applied = store.apply(batch)
    store.mark_gone([batch.path], now)
    done(batch, applied)


def _batches(
    history: History,
    told: Mapping[str, Sequence[_Line]],
    heard: "_Heard",
    store: Store,
    tools: Tools,
) -> Iterator[Batch]:
    """Sessions without a transcript, so far as they are not stored yet."""
    for session, lines in told.items():
        path = path_of(history.path, session)
        known = store.transcript(path)
        read = known.position.line if known else 0
        news = [line.raw for line in lines[read:] if not heard.has(line.place)]
        if not news:
            continue
        memory = known.state if known else b""
        passage = Passage(history.reader, Path(path), tools, memory=memory)
        batch = passage.lines(read + 1, news)
        yield replace(batch, position=Position(line=len(lines)))


def _told_twice(
    history: History, told: Mapping[str, Sequence[_Line]], heard: "_Heard", store: Store
) -> Iterator[tuple[str, set[Key]]]:
    """What was recalled and stands in a transcript that turned up since."""
    for session, lines in told.items():
        if not any(heard.has(line.place) for line in lines):
            continue
        path = path_of(history.path, session)
        known = store.transcript(path)
        if known is None or known.session is None:
            continue
        keys = {
            key_of(record)
            for record in store.session_records(known.session)
            if heard.has(Place(session, record.at or 0, record.cwd, record.text))
        }
        if keys:
            yield path, keys


class _Heard:
    """What was said in transcripts, to know it again in a history."""

    def __init__(self, store: Store, agent: Agent) -> None:
        self._store = store
        self._agent = agent.value
        self._gone = store.gone()
        self._said: dict[int, list[str]] = {}
        self._days: defaultdict[int, list[tuple[int, str, int, int]]]
        self._days = defaultdict(list)
        for session, folder, began, ended in store.spans(agent):
            span = (session, folder + "/", began - _NEAR_MS, ended + _NEAR_MS)
            for day in range(span[2] // _QUIET_MS, span[3] // _QUIET_MS + 1)[:_DAYS]:
                self._days[day].append(span)

    def was_purged(self, session: str) -> bool:
        """Whether this is a session that a person purged."""
        return self._gone.has_session(self._agent, session)

    def has(self, place: Place) -> bool:
        """Whether a session of that folder and time has this prompt."""
        if not place.project:
            return False
        start, folder = _start(place.text), place.project.rstrip("/") + "/"
        return any(
            any(said.startswith(start) for said in self._prompts(session))
            for session, inside, began, ended in self._days[place.at // _QUIET_MS]
            if began <= place.at <= ended and inside.startswith(folder)
        )

    def _prompts(self, session: int) -> list[str]:
        if session not in self._said:
            prompts = self._store.prompts_of(session)
            self._said[session] = [_start(prompt) for prompt in prompts]
        return self._said[session]


def _start(text: str) -> str:
    """Enough of a prompt to know it by, up to what was pasted into it."""
    return " ".join(_PASTED.split(text, maxsplit=1)[0].split())[:_START_CHARS]


def told_by_others(known: KnownTranscript, group: Sequence[KnownTranscript]) -> bool:
    """Whether a recalled session is in a transcript after all."""
    return bool(recalled_in([known.path])) and any(
        not recalled_in([other.path]) and other.position.offset for other in group
    )


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Complete lines, without ever holding one that is too long."""
    is_start = True
    while line := file.readline(_LINE_BYTES):
        ends = line.endswith(b"\n")
        if is_start and ends:
            yield line
        is_start = ends


def _by_session(history: History, quiet: int, heard: _Heard) -> dict[str, list[_Line]]:
    found: defaultdict[str, list[_Line]] = defaultdict(list)
    lately: set[str] = set()
    try:
        with open(history.path, "rb") as file:
            for line in _lines(file):
                place = place_of(line)
                if place is None or place.session in history.told:
                    continue
                if heard.was_purged(place.session):
                    continue
                found[place.session].append(_Line(line, place))
                if place.at > quiet:
                    lately.add(place.session)
    except OSError:
        return {}  # gone, or not ours to read: there is nothing to recall
    return {session: lines for session, lines in found.items() if session not in lately}
