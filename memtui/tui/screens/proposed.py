"""What a model proposes, as a tab of Curate: beside what it would replace."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from textual import work

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.masking import safe, safe_line
from memtui.store.queries import Counts
from memtui.tui.actions import Key
from memtui.tui.desk import Desk
from memtui.tui.format import plural
from memtui.tui.late import details, editor, texts
from memtui.tui.lines import Line, paragraph, quote
from memtui.tui.look import Look, look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.pairs import PairsScreen
from memtui.tui.widgets.frame import Tab

if TYPE_CHECKING:  # what waits for the first proposal
    from memtui.curate import Change, Curator
    from memtui.store.compress.model_proposals import Proposed
    from memtui.tui.widgets.detail import Detail

_KEYS: Final = [
    Key("open", "enter", "open"),
    Key("keep", "s", "accept"),
    Key("prune", "d", "reject"),
    Key("edit", "e", "edit, accept"),
    Key("mark_all", "a", "mark all"),
    Key("turn", "o", "turn"),
    Key("compress", "C", "compress"),
    Key("help", "?", "keys"),
]
_ONLY: Final = "It is no memory yet: s accepts, d d rejects, e edits first."
_DOES: Final = {
    "new": "a new memory",
    "summary": "what a session was about",
    "merge": "one memory in the place of several",
    "supersede": "one that is there holds instead",
    "promote": "a higher rung for one that is there",
}


def proposed_tabs(counts: Counts, tab: str) -> list[Tab]:
    """The tab, where something waits or it is open."""
    if not counts.proposed and tab != "proposed":
        return []
    return [Tab("proposed", "Proposed", counts.proposed, loud=True, short="Prop")]


class ProposedScreen(PairsScreen):
    """Tabs, one of which may hold proposals; the same keys decide about them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.proposed: Mapping[str, Proposed] = {}

    def _is_proposal(self) -> bool:
        return self.tab == "proposed"

    def keys(self) -> list[Key]:
        """What can be said to a proposal."""
        return _KEYS if self._is_proposal() else super().keys()

    def _draw_detail(self, detail: "Detail") -> None:
        one = self.proposed.get(detail.memory.id) if self._is_proposal() else None
        if one is None:
            super()._draw_detail(detail)
            return
        look = look_of(self)
        self.detail.show(lambda width: _lines(one, detail, width, look), about=one.id)

    def action_keep(self) -> None:
        """Accept the chosen ones, as one act."""
        ids = self.chosen()
        if not self._is_proposal():
            super().action_keep()
        elif ids:
            self.act(lambda curator: curator.accept(ids))

    def action_prune(self) -> None:
        """Reject the chosen ones: the key twice, as for the trash."""
        ids = self.chosen()
        if not self._is_proposal():
            super().action_prune()
        elif ids and self.arm("d", ids, f"rejects {plural(len(ids), 'proposal')}"):
            self.act(lambda curator: curator.reject(ids))

    def action_edit(self) -> None:
        """Other words first; saving them accepts."""
        if not self._is_proposal():
            super().action_edit()
            return
        row = self.memory()
        if row is None:
            return
        before = texts.edit_text([row])
        try:
            after = editor.edit_text(self.app, before)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        if after == before:
            self.say("Not accepted: no word was changed. s accepts it as it is.")
            return
        said = texts.edited(after).get(row.id)
        if said is None:
            self.say("Not accepted: nothing was left of it.")
            return
        title, body = said
        self.act(lambda c: c.accept([row.id], title=title, body=body))

    def _on_chosen(
        self, key: str, verb: str, act: "Callable[[Curator, Sequence[str]], Change]"
    ) -> None:
        if self._is_proposal():
            self.say(_ONLY)
        else:
            super()._on_chosen(key, verb, act)

    @work
    @calm
    async def action_retype(self) -> None:
        """Of a memory only."""
        self._of_memory(super().action_retype)

    @work
    @calm
    async def action_scope(self) -> None:
        """Of a memory only."""
        self._of_memory(super().action_scope)

    def action_merge(self) -> None:
        """Of memories only."""
        self._of_memory(super().action_merge)

    def action_supersede(self) -> None:
        """Of memories only."""
        self._of_memory(super().action_supersede)

    def _of_memory(self, act: Callable[[], object]) -> None:
        if self._is_proposal():
            self.say(_ONLY)
        else:
            act()

    def action_compress(self) -> None:
        """The estimate of a run; it begins when a person says so there."""
        from memtui.tui.screens.compressing import CompressScreen  # seldom needed

        self.app.push_screen(CompressScreen(self.desk), lambda _: self.after_run())

    def after_run(self) -> None:
        """Proposals may have come: read again, and open their tab."""
        self.desk.touch()
        self._owner.refresh_counts()
        self.catch_up()


def _lines(one: "Proposed", detail: "Detail", width: int, look: Look) -> list[Line]:
    """What it does and why, what it would replace, then its own words."""
    lines: list[Line] = [
        [("proposed: ", "muted"), (_DOES[one.kind.value], "bold accent")],
        [(f"by {clean_line(one.model)}", "muted")],
    ]
    if one.why:
        lines += [[], *paragraph(safe_line(one.why), width)]
    if one.instead:
        lines += [[], details.heading("Instead of")]
        for old in one.instead:
            lead: Line = [(f"{old.id}  ", "faint")]
            lines += paragraph(safe_line(old.title), width, lead=lead)
            if old.body.strip():
                lines += quote(safe(old.body).strip(), width, look.glyphs.edge)
    if one.holds is not None:
        lines += [[], details.heading("Holds")]
        lines += paragraph(
            safe_line(one.holds.title), width, lead=[(f"{one.holds.id}  ", "faint")]
        )
    return [*lines, [], *details.lines_of(detail, width, look)]
