"""What a person says where a memory was changed on two machines."""

from collections.abc import Sequence

from memtui.curate import words
from memtui.curate.acting import Acting, Change


class Choosing(Acting):
    """Choosing between two versions; a part of ``Curator``."""

    def choose(self, conflicts: Sequence[str], *, other: bool) -> Change:
        """Let what is here stand, or what the other machine said.

        Args:
            conflicts: ids of conflicts, or of their memories.
        """
        done = self._curation.choose(
            conflicts, other=other, actor=self._actor, at=self._clock()
        )
        change = self._change(done)
        told = "As on the other machine now." if other else "It stays as it is here."
        return change.saying(told, words.done("choose", change.count))
