"""One act: into the journal, out to the exports, and what to say about it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from memtui.curate import words
from memtui.curate.guard import agent_here
from memtui.errors import MemtuiError
from memtui.inject import as_of
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.closing import Closing
from memtui.store.curate.curation import Decide
from memtui.store.curate.journal import Done
from memtui.store.moving.choosing import ChoosingCuration

Export = Callable[[Path, Settings, list[str] | None], object]
"""Writes again what hooks print: for these projects, or (None) for all."""

PERSON: Final = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an act did, and how to say so."""

    act: str
    ids: tuple[str, ...] = ()
    """The memories that changed."""
    count: int = 0
    message: str
    """One or two sentences for the status line or the terminal."""
    entry: int | None = None
    """Its entry in the journal; None: nothing changed."""
    asked: bool = False
    """An agent only asked for it: a person decides, and their undo passes over it."""

    @property
    def undoable(self) -> bool:
        """Whether undo would take this back: say its key."""
        return self.entry is not None and self.act != "undo" and not self.asked

    def saying(self, message: str, instead_of: str) -> "Change":
        """The same in a closer sentence; what else was said stays."""
        return replace(self, message=self.message.replace(instead_of, message, 1))


class Acting(Closing):
    """Acts on the store for one actor, on one thread at a time.

    Each verb is one entry of the journal and all or nothing, however many ids it
    is given; ids that do not exist are passed over. After its commit the exports
    of the projects it touched are written again; where that fails, the act stands
    and ``Change.message`` says so.

    Args:
        actor: who acts; None: the agent whose variables are set here, else the
            person. The app passes ``"person"``: its keys are a person's.
        export: what writes the exports; None: ``memtui.inject.export``.
        clock: the present in Unix ms.

    Raises:
        StoreBusy: another process has been writing for too long.
    """

    def __init__(
        self,
        data: Path,
        settings: Settings,
        *,
        actor: str | None = None,
        export: Export | None = None,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._data = data
        self._settings = settings
        self._actor = actor or agent_here() or PERSON
        self._export = export or partial(_export_projects, read_at=as_of.state())
        self._clock = clock
        self._curation = self._opened(store_path(data))

    def _opened(self, store: Path) -> ChoosingCuration:
        return ChoosingCuration(store)

    def close(self) -> None:
        """Give the store back."""
        self._curation.close()

    # taking back

    def undo(self) -> Change:
        """Take back the last act that stands."""
        return self._change(self._curation.undo(actor=self._actor, at=self._clock()))

    def redo(self) -> Change:
        """Do again what was undone last, unless something was done since."""
        return self._change(self._curation.redo(actor=self._actor, at=self._clock()))

    def _act(
        self, act: str, ids: Sequence[str], move: Decide, note: str = ""
    ) -> Change:
        """One entry of the journal: ``move`` on each of these memories."""
        return self._change(
            self._curation.act(
                act, ids, move, actor=self._actor, at=self._clock(), note=note
            )
        )

    def _change(self, done: Done) -> Change:
        """What was done, exported and put into words."""
        count = len(done.changes)
        if done.entry is None:
            return Change(act=done.act, message=words.nothing(done.act))
        if done.undone:
            message = words.taken_back(done.act, done.undone, done.about, count)
        else:
            message = words.done(done.act, count)
        if trouble := self._exported(done):
            message = f"{message} {trouble}"
        return Change(
            act=done.act,
            ids=tuple(done.changes),
            count=count,
            message=message,
            entry=done.entry,
        )

    def _exported(self, done: Done) -> str:
        wanted = None if done.projects is None else sorted(done.projects)
        if wanted == []:
            return ""
        try:
            self._export(self._data, self._settings, wanted)
        except (MemtuiError, OSError) as error:
            # The act is committed: what failed is only telling the next session.
            said = error.message if isinstance(error, MemtuiError) else str(error)
            return f"Not exported: {said}"
        return ""


def _export_projects(
    data: Path, settings: Settings, projects: list[str] | None, read_at: as_of.State
) -> None:
    from memtui.inject.export import export_projects

    export_projects(data, settings, projects, read_at=read_at)
