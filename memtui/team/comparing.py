"""What the repository's files and the store say of each other.

Pure but for the questions it asks of the store: nothing is written here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from memtui.clean import clean, clean_line
from memtui.model import Memory, ObservationId, Project, State, observation_id
from memtui.search.grammar import parse
from memtui.store.curate.frozen import TEAM
from memtui.store.queries import StoreView, View
from memtui.team.files import (
    LIST_ITEMS,
    NAME,
    Shared,
    evidence_digest,
    is_inside,
)
from memtui.team.folder import TeamFolder
from memtui.team.seen import GONE


class Standing(StrEnum):
    """How a shared memory stands."""

    NEW = "new"
    """In the repository, not here yet."""
    SAME = "same"
    """The file and the memory here say the same."""
    THEIRS = "changed there"
    """The file changed since; the memory here did not."""
    MINE = "changed here"
    """The memory here changed since; the file did not."""
    BOTH = "changed on both sides"
    DELETED = "deleted there"
    """The file is gone; the memory here is not."""
    TRASHED = "in your trash"
    """The person pruned or purged it here; it does not come again."""


ASKS_FIRST: Final = frozenset({Standing.THEIRS, Standing.BOTH, Standing.DELETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One shared memory."""

    id: str
    """That in the file."""
    standing: Standing
    shared: Shared | None
    """As the file says it; None: there is no file."""
    memory: Memory | None
    """As it stands here."""
    is_own: bool = False
    """It was shared from this store."""

    @property
    def is_decided(self) -> bool:
        """Whether a person had a hand in it here: their words stand until they say so.

        Own ones are; pulled ones once they were kept, pinned, excluded or changed.
        """
        if self.memory is None:
            return False
        if self.is_own and self.standing is Standing.DELETED:
            return False  # nothing of theirs happens to it
        mine = self.standing in (Standing.MINE, Standing.BOTH)
        return self.is_own or mine or self.memory.state is State.KEPT

    @property
    def can_come(self) -> bool:
        """Whether a pull has something to bring."""
        return self.standing is Standing.NEW or self.standing in ASKS_FIRST


def local_id(project: str, id_: str) -> ObservationId:
    """The id here of a pulled memory: no file can name one of the person's own."""
    return observation_id(TEAM, f"{project} {id_}", 0, "")


def id_in_file(memory: Memory) -> str:
    """The id that a memory has in its file, or would have."""
    if memory.rule == TEAM:
        for piece in memory.evidence:
            if found := NAME.fullmatch(piece.record.rpartition("/")[2]):
                return found[1]
    return memory.id


def shared_from(memory: Memory, author: str = "") -> Shared:
    """A memory of the store as a file would say it."""
    return Shared(
        id=id_in_file(memory),
        type=memory.type,
        title=" ".join(clean(memory.title).split()),
        body=clean(memory.body).strip(),
        author=author,
        at=memory.at // 1000 * 1000,
        evidence=evidence_digest(memory.evidence),
        tags=tuple(map(clean_line, memory.tags))[:LIST_ITEMS],
        files=tuple(filter(is_inside, map(clean_line, memory.files)))[:LIST_ITEMS],
    )


def kept_as(shared: Shared, before: Shared) -> Shared:
    """What is shared anew, with what only its first author can say of it."""
    return replace(shared, author=before.author, at=before.at, evidence=before.evidence)


def compared(
    view: StoreView,
    project: Project | None,
    folder: TeamFolder,
    known: Mapping[str, str],
) -> list[Entry]:
    """Every memory that is shared here, or was, by its id in the file.

    Args:
        project: the one at the folder's root; None: none is known there yet.
        known: what the files said last, see ``seen``.
    """
    if project is None:
        return [
            Entry(id=id_, standing=Standing.NEW, shared=shared, memory=None)
            for id_, shared in folder.memories.items()
        ]
    pulled = {id_in_file(memory): memory for memory in _pulled(view, project)}
    own = _own(view, project, {*folder.memories, *known} - pulled.keys())
    unread = {fault.id for fault in folder.faults}
    purged = _purged(view, project, folder)
    entries = []
    for id_ in sorted({*folder.memories, *pulled, *own} - unread):
        memory, shared = pulled.get(id_) or own.get(id_), folder.memories.get(id_)
        standing = _standing(shared, memory, known.get(id_))
        if memory is None and id_ in purged:
            standing = Standing.TRASHED
        if standing is not None:
            is_own = id_ in own
            one = Entry(
                id=id_, standing=standing, shared=shared, memory=memory, is_own=is_own
            )
            entries.append(one)
    return entries


def _standing(
    shared: Shared | None, memory: Memory | None, last: str | None
) -> Standing | None:
    """How one stands; None: there is nothing to say of it."""
    if memory is None:
        return Standing.NEW if shared is not None else None
    if shared is None:
        if memory.state is State.PRUNED or (memory.rule != TEAM and last is None):
            return None
        return Standing.DELETED
    if memory.state is State.PRUNED:
        return Standing.THEIRS if last == GONE else Standing.TRASHED
    mine, theirs = shared_from(memory).digest, shared.digest
    if mine == theirs:
        return Standing.SAME
    if last == theirs:
        return Standing.MINE
    return Standing.THEIRS if last == mine else Standing.BOTH


def _purged(view: StoreView, project: Project, folder: TeamFolder) -> set[str]:
    """Ids in files of which a person removed every trace here."""
    known = {str(local_id(project.id, id_)): id_ for id_ in folder.memories}
    own = view.purged(list(folder.memories))  # one's own, shared before it was purged
    return {known[one] for one in view.purged(list(known))} | own


def _pulled(view: StoreView, project: Project) -> Iterator[Memory]:
    """What was pulled into a project, in whatever state."""
    looked = replace(View.everything(), project=project.id)
    ids = view.memory_ids(parse(f"rule:{TEAM}", now_ms=0), looked)
    for memory in view.memories_by_id(ids):
        if memory.rule == TEAM:  # the query finds beginnings, too
            yield memory


def _own(view: StoreView, project: Project, ids: set[str]) -> dict[str, Memory]:
    """Memories of the person's own project by these ids."""
    found = view.memories_by_id(sorted(ids))
    return {
        str(memory.id): memory
        for memory in found
        if memory.rule != TEAM and memory.project and memory.project.id == project.id
    }
