"""Copies of the session that is read: a block, all of it, a file, the pager."""

import re
from typing import Final

from textual import work

from memtui.files import replace_file
from memtui.model import Session
from memtui.tui import editor
from memtui.tui.clipboard import copy_words
from memtui.tui.format import figure
from memtui.tui.markdown import as_markdown
from memtui.tui.screens.calm import calm
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.turn_lines import Block

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9_-]")


class CopyingScreen(FilteringScreen):
    """What leaves a screen with a reader in it."""

    reader: BlockList[Block]
    session: Session | None

    def action_copy(self) -> None:
        """Copy the block under the cursor."""
        block = self.reader.current
        if block is None:
            self.say("Nothing to copy.")
            return
        self.say(copy_words(self.app, block.record.text or block.record.command))

    @work
    @calm
    async def action_copy_more(self) -> None:
        """Copy the session as Markdown."""
        if (text := await self._markdown()) is not None:
            self.say(copy_words(self.app, text))

    @work
    @calm
    async def action_write(self) -> None:
        """Write the session as a Markdown file into the folder one is in."""
        session, text = self.session, await self._markdown()
        if session is None or text is None:
            return
        name = _NO_NAME.sub("_", session.id[:12])  # a transcript may call itself ../x
        path = self.desk.cwd / f"session-{name}.md"
        try:
            replace_file(path, text.encode("utf-8", "replace"))
        except OSError as error:
            self.say(f"Not written: {error.strerror}.")
        else:
            self.say(f"Written to {path}, {figure(len(text))} characters.")

    @work
    @calm
    async def action_page_text(self) -> None:
        """The session in the person's pager."""
        if (text := await self._markdown()) is not None:
            editor.page_text(self.app, text)

    def action_page(self) -> None:
        """The session in the person's pager."""
        self.action_page_text()

    async def _markdown(self) -> str | None:
        session = self.session
        if session is None:
            self.say("No session is open.")
            return None
        turns = await self.desk.details.read(
            lambda v: v.turns(session.id, limit=100_000)
        )
        return as_markdown(session, turns)
