"""Settings as a list: each with what it means and what holds now, changed in place.

What the file alone may say (tables, and what is a person's to allow) opens the file.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final, Protocol, cast

from textual import work

from memtui import paths
from memtui import settings as config
from memtui.errors import MemtuiError, SettingsError
from memtui.settings import ENV_PREFIX, PERSON_ONLY, Settings
from memtui.tui import keymap
from memtui.tui.keymap import Keymap
from memtui.tui.late import choices, choosing, editor, prompting
from memtui.tui.screens.calm import calm
from memtui.tui.screens.panes import PaneScreen

_CHOICES: Final[dict[str, Sequence[str]]] = {
    entry.name: entry.metadata["choices"]
    for entry in fields(Settings)
    if "choices" in entry.metadata
}


class _Owner(Protocol):
    """The app, as far as these actions know it."""

    def take_settings(self, settings: Settings) -> None: ...
    def take_keymap(self, keymap: Keymap) -> None: ...


class ConfiguringScreen(PaneScreen):
    """``,`` lists the settings; ``settings file`` in the palette opens the file."""

    @work
    @calm
    async def action_settings(self) -> None:
        """Choose a key and change it, until one leaves."""
        key, said = "", ""
        while True:
            offered = choices.setting_choices(self.desk.settings)
            chooser = choosing.Chooser(
                "Settings",
                offered,
                counted=said,
                current=key,
                wide=True,
                verb="change",
            )
            chosen = await self.app.push_screen_wait(chooser)
            if chosen is None:
                return
            key = chosen
            if key == choices.SETTINGS_FILE or _is_for_the_file(
                self.desk.settings, key
            ):
                self.action_settings_file()
                return
            said = await self._change(
                key, next(c.note for c in offered if c.value == key)
            )

    async def _change(self, key: str, meaning: str) -> str:
        """Ask for a value and write it; what to say of it."""
        now = getattr(self.desk.settings, key)
        if isinstance(now, bool):
            return self._set(key, not now)
        if names := self._names(key):
            offered = [choices.Choice(value=one, name=one) for one in names]
            wanted = await self.app.push_screen_wait(
                choosing.Chooser(key, offered, current=str(now))
            )
            return "" if wanted is None else self._set(key, wanted)
        text = ", ".join(now) if isinstance(now, tuple) else str(now)
        prompt = prompting.Prompt(
            key,
            text=text,
            empty="several with commas; empty: none" if isinstance(now, tuple) else "",
            verb="set",
            note=meaning,
            check=lambda typed: _wrong(key, typed),
        )
        typed = await self.app.push_screen_wait(prompt)
        return "" if typed is None else self._set(key, config.from_words(key, typed))

    def _names(self, key: str) -> Sequence[str]:
        """What a key may be, where that is one of a few names."""
        if key == "theme":
            return ("auto", "dark", "light", *sorted(self.app.available_themes))
        return _CHOICES.get(key, ())

    def _set(self, key: str, value: object) -> str:
        from memtui.settings import file, toml_edit

        try:
            file.set_key(key, value)
            settings = config.load()
        except MemtuiError as error:
            return error.message
        except OSError as error:
            return f"{paths.config_path()}: {error.strerror}."
        cast(_Owner, self.app).take_settings(settings)
        if (name := ENV_PREFIX + key.upper()) in os.environ:
            return f"Written. {name} holds as long as it is set."
        return f"{key} = {toml_edit.as_toml(value)}"

    def action_settings_file(self) -> None:
        """The config file in the editor; a bad one is said and the old one kept."""
        from memtui.settings import file

        path = paths.config_path()
        try:
            if not path.exists():
                file.write(path, file.beginning(path))
            editor.edit_file(self.app, path)
            settings = config.load(path)
        except SettingsError as error:
            self.say(f"{error.message} {error.hint} The old settings stay.".strip())
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
        except OSError as error:
            self.say(f"{path}: {error.strerror}.")
        else:
            same = settings == self.desk.settings
            cast(_Owner, self.app).take_settings(settings)
            self.say("Settings unchanged." if same else "Settings taken.")

    def action_keymap(self) -> None:
        """The keymap in the editor; a bad one is said and the old keys stay."""
        from memtui.settings import file

        path = keymap.keymap_path()
        try:
            if not path.exists():
                file.write(path, keymap.template())
            editor.edit_file(self.app, path)
            found = keymap.load(path)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint} The old keys stay.")
        except OSError as error:
            self.say(f"{path}: {error.strerror}.")
        else:
            cast(_Owner, self.app).take_keymap(found)
            self.say("Keys taken.")


def _is_for_the_file(settings: Settings, key: str) -> bool:
    return key in PERSON_ONLY or isinstance(getattr(settings, key), Mapping)


def _wrong(key: str, typed: str) -> str:
    """What is wrong with a value, in words; empty: nothing."""
    from memtui.settings.toml_edit import as_toml

    try:
        config.parse(f"{key} = {as_toml(config.from_words(key, typed))}", where=key)
    except SettingsError as error:
        return error.message.removeprefix(f"{key}: ")
    return ""
