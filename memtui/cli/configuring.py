"""``memtui config``: where the config is, what it says, and changing it."""

from collections.abc import Mapping
from dataclasses import asdict

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import json_option, settings
from memtui.errors import MemtuiError, Refused, SettingsError, UsageError, nearest
from memtui.settings import PERSON_ONLY, Settings, file, from_words, keys, load, parse


@click.group("config")
def config_verb() -> None:
    """Show or change the config."""


@config_verb.command("path")
def config_path() -> None:
    """Print where the config file is, or would be."""
    output.say(str(paths.config_path()))


@config_verb.command("get")
@click.argument("key", required=False)
@json_option
def config_get(key: str | None, as_json: bool) -> None:
    """Print the value of KEY as it takes effect; without KEY, all of them."""
    values = _values(settings())
    if key is not None:
        values = {key: _find(values, key)}
    if as_json:
        output.emit([values])
        return
    for name, value in values.items():
        shown = value if isinstance(value, str) else _shown(value)
        output.say(shown if key else f"{name} = {shown}")


@config_verb.command("set")
@click.argument("key")
@click.argument("value", nargs=-1, required=True)
def config_set(key: str, value: tuple[str, ...]) -> None:
    """Set KEY to VALUE in the config file.

    Lists take several values. A table's key is dotted: types.decision.inject.
    """
    from memtui.curate import guard
    from memtui.settings.toml_edit import as_toml

    if key in PERSON_ONLY:
        raise Refused(f"{key} is set by hand only.", hint="Run: memtui config edit")
    guard(load(), "config set")
    said = _value(key, value)
    file.set_key(key, said)
    output.say(f"{key} = {as_toml(said)}")
    _export_again()


@config_verb.command("edit")
def config_edit() -> None:
    """Edit the config file; it is saved only if it is valid."""
    from memtui.cli.editor import edited
    from memtui.curate import guard

    guard(_settings_or_default(), "config edit")
    path = paths.config_path()
    text = file.beginning(path)
    while True:
        after = edited(text, name="config.toml")
        if after is None:
            output.say("Not saved: the text came back unchanged.")
            return
        try:
            parse(after, where=str(path))
        except SettingsError as error:
            output.say_error(error)
            if not output.confirmed("Edit it again?"):
                raise SettingsError("The config was not saved.") from error
            text = after
            continue
        file.write(path, after)
        output.say(f"Saved {path}.")
        _export_again()
        return


def _export_again() -> None:
    """What sessions are told follows the config at once."""
    from memtui.inject.as_of import is_behind

    if not is_behind(paths.data_dir()):
        return
    from memtui.inject.export import export_projects

    try:
        export_projects(paths.data_dir(), load())
    except MemtuiError as error:
        # It is saved; the next sync exports.
        output.note(f"Not exported: {error.message}")


def _values(known: Settings) -> dict[str, object]:
    values = {name: _plain(getattr(known, name)) for name in keys()}
    values["types"] = {
        name: {**asdict(type_), "inject": known.injects(name)}
        for name, type_ in known.types.items()
    }
    return values


def _settings_or_default() -> Settings:
    try:
        return load()
    except SettingsError:
        return Settings()  # a broken file is what one wants to edit


def _value(key: str, words: tuple[str, ...]) -> object:
    table, _, rest = key.partition(".")
    if table in ("roots", "groups"):
        return [part for word in words for part in word.split(",") if part]
    if len(words) > 1:
        return list(words)
    if table == "types":
        return _number(words[0]) if rest.endswith(_NUMBERS) else words[0]
    return from_words(key, words[0])


_NUMBERS = ("weight", "half_life_days")


def _number(word: str) -> object:
    return from_words("auto_confidence", word)


def _find(values: Mapping[str, object], key: str) -> object:
    found: object = values
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            near = nearest(part, found) if isinstance(found, Mapping) else ""
            meant = f"Did you mean {near!r}? " if near else ""
            raise UsageError(
                f"There is no key {key!r}.", hint=f"{meant}Keys: {', '.join(keys())}"
            )
        found = found[part]
    return found


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
