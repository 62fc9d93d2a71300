"""Purge from the app: counted first, then the words typed. Nothing takes it back."""

import asyncio
from collections.abc import Sequence

from textual import work

from memtui.errors import MemtuiError
from memtui.tui.format import memories, plural
from memtui.tui.late import prompting
from memtui.tui.screens.calm import calm
from memtui.tui.screens.regrouping import RegroupingScreen


class PurgingScreen(RegroupingScreen):
    """A screen whose first pane holds memories that may be purged."""

    def chosen(self) -> tuple[str, ...]:
        """What an act means: the marked ones, else the one under the cursor."""
        raise NotImplementedError

    @work
    @calm
    async def action_purge(self) -> None:
        """Remove every trace of the chosen memories, after the words were typed."""
        ids = self.chosen()
        if not ids:
            self.say("No memory is under the cursor.")
            return
        # only who purges pays for all that reads transcripts
        from memtui.ingest.erase import Target, would_purge

        target = Target(memories=ids)
        try:
            counts = await asyncio.to_thread(would_purge, self.desk.data, target)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        words = f"purge {counts.memories}"
        many = memories(counts.memories)
        prompt = prompting.Prompt(
            f"Purge deletes {many} for good; no undo. Type {words}:",
            empty=words,
            verb="purge",
            note=_what_goes_along(counts.records, counts.told_in, counts.decided),
            check=lambda line: "" if line == words else f"Type {words}, or esc.",
        )
        if await self.app.push_screen_wait(prompt) == words:
            self.say(f"Purging {many}: all of the index is made anew.")
            await self._purge(ids, many)

    async def _purge(self, ids: Sequence[str], many: str) -> None:
        from memtui.curate import Change
        from memtui.ingest.erase import Target, purge

        data, settings = self.desk.data, self.desk.settings
        try:
            done = await asyncio.to_thread(
                purge, data, settings, Target(memories=tuple(ids))
            )
        except MemtuiError as error:
            self.say(f"Not purged: {error.message} {error.hint}".strip())
            return
        told = f"Purged {many}. Nothing takes that back."
        if not done.is_wiped:
            told += " The store's log is emptied by the next sync."
        self.after_act(Change(act="purge", count=len(ids), message=told))


def _what_goes_along(records: int, sessions: int, kept: int) -> str:
    """What else goes, in a line below the words to be typed."""
    parts = [f"{kept:,} of them kept"] if kept else []
    if records:
        parts.append(
            f"with {plural(records, 'record')} of {plural(sessions, 'session')} that "
            "told of it; memtui purge --keep-lines leaves those"
        )
    return ", ".join(parts)
