"""Sessions: a list with subagents nested, and the reader of one transcript."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.model import Session, Turn
from memtui.search.grammar import Query, parse
from memtui.search.marks import spans
from memtui.store.queries import Anchor, StoreView, View
from memtui.tui import editor
from memtui.tui.actions import Key, bindings
from memtui.tui.clipboard import copy_words
from memtui.tui.desk import Desk
from memtui.tui.format import AGENT_WORDS, figure, memories, plural
from memtui.tui.lines import Line, ends
from memtui.tui.look import look_of
from memtui.tui.markdown import as_markdown
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.frame import Bar
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.session_list import SessionList, by_day
from memtui.tui.widgets.turn_lines import Block, Level, block_lines, blocks_of

LIST: Final = 50
"""Columns of the list beside the reader."""
MOST: Final = 20_000
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
    """Title at the left; project, branch and agent at the right."""
    if session is None:
        return []
    agent = AGENT_WORDS[session.agent]
    name = clean_line(session.project.name) if session.project else ""
    parts = (name, clean_line(session.branch), agent)
    where = "  ".join(part for part in parts if part)
    title = clean_line(session.title) or "Untitled"
    return ends(width, [(title, "bold foreground")], [(f"{where} ", "muted")])


class SessionsScreen(FilteringScreen):
    """Every session in the scope, and what was said in it."""

    NAME = "sessions"
    BINDINGS: ClassVar[list[BindingType]] = bindings("sessions")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self.title_line = TitleLine()
        self.list = SessionList(id="list")
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
        self._followed = ""
        """The row whose session the reader shows, once opened by the cursor."""

    def heading(self) -> Iterable[Widget]:
        """The scope line; a reader that has the whole body shows its title instead."""
        self.title_line.display = False
        return (self.scope_line, self.title_line) if self.scope_line else ()

    def panes(self) -> Sequence[Widget]:
        """The list and the reader."""
        return (self.list, self.reader)

    def keys(self) -> list[Key]:
        """In the list Enter reads, in the reader it unfolds."""
        keys = super().keys()
        if self.focused is self.reader:
            return keys
        return [Key("open", "enter", "read") if k.action == "open" else k for k in keys]

    def first_width(self, width: int) -> int:
        """A fixed list; the reader needs the room."""
        return LIST

    def fit(self) -> None:
        """Below 100 columns the session's header replaces the scope line."""
        super().fit()
        whole = self.reading_whole or self.zoomed is self.reader
        self.reader.edge = not whole and self.wide
        self.reader.head = None if whole else self._title
        self.reader.redraw()
        if self.scope_line is not None:
            self.title_line.display = whole
            self.scope_line.display = not whole

    def _title(self, width: int) -> Line:
        return title_of(self.session, min(width, 88))

    # The list -----------------------------------------------------------------------

    async def read(self) -> None:
        """Sessions, the last active first, under their days."""
        assert self.scope_line is not None
        query, view = self.scope_line.query_now, self.desk.view
        text = self.scope_line.text.strip()
        rows = await self.desk.lists.read(lambda v: _sessions(v, query, view))
        self.list.note = [
            [
                (
                    f"Nothing matches {text}.  "
                    if text
                    else "No sessions were read yet.",
                    "",
                ),
                ("backspace" if text else "", "bold primary"),
                (" drops the last chip" if text else "", "muted"),
            ]
        ]
        self.list.show(by_day(rows, look_of(self).now()), rows)
        hidden = ", subagents shown" if self.desk.hidden else ""
        self.scope_line.say(
            f"{self.desk.scope_words}{hidden}", plural(len(rows), "session")
        )
        await self._jump()

    def catch_up(self) -> None:
        """A jump asks for its session even where nothing changed."""
        super().catch_up()
        if self.desk.jump is not None and self.list.count:
            self._follow_jump()

    @work(exclusive=True, group="jump")
    async def _follow_jump(self) -> None:
        await self._jump()

    async def _jump(self) -> None:
        jump, self.desk.jump = self.desk.jump, None
        if jump is None:
            return
        native, turn, record = jump
        try:
            session = await self.desk.details.read(lambda v: v.session(native))
        except MemtuiError as error:
            self.say(error.message)
            return
        known = [n for n in range(self.list.count) if _is(self.list.row(n), native)]
        if known:
            self.list.move_to(known[0])
        if (row := self.list.current) is not None:
            self._followed = self.list.id_of(row)
        await self._read_turns(session, around=turn, record=record)
        self.open_reading()

    @on(LineList.Moved)
    def _moved(self, event: LineList.Moved) -> None:
        event.stop()
        self.refresh_frame()
        session = self.list.current
        if session is None or self.list.id_of(session) == self._followed:
            return
        self._followed = self.list.id_of(session)
        if self.wide:
            self._open_session(session)

    @on(LineList.Opened)
    def _opened(self, event: LineList.Opened) -> None:
        event.stop()
        self.action_open()

    def position(self) -> Line:
        """``turn 41 of 62   66 %`` in the reader, else the place in the list."""
        block = self.reader.current
        if self.focused is self.reader and block is not None:
            last = max(1, self._last_turn)
            share = f"{100 * block.turn // last} %"
            return [
                ("turn ", "muted"),
                (figure(block.turn), "bold foreground"),
                (f" of {figure(last)}   {share}", "muted"),
            ]
        if not self.list.count:
            return []
        return [
            (figure(self.list.cursor + 1), "bold foreground"),
            (f" of {figure(self.list.count)}", "muted"),
        ]

    # The reader ---------------------------------------------------------------------

    @work(exclusive=True, group="turns")
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
        query = self._wanted if self._wanted.has_text else None
        return block_lines(block, width, look_of(self), open_=open_, query=query)

    @on(BlockList.Moved)
    def _block_moved(self, event: BlockList.Moved) -> None:
        event.stop()
        self.refresh_frame()

    @on(BlockList.Opened)
    def _block_opened(self, event: BlockList.Opened) -> None:
        event.stop()
        self.action_open()

    @on(BlockList.EndReached)
    def _end_reached(self, event: BlockList.EndReached) -> None:
        event.stop()
        if self.session is not None and self._turns:
            self._read_on(event.step)

    @work(exclusive=True, group="turns")
    async def _read_on(self, step: int) -> None:
        """More turns where the cursor came to an end of those that are known."""
        session = self.session
        first, last = self._turns[0].number, self._turns[-1].number
        around = last + TURNS // 2 if step > 0 else max(0, first - TURNS // 2)
        if (
            session is None
            or (step > 0 and last >= self._last_turn)
            or (step < 0 and first <= 1)
        ):
            return
        more = await self.desk.details.read(
            lambda v: v.turns(session.id, around=around, limit=TURNS)
        )
        known = {turn.number: turn for turn in self._turns}
        known |= {turn.number: turn for turn in more}
        self._turns = [known[number] for number in sorted(known)]
        self._show_blocks()

    def action_open(self) -> None:
        """The reader; in it: unfold."""
        block = self.reader.current
        if self.focused is self.reader and block is not None:
            self._open ^= {block.id}
            self.reader.redraw()
            self.reader.reveal()
            return
        session = self.list.current
        if session is None:
            return
        if session != self.session:
            self._open_session(session)
        self.open_reading()

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
    async def action_turn(self) -> None:
        """The memories that were made from this turn."""
        block, session = self.reader.current, self.session
        if block is None or session is None:
            self.say("No turn is under the cursor.")
            return
        self.desk.queries["timeline"] = f"session:{session.id}"
        self.app.switch_mode("timeline")
        self.desk.touch()

    # Finding ------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Filter the list; in the reader: find."""
        if self.focused is self.reader:
            self.close_reading() if not self.wide else None
        super().action_filter()

    @on(ScopeLine.Changed)
    def _find_changed(self, event: ScopeLine.Changed) -> None:
        self._wanted = parse(event.text, now_ms=look_of(self).now())
        self.reader.redraw()

    def action_next_hit(self) -> None:
        """The next block with a hit."""
        self._to_hit(+1)

    def action_previous_hit(self) -> None:
        """The block with a hit before."""
        self._to_hit(-1)

    def _to_hit(self, step: int) -> None:
        if not self._wanted.has_text:
            self.say("Nothing is looked for. / takes the words")
            return
        at = self.reader.cursor + step
        while 0 <= at < len(self.reader.blocks):
            if spans(self.reader.blocks[at].record.text, self._wanted):
                self.reader.move_to(at)
                return
            at += step
        self.say("No more hits.")

    # Copies -------------------------------------------------------------------------

    def action_copy(self) -> None:
        """Copy the block under the cursor."""
        block = self.reader.current
        if block is None:
            self.say("Nothing to copy.")
            return
        self.say(copy_words(self.app, block.record.text or block.record.command))

    @work
    async def action_copy_more(self) -> None:
        """Copy the session as Markdown."""
        if (text := await self._markdown()) is not None:
            self.say(copy_words(self.app, text))

    @work
    async def action_write(self) -> None:
        """Write the session as a Markdown file into the folder one is in."""
        session, text = self.session, await self._markdown()
        if session is None or text is None:
            return
        path = self.desk.cwd / f"session-{session.id[:12]}.md"
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self.say(f"Not written: {error.strerror}.")
        else:
            self.say(f"Written to {path}, {figure(len(text))} characters.")

    @work
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

    def action_resume(self) -> None:
        """Go on with this session in its agent."""
        session = self.list.current or self.session
        if session is None:
            self.say("No session is under the cursor.")
            return
        folder = session.project.path if session.project else ""
        self.resume_session(session.agent, session.id, folder)

    # What cannot be done to a session -------------------------------------------------

    def action_prune(self) -> None:
        """Nothing: the archive keeps every session."""
        self.say("Sessions are never deleted. x excludes its memories.")

    @work
    async def action_exclude(self) -> None:
        """Never tell what came from this session; the same key twice."""
        session = self.list.current or self.session
        if session is None:
            return
        asked = parse(f"session:{session.id}", now_ms=0)
        shown = View(hidden=True)
        ids = await self.desk.details.read(lambda v: v.memory_ids(asked, shown))
        if not ids:
            self.say("No memories came from this session.")
        elif self.arm("x", ids, f"excludes {memories(len(ids))}"):
            self.act(lambda curator: curator.exclude(ids))

    @work
    async def action_add(self) -> None:
        """A memory by hand, begun with the block under the cursor."""
        block, session = self.reader.current, self.session
        quoted = block.record.text[:600] if block is not None else ""
        await self.add_by_hand(session.project if session else None, quoted)


_LEVELS: Final = {
    Level.PROMPTS: "prompts",
    Level.REPLIES: "prompts and replies",
    Level.TOOLS: "prompts, replies, tools folded",
    Level.THINKING: "thinking too",
    Level.ALL: "everything",
}


def _is(session: Session | None, native: str) -> bool:
    return session is not None and session.id == native


def _sessions(view: StoreView, query: Query, shown: View) -> list[Session]:
    """All of them, subagents behind the one that started them."""
    rows: list[Session] = []
    before: Anchor | None = None
    while len(rows) < MOST:
        page = view.sessions(query, shown, before=before, limit=1_000)
        rows += page
        if len(page) < 1_000:
            break
        before = Anchor.of(page[-1])
    return nested(rows)


def nested(rows: Sequence[Session]) -> list[Session]:
    """Children right behind their parent; orphans where they are."""
    ids = {row.id for row in rows}
    children: dict[str, list[Session]] = {}
    for row in rows:
        if row.parent in ids and row.parent != row.id:
            children.setdefault(row.parent, []).append(row)
    ordered: list[Session] = []
    for row in rows:
        if row.parent not in ids or row.parent == row.id:
            ordered += [row, *children.get(row.id, [])]
    return ordered
