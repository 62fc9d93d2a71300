"""What would be sent, and what it would cost: all that is known before anything is.

A plan holds no text. Each task is built again from the store when it is sent, the
same to the byte unless something was curated meanwhile; what has become private since
is not sent.
"""

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from typing import Final

from memtui.compress import asking, money, payload, remembered
from memtui.compress.answers import Answered, of_project, of_session
from memtui.compress.asking import Question
from memtui.compress.money import Model
from memtui.compress.payload import Told
from memtui.compress.privacy import PRIVATE, Privacy
from memtui.compress.tasks import Plan, Task
from memtui.errors import MemtuiError, SettingsError
from memtui.model import Memory, ObservationType, Project, Rung, Session
from memtui.settings import Settings
from memtui.store.compress.ledger import AskedPart
from memtui.store.compress.runs import Item, ItemState
from memtui.store.queries import StoreView

SESSIONS: Final = "sessions"
PROJECTS: Final = "projects"
_LARGEST: Final = 180_000
"""Bytes of a request at most, however large the window is."""
_LEAST: Final = 4_000
"""So many at least: a session in smaller parts says nothing."""
_BESIDE: Final = 5_000
"""Bytes of instructions, schema and context beside the text of a session."""
_RANKS: Final = {Rung.EPHEMERAL: 0, Rung.WORK: 1, Rung.PERMANENT: 2}

KNOWN: Final = "asked about before"
FAILED: Final = "asked about before, without an answer that could be read"
UNKNOWN: Final = "sent before, and maybe paid for, when memtui ended"
UNFINISHED: Final = "waiting in a run that is not finished"
OLDER: Final = f"project's memories beyond the newest {remembered.MOST:,}"
EMPTY: Final = "without a word to send"


