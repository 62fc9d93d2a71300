"""What every client's module offers: what wiring it changes, whether it holds.

One module per agent: ``claude_code``, ``codex``, ``gemini_cli``, ``opencode``;
``clients`` lists them.
"""

import difflib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from memtui import paths
from memtui.errors import InstallError
from memtui.model import Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a client before and after."""

    path: Path
    """The file itself, symlinks followed."""
    before: bytes | None
    """None: there is no such file."""
    after: bytes | None
    """None: there is none afterwards."""
    mode: int = 0o600
    """Of a file that was not there."""

    @property
    def changes(self) -> bool:
        """Whether the file is touched at all."""
        return self.before != self.after

    @property
    def diff(self) -> str:
        """What changes, as a unified diff; empty where nothing does."""
        old, new = (_lines(side) for side in (self.before, self.after))
        name = str(self.path)
        return "".join(difflib.unified_diff(old, new, name, name, n=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What wiring a client, or taking it out, does to the client's files."""

    files: tuple[FileChange, ...]
    notes: tuple[str, ...] = ()
    """What a person should know before they say yes; one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """How a client is wired now."""

    where: str
    """File that names our hooks, or ``plugin``; empty: it is not wired."""
    broken: str = ""
    """What keeps its sessions from being told, in a few words; empty: nothing."""
    hint: str = ""
    """What to do about it."""
    twice: bool = False
    """Both its settings and a plugin are wired; the settings tell it."""
    differs: bool = False
    """Wired by another version, in other words than this one would use."""


class Client(Protocol):
    """One agent's program, as far as we wire it."""

    @property
    def agent(self) -> Agent:
        """Whose program it is."""
        ...

    def folder(self, home: Path) -> Path:
        """Where it keeps what it is told; there once a person has used it."""
        ...

    def installing(self, home: Path, data: Path) -> Edits:
        """What wiring it would change; nothing is written.

        Raises:
            InstallError: a file of its cannot be read, or changed safely.
        """
        ...

    def uninstalling(self, home: Path, data: Path, made: frozenset[Path]) -> Edits:
        """What taking our part out would change; nothing is written.

        Args:
            made: files that were not there before we wired it.

        Raises:
            InstallError: as ``installing``.
        """
        ...

    def wired(self, home: Path, data: Path) -> Wired:
        """How it is wired now; never raises for what it finds."""
        ...


def own_folder(variable: str, home: Path, *below: str) -> Path:
    """A client's folder: as its own variable names it, else below the home."""
    named = os.environ.get(variable) if home == paths.home() else None
    return Path(named) if named else home.joinpath(*below)


def read(path: Path) -> bytes | None:
    """The bytes of a client's file; None where there is none.

    Raises:
        InstallError: it cannot be read, or is no file that stays as it is.
    """
    try:
        # A pipe would let us wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise InstallError(
                    f"{path} is no plain file.", hint="It stays as it is."
                )
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InstallError(
            f"{path} cannot be read: {error.strerror}.", hint="Check who owns it."
        ) from error


def _lines(side: bytes | None) -> list[str]:
    text = (side or b"").decode("utf-8", "replace")
    if text and not text.endswith("\n"):
        text += "\n"
    return text.splitlines(keepends=True)
