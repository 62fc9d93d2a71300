"""The journal as a list: what was decided, about what, and what became of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual import work

from memtui.clean import clean_line
from memtui.later import later
from memtui.model import Memory
from memtui.tui.format import figure, moment, plural
from memtui.tui.late import choices, choosing, details, known, sheets
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.setting_up import SettingUpScreen

if TYPE_CHECKING:  # what the journal needs waits for it
    from memtui.store.curate import changes
    from memtui.store.curate.journal import JournalEntry, Named
else:
    changes = later("memtui.store.curate.changes")

ENTRIES: Final = 500


class DecidedScreen(SettingUpScreen):
    """``H`` lists the acts, Enter opens what one was about."""

    @work
    @calm
    async def action_journal(self) -> None:
        """What was decided, the last act first."""
        entries = await self.desk.details.read(lambda view: view.journal(ENTRIES))
        if not entries:
            self.say("Nothing was decided yet.")
            return
        now = look_of(self).now()
        chooser = choosing.Chooser(
            "What was decided",
            [_as_choice(entry, now) for entry in entries],
            counted=plural(len(entries), "act"),
            wide=True,
            verb="open",
        )
        wanted = await self.app.push_screen_wait(chooser)
        entry = next((e for e in entries if str(e.id) == wanted), None)
        if entry is not None:
            await self._open_entry(entry)

    async def _open_entry(self, entry: "JournalEntry") -> None:
        if entry.act in changes.ON_SESSIONS and entry.about:
            self.desk.jump = (entry.about[0].id, 1, "")
            self.leap("sessions")
            return
        if entry.act in changes.ON_PROJECTS:
            names = ", ".join(clean_line(one.title) for one in entry.about)
            self.say(f"It was about projects: {names}.")
            return
        ids = [one.id for one in entry.about]
        found = await self.desk.details.read(lambda v: v.memories_by_id(ids))
        if not found:
            self.say("The memory of this act is gone: it was purged.")
        elif len(found) == 1:
            self._open_memory(found[0])
        else:
            title = clean_line(entry.act).capitalize()
            counted = plural(entry.count, "memory", "memories")
            await self.open_one_of(
                title, [(one, details.state_word(one)) for one in found], counted
            )

    async def open_one_of(
        self, title: str, found: Sequence[tuple[Memory, str]], counted: str
    ) -> None:
        """Let one be chosen, a word beside each, and show it."""
        chooser = choosing.Chooser(
            title,
            [
                choices.Choice(value=one.id, name=one.type, note=one.title, right=word)
                for one, word in found
            ],
            counted=counted,
            wide=True,
            verb="open",
        )
        wanted = await self.app.push_screen_wait(chooser)
        one = next((one for one, _ in found if one.id == wanted), None)
        if one is not None:
            self._open_memory(one)

    def _open_memory(self, memory: Memory) -> None:
        """In a sheet: it may be in the trash, or outside of any list in sight."""
        look = look_of(self)
        detail = details.Detail(memory=memory, because=known.because(memory))
        self.app.push_screen(
            sheets.Sheet(
                "As it stands now",
                lambda width: details.lines_of(detail, width, look, keys=False),
            )
        )


def _as_choice(entry: "JournalEntry", now: int) -> "choices.Choice":
    note = f" ({clean_line(entry.note)})" if entry.note else ""
    undone = "taken back   " if entry.undone else ""
    return choices.Choice(
        value=str(entry.id),
        name=clean_line(entry.act),
        note=about(entry.about, entry.count) + note,
        right=f"{undone}{moment(entry.at, now)}",
    )


def about(named: "Sequence[Named]", count: int) -> str:
    """The first by its title, and how many more."""
    if not named:
        return plural(count, "memory", "memories")
    first = clean_line(named[0].title) or named[0].id
    return f"{first}, and {figure(count - 1)} more" if count > 1 else first
