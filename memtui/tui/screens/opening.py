"""Screens by name; a module is imported when its screen first opens."""

from typing import Final

from textual.screen import Screen

from memtui.search.grammar import parse
from memtui.tui.desk import Desk

NEWEST: Final = 60
"""Rows of the timeline that are shown before the headers of all are known."""


def make_screen(name: str, desk: Desk) -> Screen[None]:
    """The screen of this name; its module is imported when it first opens."""
    if name == "welcome":
        from memtui.tui.screens.welcome import WelcomeScreen

        return WelcomeScreen(desk)
    if name == "timeline":
        from memtui.tui.screens.timeline import TimelineScreen

        return TimelineScreen(desk)
    if name == "search":
        from memtui.tui.screens.search import SearchScreen

        return SearchScreen(desk)
    if name == "curate":
        from memtui.tui.screens.curate import CurateScreen

        return CurateScreen(desk)
    if name == "injection":
        from memtui.tui.screens.injection import InjectionScreen

        return InjectionScreen(desk)
    if name == "sessions":
        from memtui.tui.screens.sessions import SessionsScreen

        return SessionsScreen(desk)
    from memtui.tui.screens.stats import StatsScreen

    return StatsScreen(desk)


async def read_ahead(name: str, desk: Desk) -> None:
    """What the screen of this name shows first, before there is one to show it."""
    if name == "timeline":
        query = parse(desk.queries.get(name, ""), now_ms=desk.now())
        desk.newest = await desk.lists.read(
            lambda v: v.memories(query, desk.view, limit=NEWEST)
        )
