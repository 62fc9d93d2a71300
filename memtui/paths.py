"""Where memtui keeps its files. Computed when asked, nothing is made on import.

The data folder is the same on every POSIX system, macOS too, because the
SessionStart hook computes it in plain ``sh`` (see ``hooks/session-start``).
"""

import os
from pathlib import Path
from typing import Final

import platformdirs

PATH_BYTES: Final = 4_096
"""PATH_MAX of Linux, its final NUL included; macOS has 1,024."""
PART_BYTES: Final = 255

_TOLD_CHARS: Final = 240


def home() -> Path:
    """The person's home folder, as ``$HOME`` names it."""
    return Path(os.environ.get("HOME") or os.path.expanduser("~"))


def here() -> Path:
    """The folder we were called in, also where it is gone by now."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path(os.environ.get("PWD", "/"))


def data_dir() -> Path:
    """``${MEMTUI_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/memtui}``, in full.

    What clients run from any folder is named by it: a relative name there would
    mean whatever lies in that folder.
    """
    if own := os.environ.get("MEMTUI_DATA_DIR"):
        return Path(own).absolute()
    if xdg := os.environ.get("XDG_DATA_HOME"):
        return Path(xdg).absolute() / "memtui"
    return home().absolute() / ".local" / "share" / "memtui"


def store_path(data: Path | None = None) -> Path:
    """The one SQLite file."""
    return (data or data_dir()) / "memtui.db"


def export_dir(data: Path | None = None) -> Path:
    """What the hooks print, one folder per known project root."""
    return (data or data_dir()) / "export"


def hooks_dir(data: Path | None = None) -> Path:
    """The stable place of the hooks that clients' settings point to."""
    return (data or data_dir()) / "hooks"


def fired_dir(data: Path | None = None) -> Path:
    """A file per agent whose hook ran; its time says when it last did."""
    return (data or data_dir()) / "fired"


def hooks_log_path(data: Path | None = None) -> Path:
    """What kept a hook from doing its part, a line each."""
    return (data or data_dir()) / "hooks.log"


def backup_dir(data: Path | None = None) -> Path:
    """Copies of curation and of settings we changed."""
    return (data or data_dir()) / "backups"


def lock_path(data: Path | None = None) -> Path:
    """Held by the one process that ingests."""
    return (data or data_dir()) / "ingest.lock"


def log_path(data: Path | None = None) -> Path:
    """What went wrong where nobody was looking."""
    return (data or data_dir()) / "memtui.log"


def config_path() -> Path:
    """``config.toml``; ``$MEMTUI_CONFIG`` names another file."""
    if own := os.environ.get("MEMTUI_CONFIG"):
        return Path(own)
    return usual_config_path()


def usual_config_path() -> Path:
    """``config.toml`` where no variable names another file."""
    return platformdirs.user_config_path("memtui") / "config.toml"


def state_path() -> Path:
    """Scope by folder, theme: convenient, never needed."""
    return platformdirs.user_state_path("memtui") / "state.json"


def searches_path() -> Path:
    """Searches that a person saved, by name."""
    return state_path().with_name("searches.json")


def imported_dir(data: Path) -> Path:
    """Where an import writes transcripts while it goes on; a part of their paths."""
    return data / "imported"


def make_private_dir(path: Path) -> Path:
    """Make the folder if need be, readable by its owner alone."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


def is_utf8(path: str) -> bool:
    """Whether a path is text: the store cannot hold other bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def can_exist(path: str) -> bool:
    """Whether a full path is short enough for any file system there is."""
    if len(path) > PATH_BYTES:
        return False
    raw = path.encode("utf-8", "surrogatepass")
    parts = raw.replace(b"\\", b"/").split(b"/") if path[:1] != "/" else raw.split(b"/")
    return len(raw) < PATH_BYTES and max(map(len, parts)) <= PART_BYTES


def home_path(path: str, base: Path | None = None) -> str:
    """The path with ``~`` for the person's home, ``base`` or ``home()``."""
    inside = f"{base or home()}/"
    return f"~/{path[len(inside) :]}" if path.startswith(inside) else path


def shortened(path: str) -> str:
    """A path to be named in a message: of an overlong one beginning and end."""
    if len(path) <= _TOLD_CHARS:
        return path
    return f"{path[: _TOLD_CHARS // 2]}…{path[-_TOLD_CHARS // 2 :]}"


def shown(path: str) -> str:
    """A path of any bytes, to be printed: what is no UTF-8 as ``\\xff``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
