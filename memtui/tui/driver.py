"""The terminal under the app: it may stop, come back, and go for good.

Textual's own driver takes every SIGCONT for the end of a stop and starts another
thread that reads keys. A shell that ends sends one beside SIGHUP: that thread would
read from a terminal that is gone, for ever. And its writing thread ends with the
first write that fails; from then on whoever draws waits for ever.
"""

import errno
import os
import select
from collections.abc import Callable
from typing import IO, Any, Final

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

GONE: Final = frozenset({errno.EIO, errno.EPIPE, errno.ENXIO, errno.EBADF})
"""What writing to a terminal ends with that was closed."""


def is_gone(terminal: int) -> bool:
    """Whether a terminal was closed, whatever signal came of it or did not."""
    asked = select.poll()
    asked.register(terminal, 0)  # that it hung up is told without being asked for
    return bool(asked.poll(0))


class TerminalDriver(LinuxDriver):
    """Textual's driver, which leaves no thread behind."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file: Any = LastingFile(self._file)

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:  # ctrl+z stopped it, and gave the terminal back
            super()._sigcont_application()
        elif self._auto_restart and self._reads_keys and not is_gone(self.fileno):
            # A stop that nobody could see coming: a shell may have changed the modes.
            self.suspend_application_mode()
            self.resume_application_mode()

    @property
    def _reads_keys(self) -> bool:
        return self._key_thread is not None and self._key_thread.is_alive()


class LastingFile:
    """Takes what is written after its terminal was closed, too: to nowhere."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write text; it may wait for a flush."""
        self._lasting(lambda: self._file.write(text))

    def flush(self) -> None:
        """Send what waits."""
        self._lasting(self._file.flush)

    def fileno(self) -> int:
        """The number of the real file."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()

    def _lasting(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            if error.errno not in GONE:
                raise
            # What the file still holds would fail again, at the latest at the end.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._file.fileno())
            os.close(nowhere)
