"""The app on a person's store."""

from pathlib import Path

from memtui import paths
from memtui.errors import SettingsError
from memtui.files import may_write
from memtui.settings import Settings
from memtui.settings.live import LiveSettings
from memtui.settings.searches import SavedSearches
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.remembered import remembered


def make_app(
    data: Path,
    settings: Settings,
    *,
    demo: bool = False,
    screen: str | None = None,
    query: str = "",
    all_projects: bool = False,
    home: Path | None = None,
    cwd: Path | None = None,
) -> MemtuiApp:
    """The app on the store of ``data``; see ``memtui.tui.run``."""
    memory = remembered(None if demo or not may_write() else paths.state_path())
    start = screen or "timeline"
    desk = Desk(
        data=data,
        settings=settings,
        home=home or paths.home(),
        cwd=cwd or Path.cwd(),
        demo=demo,
        queries={start: query} if query else {},
        remembered=memory,
        searches=SavedSearches(
            None if demo else paths.searches_path(),
            before=paths.state_path(),
            said=_said,
        ),
        ever=all_projects,
    )
    return MemtuiApp(
        desk,
        start=start,
        read=not demo and may_write(),
        every_project=all_projects or demo,
        live=_followed(settings),
    )


def _said(text: str) -> str:
    """What a person typed, as it may be stored."""
    from memtui.curate.by_hand import line

    return line(text)


def _followed(settings: Settings) -> LiveSettings | None:
    """What follows the file; None where the settings came from elsewhere."""
    try:
        live = LiveSettings()
    except SettingsError:
        return None
    return live if live.current == settings else None
