"""The chain from a kept memory to the model, by agent, and where it breaks.

Reads a few small files and stats as many: cheap enough to ask every few seconds.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import StoreError
from memtui.install.client import Wired
from memtui.install.clients import CLIENTS
from memtui.model import Agent
from memtui.store.rescue.probe import LastDelivery, last_deliveries

SENT: Final = "sent, not confirmed"
"""OpenCode keeps no system prompt: nothing can prove that a session had our text."""


NOT_WIRED: Final = "no client reads the exports yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One client's part of it."""

    agent: Agent
    wired: Wired
    fired: int | None
    """When its hook last looked for a text, Unix ms; None: never."""
    delivered: LastDelivery | None
    """The newest proof in its transcripts."""

    @property
    def broken(self) -> str:
        """The first broken link in a few words; empty: it holds, as far as is known."""
        if not self.wired.where:
            return "not wired"
        return self.wired.broken


def chains(data: Path, home: Path) -> tuple[Chain, ...]:
    """Every client that somebody has used in this home, in the order of ``Agent``."""
    try:
        delivered = last_deliveries(paths.store_path(data))
    except StoreError:
        delivered = {}  # doctor says what is wrong with the store
    return tuple(
        Chain(
            agent=agent,
            wired=client.wired(home, data),
            fired=_fired(data, agent),
            delivered=delivered.get(agent),
        )
        for agent, client in CLIENTS.items()
        if client.folder(home).is_dir()
    )


def broken_link(data: Path, home: Path) -> str:
    """What keeps new sessions from being told, in a few words; empty: nothing.

    A client that is not wired breaks nothing as long as another one is.
    """
    wired = {
        agent: found
        for agent, client in CLIENTS.items()
        if (found := client.wired(home, data)).where
    }
    if not wired:
        return NOT_WIRED
    for agent, found in wired.items():
        if found.broken:
            return found.broken if len(wired) == 1 else f"{agent}: {found.broken}"
    if not paths.export_dir(data).is_dir():
        return "nothing is exported yet"
    return ""


def _fired(data: Path, agent: Agent) -> int | None:
    try:
        return (paths.fired_dir(data) / agent).stat().st_mtime_ns // 1_000_000
    except OSError:
        return None
