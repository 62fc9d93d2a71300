"""Prompts that Claude Code remembers apart from its transcripts, and for longer.

``history.jsonl`` beside the transcripts has a line for each prompt of every
session. The client deletes transcripts after a month, this file never. A session
that is in no transcript any more is read from here: what the person typed, and no
answer. Its transcript is then said to be ``…/history.jsonl#<session>``.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from memtui.model import Agent, RecordKind
from memtui.readers.base import Words
from memtui.readers.claude_code.context import is_absolute
from memtui.readers.claude_code.words import is_client_command
from memtui.readers.loose_json import Unreadable, decode_object
from memtui.readers.texts import head, plausible
from memtui.readers.told import string
from memtui.readers.tolerant import records_or_fault
from memtui.records import Fault, Record, SessionFacts

NAME: Final = "history.jsonl"
_APART: Final = f"{NAME}#"
_TITLE_CHARS: Final = 120
_DAY_MS: Final = 24 * 3_600_000
_SHELL: Final = "!"
"""Begins what the person ran in the client: no word to the agent."""


class Place(NamedTuple):
    """Whose line it is, and when and where it was said."""

    session: str
    """Made up of folder and day where the line names none, as before 2.0."""
    at: int
    """Unix milliseconds; 0 where unknown."""
    project: str = ""
    """The folder that it was typed in."""
    text: str = ""


class _Line(msgspec.Struct, gc=False):
    display: str | None = None
    timestamp: int | float | None = None
    project: str | None = None
    sessionId: str | None = None  # noqa: N815 the client's name
    pastedContents: msgspec.Raw = msgspec.Raw(b"")  # noqa: N815


class _State(msgspec.Struct, omit_defaults=True):
    started_at: int | None = None
    ended_at: int | None = None
    cwd: str = ""
    first_cwd: str = ""
    title: str = ""
    title_rank: int = 0

    def words(self) -> Words:
        """What is remembered of what was said."""
        return {"title": self.title, "title_rank": self.title_rank}

    def go_back(self, words: Words) -> None:
        """Remember only this of what was said."""
        self.title, self.title_rank = words["title"], words["title_rank"]


_line = msgspec.json.Decoder(_Line)


def path_of(history: str, session: str) -> str:
    """What the transcript of a session that is only in a history goes by."""
    return f"{history}#{session}"


def session_in(path: Path) -> str:
    """The session that such a path names; empty: it is no such path."""
    name = path.name
    return name.removeprefix(_APART) if name.startswith(_APART) else ""


def place_of(line: bytes) -> Place | None:
    """None for lines that say nothing of where they belong, and torn ones."""
    try:
        told = _line.decode(line)
    except Unreadable:
        return None
    at = int(told.timestamp or 0)
    if told.sessionId:
        if "/" in told.sessionId:
            return None
        return Place(told.sessionId, at, told.project or "", _typed(told))
    if not told.project or at <= 0:
        return None
    folder = hashlib.blake2b(told.project.encode("utf-8", "replace"), digest_size=8)
    session = f"prompts-{at // _DAY_MS}-{folder.hexdigest()}"
    return Place(session, at, told.project, _typed(told))


class HistoryParser:
    """Makes records of the lines of one session."""

    def __init__(self, session: str, state: bytes = b"") -> None:
        self._session = session
        self._state = _restored(state)

    @property
    def cwd(self) -> str:
        """Where the last parsed line was typed."""
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
        return SessionFacts(
            agent=Agent.CLAUDE_CODE,
            native_id=self._session,
            title=state.title,
            title_rank=state.title_rank,
            started_at=state.started_at,
            ended_at=state.ended_at,
            cwd=state.first_cwd,
        )

    def parse(self, line: bytes, number: int) -> Iterable[Record | Fault]:
        """The prompt of one line; never raises, whatever the bytes."""
        return records_or_fault(line, number, self._records)

    def _records(self, raw: bytes, number: int) -> Iterator[Record]:
        told, state = _line.decode(raw), self._state
        at = plausible(int(told.timestamp or 0)) or state.ended_at
        if at:
            state.started_at = min(at, state.started_at or at)
            state.ended_at = max(at, state.ended_at or at)
        if told.project:
            state.cwd = told.project
            if not state.first_cwd and is_absolute(told.project):
                state.first_cwd = told.project
        text = _typed(told)
        command, _, rest = text.removeprefix("/").partition(" ")
        if text.startswith("/") and is_client_command(command):
            if command == "rename" and rest.strip():
                state.title, state.title_rank = rest.strip()[:_TITLE_CHARS], 3
            return
        if not text or text.startswith(_SHELL):
            return
        if not state.title_rank:
            state.title, state.title_rank = text.split("\n", 1)[0][:_TITLE_CHARS], 1
        yield Record(
            native_id="history:" + hashlib.blake2b(raw, digest_size=16).hexdigest(),
            kind=RecordKind.PROMPT,
            at=at,
            text=head(text),
            line=number,
            cwd=state.cwd,
        )


def _typed(told: _Line) -> str:
    """The prompt with what was pasted into it in its place."""
    text = told.display or ""
    for number, pasted in decode_object(told.pastedContents).items():
        content = string(pasted, "content") if isinstance(pasted, dict) else ""
        if content:
            text = _with_paste(text, f"[Pasted text #{number}", content)
    return text.strip()


def _with_paste(text: str, mark: str, content: str) -> str:
    start = text.find(mark)
    end = text.find("]", start)
    if start < 0 or end < 0:
        return text
    return text[:start] + content + text[end + 1 :]


def _restored(state: bytes) -> _State:
    if not state:
        return _State()
    try:
        return msgspec.json.decode(state, type=_State)
    except Unreadable:  # of an older version, which is parsed anew anyway
        return _State()
