"""First run: nothing to answer, three things to do, reading goes on meanwhile."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from memtui.model import Agent
from memtui.paths import home_path
from memtui.tui.actions import Key, bindings
from memtui.tui.desk import Desk
from memtui.tui.format import AGENT_WORDS, figure, fit, plural
from memtui.tui.lines import Line, ends
from memtui.tui.look import look_of
from memtui.tui.screens.regrouping import RegroupingScreen
from memtui.tui.widgets.frame import Bar
from memtui.tui.widgets.text_pane import TextPane

FOLDERS: Final = {
    Agent.CLAUDE_CODE: (".claude", "projects"),
    Agent.CODEX: (".codex", "sessions"),
    Agent.GEMINI_CLI: (".gemini", "tmp"),
    Agent.OPENCODE: (".local/share/opencode", "."),
}
"""Where each agent keeps its transcripts: its home and the folder in it."""
METER: Final = 12
_STEPS: Final = (
    ("1", "Look", "the timeline fills as this reads; each line leads to its turn"),
    ("3", "Decide", "keep, pin or prune what was found; nothing is injected before"),
    ("4", "Tell", "see what the next session will read, then install the hook"),
)


class _Found(Bar):
    """``9,412 memories so far``, at the right of row 2."""

    DEFAULT_CSS = "_Found { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [ends(width, [], [(f"{self.text} ", "muted")])]


class WelcomeScreen(RegroupingScreen):
    """What was found on this machine, and how far the reading is."""

    NAME = "timeline"
    BINDINGS: ClassVar[list[BindingType]] = bindings("timeline")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.found = _Found()
        self.sheet = TextPane(id="list")
        self.sheet.edge = False
        self.sheet.widest = 200
        self._there = {agent: _folder(desk.home, agent) for agent in Agent}

    def heading(self) -> Sequence[Widget]:
        """How much was found so far."""
        return (self.found,)

    def panes(self) -> Sequence[Widget]:
        """One sheet."""
        return (self.sheet,)

    def first_width(self, width: int) -> int:
        """The whole body."""
        return width

    async def read(self) -> None:
        """The sheet is drawn from what the reading says."""
        self.refresh_frame()

    def refresh_frame(self) -> None:
        """Draw the meters anew."""
        super().refresh_frame()
        if not self.is_mounted:
            return
        progress = self.desk.machine.progress
        if progress is not None and progress.found:
            self.found.text = f"{figure(progress.found)} memories so far"
            self.found.refresh()
        self.sheet.show(self._lines, about="welcome")
        self.key_bar.update(_KEYS, frozenset(), 0)

    def position(self) -> Line:
        """What it is doing."""
        if self.desk.machine.reading:
            return [(self.desk.machine.reading, "bold foreground")]
        if any(self._there.values()):
            return [("Reading starts in a moment. Newest sessions first.", "")]
        return [("No transcripts were found on this machine.", "")]

    def _right(self) -> Line:
        if self.desk.machine.trouble:
            return super()._right()
        return [("newest first", "muted")] if self.desk.machine.reading else []

    def _lines(self, width: int) -> list[Line]:
        room = self.sheet.size.height
        inner = min(width, 76)
        lines: list[Line] = [[("memtui", "bold foreground")]]
        lines += [
            [
                (
                    "What your coding agents remember, and what the next one is told.",
                    "muted",
                )
            ]
        ]
        lines += [[], []]
        lines += [self._agent(agent) for agent in Agent]
        lines += [self._in_all(), []]
        if any(self._there.values()):
            lines += [
                [
                    (f"{key}  ", "bold primary"),
                    (fit(name, 9), "bold foreground"),
                    (what, ""),
                ]
                for key, name, what in _STEPS
            ]
        else:
            lines += self._nothing()
        lines += [
            [],
            [],
            [("Transcripts are only read. Nothing leaves this machine.", "muted")],
            [
                ("enter", "bold primary"),
                (" opens the timeline    ", "muted"),
                (",", "bold primary"),
                (" changes the folders", "muted"),
            ],
        ]
        left = max(0, (width - inner) // 2) if width > 90 else 1
        above = max(0, (room - len(lines)) // 2 - 1)
        blank: list[Line] = [[] for _ in range(above)]
        return blank + [[(" " * left, ""), *line] for line in lines]

    def _agent(self, agent: Agent) -> Line:
        word = (fit(AGENT_WORDS[agent], 10), "")
        home, _ = FOLDERS[agent]
        there = self._there[agent]
        if there is None:
            looked = home_path(str(self.desk.home / home), self.desk.home)
            return [
                (word[0], "muted"),
                ("not found  ", "muted"),
                (f"looked in {looked}", "faint"),
            ]
        where = (fit(home_path(str(there), self.desk.home), 26), "muted")
        return [word, where, (self._progress()[2], "faint")]

    def _progress(self) -> tuple[int, int, str]:
        """Files read and to be read, of all agents, and how it goes."""
        progress = self.desk.machine.progress
        done, total = (progress.done, progress.total) if progress else (0, 0)
        if progress is not None and progress.finished:
            return total, total, "done"
        return done, total, "reading" if total else "waiting"

    def _in_all(self) -> Line:
        look = look_of(self)
        done, total, _ = self._progress()
        full = round(METER * done / total) if total else 0
        if not total:
            return []
        return [
            (fit("in all", 10), "muted"),
            (fit(plural(total, "file"), 26), "muted"),
            (look.glyphs.heavy * full, "primary"),
            (look.glyphs.rule * (METER - full), "hairline"),
        ]

    def _nothing(self) -> list[Line]:
        return [
            [("No transcripts found in ~/.claude, ~/.codex, ~/.gemini,", "")],
            [("~/.local/share/opencode.", "")],
            [
                (",", "bold primary"),
                (" sets the folders   ", "muted"),
                ("memtui --demo", "bold primary"),
                (" shows a demo store", "muted"),
            ],
        ]

    def action_open(self) -> None:
        """On to the timeline."""
        self.app.switch_mode("timeline")


_KEYS: Final = (
    Key("open", "enter", "timeline"),
    Key("settings", ",", "settings"),
    Key("palette", ":", "palette"),
    Key("help", "?", "keys"),
    Key("quit", "q", "quit"),
)


def _folder(home: Path, agent: Agent) -> Path | None:
    base, inside = FOLDERS[agent]
    folder = home / base / inside
    return Path(os.path.normpath(folder)) if folder.is_dir() else None
