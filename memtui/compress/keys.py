"""Where the key of an endpoint comes from; it goes nowhere but to that endpoint.

In this order: a command of the config, a file that nobody else can read, the keyring,
and last a variable of the environment, which counts only once the estimate has named
it. A key is never logged, shown, stored or handed to a child process.
"""

import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memtui.compress.endpoint import host_of, is_local
from memtui.errors import SettingsError
from memtui.settings import Settings

_SERVICE: Final = "memtui"
_COMMAND_S: Final = 30
_VARIABLES: Final = {
    "api.anthropic.com": "ANTHROPIC_API_KEY",
    "api.openai.com": "OPENAI_API_KEY",
    "generativelanguage.googleapis.com": "GEMINI_API_KEY",
}
"""By host: a key of a variable is for its maker, and sent to nobody else."""
SECRETS: Final = frozenset(
    {
        "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "GEMINI_API_KEY",
        "GOOGLE_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN",
    }
)  # fmt: skip
"""Variables that no child process of a run is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Where a key comes from, and how to get it."""

    source: str
    """In words, for the estimate."""
    from_environment: bool = False
    _get: Callable[[], str] = field(repr=False)

    def value(self) -> str:
        """The key itself; empty: none is needed.

        Raises:
            SettingsError: it cannot be had.
        """
        return self._get()


def find(
    settings: Settings, url: str, environ: Mapping[str, str] | None = None
) -> Key | None:
    """Where the key for this address would come from; None: nowhere.

    Nothing is read but the keyring, which does not tell otherwise.
    """
    if command := settings.compress_key_command:
        return Key(
            source=f"the command {command[0]}", _get=lambda: _of_command(command)
        )
    if name := settings.compress_key_file:
        path = Path(name).expanduser()
        return Key(source=f"the file {name}", _get=lambda: _of_file(path))
    host = host_of(url)
    if found := _of_keyring(host):
        source = f"the keyring, memtui for {host}"
        return Key(source=source, _get=lambda: _checked(found, source))
    known = os.environ if environ is None else environ
    variable = _VARIABLES.get(host, "")
    if value := known.get(variable, ""):
        source = f"the environment variable {variable}"
        return Key(
            source=source, from_environment=True, _get=lambda: _checked(value, source)
        )
    if is_local(url):
        return Key(source="none, the server is on this machine", _get=lambda: "")
    return None


def must_find(settings: Settings, url: str) -> Key:
    """The same.

    Raises:
        SettingsError: there is none.
    """
    key = find(settings, url)
    if key is None:
        raise SettingsError(
            f"There is no key for {host_of(url)}.", hint=where_keys_go(host_of(url))
        )
    return key


def where_keys_go(host: str) -> str:
    """What to do where there is no key for a host."""
    return (
        "Set compress_key_command or compress_key_file (mode 0600) in the config, "
        f"or put it into the keyring: keyring set memtui {host}"
    )


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process, without any key."""
    return {name: value for name, value in environ.items() if name not in SECRETS}


def _of_command(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_COMMAND_S,
            check=True,
            env=without_secrets(os.environ),
        )
    except (OSError, subprocess.SubprocessError) as error:
        # What it printed is left unsaid: it may be the key.
        kind = type(error).__name__
        raise SettingsError(f"The key command {command[0]} failed: {kind}.") from None
    return _checked(done.stdout.decode("utf-8", "replace"), f"The command {command[0]}")


def _of_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise SettingsError(
                f"{path} holds a key and can be read by others.",
                hint=f"Run: chmod 600 {path}",
            )
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}.") from None
    return _checked(text, str(path))


def _of_keyring(host: str) -> str:
    try:
        import keyring  # an extra; where it is not, the other ways are
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(_SERVICE, host) or ""
    except KeyringError:
        return ""  # locked or without a backend: as if it held nothing


def _checked(text: str, where: str) -> str:
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        told = f"{where[0].upper()}{where[1:]} gives no key"
        raise SettingsError(f"{told}: one line of letters and digits.")
    return key
