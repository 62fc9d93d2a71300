"""The questions about runs of a model and what they proposed. See ``StoreView``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from memtui.errors import NotFound
from memtui.later import later
from memtui.model import Memory, ObservationType, Session
from memtui.store.views.numbers import Counts
from memtui.store.views.remembering import MemoryReading

if TYPE_CHECKING:  # what is asked after the first paint
    from memtui.store.compress import ledger, model_proposals
    from memtui.store.compress.ledger import AskedPart, Request, Totals
    from memtui.store.compress.model_proposals import Earlier, Proposed
    from memtui.store.compress.runs import Run
else:
    ledger = later("memtui.store.compress.ledger")
    model_proposals = later("memtui.store.compress.model_proposals")


class ModelReading(MemoryReading):
    """Runs, their ledger, and proposals."""

    def counts(
        self,
        project: str | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        now: int | None = None,
        types: Mapping[str, ObservationType] | None = None,
    ) -> Counts:
        """How many memories stand where, and how many proposals wait."""
        found = super().counts(project, weights=weights, now=now, types=types)
        return replace(found, proposed=self.proposed_count(project))

    def proposed(
        self, project: str | None = None, *, limit: int = 1_000
    ) -> "list[Proposed]":
        """What waits for a decision, in one project (UUID) or all, the newest first."""
        return model_proposals.waiting(self._conn, project, limit)

    def proposed_count(self, project: str | None = None) -> int:
        """How many that are."""
        return model_proposals.count(self._conn, project)

    def proposals_by_id(self, ids: Sequence[str]) -> "list[Proposed]":
        """Proposals by their ids or the only ones that begin so, decided or not.

        Raises:
            NotFound: one of them is none, or not the only one.
        """
        whole = model_proposals.whole_ids(self._conn, ids)
        for asked, found in whole.items():
            if len(found) != 1:
                many = "More than one proposal begins with" if found else "There is no"
                what = asked if found else f"proposal {asked}"
                raise NotFound(
                    f"{many} {what}.", hint="memtui compress proposals shows them."
                )
        return model_proposals.by_proposal(self._conn, [f[0] for f in whole.values()])

    def proposed_because(self, memory: Memory) -> str:
        """Which model proposed an accepted memory, and why; empty: none did."""
        from memtui.store.curate.frozen import MODEL  # not before the first paint

        if memory.rule != MODEL:
            return ""
        found = model_proposals.by_proposal(self._conn, [memory.id])
        said = (f"{one.model} proposed it. {one.why}" for one in found if one.accepted)
        return "".join(said).strip()

    def proposed_earlier(
        self, project: str | None, *, limit: int = 5_000
    ) -> "list[Earlier]":
        """What was proposed in a project, decided or not, what was rejected first."""
        return model_proposals.earlier(self._conn, project, limit)

    def excluded_sessions(self) -> set[str]:
        """Native ids of sessions that a person excluded."""
        return model_proposals.excluded_sessions(self._conn)

    def folders(self) -> list[str]:
        """Every folder in which a record was made."""
        return ledger.folders(self._conn)

    def sessions_in(self, folders: Sequence[str]) -> set[str]:
        """Native ids of sessions that show a record made in one of these folders.

        All records are looked through, where there is such a folder.
        """
        return ledger.sessions_in(self._conn, folders) if folders else set()

    def ledger(self, limit: int = 50) -> "list[Request]":
        """Requests to models, the last one first."""
        return ledger.requests(self._conn, limit)

    def ledger_totals(self) -> "Totals":
        """All that models were asked, and what it cost."""
        return ledger.totals(self._conn)

    def runs(self, limit: int = 20) -> "list[Run]":
        """Runs of a model, the last one first."""
        return ledger.runs(self._conn, limit)

    def tally(self, run: int) -> dict[str, int]:
        """How many things to ask of a run stand where."""
        return ledger.tally(self._conn, run)

    def passed_over(self, run: int) -> dict[str, int]:
        """Why things to ask of a run were passed over, and how many, most first."""
        return ledger.passed_over(self._conn, run)

    def asked_before(self) -> "dict[tuple[str, str], list[AskedPart]]":
        """Parts of sessions that a model was asked about, by agent and id."""
        return ledger.asked_before(self._conn)

    def last_asked(self) -> int:
        """The newest thing that any run asks; 0: there is none."""
        return ledger.last_asked(self._conn)

    def records_in(self, session: Session) -> int:
        """How many records a session shows by now."""
        return ledger.records_in(self._conn, session.agent.value, session.id)

    def asked_about(self) -> set[str]:
        """Digests of what a model was asked about projects, and answered."""
        return ledger.asked_about(self._conn)
