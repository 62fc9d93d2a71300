"""One line of a Codex transcript in the light of those before it."""

import hashlib
from collections.abc import Iterable

import msgspec

from memtui.model import RecordKind, Tool, text_id
from memtui.readers.base import Words
from memtui.readers.codex.lines import Line
from memtui.readers.codex.tools import Call
from memtui.readers.texts import milliseconds
from memtui.records import Record

_TITLE_CHARS = 120
_PROMPTS_KNOWN = 64
_OPEN_CALLS = 128
_CALLS_KNOWN = 128
_IDS_KNOWN = 600


class State(msgspec.Struct, omit_defaults=True):
    """What later lines need of earlier ones."""

    started_at: int | None = None
    ended_at: int | None = None
    at: int | None = None
    met: bool = False
    """The session has introduced itself; whoever does later is an ancestor."""
    cwd: str = ""
    first_cwd: str = ""
    branch: str = ""
    title: str = ""
    title_rank: int = 0
    subagent: bool = False
    parent: str = ""
    base: str = ""
    """The session whose history this one begins with, by reference."""
    base_end: int = 0
    """Up to which ordinal, not included."""
    automated: bool = False
    attended: bool = False
    """A turn was begun by a person at the client."""
    mode: str = ""
    """How client and model work together: ``plan`` or another."""
    plan: str = ""
    """A proposed plan that the person has not answered yet."""
    calls: dict[str, Call] = msgspec.field(default_factory=dict)
    known: list[str] = msgspec.field(default_factory=list)
    """Calls that stand as items: what the client shows of them is a copy."""
    said: list[str] = msgspec.field(default_factory=list)
    """Prompts met as items that the client has not shown yet."""
    shown: list[str] = msgspec.field(default_factory=list)
    """Prompts the client has shown that were not met as items."""
    turns: list[list[str]] = msgspec.field(default_factory=list)
    """Ids of the records of the last turns: the person may take turns back."""

    def words(self) -> Words:
        """What is remembered of what was said."""
        return {
            "title": self.title,
            "title_rank": self.title_rank,
            "calls": self.calls.copy(),
            "plan": self.plan,
        }

    def go_back(self, words: Words) -> None:
        """Remember only this of what was said."""
        for name, value in words.items():
            setattr(self, name, value)

    def note_time(self, line: Line) -> None:
        """When a line was made; one without a time was made after the last."""
        if line.timestamp:
            at = milliseconds(line.timestamp)
            self.at = self.at if at is None else at

    def note_talk(self) -> None:
        """Something was said or done."""
        if self.at is not None:
            self.started_at = min(self.at, self.started_at or self.at)
            self.ended_at = max(self.at, self.ended_at or self.at)

    def begin_turn(self) -> None:
        """What comes now belongs to a new turn."""
        self.turns.append([])
        while sum(map(len, self.turns)) > _IDS_KNOWN and len(self.turns) > 1:
            del self.turns[0]

    def keep_id(self, identity: str) -> None:
        """Note a record of the turn."""
        if self.turns and (not self.turns[-1] or self.turns[-1][-1] != identity):
            self.turns[-1].append(identity)

    def take_back(self, count: int) -> list[str]:
        """Ids of the records of the last turns, which are no more."""
        taken = self.turns[-count:] if count > 0 else []
        del self.turns[len(self.turns) - len(taken) :]
        return list(dict.fromkeys(identity for turn in taken for identity in turn))

    def note_place(self, cwd: str) -> None:
        """Where the lines from here on are made."""
        if cwd:
            self.cwd = cwd
            if not self.first_cwd and is_absolute(cwd):
                self.first_cwd = cwd

    def open_call(self, identity: str, call: Call) -> None:
        """Keep a call until its result comes, if it ever does."""
        self.calls[identity] = call
        if len(self.calls) > _OPEN_CALLS:
            del self.calls[next(iter(self.calls))]
        self.known.append(identity)
        del self.known[:-_CALLS_KNOWN]

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

    def met_as_item(self, prompt: str) -> bool:
        """Note a prompt met as an item; false where it was taken before."""
        return not _crossed(prompt, self.shown, self.said)

    def met_as_shown(self, prompt: str) -> bool:
        """Note a prompt the client shows; false where it was taken before."""
        return not _crossed(prompt, self.said, self.shown)


def _crossed(prompt: str, other: list[str], own: list[str]) -> bool:
    """Whether the other copy of a prompt was met; if not, wait for it.

    The copies differ in blanks where a prompt has several blocks.
    """
    key = text_id("".join(prompt.split()))
    if key in other:
        other.remove(key)
        return True
    own.append(key)
    del own[:-_PROMPTS_KNOWN]
    return False


class Context:
    """What the makers of records ask and use."""

    def __init__(self, line: Line, raw: bytes, number: int, state: State) -> None:
        self.line = line
        self.state = state
        # a line of 2025 is its own payload
        self.payload = bytes(line.payload) or raw
        self._number = number
        self._prefix = ""
        self._id = ""

    def identify(self, identity: str | None) -> None:
        """Name the records of this line by the item's own id, or by its content."""
        if not self.line.payload:
            self._prefix = "line:"
        elif identity and ":" not in identity:
            self._id = identity

    def identify_aside(self, prefix: str) -> None:
        """Name the records of a line that is no item."""
        self._prefix = prefix

    @property
    def identity(self) -> str:
        """The native id of this line's records."""
        if not self._id:  # few lines but items give any
            # alike and without a time, they differ by where they stand
            stamp = self.line.timestamp or str(self._number)
            parts = stamp.encode("utf-8", "replace") + b"\0" + self.payload
            digest = hashlib.blake2b(parts, digest_size=16).hexdigest()
            self._id = self._prefix + digest
        return self._id

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
        told: Call | None = None,
        patch: str = "",
        answers: Iterable[tuple[str, str]] = (),
    ) -> Record:
        """A record of this line; ``told`` gives tool, command and files."""
        return Record(
            native_id=self.identity,
            part=part,
            kind=kind,
            at=self.state.at,
            text=text,
            line=self._number,
            tool=told.tool if told else tool,
            tool_name=told.name if told else tool_name,
            call=call,
            failed=failed,
            command=told.command if told else "",
            reads=told.reads if told else (),
            writes=told.writes if told else (),
            patch=patch,
            answers=tuple(answers),
            cwd=self.state.cwd,
            branch=self.state.branch,
        )


def is_absolute(path: str) -> bool:
    """Whether this is an absolute path, of POSIX or of Windows."""
    return path.startswith(("/", "\\\\")) or path[1:3] in (":\\", ":/")
