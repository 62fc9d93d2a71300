"""What can be said about memories that look alike, in the tab that lists them."""

from collections.abc import Sequence
from typing import Final

from memtui.tui.actions import Key
from memtui.tui.alike import Group
from memtui.tui.desk import Desk
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.screens.memories import MemoriesScreen

_PAIR_KEYS: Final = [
    Key("open", "enter", "side by side"),
    Key("not_alike", "X", "not alike"),
    Key("supersede", "S", "replaces the other"),
    Key("keep", "s", "keep"),
    Key("prune", "d", "prune"),
    Key("help", "?", "keys"),
]


class PairsScreen(FilteringScreen, MemoriesScreen):
    """Memories in tabs, one of which shows groups of those that look alike."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.tab = "inbox"
        self.groups: Sequence[Group] = ()

    def _group(self) -> Group | None:
        """The group that the cursor stands in."""
        row = self.list.current
        if self.tab != "duplicates" or row is None:
            return None
        ids = (g for g in self.groups if any(one.id == row.id for one in g.rows))
        return next(ids, None)

    def keys(self) -> list[Key]:
        """Beside each other: what can be said about two."""
        return _PAIR_KEYS if self.tab == "duplicates" else super().keys()

    def action_open(self) -> None:
        """Two that look alike open side by side."""
        if self._group() is not None:
            self.action_merge()
        else:
            super().action_open()

    def action_merge(self) -> None:
        """Side by side where they were proposed, else the marked ones."""
        group, row = self._group(), self.list.current
        if group is None or row is None:
            super().action_merge()
        else:
            first, second = group.pair_of(row.id)
            number = list(self.groups).index(group) + 1
            project = first.project.name if first.project else ""
            where = f"group {number} of {len(self.groups)}   {project}"
            self.open_pair(first, second, where=where, share=group.share)

    def action_supersede(self) -> None:
        """The one under the cursor holds instead of the others of its group."""
        group, row = self._group(), self.list.current
        if group is None or row is None or self.list.marks:
            super().action_supersede()
            return
        old = [one.id for one in group.rows if one.id != row.id]
        new = row.id
        self.act(lambda curator: curator.supersede(old, new))

    def action_not_alike(self) -> None:
        """They are different things: never propose them together again."""
        group, marked = self._group(), tuple(self.list.marks)
        ids = marked or tuple(one.id for one in (group.rows if group else ()))
        if len(ids) < 2:
            self.say("Nothing is proposed here. X tells apart what looks alike.")
            return
        self.act(lambda curator: curator.not_alike(ids))
