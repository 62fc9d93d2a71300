"""The reader of one session: turns as blocks, folded tools, find, copies."""

from typing import Final

from rich.cells import cell_len
from textual import on, work

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.model import Session
from memtui.records import Turn
from memtui.search.grammar import Query, parse
from memtui.search.marks import spans
from memtui.tui.desk import Desk
from memtui.tui.format import AGENT_CODES, AGENT_WORDS
from memtui.tui.lines import Line, ends
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.copying import CopyingScreen
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.frame import Bar
from memtui.tui.widgets.memory_list import LEAST_TITLE
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.turn_lines import Block, Level, block_lines, blocks_of

TURNS: Final = 60
"""Turns that are read at once; more come at the ends."""


class TitleLine(Bar):
    """The open session, above its turns."""

    DEFAULT_CSS = "TitleLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [[("   ", ""), *title_of(self.session, width - 3)]]


def title_of(session: Session | None, width: int) -> Line:
    """Title at the left; project, branch and agent at the right.

    Where the title has no room: the branch goes, then the agent's word, the project.
    """
    if session is None:
        return []
    agent, code = AGENT_WORDS[session.agent], AGENT_CODES[session.agent]
    name = clean_line(session.project.name) if session.project else ""
    title = clean_line(session.title) or "Untitled"
    least = min(cell_len(title), LEAST_TITLE)
    where = ""
    for parts in (name, clean_line(session.branch), agent), (name, agent), (name, code):
        where = "  ".join(part for part in parts if part)
        if width - cell_len(where) - 3 >= least:
            break
    else:
        where = code
    return ends(width, [(title, "bold foreground")], [(f"{where} ", "muted")])


