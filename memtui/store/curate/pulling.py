"""What a team's files bring, as rows of ``curation``: one act of the journal.

No distiller can state them again, so they are frozen from the first, and undo takes
them away whole.
"""

from collections.abc import Mapping
from typing import Final

from memtui.store.connect import transaction
from memtui.store.curate import frozen
from memtui.store.curate.curation import PROJECT_ROW
from memtui.store.curate.journal import Done, Row
from memtui.store.ingest.projects import ProjectRoot, project_row
from memtui.store.moving.choosing import ChoosingCuration
from memtui.store.purge import tombs

PULL: Final = "pull"
_UUID: Final = "select uuid from project where id = ?"


class PullingCuration(ChoosingCuration):
    """The curation connection, with what comes from a team's files."""

    def place(self, root: ProjectRoot) -> str:
        """UUID of the project at a root, which is made where there is none."""
        with transaction(self._conn):
            number = project_row(self._conn, root, 0)
            return str(self._conn.execute(_UUID, (number,)).fetchone()[0])

    def pull(
        self,
        new: Mapping[str, Row],
        changed: Mapping[str, Row],
        *,
        project: str,
        actor: str,
        at: int,
        note: str,
    ) -> Done:
        """Write, change and prune memories, all or none, as one act.

        Args:
            new: by id, columns that differ from those of an empty candidate; an id
                that is known or was purged is passed over.
            changed: by id, columns of memories that are here.
            project: UUID of the project that the new ones belong to.
            note: the folder that they come from.
        """
        with transaction(self._conn):
            (place,) = self._conn.execute(PROJECT_ROW, {"uuid": project}).fetchone()
            made = self._made(list(changed), lambda row: changed[row["id"]], at)
            barred = tombs.purged(self._conn, list(new)) | self.rows(list(new)).keys()
            for memory, row in new.items():
                if memory not in barred:
                    whole = frozen.EMPTY | row | {"project_id": place, "acted_at": at}
                    made[memory] = (None, whole)
            return self._enter(PULL, made, actor=actor, at=at, note=note)
