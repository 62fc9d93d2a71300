"""Bringing what a team shares into the store: asked for, shown first, one act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.curate import by_hand, moves
from memtui.curate.acting import Acting, Change
from memtui.errors import MemtuiError
from memtui.ingest.projects import ProjectFinder
from memtui.model import Evidence, State, Trust
from memtui.store.curate.frozen import TEAM
from memtui.store.curate.journal import Row
from memtui.store.curate.pulling import PullingCuration
from memtui.store.rows import evidence_column, strings_column
from memtui.team import seen
from memtui.team.comparing import Entry, local_id
from memtui.team.files import Shared
from memtui.team.folder import TeamFolder

CONFIDENCE: Final = 0.5
"""Of what somebody else kept: nobody here has said that it is so."""
_EARLIEST: Final = 946_684_800_000
_YEAR_MS: Final = 366 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    new: dict[str, Row]
    changed: dict[str, Row]


class Pulling(Acting):
    """Pulls for one actor; see ``Acting`` for how an act is carried out."""

    _curation: PullingCuration

    def _opened(self, store: Path) -> PullingCuration:
        return PullingCuration(store)

    def pull(self, folder: TeamFolder, entries: Iterable[Entry]) -> Change:
        """Do what these entries bring; ``ASKS_FIRST`` ones only if they are among them.

        New ones land in the inbox. Where it could not be noted what the files said,
        the act stands.

        Raises:
            MemtuiError: the folder is no place that a project can be at.
        """
        root = ProjectFinder().session_root(str(folder.root))
        if root is None:
            raise MemtuiError(f"{folder.root} is no place for a project.")
        project = self._curation.place(root)
        chosen = [entry for entry in entries if entry.can_come]
        at = self._clock()
        rows = self._rows(folder, project, chosen, at)
        done = self._curation.pull(
            rows.new, rows.changed, project=project, actor=self._actor, at=at,
            note=str(folder.path.name),
        )  # fmt: skip
        seen.note(self._data, project, _noted(chosen))
        return self._change(done)

    def _rows(
        self, folder: TeamFolder, project: str, chosen: list[Entry], at: int
    ) -> _Rows:
        rows = _Rows(new={}, changed={})
        for entry in chosen:
            shared = entry.shared
            if entry.memory is None and shared is not None:
                id_ = local_id(project, entry.id)
                rows.new[id_] = _new_row(folder, shared, at)
            elif entry.memory is not None and shared is not None:
                back: Row = {}
                if entry.memory.state is State.PRUNED:
                    back = {"state": State.CANDIDATE.value, "was": ""}
                rows.changed[entry.memory.id] = _said(shared) | back
            elif entry.memory is not None and not entry.is_own:
                state = {"state": entry.memory.state.value, "pinned": 0}
                rows.changed[entry.memory.id] = moves.prune(state) or {}
        return rows


def _noted(chosen: Iterable[Entry]) -> Mapping[str, str | None]:
    """What is known of the files after a pull."""
    found: dict[str, str | None] = {}
    for entry in chosen:
        if entry.shared is not None:
            found[entry.id] = entry.shared.digest
        else:
            found[entry.id] = None if entry.is_own else seen.GONE
    return found


def _new_row(folder: TeamFolder, shared: Shared, at: int) -> Row:
    """Columns of a memory that was not here."""
    told = f"shared by {shared.author or 'somebody'}, evidence {shared.evidence}"
    file = folder.file(shared.id).relative_to(folder.root)
    shown = Evidence(session="", record=str(file), quote=by_hand.line(told))
    is_sane = _EARLIEST <= shared.at <= at + _YEAR_MS
    return _said(shared) | {
        "at": shared.at if is_sane else at,
        "trust": Trust.SHARED.value,
        "rule": TEAM,
        "confidence": CONFIDENCE,
        "evidence": evidence_column([shown]),
        "state": State.CANDIDATE.value,
        "scope": "project",
    }


def _said(shared: Shared) -> Row:
    """Columns of what a file says; secrets were looked for when it was read."""
    return {
        "type": shared.type,
        "title": shared.title,
        "body": shared.body,
        "tags": strings_column(shared.tags),
        "files": strings_column(shared.files),
    }
