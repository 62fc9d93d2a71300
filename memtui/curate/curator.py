"""``Curator``: the verbs of curation, one for CLI, app and MCP alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from memtui.curate import by_hand, moves, words
from memtui.curate.accepting import Accepting
from memtui.curate.acting import PERSON, Change
from memtui.curate.choosing import Choosing
from memtui.errors import UsageError
from memtui.model import Evidence, Project, State, Trust, observation_id
from memtui.store.curate.frozen import BY_HAND
from memtui.store.rows import evidence_column, strings_column

ASKED_CONFIDENCE: Final = 0.5
"""Of what an agent asks to remember: nobody has said that it is so."""


class Curator(Accepting, Choosing):
    """Decides about memories. See ``Acting`` for how an act is carried out."""

    # states and flags

    def keep(self, ids: Sequence[str]) -> Change:
        """Keep: from now on sessions are told."""
        return self._act("keep", ids, moves.keep)

    def unkeep(self, ids: Sequence[str]) -> Change:
        """Put kept ones back into the inbox."""
        return self._act("unkeep", ids, moves.unkeep)

    def pin(self, ids: Sequence[str]) -> Change:
        """Pin, after the pins there are. Pinning keeps."""
        move = moves.pin(self._curation.last_pins())
        change = self._act("pin", ids, move)
        if change.count != 1:
            return change
        count = self._curation.pin_count(change.ids[0])
        return change.saying(f"Pinned, place {count} of {count}.", "Pinned 1 memory.")

    def unpin(self, ids: Sequence[str]) -> Change:
        """Take the pin off; they stay kept."""
        return self._act("unpin", ids, moves.unpin)

    def exclude(self, ids: Sequence[str]) -> Change:
        """Never tell them; search still finds them."""
        change = self._act("exclude", ids, moves.exclude)
        if change.count != 1:
            return change
        return change.saying("Excluded. Still found by search.", "Excluded 1 memory.")

    def include(self, ids: Sequence[str]) -> Change:
        """Take exclude back."""
        return self._act("include", ids, moves.include)

    def prune(self, ids: Sequence[str]) -> Change:
        """Into the trash; nothing is deleted."""
        return self._act("prune", ids, moves.prune)

    def restore(self, ids: Sequence[str]) -> Change:
        """Out of the trash, to what they were."""
        return self._act("restore", ids, moves.restore)

    def review(self, ids: Sequence[str], by: int | None) -> Change:
        """Look at them again from ``by`` (Unix ms) on; None: no longer."""
        return self._act("review", ids, moves.review(by))

    def confirm(self, ids: Sequence[str]) -> Change:
        """Still true: fading begins anew, and they leave Review."""
        return self._act("confirm", ids, moves.confirm(self._clock()))

    def not_alike(self, ids: Sequence[str]) -> Change:
        """Say that these are not the same; they are not proposed together again.

        Raises:
            UsageError: fewer than two memories.
        """
        rows = self._curation.rows(ids)
        if len(rows) < 2:
            raise UsageError("Telling apart takes two memories or more.")
        return self._act("not alike", list(rows), moves.not_alike(list(rows)))

    # what they say

    def retype(self, ids: Sequence[str], type_: str) -> Change:
        """Give them another type.

        Raises:
            UsageError: the config knows no such type.
        """
        return self._retype("retype", ids, by_hand.known_type(self._settings, type_))

    def promote(self, ids: Sequence[str], to: str | None = None) -> Change:
        """One rung up the ladder, or to a type.

        Raises:
            UsageError: the config knows no such type.
        """
        type_ = None if to is None else by_hand.known_type(self._settings, to)
        return self._retype("promote", ids, type_)

    def edit(
        self,
        id: str,  # noqa: A002  the model's own name
        *,
        title: str | None = None,
        body: str | None = None,
        facts: Sequence[str] | None = None,
        files: Sequence[str] | None = None,
    ) -> Change:
        """Change what one memory says; None leaves a part as it is.

        Raises:
            UsageError: the title would be empty.
        """
        changes: dict[str, object] = {}
        if title is not None:
            changes["title"] = by_hand.title(title)
        if body is not None:
            changes["body"] = by_hand.said(body)
        if facts is not None:
            changes["facts"] = strings_column(by_hand.lines(facts))
        if files is not None:
            changes["files"] = strings_column(by_hand.lines(files))
        return self._act("edit", [id], moves.edit(changes))

    def merge(
        self,
        ids: Sequence[str],
        *,
        title: str | None = None,
        body: str | None = None,
        facts: Sequence[str] | None = None,
    ) -> Change:
        """Merge into the first: it gets all evidence, the others point to it.

        Args:
            facts: those that stay; None: all of them.

        Raises:
            UsageError: fewer than two memories.
        """
        rows = self._curation.rows(ids)
        if len(rows) < 2:
            raise UsageError("Merging takes two memories or more.")
        said: dict[str, object] = {}
        if title is not None:
            said["title"] = by_hand.title(title)
        if body is not None:
            said["body"] = by_hand.said(body)
        if facts is not None:
            said["facts"] = strings_column(by_hand.lines(facts))
        move = moves.merge(next(iter(rows)), list(rows.values()), said)
        change = self._act("merge", list(rows), move)
        told = f"Merged {len(rows)} into 1."
        return change.saying(told, words.done("merge", change.count))

    def supersede(self, ids: Sequence[str], by: str) -> Change:
        """Say that another memory holds instead of these.

        Raises:
            UsageError: the other does not exist, is the only one of these, or is
                superseded by one of them.
        """
        if set(ids) == {by}:
            raise UsageError("A memory cannot replace itself.")
        other = self._curation.rows([by]).get(by)
        if other is None:
            raise UsageError(f"There is no memory {by}.")
        if other["superseded_by"] in ids:
            raise UsageError(f"{by} is superseded by one of these itself.")
        return self._act("supersede", ids, moves.supersede(by))

    def tag(
        self, ids: Sequence[str], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> Change:
        """Put tags on and take tags off."""
        return self._act("tag", ids, moves.tag(by_hand.tags(add), by_hand.tags(remove)))

    # where they are told

    def scope(self, ids: Sequence[str], scope: str) -> Change:
        """Say who is told: ``project``, ``group:NAME``, ``global``, ``agent:NAME``.

        Raises:
            UsageError: no such scope, group or agent.
        """
        return self._act(
            "scope", ids, moves.scope(by_hand.known_scope(self._settings, scope))
        )

    def order(self, ids: Sequence[str]) -> Change:
        """Put pins in this order; the other pins of their projects follow."""
        every = self._curation.rows([*ids, *self._curation.pins_beside(ids)])
        pins = [memory for memory, row in every.items() if row["pinned"]]
        return self._act("order", pins, moves.order(pins))

    def add(
        self,
        text: str,
        *,
        type: str,  # noqa: A002  the model's own name
        body: str = "",
        project: Project | None = None,
        scope: str = "project",
        tags: Sequence[str] = (),
        files: Sequence[str] = (),
        evidence: Sequence[Evidence] = (),
    ) -> Change:
        """Write a memory by hand, kept at once; an agent's lands in the inbox.

        Args:
            evidence: the records that it stands on, where it was written from them.

        Raises:
            UsageError: no text, no such type or scope, or no project to be in.
        """
        if project is None and scope == "project":
            raise UsageError("A memory belongs to a project, a group, or is global.")
        words_of = by_hand.split(text, body)
        trusted = self._actor == PERSON or self._settings.curate_from_agents
        at = self._clock()
        where = project.id if project else None
        seed = f"{at}"
        if not trusted:
            self._ready_for_agents(at)
            seed = f"{where} {scope}"  # the same again is the same memory
        row = {
            "type": by_hand.known_type(self._settings, type),
            "title": words_of.title,
            "body": words_of.body,
            "at": at,
            "trust": (Trust.USER if self._actor == PERSON else Trust.ASSISTANT).value,
            "rule": BY_HAND,
            "confidence": 1.0 if trusted else ASKED_CONFIDENCE,
            "tags": strings_column(by_hand.tags(tags)),
            "files": strings_column(by_hand.lines(files)),
            "evidence": evidence_column(evidence),
            "state": (State.KEPT if trusted else State.CANDIDATE).value,
            "scope": by_hand.known_scope(self._settings, scope),
        }
        memory = observation_id(BY_HAND, seed, 0, f"{words_of.title}\n{words_of.body}")
        done = self._curation.add(memory, row, where, actor=self._actor, at=at)
        if done.entry is None and not trusted:
            said = "This was proposed before; nothing was added."
            return Change(act="add", message=said)
        told = "Added and kept." if trusted else f"Added to the inbox. {words.DECIDES}"
        change = replace(self._change(done), asked=not trusted)
        return change.saying(told, words.done("add", 1))

    def _retype(self, act: str, ids: Sequence[str], type_: str | None) -> Change:
        move = moves.retype(type_) if type_ else moves.promote(self._settings)
        before = self._curation.rows(ids) if len(ids) == 1 else {}
        change = self._act(act, ids, move, note=type_ or "")
        if change.count != 1 or not before:
            return change
        now = self._curation.rows(change.ids)[change.ids[0]]["type"]
        was = before[change.ids[0]]["type"]
        told = f"Now {words.a(now)}, was {words.a(was)}."
        return change.saying(told, words.done(act, 1))
