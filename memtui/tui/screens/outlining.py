"""The reader with an outline of the whole session beside it, where there is room."""

from textual import on, work
from textual.widget import Widget

from memtui.model import Session
from memtui.tui.desk import Desk
from memtui.tui.screens.calm import calm
from memtui.tui.screens.reader import ReaderScreen
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.outline import Outline


class OutliningScreen(ReaderScreen):
    """A reader whose prompts, read yet or not, are one key away."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.outline = Outline(id="rail")
        self._outlined: tuple[str, int] = ("", 0)
        """The session, and the store's version, that the outline is of."""

    def rail(self) -> Widget | None:
        """The prompts of the open session."""
        return self.outline

    def fit(self) -> None:
        """An outline that comes into sight is read."""
        super().fit()
        self._read_outline()

    async def _read_turns(
        self, session: Session, *, around: int | None, record: str = ""
    ) -> None:
        await super()._read_turns(session, around=around, record=record)
        self._read_outline()

    @work(exclusive=True, group="outline")
    @calm
    async def _read_outline(self) -> None:
        session = self.session
        if session is None or not self.outline.display:
            return
        wanted = (session.id, self.desk.version)
        if wanted != self._outlined:
            prompts = await self.desk.details.read(lambda v: v.prompts(session))
            self._outlined = wanted
            self.outline.take(prompts)
        self._follow_reader()

    @on(BlockList.Moved)
    def _reader_moved(self, event: BlockList.Moved) -> None:
        event.stop()
        self._follow_reader()

    def _follow_reader(self) -> None:
        """The outline stands on the prompt that is being read."""
        block = self.reader.current
        if block is not None and self.outline.display and not self.outline.has_focus:
            self.outline.stand_at(block.turn)

    def go_to_prompt(self) -> None:
        """From the outline to the turn in the reader."""
        prompt = self.outline.current
        if prompt is not None:
            self._go_to_turn(prompt[0])

    @work(exclusive=True, group="turns")
    @calm
    async def _go_to_turn(self, number: int) -> None:
        known = (n for n, b in enumerate(self.reader.blocks) if b.turn == number)
        place = next(known, None)
        if place is not None:
            self.reader.move_to(place)
        elif self.session is not None:
            await self._read_turns(self.session, around=number)
        self.reader.focus()
