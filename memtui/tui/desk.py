"""What all screens share: the lanes, the scope, what the machine is doing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memtui.model import Memory, Project
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.settings.searches import SavedSearches
from memtui.store.queries import Counts, View
from memtui.tui.format import DAY_MS, now_ms, plural
from memtui.tui.keymap import OURS, Keymap
from memtui.tui.lanes import ReadLane, WriteLane
from memtui.tui.messages import ReadingAdvanced
from memtui.tui.remembered import Remembered

if TYPE_CHECKING:  # a third of our imports: they wait for the first act
    from memtui.curate import Curator


@dataclass
class Machine:
    """What goes on without the person, as the status line says it."""

    reading: str = ""
    synced_at: int | None = None
    short: str = ""
    """What is not watched but swept, in words; empty: events tell everything."""
    faults: int = 0
    same_projects: int = 0
    """Pairs of projects that may be one."""
    conflicts: int = 0
    """Memories that another machine changed too, and nobody chose."""
    delivery: str = ""
    """The last proof that a session was told, or the first broken link."""
    broken: bool = False
    """``delivery`` names a broken link."""
    trouble: str = ""
    """A store that is busy, lost or too new; said instead of the rest."""
    progress: ReadingAdvanced | None = None
    store_ready: bool = False
    """There is a store that can be read."""


class Trouble(NamedTuple):
    """Something that is not as it should be."""

    subject: str
    message: str
    hint: str
    wrong: bool
    """False: worth knowing, no more."""


class Way(NamedTuple):
    """Where one came from when a key led to another screen."""

    screen: str
    query: str
    """The filter that the screen one went to had before."""


@dataclass
class Desk:
    """Handed to every screen; the app owns it."""

    data: Path
    settings: Settings
    home: Path
    cwd: Path
    demo: bool = False
    remembered: Remembered = field(default_factory=Remembered)
    searches: SavedSearches = field(default_factory=lambda: SavedSearches(None))
    project: Project | None = None
    """The scope; None: all projects."""
    keymap: Keymap = OURS
    """The keys that the person chose instead of ours."""
    hidden: bool = False
    """Subagents, automated, excluded, superseded, and what is too old, are shown."""
    machine: Machine = field(default_factory=Machine)
    counts: Counts = field(default_factory=Counts)
    queries: dict[str, str] = field(default_factory=dict)
    """The filter of each screen, kept while the app runs."""
    ways: dict[str, Way] = field(default_factory=dict)
    """By screen: where ``esc`` leads back to."""
    version: int = 0
    """Goes up with every change of store or scope; a screen behind it reads again."""
    reread_s: float = 0.0
    """How long a screen took last to read all that it shows."""
    jump: tuple[str, int, str] | None = None
    """Session, turn and record that Sessions opens at next."""
    sought: str = ""
    """What was looked for when it jumped: marked there, and ``n`` goes on."""
    acted_in: Project | None = None
    """Where the last act was; Injection shows it next and forgets it."""
    looked_at: Project | None = None
    """The project of the memory under a cursor."""
    farewell: str = ""
    """Said in the shell once the app is left, where something goes on."""
    ever: bool = False
    """``--all``: as far back as there is anything, whatever the settings say."""
    now: Callable[[], int] = now_ms
    """UTC milliseconds; fixed in pictures and tests."""
    newest: list[Memory] | None = None
    """The timeline's first rows, where they were read before it was made."""
    starter: bool = False
    """Curate opens with the ten best candidates marked."""

    def __post_init__(self) -> None:
        path = store_path(self.data)
        self.lists = ReadLane(path, name="lists")
        self.details = ReadLane(path, name="details")
        self.counting = ReadLane(path, name="counting")
        """Figures of a large store take a while; nothing waits behind them."""
        self.pen = WriteLane(path, self._curator)

    def _curator(self) -> "Curator":
        from memtui.curate import Curator

        return Curator(self.data, self.settings, actor="person")

    @property
    def project_id(self) -> str | None:
        """The scope's project; None: all."""
        return self.project.id if self.project else None

    @property
    def scope_words(self) -> str:
        """The scope in a sentence."""
        place = self.project.name if self.project else "all projects"
        days = self.history_days
        return f"{place}, {plural(days, 'day')}" if days else place

    @property
    def view(self) -> View:
        """The part of the store that the scope shows."""
        days = self.history_days
        return View(
            project=self.project_id,
            hidden=self.hidden,
            since=self.now() - days * DAY_MS if days else None,
            types=self.settings.types,
        )

    @property
    def history_days(self) -> int:
        """How far back the lists look; 0: everything."""
        return 0 if self.hidden or self.ever else self.settings.history_days

    @property
    def weights(self) -> dict[str, float]:
        """Injection weight by type, as the person set them."""
        return {name: kind.weight for name, kind in self.settings.types.items()}

    async def troubles(self) -> list[Trouble]:
        """What the doctor finds amiss, looked at on a thread of its own."""
        if self.demo:
            return []  # the demo has no client, and this machine is none of its own
        from memtui.install.doctor import Level, examine  # not before first paint

        def amiss() -> list[Trouble]:
            return [
                Trouble(f.subject, f.message, f.hint, f.level is Level.WRONG)
                for f in examine(self.data, self.settings, home=self.home)
                if f.level is not Level.OK
            ]

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, amiss)

    def touch(self) -> None:
        """Something changed: every screen that is behind reads again."""
        self.version += 1

    def close(self) -> None:
        """Close all lanes and wait for them."""
        for lane in (self.lists, self.details, self.counting, self.pen):
            lane.close()
