"""Claude Code transcripts, 0.2 to 2.1.

One JSON object a line, under ``~/.claude/projects/<folder>/<session>.jsonl``;
subagents in ``agent-<id>.jsonl`` beside it or below ``<session>/subagents``.
Only ``user`` and ``assistant`` lines are conversation. The format is the
client's own and drifts: whatever is not as expected is passed over or a fault.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from memtui import paths
from memtui.model import Agent, SessionKind
from memtui.readers.asides import AsideParser
from memtui.readers.base import Sight, TranscriptFile, Undone, Words
from memtui.readers.claude_code import apart, asides, conversation, history, queued
from memtui.readers.claude_code.context import Context, State
from memtui.readers.claude_code.lines import decode_line
from memtui.readers.loose_json import Unreadable
from memtui.readers.tolerant import records_or_fault
from memtui.readers.walk import below
from memtui.records import Fault, Record, SessionFacts

VERSION = 6
"""Goes up whenever the same bytes give other records."""

_ENDINGS: Final = (".jsonl", f"/{apart.INDEX}")


class ClaudeCodeReader:
    """Finds and opens Claude Code's transcripts."""

    agent = Agent.CLAUDE_CODE
    version = VERSION
    index = apart.INDEX
    """The list of titles that some versions keep of a folder."""

    def folders(self, home: Path) -> list[Path]:
        """``projects`` under ``.claude`` and ``.config/claude``.

        ``$CLAUDE_CONFIG_DIR`` counts where ``home`` is the person's own.
        """
        roots = [home / ".claude", home / ".config" / "claude"]
        own = os.environ.get("CLAUDE_CONFIG_DIR")
        if own and home == paths.home():
            roots.insert(0, Path(own))
        return [root / "projects" for root in dict.fromkeys(roots)]

    def find(self, folder: Path) -> Iterator[str]:
        """Every ``.jsonl`` below it but what tools printed, and indexes of them."""
        return (path for path, _ in self.see(folder))

    def see(self, folder: Path) -> Iterator[Sight]:
        """The same, as they are now."""
        found = below(folder, _ENDINGS)
        return (sight for sight in found if not apart.is_output(sight[0]))

    def transcript(self, path: Path) -> TranscriptFile:
        """What the place of a file says of it."""
        return _transcript(path)

    def open(
        self, path: Path, state: bytes = b""
    ) -> "ClaudeCodeParser | history.HistoryParser | AsideParser":
        """A parser at the start, or where ``state`` was taken."""
        if session := apart.session_of_output(path):
            return AsideParser(self.agent, session)
        if session := apart.entry_in(path):
            return AsideParser(self.agent, session, apart.named)
        if transcript := apart.described_by(path):
            return AsideParser(
                self.agent, _transcript(transcript).session, apart.described
            )
        if session := history.session_in(path):
            return history.HistoryParser(session, state)
        return ClaudeCodeParser(_transcript(path), state)

    def description_of(self, path: Path) -> Path | None:
        """What the client keeps of a subagent beside its transcript."""
        return apart.description_of(path)

    def described_by(self, path: Path) -> Iterator[Path]:
        """The subagents of a session that are described."""
        return apart.described_below(path)

    def entries(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        """Sessions with a title there."""
        return apart.entries(raw)


_MAKING: dict[str, Callable[[Context], Iterator[Record | Undone]]] = {
    "user": conversation.user,
    "assistant": conversation.assistant,
    "system": asides.system,
    "attachment": asides.attachment,
    "queue-operation": queued.operation,
    "ai-title": asides.ai_title,
    "custom-title": asides.custom_title,
    "summary": asides.summary,
}
"""By the type of a line; all other types give no records."""


def _transcript(path: Path) -> TranscriptFile:
    if path.name == apart.INDEX:
        return TranscriptFile(
            path=path, kind=SessionKind.INTERACTIVE, session=str(path)
        )
    if session := history.session_in(path):
        return TranscriptFile(path=path, kind=SessionKind.INTERACTIVE, session=session)
    stem = path.stem
    above = path.parent.parts
    parent = ""
    # <session>/subagents/agent-1.jsonl, or below subagents/workflows/<run>
    for at in range(len(above) - 1, max(len(above) - 4, 0), -1):
        if above[at] == "subagents":
            parent = above[at - 1]
            break
    if parent:
        return TranscriptFile(
            path=path,
            kind=SessionKind.SUBAGENT,
            session=f"{parent}/{stem}",
            parent=parent,
        )
    subagent = stem.startswith("agent-")
    kind = SessionKind.SUBAGENT if subagent else SessionKind.INTERACTIVE
    return TranscriptFile(path=path, kind=kind, session=stem)


class ClaudeCodeParser:
    """Makes records of one transcript's lines, fed in order."""

    def __init__(self, transcript: TranscriptFile, state: bytes = b"") -> None:
        self._transcript = transcript
        self._state = _restored(state)
        self._path = transcript.path
        self._subagent = transcript.kind is SessionKind.SUBAGENT

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
        kind = self._transcript.kind
        if kind is not SessionKind.SUBAGENT:
            automated = state.automated and not state.attended
            kind = SessionKind.AUTOMATED if automated else SessionKind.INTERACTIVE
        parent = self._transcript.parent
        if kind is SessionKind.SUBAGENT and not parent:
            parent = state.parent
        return SessionFacts(
            agent=Agent.CLAUDE_CODE,
            native_id=self._transcript.session,
            kind=kind,
            parent=parent,
            title=state.title,
            title_rank=state.title_rank,
            started_at=state.started_at,
            ended_at=state.ended_at,
            cwd=state.first_cwd,
            branch=state.branch,
        )

    def parse(self, line: bytes, number: int) -> Iterable[Record | Fault | Undone]:
        """The records of one line; never raises, whatever the bytes."""
        return records_or_fault(line, number, self._records)

    def _records(self, raw: bytes, number: int) -> Iterator[Record | Undone]:
        line, state = decode_line(raw), self._state
        state.note(line)
        if making := _MAKING.get(line.type or ""):
            yield from making(
                Context(line, raw, number, state, self._path, subagent=self._subagent)
            )
        if line.uuid:
            state.last_uuid = line.uuid


def _restored(state: bytes) -> State:
    if not state:
        return State()
    try:
        return msgspec.json.decode(state, type=State)
    except Unreadable:  # of an older version, which is parsed anew anyway
        return State()


READER = ClaudeCodeReader()
