"""A real pseudo terminal around a program, and what it was sent.

It answers the one question that Textual waits for (synchronised output), keeps
every byte, and can say which control sequences were among them.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

CSI = re.compile(rb"\x1b\[([<=>?]?)([0-9:;]*)([ -/]*)([@-~])")
OTHER_ESCAPES = re.compile(
    rb"\x1b[=>78cM]|\x1b[()][AB0]"
    rb"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
)
ASKS_FOR_SYNC = b"\x1b[?2026$p"
HAS_SYNC = b"\x1b[?2026;2$y"
MODES_OFF_AT_THE_END = (
    b"1000", b"1002", b"1003", b"1004", b"1006", b"1015", b"1049", b"2004",
)  # fmt: skip
"""Private modes that a program must leave off, if it ever set them."""


@dataclass
class Terminal:
    """One program in one pseudo terminal. Use as a context manager."""

    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    rows: int = 36
    columns: int = 120
    raw: bytearray = field(default_factory=bytearray)
    status: int | None = None
    _pid: int = 0
    _fd: int = -1
    _slave: int = -1
    _pressed_at: int = 0

    def __enter__(self) -> Self:
        self._fd, self._slave = pty.openpty()
        size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, size)
        self.modes_before = termios.tcgetattr(self._slave)
        self._pid = os.fork()
        if not self._pid:
            self._become()
        os.set_blocking(self._fd, False)
        return self

    def _become(self) -> None:
        try:
            os.setsid()
            fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(self._slave, number)
            os.chdir(self.cwd)
            os.closerange(3, 256)
            around = {"TMPDIR": tempfile.gettempdir(), **self.env}
            os.execve(self.command[0], list(self.command), around)
        finally:
            # only reached when exec failed; nothing of the parent may run here
            os._exit(127)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.status is None:
            self.kill()
        os.close(self._fd)
        os.close(self._slave)

    def press(self, keys: bytes) -> None:
        """Send keys as a terminal does."""
        self._pressed_at = len(self.raw)
        os.write(self._fd, keys)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self._pid, number)

    def close(self) -> None:
        """Close the window: from now on there is nothing to read and write."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)

    def kill(self) -> float:
        """End the program at once; the seconds of CPU it had used."""
        os.kill(self._pid, signal.SIGKILL)
        _, status, usage = os.wait4(self._pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, size)
        self._pressed_at = len(self.raw)

    def cpu(self) -> float:
        """Seconds of CPU that all threads of the program had so far (Linux)."""
        tasks = Path(f"/proc/{self._pid}/task")
        spent = 0
        for task in tasks.iterdir():
            with suppress(FileNotFoundError):  # it ended meanwhile
                spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e9

    def anonymous(self) -> int:
        """Bytes of memory that are the program's own, no file's (Linux)."""
        rollup = Path(f"/proc/{self._pid}/smaps_rollup").read_text()
        found = re.search(r"^Anonymous:\s+(\d+) kB", rollup, re.M)
        assert found is not None
        return int(found[1]) * 1024

    def wait_for(self, *texts: str, seconds: float = 30.0) -> str:
        """Read until one of the texts is drawn since the last key; which one.

        Text counts when it stands in one run of cells, whatever its colours.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = self.text(self._pressed_at)
            for text in texts:
                if text in shown:
                    return text
            if not self._pump(0.1) and self._ended():
                break
        raise AssertionError(
            f"never drawn: {texts}; the last was:\n{self.text()[-1500:]}"
        )

    def wait_for_bytes(self, count: int, seconds: float = 30.0) -> None:
        """Read until so many bytes were sent."""
        end = time.monotonic() + seconds
        while len(self.raw) < count and time.monotonic() < end:
            self._pump(0.05)

    def settle(self, quiet: float = 0.4, seconds: float = 10.0) -> None:
        """Read until nothing was sent for a moment."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._pump(quiet):
            pass

    def wait_end(self, seconds: float = 15.0) -> int:
        """Read until the program ends; its exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._pump(0.05)
            if self._ended():
                while self._pump(0.05):
                    pass
                assert self.status is not None
                return self.status
        raise AssertionError(f"still running:\n{self.text()[-1500:]}")

    def text(self, start: int = 0) -> str:
        """What was drawn since byte ``start``, without control sequences."""
        seen = OTHER_ESCAPES.sub(b"", CSI.sub(b"", bytes(self.raw[start:])))
        return seen.decode("utf-8", "replace")

    def modes_left_on(self) -> list[str]:
        """Private modes that were set and never reset, and a hidden cursor."""
        on: set[bytes] = set()
        for private, numbers, _, final in CSI.findall(bytes(self.raw)):
            if private != b"?" or final not in (b"h", b"l"):
                continue
            for number in numbers.split(b";"):
                (on.add if final == b"h" else on.discard)(number)
        left = [mode.decode() for mode in MODES_OFF_AT_THE_END if mode in on]
        shows_cursor = bytes(self.raw).rfind(b"\x1b[?25h")
        hides_cursor = bytes(self.raw).rfind(b"\x1b[?25l")
        return [*left, "cursor hidden"] if hides_cursor > shows_cursor else left

    def modes_now(self) -> list[object]:
        """The line discipline as it is now, to compare with ``modes_before``."""
        return list(termios.tcgetattr(self._slave))

    def strange_controls(self) -> list[str]:
        """Everything sent that is neither text nor a sequence an app needs."""
        found = []
        rest = bytes(self.raw)
        for private, numbers, middle, final in CSI.findall(rest):
            if final not in b"ABCDEFGHJKPSTXdhlmnpqrstuc" or middle not in b"$ ":
                found.append(f"CSI {private!r}{numbers!r}{middle!r}{final!r}")
        rest = OTHER_ESCAPES.sub(b"", CSI.sub(b"", rest))
        found += [
            f"U+{ord(char):04X}"
            for char in set(rest.decode("utf-8", "replace"))
            if _is_strange(ord(char))
        ]
        return sorted(set(found))

    def _pump(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], timeout)
        if not ready:
            return False
        try:
            got = os.read(self._fd, 1 << 16)
        except OSError:
            # the other side is closed: Linux says EIO instead of end of file
            return False
        if ASKS_FOR_SYNC in got:
            os.write(self._fd, HAS_SYNC)
        self.raw += got
        return bool(got)

    def _ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None


_HIDDEN = frozenset(
    {0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0xFEFF}
    | set(range(0x202A, 0x202F))
    | set(range(0x2066, 0x206A))
    | set(range(0xE0000, 0xE0080))
)
"""Characters that change how text is read without being seen."""


def _is_strange(code: int) -> bool:
    control = (code < 32 and code not in (10, 13)) or 127 <= code < 160
    return control or code in _HIDDEN
