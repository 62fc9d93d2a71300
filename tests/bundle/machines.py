"""Machines that exchange bundles: real stores, each with a clock of its own."""

from dataclasses import dataclass, field
from pathlib import Path

from memtui.bundle.file import Bundle
from memtui.bundle.lines import Memory, Said
from memtui.curate import Change, Curator
from memtui.curate import bundling as bundles
from memtui.curate.bundling import Bundling, ReadReport
from memtui.model import ObservationId
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.moving import writing
from memtui.store.queries import OpenConflict, StoreView
from tests.store.filling import NOON, Filling


@dataclass
class Machine:
    """One store, and what a person does there."""

    data: Path
    now: int = NOON
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        with Filling(self.data):
            pass

    def act(self, verb: str, *words: object, **named: object) -> Change:
        """One act of the person here; a second passes."""
        self.now += 1_000
        with Curator(
            self.data, self.settings, actor="person", export=_nowhere,
            clock=lambda: self.now,
        ) as curator:  # fmt: skip
            done: Change = getattr(curator, verb)(*words, **named)
        return done

    def add(self, text: str) -> str:
        """A memory by hand; its id."""
        (one,) = self.act("add", text, type="decision", scope="global").ids
        return one

    def bundle(self) -> Path:
        """A bundle of all that is here."""
        target = self.data / "out.bundle"
        bundles.write(self.data, target, self.now)
        return target

    def read(
        self, other: "Machine | Path", *, own: bool = True, even_purged: bool = False
    ) -> ReadReport:
        """Read another machine's bundle of now, or a file."""
        self.now += 1_000
        file = other if isinstance(other, Path) else other.bundle()
        with Bundling(
            self.data, self.settings, actor="person", export=_nowhere,
            clock=lambda: self.now,
        ) as bundling:  # fmt: skip
            return bundling.read(Bundle(file), own=own, even_purged=even_purged)

    def said(self) -> dict[str, Said]:
        """What every memory says, by its id."""
        lines = writing.lines_of(store_path(self.data))
        memories = (line for line in lines if isinstance(line, Memory))
        return {one.id: one.said for one in memories if one.said is not None}

    def title(self, memory: str) -> str:
        """What a memory is called here."""
        with StoreView(store_path(self.data)) as view:
            return view.memory(ObservationId(memory)).title

    def conflicts(self) -> list[OpenConflict]:
        """What was changed here and elsewhere."""
        with StoreView(store_path(self.data)) as view:
            return view.conflicts()


def _nowhere(*_: object) -> None:
    """Exports nothing."""
