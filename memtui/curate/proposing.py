"""What an agent may ask for, and how much of it, before the person decides."""

from typing import Final

from memtui.curate import by_hand
from memtui.curate.regrouping import Regrouping
from memtui.errors import Refused
from memtui.paths import store_path
from memtui.store.ingest import asking
from memtui.store.views.proposals import propose

ASKED_AN_HOUR: Final = 30
"""So many memories an agent may put into the inbox in an hour."""
PROPOSED_OF_ONE: Final = 3
"""So many others may be proposed to hold instead of one memory."""
HOUR_MS: Final = 3_600_000
AGENT_WAITS_MS: Final = 2_000
"""How long an agent's call waits for another process that writes."""


class Proposing(Regrouping):
    """Proposals, which decide nothing; a part of ``Curator``."""

    def propose_supersede(self, id: str, by: str, *, reason: str = "") -> None:  # noqa: A002
        """Propose that another memory holds instead; nothing changes by it.

        Raises:
            Refused: enough was proposed about this one.
        """
        self.refuse_more(id, by)
        why = "holds instead"
        if said := by_hand.line(reason):
            why = f"{why}: {said}"
        told = f"{why} ({self._actor})"
        propose(store_path(self._data), id, by, why=told, at=self._clock())

    def refuse_more(self, id: str, by: str = "") -> None:  # noqa: A002
        """Let no more be proposed instead of a memory than a person looks at.

        Raises:
            Refused: enough was.
        """
        others = asking.proposed_instead(store_path(self._data), id)
        if by not in others and len(others) >= PROPOSED_OF_ONE:
            raise Refused(
                f"Enough was proposed instead of {id}; the person decides first."
            )

    def _ready_for_agents(self, at: int) -> None:
        """An agent waits for nobody for long, and fills nobody's inbox.

        Raises:
            StoreBusy: another process is writing.
            Refused: it has proposed enough for now.
        """
        store = store_path(self._data)
        asking.wait_at_most(store, AGENT_WAITS_MS)
        asked = asking.asked_since(store, self._actor, at - HOUR_MS)
        if asked >= ASKED_AN_HOUR:
            raise Refused(
                f"{asked} memories were proposed in the last hour; that is the most.",
                hint="Propose what matters most later, when the person has decided.",
            )
