"""The one place that prints. Results to stdout, everything else to stderr.

Whatever comes from a transcript or a file passes ``safe`` on its way out.
Colour is used on a terminal only, and not with ``NO_COLOR`` set.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.masking import safe, safe_line

BOLD: Final = "1"
QUIET: Final = "90"
WARN: Final = "33"
GOOD: Final = "32"
BAD: Final = "31"
UNDERLINE: Final = "4"

PROGRESS_SECONDS: Final = 0.25
"""Progress is redrawn at most this often."""


def say(line: str = "") -> None:
    """Print one line or paragraph of a result."""
    _write(sys.stdout, safe(line))


def note(line: str) -> None:
    """Print a remark that is not the result."""
    _write(sys.stderr, safe(line))


def say_styled(*parts: str | tuple[str, str]) -> None:
    """Print one line from parts, each a text or a (text, style) pair."""
    _write(sys.stdout, _styled(parts, sys.stdout))


def note_styled(*parts: str | tuple[str, str]) -> None:
    """Print a remark from parts, as ``say_styled`` prints a result."""
    _write(sys.stderr, _styled(parts, sys.stderr))


def emit(objects: Iterable[Mapping[str, object]]) -> None:
    """Print objects as JSON Lines."""
    for item in objects:
        plain = json.dumps(_cleaned(item), ensure_ascii=not _is_utf8(sys.stdout))
        print(plain)


def put_text(text: str) -> None:
    """Print a text as it is when it goes to a program, cleaned for a person."""
    put_bytes(text.encode("utf-8", "replace"))


def put_bytes(data: bytes) -> None:
    """Print bytes as they are when they go to a program, cleaned for a person."""
    if sys.stdout.isatty() or not hasattr(sys.stdout, "buffer"):
        text = safe(data.decode("utf-8", "replace"))
        print(text, end="" if text.endswith("\n") else "\n")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def say_error(error: MemtuiError) -> None:
    """Print what went wrong, and below it what to do."""
    note(f"memtui: {error.message}")
    if error.hint:
        note(f"  {error.hint}")


def wants_colour(stream: TextIO) -> bool:
    """Whether styles may be written to this stream."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def confirmed(question: str) -> bool:
    """Ask on the terminal; no answer is a no.

    Both ends must be a person's: an answer piped in is none (use ``--yes``).
    """
    return can_ask() and asked(f"{question} [y/N]") in ("y", "yes")


def can_ask() -> bool:
    """Whether a person is at both ends of a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def pressed(question: str, keys: str) -> str:
    """The first of ``keys`` that the person presses; no Enter is needed.

    Enter itself is the first of them. Where no key can be read, a line is.
    """
    print(f"{clean_line(question)} ", end="", file=sys.stderr, flush=True)
    with _key_by_key(sys.stdin) as read:
        while answer := read():
            found = keys[0] if answer in "\r\n" else answer.lower()
            if found in keys:
                print(found, file=sys.stderr)
                return found
    raise KeyboardInterrupt  # the input has ended: nobody is there any more


@contextmanager
def _key_by_key(stream: TextIO) -> Iterator[Callable[[], str]]:
    """One key after the other, as long as this lasts; '' at the end of the input."""
    import termios
    import tty

    number = stream.fileno()
    before = termios.tcgetattr(number)
    # ctrl+c still interrupts, and what was typed ahead is not lost
    tty.setcbreak(number, termios.TCSADRAIN)
    try:
        yield lambda: os.read(number, 1).decode("ascii", "replace")
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def asked(question: str) -> str:
    """The person's answer, in lower case; empty at the end of the input."""
    print(f"{clean_line(question)} ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower()


class Progress:
    """One line on a terminal's stderr, redrawn in place; silent elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._next = 0.0

    def update(self, text: str) -> None:
        """Redraw the line, unless that was done a moment ago."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + PROGRESS_SECONDS
        columns = _columns(self._stream)
        self._draw(clean_line(text)[: columns - 1])

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._draw("")

    def _draw(self, text: str) -> None:
        print(f"\r{text}\x1b[K", end="", file=self._stream, flush=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress line that is gone when the work is done."""
    line = Progress(sys.stderr)
    try:
        yield line
    finally:
        line.clear()


def flush() -> None:
    """Hand out what is still held back; nothing is left to fail at exit.

    Raises:
        OSError: it could not be written (full disk, closed pipe) and is dropped.
    """
    try:
        sys.stdout.flush()
    except OSError:
        _let_go(sys.stdout)
        raise


def _let_go(stream: TextIO) -> None:
    """What the stream still holds goes nowhere: the interpreter flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _styled(parts: Sequence[str | tuple[str, str]], stream: TextIO) -> str:
    colour = wants_colour(stream)
    texts = []
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        text = safe_line(text)
        texts.append(f"\x1b[{style}m{text}\x1b[0m" if colour and style else text)
    return "".join(texts).rstrip()


def _write(stream: TextIO, text: str) -> None:
    try:
        print(text, file=stream)
    except UnicodeEncodeError:
        kept = text.encode(stream.encoding, "backslashreplace")
        print(kept.decode(stream.encoding), file=stream)


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80
