"""A session as turns: what was asked, what was done, what was answered."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from sys import getsizeof
from typing import Final

from memtui.distil import words
from memtui.distil.rules import PROOF_FILES, PROSE_FILES, SAYS_HOW, TOOLING_FILES
from memtui.distil.signals import signals_of
from memtui.distil.speech import speech_of, speech_signals
from memtui.model import RecordKind, Tool
from memtui.records import Record

_OPENING = 200
"""Who denies or gives in does so in the first letters."""
_SHORT_ORDER = 60
_WORKED = 6
"""A turn of so many steps was work, not an answer."""
_COSTLY = 3
"""So many failed calls in one turn: what was learnt there was dearly paid for."""
_MORE = 4
"""Who adds a thing writes so many more lines than go."""
SLIGHT: Final = "slight"
"""Signal: the whole session used hardly a tool."""
LEAST_USED: Final = 5
"""A session of fewer tool calls is a question, not work."""
TURN_BYTES: Final = 16 << 20
"""A turn that holds more is told in parts, so that none has to fit into memory."""
_SPOKEN = frozenset({RecordKind.PROMPT, RecordKind.RESPONSE})
_BESIDE = frozenset({RecordKind.CONTEXT, RecordKind.TITLE})
"""No part of the conversation."""
_LEAST_REPLAYED = 40
"""Shorter words are said twice in earnest."""
_KEPT_FILES = 256
"""Paths whose kind is remembered."""
_RECORD_BYTES = 1_000
"""What a record takes beside its words."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One prompt of the person and everything up to the next."""

    number: int
    """From 1; 0 is what came before the first prompt."""
    prompts: tuple[Record, ...] = ()
    """Usually one; several where the person wrote again at once."""
    steps: tuple[Record, ...] = ()
    """Everything else, in order."""
    last: bool = False
    """No turn follows."""
    contested: bool = False
    """The next prompt denies what this turn says, or the agent then gave in."""
    answer: Record | None = field(default=None)
    """The last words of the agent, when no tool was used after them."""
    before: Record | None = field(default=None)
    """And those of the turn before."""

    @cached_property
    def place(self) -> frozenset[str]:
        """What can be seen of the turn around a draft: names of signals."""
        seen = {
            "edited": bool(self.writes),
            "idle": not self.writes,
            "worked": len(self.steps) >= _WORKED,
            "first": self.number <= 1,
            "last_turn": self.last,
            SLIGHT: True,  # of the whole session: taken back where it was not
            "contested": self.contested,
            "tooling": _are_mostly(_is_tooling, self._programmed),
            "prose_only": _are_mostly(_is_prose, self.writes),
            "proofs": bool(self.writes) and all(map(_is_proof, self.writes)),
            **self._asked,
            **self._grown,
            "costly": len(self.failures) >= _COSTLY,
            "failures": bool(self.failures),
        }
        return frozenset(name for name, holds in seen.items() if holds)

    @property
    def _asked(self) -> dict[str, bool]:
        """What the person's words were: a report of trouble, an order how to do it."""
        said = [speech_of(prompt.text) for prompt in self.prompts]
        about = frozenset[str]().union(*(speech_signals(s) for s in said if s))
        # an order of a few words is no memory, and tells what the turn was for
        short = [p.text for p in self.prompts if len(p.text) <= _SHORT_ORDER]
        about = about.union(*map(signals_of, short))
        manners = frozenset[str]().union(*(s.manner for s in said if s))
        denied = any(_is_denial(p.text[:_OPENING]) for p in self.prompts)
        return {
            "reported": "pasted" in manners or denied,
            "ordered": any(SAYS_HOW & signals_of(s.wish) for s in said if s),
            "asked_fix": "fix" in about,
            "asked_add": "add" in about,
            "asked_remove": "remove" in about,
        }

    @property
    def _grown(self) -> dict[str, bool]:
        """What the patches tell: a new file, more lines than before, fewer."""
        patches = [s.patch for s in self.steps if s.patch and not s.failed]
        added = sum(patch.count("\n+") for patch in patches)
        gone = sum(patch.count("\n-") for patch in patches)
        return {
            "created": any(
                p.startswith("@@ -0,0") or "*** Add File" in p for p in patches
            ),
            "grown": added >= 10 and added >= _MORE * gone,
            "shrunk": gone >= 10 and gone > added,
        }

    @property
    def _programmed(self) -> list[str]:
        """Files changed that nobody reads as prose: a changelog is written besides."""
        return [path for path in self.writes if not _is_prose(path)]

    @cached_property
    def _by_kind(self) -> dict[RecordKind, list[Record]]:
        found = defaultdict[RecordKind, list[Record]](list)
        for step in self.steps:
            found[step.kind].append(step)
        return found

    def of(self, kind: RecordKind) -> list[Record]:
        """The steps of one kind: most of them are of no use to any one rule."""
        return self._by_kind.get(kind, [])

    @cached_property
    def shell(self) -> list[Record]:
        """The commands that the agent ran."""
        uses = self.of(RecordKind.TOOL_USE)
        return [use for use in uses if use.tool is Tool.SHELL]

    @cached_property
    def committing(self) -> list[Record]:
        """Those of them that may commit or propose something: most do not."""
        return [
            use for use in self.shell
            if "commit" in (said := use.command or use.text) or " create" in said
        ]  # fmt: skip

    @cached_property
    def commands(self) -> dict[str, str]:
        """What was run by each call."""
        return {use.call: use.command for use in self.of(RecordKind.TOOL_USE)}

    @property
    def responses(self) -> list[Record]:
        """What the agent said, the answer included."""
        return self.of(RecordKind.RESPONSE)

    @cached_property
    def failures(self) -> list[Record]:
        """The steps that failed."""
        return [step for step in self.steps if step.failed]

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Files looked at, each once, in order."""
        done = [s.reads for s in self.steps if s.reads and not s.failed]
        return tuple(dict.fromkeys(chain.from_iterable(done)))

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """Files changed, each once, in order."""
        done = [s.writes for s in self.steps if s.writes and not s.failed]
        return tuple(dict.fromkeys(chain.from_iterable(done)))


def _are_mostly(kind: Callable[[str], bool], paths: Sequence[str]) -> bool:
    """Whether most of these files are of a kind."""
    return 2 * sum(map(kind, paths)) > len(paths)


# A session changes the same few files again and again.
@lru_cache(maxsize=_KEPT_FILES)
def _is_tooling(path: str) -> bool:
    return bool(TOOLING_FILES.search(path))


@lru_cache(maxsize=_KEPT_FILES)
def _is_prose(path: str) -> bool:
    return bool(PROSE_FILES.search(path))


@lru_cache(maxsize=_KEPT_FILES)
def _is_proof(path: str) -> bool:
    return bool(PROOF_FILES.search(path))


def ordered(records: Iterable[Record]) -> list[Record]:
    """The records in the order of their transcript, each once.

    Arrival does not count, lines do, and times only where there are no lines:
    clocks in transcripts run backwards.
    """
    given = list(records)
    if not all(map(_is_before, given, given[1:])):
        given.sort(key=_place)
    seen: dict[tuple[str, int, str], Record] = {}
    for record in given:
        seen.setdefault((record.native_id, record.part, record.kind), record)
    return list(seen.values())


def _is_before(one: Record, two: Record) -> bool:
    """Whether one record stands before another, or both at the same place."""
    if one.line is not None and two.line is not None and one.line != two.line:
        return one.line < two.line
    return _place(one) <= _place(two)


def _place(record: Record) -> tuple[int, int, str, int, str, str]:
    line = record.line if record.line is not None else 0
    return (
        line, record.at or 0, record.native_id, record.part, record.kind, record.text
    )  # fmt: skip


def turns_of(records: Iterable[Record]) -> Iterator[Turn]:
    """The turns of ordered records, two in memory at a time; replays are left out."""
    held: Turn | None = None
    for turn in _each_turn(records):
        if held is not None:
            yield replace(held, contested=True) if _denies(turn) else held
            turn = replace(turn, before=held.answer)
        held = turn
    if held is not None:
        yield replace(held, last=True)


def _each_turn(records: Iterable[Record]) -> Iterator[Turn]:
    now = _Open(number=0)
    for record in _told_first(records):
        if record.kind is RecordKind.PROMPT:
            if now.steps:
                yield now.turn()
                now = _Open(number=now.number + 1)
            elif not now.prompts:
                now.number = 1
            now.prompts.append(record)
        else:
            now.steps.append(record)
        now.size += size_of(record)
        if now.size > TURN_BYTES:
            yield now.turn(answered=False)
            now = _Open(number=now.number + 1)
    if now.prompts or now.steps:
        yield now.turn()


@dataclass(slots=True)
class _Open:
    """A turn that goes on."""

    number: int
    prompts: list[Record] = field(default_factory=list)
    steps: list[Record] = field(default_factory=list)
    size: int = 0

    def turn(self, *, answered: bool = True) -> Turn:
        """It as far as it goes; ``answered``: its last words are its answer."""
        return Turn(
            number=self.number, prompts=tuple(self.prompts), steps=tuple(self.steps),
            answer=_answer(self.steps) if answered else None,
        )  # fmt: skip


def size_of(record: Record) -> int:
    """About how many bytes of memory a record takes."""
    beside = len(record.command) + len(record.patch)
    return _RECORD_BYTES + getsizeof(record.text) + beside


def _told_first(records: Iterable[Record]) -> Iterator[Record]:
    """Records of the conversation; of words said before, only their first time."""
    seen: set[tuple[str, int]] = set()
    for record in records:
        if record.kind in _SPOKEN:
            if not _replayed(record, seen):
                yield record
        elif record.kind not in _BESIDE:
            yield record


def _denies(turn: Turn) -> bool:
    """Whether a turn takes back what the one before it said."""
    asked = " ".join(p.text[:_OPENING] for p in turn.prompts)
    said = next((r.text[:_OPENING] for r in turn.responses), "")
    return _is_denial(asked) or words.CONCEDES.search(said)


@lru_cache(maxsize=64)
def _is_denial(asked: str) -> bool:
    return bool(words.NO.match(asked.lower())) or words.DENIES.search(asked)


def _replayed(record: Record, seen: set[tuple[str, int]]) -> bool:
    """Whether these very words stood in the session before: a replay, or noise."""
    words = record.text.strip()
    if len(words) < _LEAST_REPLAYED:
        return False
    # of 64 bits, and of a key that no transcript knows
    key = record.kind, hash(words)
    if key in seen:
        return True
    seen.add(key)
    return False


def _answer(steps: Sequence[Record]) -> Record | None:
    for step in reversed(steps):
        if step.kind is RecordKind.RESPONSE:
            return step
        if step.kind is RecordKind.TOOL_USE and step.tool is not Tool.TODO:
            return None
    return None
