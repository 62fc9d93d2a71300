"""What later lines of a Gemini chat need of earlier ones."""

import msgspec

from memtui.model import RecordKind, Tool
from memtui.readers.base import Words
from memtui.readers.gemini_cli import place
from memtui.readers.gemini_cli.tools import Call
from memtui.readers.texts import milliseconds
from memtui.records import Record

_TITLE_CHARS = 120
_OPEN_CALLS = 128
_CALLS_KNOWN = 1_000


class Shown(msgspec.Struct, array_like=True):
    """What is known of a message."""

    at: int | None
    text: int
    """Checksum of what it says."""


class State(msgspec.Struct, omit_defaults=True):
    """Of one chat."""

    session: str = ""
    subagent: bool = False
    started_at: int | None = None
    ended_at: int | None = None
    at: int | None = None
    cwd: str = ""
    project_hash: str = ""
    """Of the folder, as long as nothing told which it is."""
    title: str = ""
    title_rank: int = 0
    calls: dict[str, Call] = msgspec.field(default_factory=dict)
    """Calls without an answer yet."""
    blank: str = ""
    """The last message, if it had nothing to say yet."""
    answered: list[str] = msgspec.field(default_factory=list)
    """The last calls with an answer: a restored history tells both again."""
    ids: dict[str, Shown] = msgspec.field(default_factory=dict)
    """Messages shown so far, in their order: the person may go back to one."""

    def words(self) -> Words:
        """What is remembered of what was said."""
        return {
            "title": self.title,
            "title_rank": self.title_rank,
            "calls": self.calls.copy(),
        }

    def go_back(self, words: Words) -> None:
        """Remember only this of what was said."""
        for name, value in words.items():
            setattr(self, name, value)

    def note_time(self, stamp: str | None) -> None:
        """When a message was made; one without a time was made after the last."""
        at = milliseconds(stamp) if stamp else None
        if at is not None:
            self.at = at
        if self.at is not None:
            self.started_at = min(self.at, self.started_at or self.at)
            self.ended_at = max(self.at, self.ended_at or self.at)

    def search(self, paths: list[str]) -> None:
        """Whether one of these, or a folder above it, is the project's own."""
        if self.project_hash and not self.cwd:
            self.cwd = place.with_hash(self.project_hash, place.above(paths))

    def open_call(self, identity: str, call: Call) -> None:
        """Keep a call until its answer comes, if it ever does."""
        if identity in self.answered:
            return
        self.calls[identity] = call
        if len(self.calls) > _OPEN_CALLS:
            del self.calls[next(iter(self.calls))]

    def close_call(self, identity: str) -> Call | None:
        """The call that an answer belongs to; None where it had one before."""
        self.answered.append(identity)
        del self.answered[:-_CALLS_KNOWN]
        return self.calls.pop(identity, None)

    def name(self, title: str, rank: int) -> bool:
        """Take a title unless a better one is known; whether it is news."""
        title = " ".join(title.split())[:_TITLE_CHARS]
        if not title or rank < self.title_rank:
            return False
        if (rank, title) == (self.title_rank, self.title):
            return False
        self.title, self.title_rank = title, rank
        return True

    def entitle(self, text: str) -> None:
        """The first words as a title, for want of a better one."""
        if not self.title_rank:
            self.name(text.strip().split("\n", 1)[0], 1)


class Context:
    """One message in the light of those before it."""

    def __init__(self, identity: str, number: int, state: State) -> None:
        self.id = identity
        self.state = state
        self._number = number

    def record(
        self,
        kind: RecordKind,
        text: str,
        *,
        part: int = 0,
        at: int | None = None,
        tool: Tool | None = None,
        tool_name: str = "",
        call: str = "",
        failed: bool = False,
        command: str = "",
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
        patch: str = "",
        answers: tuple[tuple[str, str], ...] = (),
    ) -> Record:
        """A record of this message; made when the message was, or later."""
        made = self.state.at
        return Record(
            native_id=self.id,
            part=part,
            kind=kind,
            at=max(at, made) if at is not None and made is not None else made,
            text=text,
            line=self._number,
            tool=tool,
            tool_name=tool_name,
            call=call,
            failed=failed,
            command=command,
            reads=reads,
            writes=writes,
            patch=patch,
            answers=answers,
            cwd=self.state.cwd,
        )
