"""What every widget needs to draw: colours, glyphs, types, the present moment."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from textual.widget import Widget

from memtui.model import ObservationType
from memtui.tui.glyphs import Glyphs
from memtui.tui.theme import Paint


class Look(NamedTuple):
    """How things are drawn now; replaced as a whole when theme or glyphs change."""

    paint: Paint
    glyphs: Glyphs
    types: Mapping[str, ObservationType]
    now: Callable[[], int]
    """UTC milliseconds; fixed in pictures and tests."""
    home: Path


class HasLook(Protocol):
    """The app, as far as widgets know it."""

    @property
    def look(self) -> Look:
        """The present look."""


def look_of(widget: Widget) -> Look:
    """The look of the app that the widget is in."""
    return cast(HasLook, widget.app).look
