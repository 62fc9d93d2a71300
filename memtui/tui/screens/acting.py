"""What a person decides about memories: the same keys on every list of them.

Each act takes one row or the marked ones, runs on the writing lane, and answers in
the status line with the key that takes it back.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from textual import work

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.model import Memory, State
from memtui.tui.format import cut, memories
from memtui.tui.late import choices, choosing, clipboard, editor, texts
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.purging import PurgingScreen

if TYPE_CHECKING:  # a third of our imports: they wait for the first act
    from memtui.curate import Change, Curator

MANY: Final = 100
"""Acts on more than this many are armed: the same key twice."""
WINNER: Final = 32
"""Cells of the title that a merge leaves standing, in the status line."""
BESIDE: Final = 46
"""Cells of the rest of that sentence."""


class ActingScreen(PurgingScreen):
    """A screen whose first pane holds memories."""

    def memory(self) -> Memory | None:
        """The memory under the cursor."""
        raise NotImplementedError

    def chosen(self) -> tuple[str, ...]:
        """What an act means: the marked ones, else the one under the cursor."""
        raise NotImplementedError

    def rows_of(self, ids: Sequence[str]) -> list[Memory]:
        """Those of the chosen ones that are known here."""
        raise NotImplementedError

    def _on_chosen(
        self, key: str, verb: str, act: "Callable[[Curator, Sequence[str]], Change]"
    ) -> None:
        ids = self.chosen()
        if not ids:
            self.say(self.why_not("keep") or "No memory is under the cursor.")
            return
        if len(ids) > MANY and not self.arm(key, ids, f"{verb} {memories(len(ids))}"):
            return
        self.act(lambda curator: act(curator, ids))

    def after_act(self, change: "Change") -> None:
        """Injection opens where the last act was."""
        acted = (row.project for row in self.rows_of(change.ids) if row.project)
        self.desk.acted_in = next(acted, self.desk.acted_in)
        super().after_act(change)

    # Reversible, at once ----------------------------------------------------------

    def action_keep(self) -> None:
        """Keep; in the trash: restore; what is kept already: say so."""
        rows = self.rows_of(self.chosen())
        if rows and all(row.state is State.PRUNED for row in rows):
            self._on_chosen("s", "restores", lambda c, ids: c.restore(ids))
        elif rows and all(row.state is State.KEPT and not row.excluded for row in rows):
            self.say("Already kept.")
        else:
            self._on_chosen("s", "keeps", lambda c, ids: c.keep(ids))

    def action_pin(self) -> None:
        """Pin, or stop where all are pinned."""
        rows = self.rows_of(self.chosen())
        if rows and all(row.pinned for row in rows):
            self._on_chosen("p", "unpins", lambda c, ids: c.unpin(ids))
        else:
            self._on_chosen("p", "pins", lambda c, ids: c.pin(ids))

    def action_exclude(self) -> None:
        """Exclude, or include where all are excluded."""
        rows = self.rows_of(self.chosen())
        if rows and all(row.excluded for row in rows):
            self._on_chosen("x", "includes", lambda c, ids: c.include(ids))
        else:
            self._on_chosen("x", "excludes", lambda c, ids: c.exclude(ids))

    def action_prune(self) -> None:
        """To the trash: always the same key twice on the same rows."""
        ids = self.chosen()
        if not ids:
            self.say("No memory is under the cursor.")
        elif all(row.state is State.PRUNED for row in self.rows_of(ids)):
            self.say("In the trash already. s restores")
        elif self.arm("d", ids, f"prunes {memories(len(ids))}"):
            self.act(lambda curator: curator.prune(ids))

    def action_promote(self) -> None:
        """One rung up the ladder."""
        self._on_chosen("T", "promotes", lambda c, ids: c.promote(ids))

    # With a choice ----------------------------------------------------------------

    @work
    @calm
    async def action_retype(self) -> None:
        """Choose a type for the chosen ones."""
        ids = self.chosen()
        if not ids:
            self.say("No memory is under the cursor.")
            return
        offered, current = choices.type_choices(
            self.desk.settings, self.rows_of(ids), look_of(self).glyphs
        )
        title = (
            "Type of this memory" if len(ids) == 1 else f"Type of {memories(len(ids))}"
        )
        counted = f"{len(offered)} types"
        chooser = choosing.Chooser(title, offered, counted=counted, current=current)
        wanted = await self.app.push_screen_wait(chooser)
        if wanted is not None:
            self.act(lambda curator: curator.retype(ids, wanted))

    @work
    @calm
    async def action_scope(self) -> None:
        """Choose where the chosen ones are told: project, group, everywhere."""
        ids = self.chosen()
        if not ids:
            self.say("No memory is under the cursor.")
            return
        offered = choices.scope_choices(self.desk.settings)
        current = next((row.scope for row in self.rows_of(ids)), "project")
        chooser = choosing.Chooser("Told in", offered, current=current)
        wanted = await self.app.push_screen_wait(chooser)
        if wanted is not None:
            self.act(lambda curator: curator.scope(ids, wanted))

    def action_merge(self) -> None:
        """Two side by side; more into the one under the cursor, the key twice."""
        row = self.memory()
        rest = tuple(one for one in self.chosen() if row is None or one != row.id)
        if row is None or not rest:
            self.say("Nothing to merge. Mark the others with space first.")
            return
        ids, others = (row.id, *rest), self.rows_of(rest)
        if len(rest) == len(others) == 1:
            self.open_pair(row, others[0], where="Two memories")
            return
        room = max(8, min(WINNER, self.app.size.width - BESIDE))
        title = cut(clean_line(row.title), room, more=look_of(self).glyphs.more)
        if self.arm("m", ids, f"merges {len(ids)} into “{title}”"):
            self.act(lambda curator: curator.merge(ids))

    @work
    @calm
    async def open_pair(
        self, a: Memory, b: Memory, *, where: str, share: str = ""
    ) -> None:
        """Show two side by side; do what is decided there."""
        from memtui.tui.merging import Merge  # few press this
        from memtui.tui.screens.merge import MergeScreen

        pair = Merge(a=a, b=b, limit=self.desk.settings.item_limit)
        screen = MergeScreen(pair, where=where, share=share)
        decided = await self.app.push_screen_wait(screen)
        if decided is not None:
            self.act(decided)

    def action_supersede(self) -> None:
        """The one under the cursor replaces the other marked one."""
        row, ids = self.memory(), self.chosen()
        old = tuple(one for one in ids if row is None or one != row.id)
        if row is None or not old:
            self.say("Nothing to supersede. Mark the old one, go to the new one.")
            return
        new = row.id
        self.act(lambda curator: curator.supersede(old, new))

    # Text -------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Open the chosen ones in the editor; what it saves is the decision."""
        rows = self.rows_of(self.chosen())
        if not rows:
            self.say("No memory is under the cursor.")
            return
        before = texts.edit_text(rows)
        try:
            after = editor.edit_text(self.app, before)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        old, new = texts.edited(before), texts.edited(after)
        changed = {key: new[key] for key in old if key in new and new[key] != old[key]}
        if not changed:
            self.say("Not saved: the text came back unchanged.")
        for key, (title, body) in changed.items():
            self.act(
                lambda c, key=key, title=title, body=body: c.edit(
                    key, title=title, body=body
                )
            )

    def action_copy(self) -> None:
        """Copy the title and text."""
        rows = self.rows_of(self.chosen())
        if not rows:
            self.say("Nothing to copy.")
            return
        self.say(
            clipboard.copy_words(
                self.app, "\n\n".join(texts.as_text(row) for row in rows)
            )
        )

    def action_copy_more(self) -> None:
        """Copy with facts, files and evidence."""
        rows = self.rows_of(self.chosen())
        if not rows:
            self.say("Nothing to copy.")
            return
        full = "\n\n".join(texts.as_full_text(row) for row in rows)
        self.say(clipboard.copy_words(self.app, full))
