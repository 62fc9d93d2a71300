"""One line of a Claude Code transcript in the light of those before it."""

import hashlib
from pathlib import Path

import msgspec

from memtui.model import RecordKind, Tool, text_id
from memtui.readers.base import Words
from memtui.readers.claude_code import apart, words
from memtui.readers.claude_code.lines import Line
from memtui.readers.claude_code.tools import Call
from memtui.readers.loose_json import decode_object
from memtui.readers.texts import milliseconds
from memtui.records import Record

_TITLE_CHARS = 120
_PROMPTS_KNOWN = 1_000
_OPEN_CALLS = 128

# Turns that begin without a person, and clients that have none.
_MACHINE_TURNS = frozenset(
    {
        "scheduled",
        "task_notification",
        "auto_continuation",
        "peer",
        "host_synthetic",
        "system",
    }
)
_AUTOMATED = ("sdk", "bench", "mcp", "remote_trigger", "claude-code-github-action")
_CONVERSATION = frozenset(("user", "assistant"))


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """A prompt typed while the model was at work."""

    text: str
    """Its beginning."""
    told: str = ""
    """Native id of the record that shows it meanwhile; empty: none does."""


class State(msgspec.Struct, omit_defaults=True):
    """What later lines need of earlier ones."""

    started_at: int | None = None
    ended_at: int | None = None
    at: int | None = None
    cwd: str = ""
    first_cwd: str = ""
    branch: str = ""
    parent: str = ""
    title: str = ""
    title_rank: int = 0
    automated: bool = False
    attended: bool = False
    """A person typed something into the client itself."""
    last_uuid: str = ""
    expansion_of: str = ""
    """A slash command whose expansion may be the next line."""
    calls: dict[str, Call] = msgspec.field(default_factory=dict)
    queue: list[Waiting] = msgspec.field(default_factory=list)
    """Prompts not yet handed over."""
    dequeued: list[Waiting] = msgspec.field(default_factory=list)
    """Prompts taken off the queue that no line has said yet."""
    steered: list[str] = msgspec.field(default_factory=list)
    """Queued prompts already taken as records: they come up twice."""
    heard: list[str] = msgspec.field(default_factory=list)
    """Prompts so far: a resumed session may repeat its history under new ids."""

    def words(self) -> Words:
        """What is remembered of what was said."""
        return {
            "title": self.title,
            "title_rank": self.title_rank,
            "calls": self.calls.copy(),
            "queue": self.queue.copy(),
            "dequeued": self.dequeued.copy(),
            "steered": self.steered.copy(),
        }

    def go_back(self, words: Words) -> None:
        """Remember only this of what was said."""
        for name, value in words.items():
            setattr(self, name, value)

    def note(self, line: Line) -> None:
        """When and where a line was made."""
        if line.timestamp and (at := milliseconds(line.timestamp)) is not None:
            self.at = at
            if line.type in _CONVERSATION:
                self.started_at = min(at, self.started_at or at)
                self.ended_at = max(at, self.ended_at or at)
        if line.cwd:
            self.cwd = line.cwd
            if not self.first_cwd and is_absolute(line.cwd):
                self.first_cwd = line.cwd
        if line.gitBranch:
            self.branch = "" if line.gitBranch == "HEAD" else line.gitBranch
        if line.sessionId and not self.parent:
            self.parent = line.sessionId
        if line.entrypoint and line.entrypoint.startswith(_AUTOMATED):
            self.automated = True

    def open_call(self, identity: str, call: Call) -> None:
        """Keep a call until its result comes, if it ever does."""
        self.calls[identity] = call
        if len(self.calls) > _OPEN_CALLS:
            del self.calls[next(iter(self.calls))]

    def name(self, title: str, rank: int) -> bool:
        """Take a title unless a better one is known; whether it is news."""
        if rank < self.title_rank:
            return False
        if (rank, title) == (self.title_rank, self.title):
            return False
        self.title, self.title_rank = title, rank
        return True

    def entitle(self, text: str) -> None:
        """The first words as a title, for want of a better one."""
        if not self.title_rank:
            line = text.strip().split("\n", 1)[0].strip()
            self.name(line[:_TITLE_CHARS], 1)


class Context:
    """What the makers of records ask and use."""

    def __init__(
        self,
        line: Line,
        raw: bytes,
        number: int,
        state: State,
        path: Path,
        *,
        subagent: bool,
    ) -> None:
        self.line = line
        self.state = state
        self.subagent = subagent
        # What an agent tells its subagent is nobody's own words.
        self.spoken = not (subagent or line.isSidechain)
        self._path = path
        self._raw = raw
        self._number = number
        self._id = ""

    def identify(self, prefix: str = "") -> None:
        """Name the records of this line: no prefix for conversation alone."""
        if self.line.uuid:
            self._id = prefix + self.line.uuid
        else:
            digest = hashlib.blake2b(self._raw, digest_size=16).hexdigest()
            self._id = (prefix or "line:") + digest

    def is_typed(self, text: str) -> bool:
        """Whether the person typed it into this very line."""
        line = self.line
        if words.is_observer(text):
            self.state.automated = True
            return False
        if not self.spoken or line.isMeta or line.textNotTyped:
            return False
        if line.turnOrigin in _MACHINE_TURNS or line.promptSource == "system":
            return False
        origin = decode_object(line.origin).get("kind")
        return origin is None or origin == "human"

    def hear(self, prompt: str) -> bool:
        """Note a prompt, and whether it is said for the first time."""
        state, line = self.state, self.line
        key = text_id(f"{line.timestamp}\x1f{prompt}")
        if key in state.heard:
            return False
        state.heard.append(key)
        del state.heard[:-_PROMPTS_KNOWN]
        if not (line.entrypoint or "").startswith(_AUTOMATED):
            state.attended = True
        state.entitle(prompt)
        return True

    def title_of(self, leaf: str, title: str) -> Record:
        """A title for the session of another message: alike wherever it is told."""
        self.identify(f"names:{leaf}:")
        return Record(
            native_id=self._id,
            kind=RecordKind.TITLE,
            at=None,
            text=title,
            line=self._number,
            names=leaf,
        )

    def output_in(self, text: str) -> str:
        """Path of the file that has all of a text; empty where it is all here."""
        return apart.output_named(text, self._path)

    def record(
        self,
        kind: RecordKind,
        text: str,
        *,
        part: int = 0,
        tool: Tool | None = None,
        tool_name: str = "",
        call: str = "",
        failed: bool = False,
        command: str = "",
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
        patch: str = "",
        answers: tuple[tuple[str, str], ...] = (),
        output: str = "",
    ) -> Record:
        """A record of this line."""
        return Record(
            native_id=self._id,
            part=part,
            kind=kind,
            at=self.state.at,
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
            output=output,
            cwd=self.state.cwd,
            branch=self.state.branch,
        )


def is_absolute(path: str) -> bool:
    """Whether this is an absolute path, of POSIX or of Windows."""
    return path.startswith(("/", "\\\\")) or path[1:3] in (":\\", ":/")
