"""Our two themes and the roles that every theme is asked for.

Screens never name a colour: they name a role (``muted``, ``cursor-row``), so any
of Textual's themes works. Only theme definitions hold hex values.
"""

import functools
from collections.abc import Mapping
from typing import Final

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.strip import Strip
from textual.theme import Theme

DARK: Final = Theme(
    name="memtui-dark",
    dark=True,
    background="#14171c",
    surface="#1b1f26",
    panel="#262b34",
    foreground="#d3d7de",
    primary="#7fb0d9",
    secondary="#8dbfae",
    accent="#e0bc74",
    warning="#e0a35c",
    error="#e5837a",
    success="#8fc28a",
    variables={
        "muted": "#9ba2ae",
        "faint": "#7b828e",
        "hairline": "#3a414d",
        "hairline-faint": "#2c323b",
        "cursor-row": "#232a35",
        "cursor-row-blurred": "#1b1f26",
        "marked-row": "#2b2a22",
        "added-row": "#19281f",
        "removed-row": "#2d1f20",
    },
)

LIGHT: Final = Theme(
    name="memtui-light",
    dark=False,
    background="#fbfaf7",
    surface="#f1efe9",
    panel="#e4e1d8",
    foreground="#262a31",
    primary="#225a96",
    secondary="#226152",
    accent="#7d5400",
    warning="#8f4a00",
    error="#a52a25",
    success="#2b6630",
    variables={
        "muted": "#565c66",
        "faint": "#6e737c",
        "hairline": "#c9c5ba",
        "hairline-faint": "#dedad0",
        "cursor-row": "#e2e9f1",
        "cursor-row-blurred": "#f1efe9",
        "marked-row": "#f5ecd6",
        "added-row": "#e4f0e2",
        "removed-row": "#f8e5e1",
    },
)

# Roles that a theme which is not ours lacks, and the variable that stands in.
_STAND_INS: Final = {
    "hairline": "panel",
    "hairline-faint": "panel",
    "cursor-row": "primary-muted",
    "cursor-row-blurred": "surface",
    "marked-row": "accent-muted",
    "added-row": "success-muted",
    "removed-row": "error-muted",
}
# The two quiet roles: least share of the foreground, and the contrast to reach.
_QUIET: Final = {"muted": (0.70, 5.5), "faint": (0.56, 4.5)}
# An ansi theme has sixteen colours and no shades: its rows get no tint.
_ANSI: Final = dict.fromkeys(_STAND_INS, "transparent") | dict.fromkeys(
    ("hairline", "hairline-faint", "muted", "faint"), "ansi_bright_black"
)
_TEXT_WORDS: Final = frozenset({"bold", "italic", "underline"})


def roles(variables: Mapping[str, str], *, ansi: bool) -> dict[str, str]:
    """What our screens need beside a theme's own variables.

    Textual's ``text-muted`` is ``auto 60%``, which a span draws at full strength,
    so the two quiet roles are mixed here from foreground and background.
    """
    if ansi:
        return dict(_ANSI)
    background = Color.parse(variables["background"])
    foreground = Color.parse(variables["foreground"])
    mixed = {role: _quiet(background, foreground, *aim) for role, aim in _QUIET.items()}
    return mixed | {role: variables[source] for role, source in _STAND_INS.items()}


def _quiet(background: Color, foreground: Color, share: float, contrast: float) -> str:
    """The quietest mix of at least ``share`` foreground that reaches ``contrast``."""
    while (
        share < 1 and ratio(background, background.blend(foreground, share)) < contrast
    ):
        share += 0.04
    return background.blend(foreground, min(1, share)).hex6


def ratio(one: Color, other: Color) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in (color.r, color.g, color.b)]
    linear = [
        p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Paint:
    """Roles of one theme as Rich styles.

    A role is written as words: ``bold foreground``, ``underline accent``,
    ``foreground on panel``. The empty role is the plain foreground.
    """

    def __init__(
        self, variables: Mapping[str, str], *, flat: bool, ascii_only: bool = False
    ) -> None:
        """
        Args:
            variables: the app's CSS variables.
            flat: no tints: an ansi theme, or NO_COLOR. The cursor row is bold there.
            ascii_only: our own marks are drawn by letters the terminal has.
        """
        self.flat = flat
        self.ascii_only = ascii_only
        self._variables = variables
        self.strips: dict[tuple[tuple[tuple[str, str], ...], int, str], Strip] = {}
        """Lines drawn lately, by what they say, their width and ground."""
        self.style = functools.lru_cache(maxsize=512)(self._style)

    def _style(self, role: str, ground: str = "background") -> Style:
        words, _, own_ground = role.partition(" on ")
        names = words.split()
        color = next((n for n in names if n not in _TEXT_WORDS), "foreground")
        tinted = ground in ("cursor-row", "marked-row", "added-row", "removed-row")
        if tinted and color == "faint":
            color = "muted"  # faint loses its contrast on a tinted row
        back = self._color(own_ground or ground, self._color("background"))
        fore = self._color(color, None)
        return Style(
            color=None if fore is None else fore.rich_color,
            bgcolor=None if back is None else back.rich_color,
            bold=True if "bold" in names or self._bold(ground) else None,
            italic=True if "italic" in names else None,
            underline=True if "underline" in names else None,
        )

    def _bold(self, ground: str) -> bool:
        return self.flat and ground == "cursor-row"

    def _color(self, name: str, under: Color | None = None) -> Color | None:
        try:
            color = Color.parse(self._variables.get(name, "transparent"))
        except ColorParseError:
            return under  # `auto 87%`: only CSS knows what it is over
        if color.ansi is None and color.a < 1:
            return under if under is None or color.a == 0 else under + color
        return color
