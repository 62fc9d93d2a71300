"""The app's looks and keys: themes, roles, glyphs, keymap."""

import os
from collections.abc import Callable, Mapping
from typing import Final

from textual.app import App

from memtui.errors import SettingsError
from memtui.tui import keymap, theme
from memtui.tui.desk import Desk
from memtui.tui.failing import FailingApp
from memtui.tui.glyphs import for_terminal
from memtui.tui.look import Look

OURS: Final = {"dark": theme.DARK.name, "light": theme.LIGHT.name}


class ThemedApp(FailingApp):
    """An app that knows how things are drawn now."""

    def __init__(
        self, desk: Desk, *, now: Callable[[], int], environ: Mapping[str, str]
    ) -> None:
        self._look: Look | None = None
        self._now = now
        self.desk = desk
        self._glyphs = for_terminal(desk.settings.glyphs, environ)
        super().__init__()
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        self._begin_with(self._theme_now(environ))

    def _begin_with(self, name: str) -> None:
        """The theme of the first paint: nothing was read yet that it could change.

        Textual reads all CSS a second time when a theme is set.
        """
        if self.available_themes[name].ansi:
            self.theme = name
            return
        self.set_reactive(App.theme, name)
        dark = self.current_theme.dark
        self.set_class(dark, "-dark-mode", update=False)
        self.set_class(not dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def look(self) -> Look:
        """How things are drawn now."""
        if self._look is None:
            flat = self.native_ansi_color or self.no_color
            self._look = Look(
                paint=theme.Paint(
                    self.get_css_variables(), flat=flat, ascii_only=self._glyphs.ascii
                ),
                glyphs=self._glyphs,
                types=self.desk.settings.types,
                now=self._now,
                home=self.desk.home,
            )
        return self._look

    def get_css_variables(self) -> dict[str, str]:
        """Textual's variables and our roles."""
        variables = super().get_css_variables()
        ansi = self.current_theme.ansi
        return theme.roles(variables, ansi=ansi) | variables

    def forget_look(self) -> None:
        """Theme, glyphs or types changed."""
        self._look = None
        if self.is_running:
            self.screen.refresh(layout=True)
            for widget in self.screen.walk_children():
                widget.refresh()

    def _watch_theme(self, theme_name: str) -> None:
        super()._watch_theme(theme_name)
        self.forget_look()

    def choose_glyphs(self, choice: str) -> None:
        """Draw with another set."""
        self._glyphs = for_terminal(choice)
        self.forget_look()

    def draw_as_set(self) -> None:
        """Follow the theme and glyphs of the settings."""
        settings = self.desk.settings
        self._glyphs = for_terminal(settings.glyphs)
        self.theme = self._theme_now(os.environ)
        self.forget_look()

    def find_keymap(self) -> str:
        """Take the keys that the person chose; what is wrong with them, ours stay."""
        try:
            self.take_keymap(keymap.load())
        except SettingsError as error:
            return f"{error.message} {error.hint}".strip()
        return ""

    def take_keymap(self, chosen: keymap.Keymap) -> None:
        """Answer to other keys from now on."""
        self.desk.keymap = chosen
        self.set_keymap(chosen.bindings())

    def _theme_now(self, environ: Mapping[str, str]) -> str:
        """The one chosen in the app, else that of the settings."""
        chosen = self.desk.remembered.theme or self.desk.settings.theme
        return theme_for(chosen, environ, self.available_themes)


def theme_for(
    name: str, environ: Mapping[str, str], known: Mapping[str, object]
) -> str:
    """The theme of a setting; ``auto`` follows the terminal's ground."""
    if name in OURS:
        return OURS[name]
    if name in known:
        return name
    # COLORFGBG is "15;0" or "0;default;15": the last one is the ground.
    ground = environ.get("COLORFGBG", "").rsplit(";", 1)[-1]
    return OURS["light"] if ground in ("7", "15") else OURS["dark"]
