"""Sessions: a list with subagents nested, and the reader of one transcript."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from memtui.errors import MemtuiError
from memtui.model import Evidence, Session
from memtui.search.grammar import Query, parse
from memtui.store.queries import Anchor, StoreView, View
from memtui.tui.actions import Key, bindings
from memtui.tui.desk import Desk
from memtui.tui.format import capped, figure, memories, short_date
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.filtering import nothing_matches
from memtui.tui.screens.outlining import OutliningScreen
from memtui.tui.screens.reader import title_of
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.outline import OUTLINE
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.session_list import SessionList, best_first, by_day

LIST: Final = 50
"""Columns of the list beside the reader."""
MOST: Final = 20_000
BEST: Final = 200
"""Sessions that are listed where words are looked for."""
QUOTED: Final = 600
"""Characters of a block that a memory written from it quotes."""


class SessionsScreen(OutliningScreen):
    """Every session in the scope, and what was said in it."""

    NAME = "sessions"
    RAIL_WIDTH = OUTLINE
    RAIL_AT_END = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("sessions")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self.list = SessionList(id="list")
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
        nothing: Line = [("No sessions were read yet.", "")]
        self.list.note = [nothing_matches(query) if text else nothing]
        ranked = query.has_text or bool(query.patterns)
        sections = best_first(rows) if ranked else by_day(rows, look_of(self).now())
        self.list.show(sections, rows)
        hidden = ", subagents shown" if self.desk.hidden else ""
        counted = capped(len(rows), BEST if ranked else MOST, "session")
        self.scope_line.say(f"{self.desk.scope_words}{hidden}", counted)
        await self._jump()

    def catch_up(self) -> None:
        """A jump asks for its session even where nothing changed."""
        super().catch_up()
        if self.desk.jump is not None and self.list.count:
            self._follow_jump()

    @work(exclusive=True, group="jump")
    @calm
    async def _follow_jump(self) -> None:
        await self._jump()

    async def _jump(self) -> None:
        jump, self.desk.jump = self.desk.jump, None
        if jump is None:
            return
        native, turn, record = jump
        sought, self.desk.sought = self.desk.sought, ""
        if sought:
            self.look_for(sought)
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
        if event.list is not self.list:
            return
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

    @property
    def landed(self) -> bool:
        """A leap lands in the reader; the way back is one step from there too."""
        return self.focused is self.reader or super().landed

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
                *self._gone(self.session),
            ]
        if not self.list.count:
            return []
        return [
            (figure(self.list.cursor + 1), "bold foreground"),
            (f" of {figure(self.list.count)}", "muted"),
            *self._gone(self.list.current),
        ]

    def _gone(self, session: Session | None) -> Line:
        """``file gone since 2 Oct, kept here``."""
        if session is None or session.gone_at is None:
            return []
        day = short_date(session.gone_at, look_of(self).now())
        return [(f"   file gone since {day}, kept here", "muted")]

    def action_open(self) -> None:
        """The reader; in it: unfold; in the outline: go there."""
        if self.focused is self.outline:
            self.go_to_prompt()
            return
        session = self.list.current
        if self.unfold():
            return
        if session is None:
            self.try_again()
            return
        if session != self.session:
            self._open_session(session)
        self.open_reading()

    def action_resume(self) -> None:
        """Go on with this session in its agent."""
        session = self.list.current or self.session
        if session is None:
            self.say("No session is under the cursor.")
            return
        folder = session.project.path if session.project else ""
        self.resume_session(session.agent, session.id, folder)

    @work
    @calm
    async def action_rename(self) -> None:
        """Say what it is called."""
        session = self.session if self.focused is self.reader else self.list.current
        if session is None:
            self.say("No session is under the cursor.")
        else:
            await self.rename_session(session.id)

    # What cannot be done to a session -------------------------------------------------

    def action_prune(self) -> None:
        """Nothing: the archive keeps every session."""
        self.say("Sessions are never deleted. x excludes its memories.")

    @work
    @calm
    async def action_exclude(self) -> None:
        """Never tell what came from this session; the same key twice.

        Where nothing came from it: never name it among the recent ones, or again.
        """
        session = self.list.current or self.session
        if session is None:
            return
        asked = parse(f"session:{session.id}", now_ms=0)
        shown = View(hidden=True)
        ids = await self.desk.details.read(lambda v: v.memory_ids(asked, shown))
        if not ids and session.excluded:
            self.act(lambda curator: curator.include_sessions([session.id]))
        elif not ids:
            self.act(lambda curator: curator.exclude_sessions([session.id]))
        elif self.arm("x", ids, f"excludes {memories(len(ids))}"):
            self.act(lambda curator: curator.exclude(ids))

    @work
    @calm
    async def action_add(self) -> None:
        """A memory by hand; from the reader, the block under the cursor shows it."""
        session = self.session if self.focused is self.reader else self.list.current
        block = self.reader.current if self.focused is self.reader else None
        quoted, evidence = "", tuple[Evidence, ...]()
        if block is not None and session is not None:
            record = block.record
            quoted = (record.text or record.command)[:QUOTED]
            evidence = (
                Evidence(
                    session=session.id,
                    record=record.native_id,
                    part=record.part,
                    line=record.line,
                    quote=quoted,
                ),
            )
        project = session.project if session else self.desk.project
        await self.add_by_hand(project, quoted, evidence)


def _is(session: Session | None, native: str) -> bool:
    return session is not None and session.id == native


def _sessions(view: StoreView, query: Query, shown: View) -> list[Session]:
    """All of them, subagents behind the one that started them; the best of a search."""
    if query.has_text or query.patterns:
        return view.best_sessions(query, shown, limit=BEST)
    rows: list[Session] = []
    before: Anchor | None = None
    while len(rows) < MOST:
        page = view.sessions(query, shown, before=before, limit=1_000)
        rows += page
        if len(page) < 1_000:
            break
        before = Anchor.of(page[-1])
    if not shown.hidden:
        rows = [row for row in rows if row.turns or row.title]
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