class ReaderScreen(CopyingScreen):
    """A screen with a reader of sessions in it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.title_line = TitleLine()
        self.reader: BlockList[Block] = BlockList(
            self._draw,
            lambda block: block.id,
            is_head=lambda block: block.first and block.speaker == "you",
            id="detail",
        )
        self.reader.edge = True
        self.level = Level.TOOLS
        self.session: Session | None = None
        self._turns: list[Turn] = []
        self._open: set[str] = set()
        self._wanted = Query()
        self._last_turn = 0

    # The reader ---------------------------------------------------------------------

    @work(exclusive=True, group="turns")
    @calm
    async def _open_session(self, session: Session) -> None:
        await self._read_turns(session, around=None)

    async def _read_turns(
        self, session: Session, *, around: int | None, record: str = ""
    ) -> None:
        native = session.id
        try:
            turns, last = await self.desk.details.read(
                lambda v: (
                    v.turns(native, around=around, limit=TURNS),
                    v.last_turn(native),
                )
            )
        except MemtuiError as error:
            self.say(error.message)
            return
        self.session, self._turns, self._last_turn = session, turns, last
        self.title_line.session = session
        self.title_line.refresh()
        self.reader.note = [
            [("No turns to show: the file held only a summary.", "muted")]
        ]
        at = ""
        for turn in turns:
            for block in blocks_of(turn, session.agent, Level.ALL):
                native_ids = {block.record.native_id}
                native_ids |= {block.result.native_id} if block.result else set()
                if not at and record and record in native_ids:
                    at = block.id
                    self._open |= {at} if block.result else set()
                elif not at and not record and turn.number == around:
                    at = block.id
        self._show_blocks(at=at)
        if not at and around is None:
            self.reader.action_first()

    def _show_blocks(self, *, at: str = "") -> None:
        agent = self.session.agent if self.session else None
        blocks = [b for t in self._turns for b in blocks_of(t, agent, self.level)]
        self.reader.show(blocks, at=at)

    def _draw(self, block: Block, width: int) -> list[Line]:
        open_ = block.id in self._open or self.level == Level.ALL
        width = min(width, 88)
        query = self._wanted if self._wanted.marks else None
        return block_lines(block, width, look_of(self), open_=open_, query=query)

    @on(BlockList.Moved)
    def _block_moved(self, event: BlockList.Moved) -> None:
        event.stop()
        self.refresh_frame()

    @on(BlockList.Opened)
    def _block_opened(self, event: BlockList.Opened) -> None:
        event.stop()
        self.unfold()

    @on(BlockList.EndReached)
    def _end_reached(self, event: BlockList.EndReached) -> None:
        event.stop()
        if self.session is not None and self._turns:
            self._read_on(event.step)

    @work(exclusive=True, group="turns")
    @calm
    async def _read_on(self, step: int) -> None:
        """More turns where the cursor came to an end of those that are known."""
        await self._read_further(step)

    async def _read_further(self, step: int) -> bool:
        """More turns in one direction; False: there are none."""
        session = self.session
        if not self._turns:
            return False
        first, last = self._turns[0].number, self._turns[-1].number
        around = last + TURNS // 2 if step > 0 else max(0, first - TURNS // 2)
        if (
            session is None
            or (step > 0 and last >= self._last_turn)
            or (step < 0 and first <= 1)
        ):
            return False
        more = await self.desk.details.read(
            lambda v: v.turns(session.id, around=around, limit=TURNS)
        )
        known = {turn.number: turn for turn in self._turns}
        known |= {turn.number: turn for turn in more}
        grew = len(known) > len(self._turns)
        self._turns = [known[number] for number in sorted(known)]
        self._show_blocks()
        return grew

    def unfold(self) -> bool:
        """Open or fold the block under the cursor; False outside the reader."""
        block = self.reader.current
        if self.focused is not self.reader or block is None:
            return False
        self._open ^= {block.id}
        self.reader.redraw_current()
        self.reader.reveal()
        return True

    def action_less(self) -> None:
        """Less detail."""
        self._detail(-1)

    def action_more(self) -> None:
        """More detail."""
        self._detail(+1)

    def _detail(self, step: int) -> None:
        self.level = Level(max(Level.PROMPTS, min(Level.ALL, self.level + step)))
        self._show_blocks()
        self.say(f"Shown: {_LEVELS[self.level]}.")

    @work
    @calm
    async def action_turn(self) -> None:
        """The memories that were made from this turn."""
        block, session = self.reader.current, self.session
        if block is None or session is None:
            self.say("No turn is under the cursor.")
            return
        self.leap("timeline", f"session:{session.id}")

    # Finding ------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Filter the list; in the reader: find."""
        if self.focused is self.reader:
            self.close_reading() if not self.wide else None
        super().action_filter()

    @on(ScopeLine.Changed)
    def _find_changed(self, event: ScopeLine.Changed) -> None:
        self.look_for(event.text)

    def look_for(self, text: str) -> None:
        """Mark this in the reader; ``n`` goes to the next of it."""
        self._wanted = parse(text, now_ms=look_of(self).now())
        self.reader.redraw()

    def action_next_hit(self) -> None:
        """The next block with a hit."""
        self._to_hit(+1)

    def action_previous_hit(self) -> None:
        """The block with a hit before."""
        self._to_hit(-1)

    @work(exclusive=True, group="hit")
    @calm
    async def _to_hit(self, step: int) -> None:
        if not self._wanted.marks:
            self.say("Nothing is looked for. / takes the words")
            return
        while not self._at_hit(step):
            if not await self._read_further(step):
                self.say("No more hits.")
                return

    def _at_hit(self, step: int) -> bool:
        """Move to the next hit in what was read; False: there is none."""
        at = self.reader.cursor + step
        while 0 <= at < len(self.reader.blocks):
            block = self.reader.blocks[at]
            if spans(block.record.text, self._wanted):
                self.reader.move_to(at)
                return True
            if block.result and spans(block.result.text, self._wanted):
                self._open.add(block.id)
                self.reader.move_to(at)
                self.reader.redraw_current()
                self.reader.reveal()
                return True
            at += step
        return False


_LEVELS: Final = {
    Level.PROMPTS: "prompts",
    Level.REPLIES: "prompts and replies",
    Level.TOOLS: "prompts, replies, tools folded",
    Level.THINKING: "thinking too",
    Level.ALL: "everything",
}
