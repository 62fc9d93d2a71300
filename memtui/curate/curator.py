"""``Curator``: the verbs of curation, one for CLI, app and MCP alike."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from memtui.clean import clean, clean_line
from memtui.curate import moves, words
from memtui.curate.guard import agent_here
from memtui.errors import MemtuiError, UsageError
from memtui.model import Agent, Project, State, Trust, observation_id
from memtui.paths import store_path
from memtui.redact import Redactor
from memtui.settings import Settings
from memtui.store.curation import Curation, Decide, Done
from memtui.store.frozen import BY_HAND
from memtui.store.rows import strings_column

Export = Callable[[Path, Settings, list[str] | None], object]
"""Writes again what hooks print: for these projects, or (None) for all."""

PERSON: Final = "person"
_TITLE: Final = 80
"""Columns; a longer first line of a memory by hand goes on in its body."""


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

    @property
    def undoable(self) -> bool:
        """Whether undo would take this back: say its key."""
        return self.entry is not None and self.act != "undo"


class Curator:
    """Decides about memories, for one actor, on one thread at a time.

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
        StoreBusy: another process has been writing for over five seconds.
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
        self._export = export or _export_projects
        self._clock = clock
        self._curation = Curation(store_path(data))

    def close(self) -> None:
        """Give the store back."""
        self._curation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

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
        return _saying(change, f"Pinned, place {count} of {count}.", "Pinned 1 memory.")

    def unpin(self, ids: Sequence[str]) -> Change:
        """Take the pin off; they stay kept."""
        return self._act("unpin", ids, moves.unpin)

    def exclude(self, ids: Sequence[str]) -> Change:
        """Never tell them; search still finds them."""
        change = self._act("exclude", ids, moves.exclude)
        if change.count != 1:
            return change
        return _saying(change, "Excluded. Still found by search.", "Excluded 1 memory.")

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

    # what they say

    def retype(self, ids: Sequence[str], type_: str) -> Change:
        """Give them another type.

        Raises:
            UsageError: the config knows no such type.
        """
        return self._retype("retype", ids, self._known_type(type_))

    def promote(self, ids: Sequence[str], to: str | None = None) -> Change:
        """One rung up the ladder, or to a type.

        Raises:
            UsageError: the config knows no such type.
        """
        type_ = None if to is None else self._known_type(to)
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
            changes["title"] = self._title(title)
        if body is not None:
            changes["body"] = self._said(body)
        if facts is not None:
            changes["facts"] = strings_column([self._line(one) for one in facts])
        if files is not None:
            changes["files"] = strings_column([self._line(one) for one in files])
        return self._act("edit", [id], moves.edit(changes))

    def merge(
        self, ids: Sequence[str], *, title: str | None = None, body: str | None = None
    ) -> Change:
        """Merge into the first: it gets all evidence, the others point to it.

        Raises:
            UsageError: fewer than two memories.
        """
        rows = self._curation.rows(ids)
        if len(rows) < 2:
            raise UsageError("Merging takes two memories or more.")
        said: dict[str, object] = {}
        if title is not None:
            said["title"] = self._title(title)
        if body is not None:
            said["body"] = self._said(body)
        move = moves.merge(next(iter(rows)), list(rows.values()), said)
        change = self._act("merge", list(rows), move)
        told = f"Merged {len(rows)} into 1."
        return _saying(change, told, words.done("merge", change.count))

    def supersede(self, ids: Sequence[str], by: str) -> Change:
        """Say that another memory holds instead of these.

        Raises:
            UsageError: the other does not exist, or is superseded by one of these.
        """
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
        on = [self._line(one).lower() for one in add]
        off = [self._line(one).lower() for one in remove]
        return self._act("tag", ids, moves.tag([t for t in on if t], off))

    # where they are told

    def scope(self, ids: Sequence[str], scope: str) -> Change:
        """Say who is told: ``project``, ``group:NAME``, ``global``, ``agent:NAME``.

        Raises:
            UsageError: no such scope, group or agent.
        """
        return self._act("scope", ids, moves.scope(self._known_scope(scope)))

    def order(self, ids: Sequence[str]) -> Change:
        """Put pins in this order; the other pins of their projects follow."""
        every = [*dict.fromkeys(ids), *self._curation.pins_beside(ids)]
        return self._act("order", every, moves.order(every))

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
    ) -> Change:
        """Write a memory by hand, kept at once; an agent's lands in the inbox.

        Raises:
            UsageError: no text, no such type or scope, or no project to be in.
        """
        first, _, rest = self._said(text).partition("\n")
        title, more = _cut(self._title(first))
        said = "\n".join(
            part for part in (more, rest.strip(), self._said(body)) if part
        )
        if project is None and scope == "project":
            raise UsageError("A memory belongs to a project, a group, or is global.")
        at = self._clock()
        trusted = self._actor == PERSON or self._settings.curate_from_agents
        row = {
            "type": self._known_type(type),
            "title": title,
            "body": said,
            "at": at,
            "trust": (Trust.USER if self._actor == PERSON else Trust.ASSISTANT).value,
            "rule": BY_HAND,
            "confidence": 1.0,
            "tags": strings_column([self._line(one).lower() for one in tags]),
            "files": strings_column([self._line(one) for one in files]),
            "state": (State.KEPT if trusted else State.CANDIDATE).value,
            "scope": self._known_scope(scope),
        }  # fmt: skip
        memory = observation_id(BY_HAND, f"{at}", 0, f"{title}\n{said}")
        where = project.id if project else None
        done = self._curation.add(memory, row, where, actor=self._actor, at=at)
        told = "Added and kept." if trusted else "Added to the inbox."
        change = self._change(done)
        return _saying(change, told, words.done("add", 1)) if change.count else change

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
        return self._change(
            self._curation.act(
                act, ids, move, actor=self._actor, at=self._clock(), note=note
            )
        )

    def _retype(self, act: str, ids: Sequence[str], type_: str | None) -> Change:
        move = moves.retype(type_) if type_ else moves.promote(self._settings)
        before = self._curation.rows(ids) if len(ids) == 1 else {}
        change = self._act(act, ids, move, note=type_ or "")
        if change.count != 1 or not before:
            return change
        now = self._curation.rows(change.ids)[change.ids[0]]["type"]
        was = before[change.ids[0]]["type"]
        told = f"Now {words.a(now)}, was {words.a(was)}."
        return _saying(change, told, words.done(act, 1))

    def _change(self, done: Done) -> Change:
        count = len(done.changes)
        if done.entry is None:
            return Change(act=done.act, message=words.nothing(done.act))
        if done.undone:
            message = words.taken_back(done.act, done.undone, count)
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

    def _known_type(self, type_: str) -> str:
        if type_ not in self._settings.types:
            known = ", ".join(self._settings.types)
            raise UsageError(f"There is no type {type_}.", hint=f"Types: {known}")
        return type_

    def _known_scope(self, scope: str) -> str:
        kind, colon, name = scope.partition(":")
        if scope in ("project", "global"):
            return scope
        if kind == "group" and colon:
            if name in self._settings.groups:
                return scope
            raise UsageError(f"There is no group {name}.", hint="Groups: [groups]")
        if kind == "agent" and name in {agent.value for agent in Agent}:
            return scope
        raise UsageError(
            f"There is no scope {scope}.",
            hint="Scopes: project, group:NAME, global, agent:NAME",
        )

    def _title(self, text: str) -> str:
        title = self._line(text)
        if not title:
            raise UsageError("A memory needs a title.")
        return title

    def _line(self, text: str) -> str:
        return clean_line(self._said(text)).strip()

    def _said(self, text: str) -> str:
        return clean(Redactor().text(text)).strip()


def _saying(change: Change, message: str, instead_of: str) -> Change:
    if change.entry is None:
        return change
    told = change.message.replace(instead_of, message, 1)
    return Change(
        act=change.act,
        ids=change.ids,
        count=change.count,
        message=told,
        entry=change.entry,
    )


def _cut(title: str) -> tuple[str, str]:
    """A title of at most 80 characters, and the whole of a longer one."""
    if len(title) <= _TITLE:
        return title, ""
    head = title[: _TITLE - 1].rsplit(" ", 1)[0]
    return f"{head}…", title


def _export_projects(
    data: Path, settings: Settings, projects: list[str] | None
) -> None:
    from memtui.inject.export import export_projects

    export_projects(data, settings, projects)
