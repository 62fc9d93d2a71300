"""One session through every source of drafts, and the best of what they find.

Turn by turn: of a session of any length no more than two turns are in memory,
and what was found so far without the words of its records.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from memtui.distil.answers import from_answers
from memtui.distil.causes import from_causes
from memtui.distil.choose import choose, confidence
from memtui.distil.commands import Commands
from memtui.distil.commits import from_commits
from memtui.distil.drafts import Around, Draft, without_records
from memtui.distil.halfway import Halfway
from memtui.distil.notes import from_notes
from memtui.distil.observe import from_root, observation_of
from memtui.distil.openwork import OwnList, from_open_work
from memtui.distil.patches import from_patches
from memtui.distil.plans import from_plans, newest
from memtui.distil.prompts import from_prompts
from memtui.distil.questions import from_questions
from memtui.distil.shown import Shown
from memtui.distil.summaries import Summaries
from memtui.distil.told import Told
from memtui.distil.turns import LEAST_USED, SLIGHT, Turn, turns_of
from memtui.distil.unpushed import Unpushed
from memtui.model import RecordKind, SessionKind
from memtui.records import Observation, Record, SessionFacts
from memtui.settings import Settings

SOURCES: Final = (
    from_prompts, from_questions, from_plans, from_commits, from_answers, from_causes,
    from_notes, from_patches,
)  # fmt: skip
"""Those that look at one turn; others gather from all of them."""

_ALONE: Final = {from_notes: "note", from_patches: "patch"}
"""Those of one rule that may be off: then nobody looks."""

MOST_DRAFTS: Final = 2_000
"""Of so many the better half goes on: fifty times what a session may give, and eight
kilobytes each."""


def distil_session(
    facts: SessionFacts, records: Iterable[Record], settings: Settings | None
) -> list[Observation]:
    """What one session leaves behind, best first: see ``memtui.distil.distil``.

    Args:
        records: in order, each once; gone through a single time.
    """
    if facts.kind is not SessionKind.INTERACTIVE:
        return []
    gathered = _Gathered(settings.disabled_rules if settings else (), facts.cwd)
    for turn in turns_of(gathered.heard(records)):
        gathered.take(turn)
    found: dict[str, Observation] = {}
    for draft, chance in choose(gathered.drafts(), gathered.told, gathered.turns):
        observation = observation_of(draft, chance, facts)
        if any(map(str.isalpha, observation.title)):
            found.setdefault(observation.id, observation)
    return list(found.values())


class _Gathered:
    """What was found in the turns so far, and what the session was told."""

    def __init__(self, off: Iterable[str], root: str) -> None:
        self.told = Told()
        self.turns = 0
        self._off = frozenset(off)
        self._sources = [one for one in SOURCES if _ALONE.get(one) not in self._off]
        self._root = root
        self._drafts: list[Draft] = []
        self._commands = Commands()
        self._summaries = Summaries()
        self._shown = Shown()
        self._unpushed = Unpushed()
        self._list = OwnList()
        self._halfway = Halfway()
        self._last: Turn | None = None
        self._used = 0
        self._failed: set[str] = set()

    def heard(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records; what was put into the conversation is noted.

        Files are told from the root: the folders above it say nothing about them.
        """
        for record in records:
            if record.kind is RecordKind.CONTEXT:
                self.told.take(record)
            if record.writes or record.reads:
                writes = tuple(from_root(record.writes, self._root))
                reads = tuple(from_root(record.reads, self._root))
                record = replace(record, writes=writes, reads=reads)
            yield record

    def take(self, turn: Turn) -> None:
        """One more turn."""
        self.turns += 1
        self._used += len(turn.of(RecordKind.TOOL_USE))
        self._failed.update(step.call for step in turn.failures if step.call)
        counted = self._commands.take(turn)
        around = Around(turn.reads, turn.writes, counted)
        for source in self._sources:
            for draft in source([turn]):
                if draft.rule == "commit":
                    draft = self._unpushed.with_files(draft)
                self._drafts.append(replace(without_records(draft), around=around))
        self._summaries.take(turn)
        self._shown.take(turn)
        self._unpushed.take(turn, counted)
        self._list.take(turn)
        self._halfway.take(turn)
        if turn.last:
            self._last = turn
        if len(self._drafts) > MOST_DRAFTS:
            self._drafts.sort(key=confidence, reverse=True)
            del self._drafts[MOST_DRAFTS // 2 :]

    def drafts(self) -> Iterator[Draft]:
        """All that may be chosen from, once every turn was taken."""
        held = [*filter(self._holds, self._drafts)]
        plans = newest(held)
        current = (d for d in held if d.rule != "plan" or id(d) in plans)
        yield from map(self._in_session, current)
        ends = from_open_work([self._last] if self._last else [])
        gathered = (
            self._commands,
            self._summaries,
            self._list,
            self._shown,
            self._unpushed,
            self._halfway,
        )
        for source in (*(one.drafts() for one in gathered), ends):
            yield from map(self._in_session, filter(self._holds, source))

    def _holds(self, draft: Draft) -> bool:
        """Whether its rule is on, and nobody refused it later."""
        refused = draft.rule == "plan" and draft.record.call in self._failed
        return draft.rule not in self._off and not refused

    def _in_session(self, draft: Draft) -> Draft:
        """What only the end of a session tells: it was more than a question."""
        if self._used < LEAST_USED or SLIGHT not in draft.signals:
            return draft
        return replace(draft, signals=draft.signals - {SLIGHT})
