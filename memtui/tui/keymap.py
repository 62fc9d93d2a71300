"""Keys that a person chose instead of ours: ``keymap.toml`` beside the config.

One line for an action, by the name that the palette and this file give it. Footer,
help, palette and messages show the chosen keys; the registry stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from textual.keys import REPLACED_KEYS, Keys, key_to_character

from memtui.errors import SettingsError, nearest
from memtui.paths import config_path
from memtui.tui.actions import ACTIONS, BY_NAME, SCREENS, TITLES, Action

_NAMED: Final = {str(key.value) for key in Keys} | {f"f{n}" for n in range(1, 25)}
_HELD: Final = re.compile(r"(?:(?:ctrl|alt|shift|super)\+)+(?:[^\s,+]|[a-z0-9_]+)")
_BOUND: Final = {action.name: action for action in ACTIONS if action.keys}
_TOLD: Final = re.compile(r"(?:^|(?<=[.:] )|(?<=  ))(\S{1,9})(?= [a-z])")
"""Where a message names a key: at its beginning, or after a stop or a gap."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """The actions that have other keys than ours."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By action: its keys as the person wrote them, the first one is shown."""

    def shown(self, action: Action) -> str:
        """The key as footer, help and palette draw it; empty: it has none."""
        return self.translated(action.shown) if action.keys else action.shown

    def translated(self, shown: str) -> str:
        """One or more of our own keys, as ``n N``, in the person's."""
        if not self.keys:
            return shown
        return " ".join(self._by_our_key.get(key, key) for key in shown.split(" "))

    def told(self, text: str) -> str:
        """A message with the keys that it names, as they are now."""
        if not self.keys:
            return text
        return _TOLD.sub(lambda found: self.translated(found[1]), text)

    def bindings(self) -> dict[str, str]:
        """Textual's keymap: ids of bindings, and keys with commas."""
        return {
            f"{screen}.{name}": ",".join(key.replace(",", "comma") for key in keys)
            for name, keys in self.keys.items()
            for screen in BY_NAME[name].on
        }

    @property
    def _by_our_key(self) -> dict[str, str]:
        return {
            BY_NAME[name].shown.split(" ")[0]: _one_spelling(keys[0])
            for name, keys in self.keys.items()
        }


OURS: Final = Keymap()


def keymap_path() -> Path:
    """``keymap.toml`` beside the config file."""
    return config_path().with_name("keymap.toml")


def load(path: Path | None = None) -> Keymap:
    """The keymap of a file; ours where there is none.

    Raises:
        SettingsError: it cannot be read, an action or key does not exist, or two
            actions of one screen have the same key; names them.
    """
    path = path or keymap_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return OURS
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}.") from error
    return parse(text, where=path.name)


def parse(text: str, *, where: str = "keymap.toml") -> Keymap:
    """The keymap that a text says.

    Raises:
        SettingsError: as ``load``.
    """
    import tomllib  # most starts find no file and need no parser

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{where}: not valid TOML: {error}.") from error
    keys = {}
    for name, value in table.items():
        if name not in _BOUND:
            near = nearest(name, _BOUND)
            meant = f"Did you mean {near}?" if near else ""
            raise SettingsError(f"{where}: no action {name}.", hint=meant)
        keys[name] = tuple(_keys_in(name, value, where))
    _refuse_clashes(keys, where)
    return Keymap(keys)


def template() -> str:
    """A keymap file in which every action stands as a comment with its keys."""
    lines = [
        "# Keys of memtui. Uncomment what you want to change.",
        "# Several keys with blanks between them; the first is shown.",
        "",
    ]
    for action in _BOUND.values():
        lines.append(f"# {action.help}")
        lines.append(f'#{_as_key(action.name)} = "{" ".join(action.keys)}"')
    return "\n".join([*lines, ""])


def _as_key(name: str) -> str:
    return name if re.fullmatch(r"\w+", name) else f'"{name}"'


def _keys_in(name: str, value: object, where: str) -> Iterator[str]:
    keys = value.split() if isinstance(value, str) else []
    if not keys:
        raise SettingsError(f'{where}: {name} needs a key in quotes, as "s".')
    for key in keys:
        plain = len(_one_spelling(key)) == 1
        if not (plain or key in _NAMED or _HELD.fullmatch(key)):
            raise SettingsError(
                f"{where}: {name} has no key {key!r}.",
                hint="A key is one character, or a name such as ctrl+s, f5, pageup.",
            )
        yield key


def _refuse_clashes(keys: Mapping[str, tuple[str, ...]], where: str) -> None:
    """Each key does one thing on a screen."""
    for screen in SCREENS:
        taken: dict[str, str] = {}
        for action in _BOUND.values():
            if screen not in action.on:
                continue
            for key in keys.get(action.name, action.keys):
                other = taken.setdefault(_one_spelling(key), action.name)
                if other != action.name:
                    raise SettingsError(
                        f"{where}: {other} and {action.name} both have"
                        f" {_one_spelling(key)}"
                        f" on {TITLES[screen]}.",
                        hint=f"Give {other} another key too.",
                    )


def _one_spelling(key: str) -> str:
    """``?`` and ``question_mark`` are one key."""
    return key_to_character(REPLACED_KEYS.get(key, key)) or key
