"""The verbs about projects and about what sessions are called."""

from collections.abc import Sequence

from memtui.curate import by_hand, words
from memtui.curate.acting import Acting, Change
from memtui.errors import UsageError
from memtui.model import Project, Session
from memtui.paths import home_path
from memtui.store.curate import changes
from memtui.store.ingest.projects import ProjectRoot


class Regrouping(Acting):
    """Acts on sessions and projects; a part of ``Curator``."""

    def rename_session(self, session: Session, title: str) -> Change:
        """Call a session so, whatever its transcript says.

        Args:
            title: empty: by what its transcript says again.
        """
        line = by_hand.line(title)
        done = self._curation.rename_session(
            session.id, line, actor=self._actor, at=self._clock()
        )
        told = f"Renamed, was “{words.short(session.title)}”."
        if not line:
            told = "Goes by its own title again."
        return self._change(done).saying(told, words.done(changes.RENAME, 1))

    def exclude_sessions(self, sessions: Sequence[str]) -> Change:
        """Leave sessions (native ids) out of the recent ones that are told."""
        return self._hide(sessions, hide=True)

    def include_sessions(self, sessions: Sequence[str]) -> Change:
        """Take exclude back: they may be named among the recent ones again."""
        return self._hide(sessions, hide=False)

    def merge_projects(self, into: Project, others: Sequence[Project]) -> Change:
        """Make projects one: the first has all memories and sessions then.

        Raises:
            UsageError: there is no other project among them.
        """
        found = [one for one in others if one.id != into.id]
        if not found:
            raise UsageError("Merging takes two projects or more.")
        done = self._curation.merge_projects(
            into.id, [one.id for one in found], actor=self._actor, at=self._clock()
        )
        change = self._change(done)
        parts = ", ".join(_beside(one, into) for one in found)
        told = f"{parts} is now part of {into.name}."
        return change.saying(told, words.done(changes.MERGE, change.count))

    def move_project(self, project: Project, root: ProjectRoot) -> Change:
        """Say that a project is at another root now, which keeps its old ones."""
        done = self._curation.move_project(
            project.id, root, actor=self._actor, at=self._clock()
        )
        told = f"{project.name} is at {root.path} now."
        return self._change(done).saying(told, words.done(changes.MOVE, 1))

    def lead_to_project(self, project: Project, root: ProjectRoot) -> Change:
        """Say that another folder is a way to the same project.

        Raises:
            UsageError: it is another project's.
        """
        if self._curation.is_of_another(project.id, root):
            raise UsageError(
                f"{root.path} is another project.",
                hint="memtui project merge makes two projects one.",
            )
        done = self._curation.lead_to_project(
            project.id, root, actor=self._actor, at=self._clock()
        )
        told = f"{root.path} leads to {project.name} too."
        return self._change(done).saying(told, words.done(changes.ALIAS, 1))

    def name_project(
        self, project: Project, name: str, *, remove: bool = False
    ) -> Change:
        """Let a project be asked for by another name too, or no longer.

        Raises:
            UsageError: nothing is left of the name.
        """
        line = by_hand.line(name)
        if not line:
            raise UsageError("A project needs a name.")
        done = self._curation.name_project(
            project.id, line, remove=remove, actor=self._actor, at=self._clock()
        )
        so = "no longer called" if remove else "called"
        told = f"{project.name} is {so} {line}{'' if remove else ' too'}."
        return self._change(done).saying(told, words.done(changes.ALIAS, 1))

    def tell_projects_apart(self, one: Project, other: Project) -> Change:
        """Never propose again that these two are one.

        Raises:
            UsageError: they are the same.
        """
        if one.id == other.id:
            raise UsageError("That is one project.")
        done = self._curation.tell_projects_apart(
            one.id, other.id, actor=self._actor, at=self._clock()
        )
        told = f"{_beside(one, other)} and {_beside(other, one)} stay two projects."
        return self._change(done).saying(told, words.done(changes.APART, 2))

    def _hide(self, sessions: Sequence[str], *, hide: bool) -> Change:
        done = self._curation.hide(
            sessions, hide=hide, actor=self._actor, at=self._clock()
        )
        change = self._change(done)
        if not hide or change.count != 1:
            return change
        told = "Excluded from recent sessions. Still found by search."
        return change.saying(told, words.done(done.act, 1))


def _beside(one: Project, other: Project) -> str:
    """A project's name, or its folder where another has the same name."""
    return home_path(one.path) if one.name == other.name and one.path else one.name
