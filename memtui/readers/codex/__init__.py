"""Codex transcripts, 2025 to 0.169.

One JSON object a line, under ``sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`` or
flat in ``archived_sessions``; what lies idle is packed to ``.jsonl.zst``. The first
versions wrote one ``.json`` for each session. Only
``response_item`` lines are conversation: what the client showed of it stands in
``event_msg`` lines once more. A fork by reference holds but its own lines and
names the session it continues.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from memtui import paths
from memtui.model import Agent, SessionKind
from memtui.readers.asides import AsideParser, Named, name_of
from memtui.readers.base import Cut, Item, Marks, Sight, TranscriptFile, Undone, Words
from memtui.readers.codex import events, file, items
from memtui.readers.codex.context import Context, State
from memtui.readers.codex.lines import decode_line
from memtui.readers.loose_json import Unreadable, decode_object
from memtui.readers.packed import SUFFIX
from memtui.readers.told import string
from memtui.readers.tolerant import records_or_fault
from memtui.readers.walk import below
from memtui.records import Fault, Record, SessionFacts

VERSION = 4
"""Goes up whenever the same bytes give other records."""

INDEX = "session_index.jsonl"
_SESSION = re.compile(r"rollout-\d{4}-\d\d-\d\d(?:T\d\d-\d\d-\d\d)?-(.+)")


class CodexReader:
    """Finds and opens Codex's transcripts."""

    agent = Agent.CODEX
    version = VERSION
    index = INDEX
    """The list of the names of threads."""

    def folders(self, home: Path) -> list[Path]:
        """``sessions`` and ``archived_sessions`` under ``.codex``.

        ``$CODEX_HOME`` counts where ``home`` is the person's own.
        """
        roots = [home / ".codex"]
        own = os.environ.get("CODEX_HOME")
        if own and home == paths.home():
            roots.insert(0, Path(own))
        return [
            root / name
            for root in dict.fromkeys(roots)
            for name in ("sessions", "archived_sessions")
        ]

    def find(self, folder: Path) -> Iterator[str]:
        """Every rollout below it; a packed one only where the plain one is gone.

        Beside ``sessions`` lies the list of the names that threads were given.
        """
        return (path for path, _ in self.see(folder))

    def see(self, folder: Path) -> Iterator[Sight]:
        """The same, as they are now."""
        if folder.name == "sessions" and (index := folder.parent / INDEX).is_file():
            yield str(index), None
        packed: list[Sight] = []
        plain: set[str] = set()
        for path, stat in below(folder, _SUFFIXES):
            if not os.path.basename(path).startswith("rollout-"):
                continue
            if path.endswith(SUFFIX):
                packed.append((path, stat))
            else:
                plain.add(path)
                yield path, stat
        for path, stat in packed:
            if path.removesuffix(SUFFIX) not in plain:
                yield path, stat

    def transcript(self, path: Path) -> TranscriptFile:
        """What the place of a file says of it."""
        if path.name == INDEX:
            return TranscriptFile(
                path=path, kind=SessionKind.INTERACTIVE, session=str(path)
            )
        stem = path.name.removesuffix(SUFFIX).removesuffix(".jsonl")
        stem = stem.removesuffix(".json")
        named = _SESSION.fullmatch(stem)
        return TranscriptFile(
            path=path,
            kind=SessionKind.INTERACTIVE,
            session=named[1] if named else stem,
        )

    def open(self, path: Path, state: bytes = b"") -> "CodexParser | AsideParser":
        """A parser at the start, or where ``state`` was taken."""
        if path.name.startswith(INDEX + "#"):
            session = path.name.removeprefix(INDEX + "#")
            return AsideParser(self.agent, session, _thread_name)
        return CodexParser(self.transcript(path).session, state)

    def has_items(self, path: str) -> bool:
        """The whole file of the first versions."""
        return path.endswith(".json")

    def tells_again(self, path: str) -> bool:
        """Only such a file."""
        return path.endswith(".json")

    def marks(self, path: str) -> Marks:
        """Of the file."""
        stat = os.stat(path)
        return Marks(stat.st_ino, stat.st_size, stat.st_mtime_ns)

    def items(self, path: Path, cut: Cut) -> Iterator[Item]:
        """The head of the session, then each item."""
        return file.items_in(path)

    def in_order(self, lines: Iterable[tuple[int, bytes]]) -> list[int]:
        """As they were met."""
        return sorted(number for number, _ in lines)

    def entries(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        """Threads with a name, each as it was named last."""
        last = {}
        for line in raw.splitlines():
            entry = decode_object(line)
            session = string(entry, "id")
            if session and "/" not in session and string(entry, "thread_name"):
                last[session] = line + b"\n"
        return iter(last.items())


def _thread_name(entry: dict[str, object]) -> Named:
    return name_of(string(entry, "thread_name"), 2)


_MAKING: dict[str, Callable[[Context], Iterator[Record | Undone]]] = {
    "response_item": items.item,
    "event_msg": events.event,
    "session_meta": events.session_meta,
    "turn_context": events.turn_context,
    "compacted": events.compacted,
    # before there were payloads, items stood for themselves
    **dict.fromkeys(items.ITEMS, items.item),
}
"""By the type of a line; all other types give no records."""


_SUFFIXES = (".jsonl", ".jsonl" + SUFFIX, ".json")


class CodexParser:
    """Makes records of one transcript's lines, fed in order."""

    def __init__(self, session: str, state: bytes = b"") -> None:
        self._session = session
        self._state = _restored(state)

    @property
    def cwd(self) -> str:
        """Where the last parsed line was made."""
        return self._state.cwd

    def state(self) -> bytes:
        """All that is needed to go on after the last parsed line."""
        return msgspec.json.encode(self._state)

    def words(self) -> Words:
        """What is remembered of what was said."""
        return self._state.words()

    def go_back(self, words: Words) -> None:
        """Remember only this of what was said."""
        self._state.go_back(words)

    def facts(self) -> SessionFacts:
        """What is known of the session after the lines so far."""
        state = self._state
        kind = SessionKind.INTERACTIVE
        if state.subagent:
            kind = SessionKind.SUBAGENT
        elif state.automated and not state.attended:
            kind = SessionKind.AUTOMATED
        return SessionFacts(
            agent=Agent.CODEX,
            native_id=self._session,
            kind=kind,
            parent=state.parent,
            title=state.title,
            title_rank=state.title_rank,
            started_at=state.started_at,
            ended_at=state.ended_at,
            cwd=state.first_cwd,
            branch=state.branch,
            base=state.base,
            base_end=state.base_end,
        )

    def parse(self, line: bytes, number: int) -> Iterable[Record | Fault | Undone]:
        """The records of one line; never raises, whatever the bytes."""
        return records_or_fault(line, number, self._records)

    def finish(self) -> Iterator[Record | Fault | Undone]:
        """Nothing: every line speaks for itself."""
        return iter(())

    def _records(self, raw: bytes, number: int) -> Iterator[Record | Undone]:
        line, state = decode_line(raw), self._state
        state.note_time(line)
        if making := _MAKING.get(line.type or ""):
            for told in making(Context(line, raw, number, state)):
                if isinstance(told, Record):
                    state.keep_id(told.native_id)
                yield told


def _restored(state: bytes) -> State:
    if not state:
        return State()
    try:
        return msgspec.json.decode(state, type=State)
    except Unreadable:  # of an older version, which is parsed anew anyway
        return State()


READER = CodexReader()
