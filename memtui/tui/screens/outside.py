"""Files in which agents remember by themselves, shown beside what is kept here."""

from functools import partial

from textual import work

from memtui.clean import clean_line
from memtui.paths import home_path
from memtui.tui.format import plural
from memtui.tui.late import choosing, sheets
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.everywhere import EverywhereScreen


class OutsideScreen(EverywhereScreen):
    """In the palette: ``agents' files``. They are only read."""

    @work
    @calm
    async def action_native(self) -> None:
        """Choose one of a project's files, read it, and come back to the list."""
        if self.desk.demo:
            self.say("The demo reads no files of this machine.")
            return
        from memtui.tui import outside  # not before first paint

        project = self.desk.project or self.desk.looked_at
        cwd, home, look = self.desk.cwd, self.desk.home, look_of(self)
        there = await self.desk.details.read(
            lambda view: outside.read(view, project, cwd, home)
        )
        place = home_path(str(there.root), home)
        if not there.files:
            self.say(f"No agent has a memory file of its own for {place}.")
            return
        counted = f"{plural(len(there.files), 'file')}, {clean_line(there.root.name)}"
        wanted = "0"
        while True:
            chooser = choosing.Chooser(
                "What agents read by themselves", outside.choices_of(there, home),
                counted=counted, current=wanted, wide=True, verb="read",
            )  # fmt: skip
            chosen = await self.app.push_screen_wait(chooser)
            if chosen is None:
                return
            wanted, one = chosen, there.files[int(chosen)]
            sheet = sheets.Sheet(
                outside.title_of(one, there, home),
                partial(outside.lines_of, one, look),
                right=outside.counted(one),
            )
            await self.app.push_screen_wait(sheet)
