"""What a session is called, which projects and which versions are one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.model import Project
from memtui.paths import home_path
from memtui.tui.format import plural
from memtui.tui.late import choices, choosing, prompting, sheets
from memtui.tui.screens.calm import calm
from memtui.tui.screens.outside import OutsideScreen

if TYPE_CHECKING:
    from memtui.store.views.likeness import SameProject


class RegroupingScreen(OutsideScreen):
    """``R`` renames; the rest is in the palette."""

    async def rename_session(self, native_id: str) -> None:
        """Ask for a session's title."""
        try:
            session = await self.desk.details.read(lambda v: v.session(native_id))
        except MemtuiError:
            self.say("It belongs to no session.")
            return
        prompt = prompting.Prompt(
            "Title",
            text=session.title,
            empty="empty: its own title again",
            verb="rename",
        )
        title = await self.app.push_screen_wait(prompt)
        if title is not None:
            self.act(lambda curator: curator.rename_session(session, title))

    @work
    @calm
    async def action_conflicts(self) -> None:
        """Choose between what a memory says here and on another machine."""
        from memtui.tui import differing  # not before first paint

        found = await self.desk.details.read(differing.read)
        if not found:
            self.say("Nothing was changed on two machines.")
            return
        one: differing.Differing | None = found[0]
        if len(found) > 1:
            offered = [
                choices.Choice(value=f.id, name=f.name, note=f.note) for f in found
            ]
            counted = plural(len(found), "memory", "memories")
            title = "Changed on two machines"
            chooser = choosing.Chooser(title, offered, counted=counted, wide=True)
            wanted = await self.app.push_screen_wait(chooser)
            one = next((f for f in found if f.id == wanted), None)
        if one is None:
            return
        sheet = sheets.Sheet(
            one.name, one.lines, right=one.note,
            yes=f"as on {one.origin}", no="as it is here",
        )  # fmt: skip
        answer = await self.app.push_screen_wait(sheet)
        if answer is not False:
            ids, other = [one.id], answer is True
            self.act(lambda curator: curator.choose(ids, other=other))

    @work
    @calm
    async def action_same_projects(self) -> None:
        """Decide about the first two projects that may be one."""
        pairs = await self.desk.details.read(lambda view: view.same_projects())
        if not pairs:
            self.say("No two projects look like one.")
            return
        chooser = choosing.Chooser(
            "Is this one project?",
            _answers(pairs[0], self.desk.home),
            counted=f"1 of {len(pairs)}",
            wide=True,
        )
        answer = await self.app.push_screen_wait(chooser)
        into, other = pairs[0].into, pairs[0].other
        if answer == "yes":
            self._merge(into, other)
        elif answer == "no":
            self.act(lambda curator: curator.tell_projects_apart(into, other))

    @work
    @calm
    async def action_merge_projects(self) -> None:
        """Make two projects one."""
        every = await self.desk.details.read(lambda view: view.projects())
        into = await self._choose("Which project stays?", every)
        if into is None:
            return
        rest = [one for one in every if one.id != into.id]
        other = await self._choose(f"What is part of {clean_line(into.name)}?", rest)
        if other is not None:
            self._merge(into, other)

    def _merge(self, into: Project, other: Project) -> None:
        if self.desk.project_id == other.id:
            self.desk.project = into  # the scope that one looks at goes on
        self.act(lambda curator: curator.merge_projects(into, [other]))

    @work
    @calm
    async def action_move_project(self) -> None:
        """Say where a project is now."""
        project = await self._choose_any("Which project moved?")
        if project is None:
            return
        path = home_path(project.path, self.desk.home)
        prompt = prompting.Prompt(
            "Is now in", text=path, empty="a folder", verb="move it"
        )
        typed = await self.app.push_screen_wait(prompt)
        if not typed:
            return
        from memtui.ingest.projects import ProjectFinder  # not before first paint

        place = Path(typed).expanduser()
        root = ProjectFinder().session_root(str(place)) if place.is_dir() else None
        if root is None:
            self.say(f"There is no folder {typed}.")
            return
        found = root
        self.act(lambda curator: curator.move_project(project, found))

    @work
    @calm
    async def action_name_project(self) -> None:
        """Give a project another name."""
        project = await self._choose_any("Which project?")
        if project is None:
            return
        name = clean_line(project.name)
        prompt = prompting.Prompt(
            f"{name} is called", empty="another name", verb="name it so"
        )
        typed = await self.app.push_screen_wait(prompt)
        if typed:
            self.act(lambda curator: curator.name_project(project, typed))

    async def _choose_any(self, title: str) -> Project | None:
        every = await self.desk.details.read(lambda view: view.projects())
        return await self._choose(title, every)

    async def _choose(self, title: str, projects: Sequence[Project]) -> Project | None:
        if not projects:
            self.say("There is no other project.")
            return None
        offered = [
            choices.Choice(
                value=p.id, name=p.name, note=home_path(p.path, self.desk.home)
            )
            for p in projects
        ]
        counted, current = plural(len(projects), "project"), self.desk.project_id or ""
        chooser = choosing.Chooser(
            title, offered, counted=counted, current=current, wide=True
        )
        wanted = await self.app.push_screen_wait(chooser)
        return next((one for one in projects if one.id == wanted), None)


def _answers(pair: "SameProject", home: Path) -> "list[choices.Choice]":
    other = home_path(clean_line(pair.other.path), home)
    into = home_path(clean_line(pair.into.path), home)
    return [
        choices.Choice(
            value="yes", name="yes", note=f"{other} has {pair.why} as {into}"
        ),
        choices.Choice(
            value="no", name="no", note="nothing is shared, and never asked again"
        ),
    ]
