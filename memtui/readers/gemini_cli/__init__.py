"""Gemini CLI chats: event logs, and the whole files of older versions.

``~/.gemini/tmp/<project>/chats/session-….jsonl`` is only added to, but a message
is written again whenever it has more to say, and ``$rewindTo`` takes messages
back. ``session-….json`` holds the whole chat and is rewritten with each message.
Subagents have ``chats/<session>/<id>.jsonl``.
"""

import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from memtui import paths
from memtui.model import Agent, RecordKind, SessionKind
from memtui.readers.base import Cut, Item, Marks, TranscriptFile, Undone, Words
from memtui.readers.gemini_cli import messages, place
from memtui.readers.gemini_cli.context import Context, Shown, State
from memtui.readers.gemini_cli.file import items_in
from memtui.readers.gemini_cli.lines import (
    Line,
    decode_line,
    decode_parts,
    raw_items,
    text_of,
)
from memtui.readers.loose_json import Unreadable
from memtui.readers.texts import milliseconds
from memtui.readers.tolerant import records_or_fault
from memtui.readers.walk import is_folder
from memtui.records import Fault, Record, SessionFacts

VERSION = 3
"""Goes up whenever the same bytes give other records."""

_IDS_KNOWN = 20_000
_Told = Record | Undone


class GeminiCliReader:
    """Finds and opens Gemini CLI's chats."""

    agent = Agent.GEMINI_CLI
    version = VERSION

    def folders(self, home: Path) -> list[Path]:
        """``.gemini/tmp``, under ``$GEMINI_CLI_HOME`` too where that is set."""
        own = os.environ.get("GEMINI_CLI_HOME")
        roots = [Path(own)] if own and home == paths.home() else []
        return [root / ".gemini" / "tmp" for root in dict.fromkeys((*roots, home))]

    def find(self, folder: Path) -> Iterator[str]:
        """Every chat in the ``chats`` folders below it, subagents' included."""
        deep = 1 if folder.name == "tmp" else 2
        for chats in _chat_folders(folder, deep):
            for entry in _entries(chats):
                if entry.name.endswith((".jsonl", ".json")):
                    yield entry.path
                elif is_folder(entry):
                    inside = _entries(entry.path)
                    yield from (e.path for e in inside if e.name.endswith(".jsonl"))

    def transcript(self, path: Path) -> TranscriptFile:
        """What the place of a chat says of it."""
        parent = path.parent.name if path.parent.parent.name == "chats" else ""
        kind = SessionKind.SUBAGENT if parent else SessionKind.INTERACTIVE
        return TranscriptFile(path=path, kind=kind, session=path.stem, parent=parent)

    def open(self, path: Path, state: bytes = b"") -> "GeminiCliParser":
        """A parser at the start, or where ``state`` was taken."""
        return GeminiCliParser(self.transcript(path), state)

    def has_items(self, path: str) -> bool:
        """The whole file of an older version."""
        return path.endswith(".json")

    def tells_again(self, path: str) -> bool:
        """Always."""
        return True

    def marks(self, path: str) -> Marks:
        """Of the file."""
        stat = os.stat(path)
        return Marks(stat.st_ino, stat.st_size, stat.st_mtime_ns)

    def items(self, path: Path, cut: Cut) -> Iterator[Item]:
        """The header without the messages, then each message."""
        return items_in(path)

    def in_order(self, lines: Iterable[tuple[int, bytes]]) -> list[int]:
        """As they were met: messages are only ever added at the end."""
        return sorted(number for number, _ in lines)

    def hash_in(self, path: Path) -> str:
        """The name of the project's folder below ``tmp``, as it was of old."""
        return place.hash_in(path)

    def hash_of(self, folder: str) -> str:
        """Its sha256."""
        return place.hash_of(folder)

    def folder_of(self, path: Path) -> str:
        """As ``.project_root`` or ``projects.json`` tell."""
        return place.folder_of(path)


def _chat_folders(folder: Path | str, deep: int) -> Iterator[str]:
    if os.path.basename(folder) == "chats":
        yield str(folder)
        return
    for entry in _entries(folder):
        if (entry.name == "chats" or deep) and is_folder(entry):
            yield from _chat_folders(entry.path, deep - 1)


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except OSError:
        return []