class Withheld(MemtuiError):
    """Something is not to be sent any more, or not as it was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A task with its text, and how its answer is to be read."""

    question: Question
    project: str | None
    """UUID."""
    agent: str
    session: str
    """Native id; empty of a project."""
    read: Callable[[str], Answered]
    """Proposals of an answer's text; raises ``WrongForm``."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans and builds for one model. Belongs to the thread of its view."""

    view: StoreView
    settings: Settings
    model: Model

    @property
    def room(self) -> int:
        """Bytes of text in one request: never more tokens than the model takes.

        Where a longer prompt costs more, it stays below that length.

        Raises:
            SettingsError: the model's window leaves none.
        """
        window = self.model.window - self.model.answer - money.FRAME
        price = self.model.price
        if price is not None and price.above:
            window = min(window, price.above - money.FRAME)
        room = min(window, _LARGEST) - _BESIDE
        if room < _LEAST:
            least = (_LEAST + _BESIDE + money.FRAME) * 4 // 3 + 1
            raise SettingsError(
                f"A window of {self.model.window:,} tokens is too small to refine in.",
                hint=f"compress_window must be {least:,} or more.",
            )
        return room

    def sessions(
        self, found: Iterable[Session], *, most: int = 0, again: bool = False
    ) -> Plan:
        """A plan of the first pass, over these sessions in this order.

        Args:
            most: sessions that are asked about; 0: all.
            again: those too that a model was asked about.
        """
        plan = Plan(until=self.view.last_asked())
        privacy = Privacy.of(self.settings, self.view)
        asked = {} if again else self.view.asked_before()
        left = most
        for session in found:
            before = asked.get((session.agent.value, session.id), ())
            left -= self._add_session(plan, session, before, privacy)
            if most and not left:
                break
        return plan

    def projects(self, found: Sequence[Project]) -> Plan:
        """A plan of the second pass, over what these projects remember."""
        plan = Plan(until=self.view.last_asked())
        privacy = Privacy.of(self.settings, self.view)
        asked = self.view.asked_about()
        for project in found:
            if privacy.hides(project):
                plan.left_out[PRIVATE] += 1
                continue
            told = remembered.of_project(self.view, project.id, privacy)
            parts = self._questions(told)
            if len(told) >= remembered.MOST:
                plan.left_out[OLDER] += 1
            if not parts:
                plan.left_out[EMPTY] += 1
            elif all(one.digest in asked for one in parts):
                plan.left_out[KNOWN] += 1
            else:
                plan.tasks += [
                    Task(
                        kind="project", subject=project.id, agent="", cut=0, records=0,
                        title=project.name, part=number, parts=len(parts),
                        size=one.size, most=one.most, digest=one.digest,
                    )
                    for number, one in enumerate(parts, 1)
                    if one.digest not in asked
                ]  # fmt: skip
        return plan

    def build(self, item: Item | Task, *, sent: bool = False) -> Built:
        """A task's text, made now of what is stored and curated.

        Args:
            sent: it was sent already, and only its answer is to be read.

        Raises:
            Withheld: it became private or was excluded, or it is another now.
            NotFound: the session was purged.
        """
        if item.kind == "project":
            return self._build_project(item, sent)
        return self._build_session(item, sent)

    def _add_session(
        self,
        plan: Plan,
        session: Session,
        asked: Sequence[AskedPart],
        privacy: Privacy,
    ) -> bool:
        """What is to be asked of a session; whether there is anything."""
        if reason := privacy.withholds(session):
            plan.left_out[reason] += 1
            return False
        if asked:  # all else of it is read only if there is something new
            count = self.view.records_in(session)
            asked = [one for one in asked if one.records >= count]
        if reason := _whole_before(asked):
            plan.left_out[reason] += 1
            return False
        records = payload.read(self.view, session)
        if privacy.withholds_any(records):
            plan.left_out[PRIVATE] += 1
            return False
        told = payload.told(session, records, self.room)
        plan.thoughts += told.thoughts
        if not told.parts:
            plan.left_out[EMPTY] += 1
            return False
        near = remembered.near(self.view, session, privacy)
        plan.tasks += self._tasks(told, near, {(one.part, one.parts) for one in asked})
        return True

    def _tasks(
        self, told: Told, near: Sequence[Memory], before: Collection[tuple[int, int]]
    ) -> Iterator[Task]:
        """A request for each part that is not among ``before``."""
        for number, part in enumerate(told.parts, 1):
            if (number, len(told.parts)) in before:
                continue
            question = asking.about_session(
                part.text, near, self._types, part=number, parts=len(told.parts),
                most=self.model.answer,
            )  # fmt: skip
            yield Task(
                kind="session", subject=told.session.id,
                agent=told.session.agent.value, title=told.session.title,
                part=number, parts=len(told.parts), size=question.size,
                most=question.most, cut=part.cut, records=len(told.records),
                digest=asking.digest(part.text),
            )  # fmt: skip

    def _build_session(self, item: Item | Task, sent: bool) -> Built:
        session = self.view.session(item.subject)
        privacy = Privacy.of(self.settings, self.view)
        records = payload.read(self.view, session, item.records)
        reason = privacy.withholds(session)
        if not sent and (reason or privacy.withholds_any(records)):
            raise Withheld(f"Not sent: it is {reason or PRIVATE} now.")
        told = payload.told(session, records, self.room)
        if item.part > len(told.parts) or item.parts != len(told.parts):
            raise Withheld("Not sent: the session is another than when it was planned.")
        part = told.parts[item.part - 1]
        if asking.digest(part.text) != item.digest:
            raise Withheld("Not sent: the session is another than when it was planned.")
        project = session.project.id if session.project else None
        near = remembered.near(self.view, session, privacy)
        known = remembered.known(self.view, project, self.settings.types)
        return Built(
            question=asking.about_session(
                part.text,
                near,
                self._types,
                part=item.part,
                parts=item.parts,
                most=self.model.answer,
            ),
            project=project,
            agent=session.agent.value,
            session=session.id,
            read=lambda text: of_session(text, told, known, part=item.part),
        )

    def _build_project(self, item: Item | Task, sent: bool) -> Built:
        projects = {one.id: one for one in self.view.projects()}
        project = projects.get(item.subject)
        if project is None:
            raise Withheld("Not sent: the project is gone.")
        privacy = Privacy.of(self.settings, self.view)
        if not sent and privacy.hides(project):
            raise Withheld("Not sent: the project is private now.")
        found = remembered.of_project(self.view, project.id, privacy)
        parts = self._questions(found)
        if item.part > len(parts) or (not sent and item.parts != len(parts)):
            raise Withheld("Not sent: the project is another than when it was planned.")
        known = remembered.known(self.view, project.id, self.settings.types)
        return Built(
            question=parts[item.part - 1],
            project=project.id,
            agent="",
            session="",
            read=lambda text: of_project(text, known, self._ranks),
        )

    def _questions(self, found: Sequence[Memory]) -> list[Question]:
        """What is remembered there, in as many requests as it takes."""
        parts: list[list[Memory]] = [[]]
        size = 0
        for one in found:
            more = asking.size_of(one)
            if size + more > self.room and parts[-1]:
                parts.append([])
                size = 0
            parts[-1].append(one)
            size += more
        wanted = [part for part in parts if len(part) > 1]
        return [
            asking.about_project(part, self._types, most=self.model.answer)
            for part in wanted
        ]

    @property
    def _types(self) -> tuple[ObservationType, ...]:
        """Types, those of the lowest rung first."""
        types = self.settings.types.values()
        return tuple(sorted(types, key=lambda one: _RANKS[one.rung]))

    @property
    def _ranks(self) -> Mapping[str, int]:
        return {name: _RANKS[one.rung] for name, one in self.settings.types.items()}


def _whole_before(asked: Sequence[AskedPart]) -> str:
    """Why a session is not asked about again; empty: some of it never was."""
    states = {(one.part, one.parts): one.state for one in asked}
    whole = any(
        all((part, parts) in states for part in range(1, parts + 1))
        for parts in {one.parts for one in asked}
    )
    if not whole:
        return ""
    if ItemState.WAITING in states.values():
        return UNFINISHED
    if ItemState.UNKNOWN in states.values():
        return UNKNOWN
    return FAILED if ItemState.FAILED in states.values() else KNOWN
