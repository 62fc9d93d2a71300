"""The config file: read, written whole or not at all, one key of it set.

A person's comments and the order of their lines stay as they are.
"""

from pathlib import Path

from memtui.errors import SettingsError, UsageError
from memtui.files import replace_file
from memtui.paths import config_path
from memtui.settings import parse


def read(path: Path) -> str:
    """The text of the file; empty where there is none.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}.") from error


def beginning(path: Path) -> str:
    """The text to edit: the file's, else every key as a comment with its default."""
    from memtui.settings.reference import config_template

    return read(path) or config_template()


def write(path: Path, text: str) -> None:
    """Replace the file; a link into someone's dotfiles stays one.

    Raises:
        OSError: as writing files does; the file is as it was.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, text.encode())


def set_key(key: str, value: object) -> None:
    """Set one key in the config file, all else left as it is.

    Raises:
        UsageError: the key or what it is set to is none.
        SettingsError: the file is not valid as it is.
    """
    from memtui.settings.toml_edit import with_value

    path = config_path()
    old = read(path)
    parse(old, where=str(path))
    new = with_value(old, key, value)
    try:
        parse(new, where="config set")
    except SettingsError as error:
        raise UsageError(error.message, hint=error.hint) from error
    write(path, new)