class GeminiCliParser:
    """Makes records of one chat's lines, fed in order."""

    def __init__(self, transcript: TranscriptFile, state: bytes = b"") -> None:
        self._transcript = transcript
        self._state = _restored(state)
        self._state.subagent |= transcript.kind is SessionKind.SUBAGENT
        if not self._state.cwd:
            self._place(place.hash_in(transcript.path))

    @property
    def cwd(self) -> str:
        """The folder of the chat, as far as it is known."""
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
        state, here = self._state, self._transcript
        return SessionFacts(
            agent=Agent.GEMINI_CLI,
            native_id=state.session,
            kind=SessionKind.SUBAGENT if state.subagent else SessionKind.INTERACTIVE,
            parent=here.parent if state.subagent else "",
            title=state.title,
            title_rank=state.title_rank,
            started_at=state.started_at,
            ended_at=state.ended_at,
            cwd=state.cwd,
        )

    def parse(self, line: bytes, number: int) -> Iterable[Record | Fault | Undone]:
        """The records of one line; never raises, whatever the bytes."""
        return records_or_fault(line, number, self._told)

    def finish(self) -> Iterator[Record | Fault | Undone]:
        """Nothing: every message speaks for itself."""
        return iter(())

    def _told(self, raw: bytes, number: int) -> Iterator[_Told]:
        line = decode_line(raw)
        if line.rewind is not None:
            yield from self._rewind(line.rewind)
        elif line.id is not None:
            yield from self._message(line, number)
        elif line.changes:
            if bytes(line.changes).startswith(b"{"):
                yield from self._header(decode_line(line.changes), number)
        else:
            yield from self._header(line, number)

    def _header(self, line: Line, number: int) -> Iterator[_Told]:
        state = self._state
        if line.sessionId and not state.session:
            state.session = line.sessionId
        state.subagent |= line.kind == "subagent"
        if line.projectHash and not (state.cwd or state.project_hash):
            self._place(line.projectHash)
        started = milliseconds(line.startTime) if line.startTime else None
        if started is not None:
            state.started_at = min(started, state.started_at or started)
            state.at = state.at or started
        if line.summary and state.name(line.summary, 2):
            naming = Context(f"title:{state.session}", number, state)
            yield naming.record(RecordKind.TITLE, state.title)
        for message in raw_items(line.messages):
            yield from self._history(decode_line(message), number)

    def _message(self, line: Line, number: int) -> Iterator[_Told]:
        if not line.id:
            return
        state = self._state
        state.session = state.session or self._transcript.session
        state.note_time(line.timestamp)
        if line.id in state.ids or len(state.ids) < _IDS_KNOWN:
            state.ids[line.id] = Shown(state.at, _checksum(line))
        yield from messages.message(Context(line.id, number, state), line)

    def _history(self, line: Line, number: int) -> Iterator[_Told]:
        """A message of a history that was restored: its time is not its own.

        One that was told before counts only where it says something else now.
        """
        state = self._state
        known = state.ids.get(line.id or "")
        if known is None:
            yield from self._message(line, number)
        elif known.text != _checksum(line):
            now, state.at = state.at, known.at
            known.text = _checksum(line)
            context = Context(line.id or "", number, state)
            yield from messages.message(context, line)
            state.at = now

    def _rewind(self, identity: str) -> Iterator[_Told]:
        """That message and all after it are taken back; all, if it is not there."""
        ids = list(self._state.ids)
        start = ids.index(identity) if identity in self._state.ids else 0
        for taken in ids[start:]:
            del self._state.ids[taken]
            yield Undone(taken)

    def _place(self, project_hash: str) -> None:
        folder = place.folder_of(self._transcript.path, project_hash)
        self._state.cwd = folder
        self._state.project_hash = "" if folder else project_hash


def _checksum(line: Line) -> int:
    return zlib.crc32(text_of(decode_parts(line.content)).encode("utf-8", "replace"))


def _restored(state: bytes) -> State:
    if not state:
        return State()
    try:
        return msgspec.json.decode(state, type=State)
    except Unreadable:  # of an older version, which is parsed anew anyway
        return State()


READER = GeminiCliReader()
