"""``python -m tests.screenshots [NAME…]``: pictures of every screen, as SVG.

They show the demo store on a fixed day and clock, so the same code draws the
same bytes; ``screenshots/`` is committed, and a change of the interface is a
change of a picture that a reviewer sees.
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from unittest.mock import patch

from memtui import demo
from memtui.settings import Settings
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.messages import ReadingAdvanced

NOW_MS: Final = 1_795_099_440_000
"""Thu 19 Nov 2026, 14:44 UTC."""
STORE_BYTES: Final = 680_000
"""What the demo's store takes in every picture."""
FOLDER: Final = Path(__file__).resolve().parents[1] / "screenshots"
WIDE: Final = (120, 36)
SMALL: Final = (80, 24)

READING: Final = ReadingAdvanced(
    text="reading 1,471 of 1,797 files, 8 s left", done=1_471, total=1_797, found=412
)
"""How far the first run's picture is."""

_FONT_FACE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_FONTS: Final = "'DejaVu Sans Mono', 'Fira Code', 'SF Mono', Menlo, Consolas, monospace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: which screen, how large, and the keys that lead to it."""

    name: str
    screen: str
    keys: tuple[str, ...] = ()
    query: str = ""
    size: tuple[int, int] = WIDE
    theme: str = "dark"

    @property
    def file(self) -> str:
        """Name of its file."""
        width, height = self.size
        return f"{self.name}.{width}x{height}.{self.theme}.svg"


_SCREENS: Final = (
    Picture(name="1-timeline", screen="timeline", keys=("j",) * 7),
    Picture(name="2-search", screen="search", query="outbox id", keys=("j",)),
    Picture(name="3-curate", screen="curate", keys=("j", "space", "j", "j", "space")),
    Picture(name="4-injection", screen="injection", keys=("j", "j", "j")),
    Picture(name="5-sessions", screen="sessions", keys=("enter",)),
    Picture(name="6-stats", screen="stats"),
    Picture(name="7-help", screen="timeline", keys=("question_mark",)),
    Picture(name="8-welcome", screen="welcome"),
)
PICTURES: Final = (
    *_SCREENS,
    *(replace(picture, theme="light") for picture in _SCREENS[:4]),
    *(replace(picture, size=SMALL) for picture in (_SCREENS[0], _SCREENS[2])),
)


async def draw(picture: Picture, data: Path) -> str:
    """One picture as SVG; ``data`` holds a demo store of ``NOW_MS``, or nothing."""
    settings = Settings(theme=picture.theme, glyphs="unicode")
    app = make_app(data, settings, picture)
    async with _known_size(), app.run_test(size=picture.size) as pilot:
        await at_rest(app)
        if picture.screen == "welcome":
            app.post_message(READING)
        for key in picture.keys:
            await pilot.press(key)
            await at_rest(app)
        await pilot.pause()
        drawn = app.export_screenshot(title=f"memtui: {picture.screen}")
    return with_own_fonts(drawn)


@asynccontextmanager
async def _known_size() -> AsyncIterator[None]:
    """How large the same store is depends on the machine and its SQLite."""
    with patch("memtui.store.views.numbers.store_bytes", lambda path: STORE_BYTES):
        yield


def make_app(data: Path, settings: Settings, picture: Picture) -> MemtuiApp:
    """The app as ``--demo`` opens it, but for the clock and the home.

    The first run has no store: its home lies in ``data`` and holds two agents.
    """
    first_run = picture.screen == "welcome"
    desk = Desk(
        data=data,
        settings=settings,
        home=data if first_run else Path("/home/mira"),
        cwd=Path("/home/mira"),
        demo=not first_run,
        queries={picture.screen: picture.query} if picture.query else {},
    )
    return MemtuiApp(
        desk, now=lambda: NOW_MS, start=picture.screen, read=False,
        every_project=True, environ={"TERM": "xterm-256color", "LANG": "C.UTF-8"},
    )  # fmt: skip


async def at_rest(app: MemtuiApp) -> None:
    """Wait until every read has come back and was drawn."""
    for _ in range(3):
        # wait_for_complete() raises for a read that a newer one took the place of
        while any(not worker.is_finished for worker in app.workers):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)


def with_own_fonts(svg: str) -> str:
    """The picture without fonts from the net: it must look right without one."""
    return (
        _FONT_FACE.sub("", svg)
        .replace("Fira Code, monospace", _FONTS)
        .replace("font-family: Fira Code", f"font-family: {_FONTS}")
    )


def write(pictures: Iterable[Picture], folder: Path) -> list[Path]:
    """Draw and save; the files written."""
    os.environ["TZ"] = "UTC"
    os.environ.pop("NO_COLOR", None)
    time.tzset()
    folder.mkdir(exist_ok=True)
    files = []
    for picture in pictures:
        # a store of its own: nothing that one picture does shows in the next
        with tempfile.TemporaryDirectory(prefix="memtui-picture-") as name:
            data = Path(name)
            if picture.screen == "welcome":
                (data / ".claude" / "projects").mkdir(parents=True)
                (data / ".codex" / "sessions").mkdir(parents=True)
            else:
                demo.build(data, today_ms=NOW_MS)
            svg = asyncio.run(draw(picture, data))
        file = folder / picture.file
        file.write_text(svg, encoding="utf-8")
        files.append(file)
    return files


def main() -> int:
    """Write the pictures asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots")
    parser.add_argument("name", nargs="*", help="such as 1-timeline; none: all")
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER")
    words = parser.parse_args()
    wanted = [p for p in PICTURES if not words.name or p.name in words.name]
    if not wanted:
        parser.error(f"no picture of that name; there are {_names()}")
    for file in write(wanted, words.to):
        sys.stdout.write(f"{file}\n")
    return 0


def _names() -> str:
    return ", ".join(dict.fromkeys(picture.name for picture in PICTURES))


if __name__ == "__main__":
    sys.exit(main())
