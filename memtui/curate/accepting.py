"""What a person says to what a model proposed."""

from collections.abc import Sequence

from memtui.curate import by_hand
from memtui.curate.acting import Change
from memtui.curate.proposing import Proposing
from memtui.errors import UsageError


class Accepting(Proposing):
    """Accepting and rejecting, one or many at a time; a part of ``Curator``."""

    def accept(
        self,
        proposals: Sequence[str],
        *,
        title: str | None = None,
        body: str | None = None,
    ) -> Change:
        """Do what these propose: new memories are kept, replaced ones superseded.

        Args:
            title, body: instead of the model's words, of a single proposal.

        Raises:
            UsageError: other words for more than one, or no title is left.
        """
        said: dict[str, object] = {}
        if title is not None:
            said["title"] = by_hand.title(title)
        if body is not None:
            said["body"] = by_hand.said(body)
        if said and len(set(proposals)) != 1:
            raise UsageError("Other words are for one proposal at a time.")
        done = self._curation.accept(
            list(proposals),
            dict.fromkeys(proposals, said),
            actor=self._actor,
            at=self._clock(),
        )
        return self._change(done)

    def reject(self, proposals: Sequence[str]) -> Change:
        """Nothing changes, and the same is not proposed again."""
        done = self._curation.reject(
            list(proposals), actor=self._actor, at=self._clock()
        )
        return self._change(done)
