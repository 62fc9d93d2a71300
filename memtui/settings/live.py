"""Settings of a process that runs on while the file is edited."""

import os
from collections.abc import Callable, Mapping
from copy import copy
from pathlib import Path

from memtui.errors import SettingsError
from memtui.paths import config_path
from memtui.settings import Settings, load


class LiveSettings:
    """The settings that hold now: ask once a second, it costs one ``stat``.

    A file that cannot be followed changes nothing: ``current`` stays what it
    was, and ``trouble`` says what is wrong until the file is right again.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        flags: Mapping[str, object] | None = None,
        on_trouble: Callable[[SettingsError], object] = lambda _: None,
    ) -> None:
        """Read the file once.

        Args:
            on_trouble: called by ``changed`` when the file turns out wrong.

        Raises:
            SettingsError: the first reading already fails.
        """
        self._path = path or config_path()
        self._flags = flags
        self._on_trouble = on_trouble
        self._seen = self._stamp()
        self.current: Settings = load(self._path, flags=flags)
        self.trouble: SettingsError | None = None

    def another(self) -> "LiveSettings":
        """One that follows the same file by itself, for another thread."""
        return copy(self)

    def changed(self) -> bool:
        """Read the file again if it was touched.

        Returns:
            True where ``current`` or ``trouble`` is another than before.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        before = self.current, self.trouble
        try:
            self.current, self.trouble = load(self._path, flags=self._flags), None
        except SettingsError as error:
            self.trouble = error
            self._on_trouble(error)
        return (self.current, self.trouble) != before

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
