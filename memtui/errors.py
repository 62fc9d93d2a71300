"""What can go wrong in a way a person can act on, and the exit code of each.

::

    MemtuiError            1  could not; the message says what, the hint what to do
    ├── UsageError         2  the words of the call are off
    ├── SettingsError      1  the config file, by file and key
    ├── StoreError         1  the store cannot be used
    │   ├── StoreBusy      3  another process is writing
    │   ├── StoreReadOnly  1  its folder cannot be written, and must be
    │   └── StoreTooNew    1  written by a newer memtui: read only here
    ├── NotFound           1  no such memory, session or project
    ├── Refused            1  an agent asked for what only a person may do
    └── InstallError       1  another program's settings cannot be changed safely

A fault in a transcript is no error: see ``memtui.model.Fault``.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

_LIKE: Final = 0.7
"""A name at least this near to what was typed may have been meant."""


class MemtuiError(Exception):
    """Something a person can act on.

    Args:
        message: what happened, one sentence, present tense.
        hint: what to do next; may be empty.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(MemtuiError):
    """The words of the call are off."""

    exit_code = 2


class SettingsError(MemtuiError):
    """The config file says something that cannot be followed."""


class StoreError(MemtuiError):
    """The store cannot be used as it is."""


class StoreBusy(StoreError):
    """Another process has been writing for longer than we wait."""

    exit_code = 3


class StoreReadOnly(StoreError):
    """The store lies where nothing can be written, and first needs to be."""


class StoreTooNew(StoreError):
    """The store was written by a newer memtui; it can still be read."""


class NotFound(MemtuiError):
    """Nothing has the id, path or name that was asked for."""


class Refused(MemtuiError):
    """An agent asked for what only a person may do."""


class InstallError(MemtuiError):
    """Another program's settings cannot be changed safely."""


def nearest(typed: str, names: Iterable[str]) -> str:
    """The name that was likely meant; empty where none is near enough to ask."""
    import difflib  # only who mistypes pays for it

    near = difflib.get_close_matches(typed, list(names), n=1, cutoff=_LIKE)
    return str(near[0]) if near else ""
