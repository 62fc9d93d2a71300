"""How a call ends: whatever comes of it becomes an exit code, said in a line."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from memtui.cli import output
from memtui.errors import MemtuiError
from memtui.paths import make_private_dir

INTERRUPTED: Final = 130


def ended(call: Callable[[], int]) -> int:
    """Make the call; every way it can end becomes an exit code."""
    with _unwound_by_signals():
        try:
            code = _ended(call)
        except BrokenPipeError:
            # Whoever read us (head, a pager) has all it wanted.
            code = 0
    with suppress(OSError):  # what a failed write left behind was told above
        output.flush()
    return code


def _ended(call: Callable[[], int]) -> int:
    try:
        code = call()
        output.flush()
    except KeyboardInterrupt:
        output.note("Interrupted.")
        return INTERRUPTED
    except MemtuiError as error:
        output.say_error(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        # Full disk, missing rights: a person can act on these.
        name = f" ({error.filename})" if error.filename else ""
        output.say_error(MemtuiError(f"{error.strerror or error}{name}."))
        return 1
    # The last resort: a person is told in a line, the log has the traceback.
    except Exception as error:  # noqa: BLE001
        output.say_error(_told(error))
        return 1
    return code


@contextmanager
def _unwound_by_signals() -> Iterator[None]:
    """A kill and a closed window put away what is open, as Ctrl-C does.

    Otherwise they would leave a demo's folder or a text in the editor behind.
    The first of them counts: later ones would stop the putting away.
    """
    ends = (signal.SIGTERM, signal.SIGHUP)

    def leave(number: int, _frame: FrameType | None) -> None:
        for end in ends:
            signal.signal(end, signal.SIG_IGN)
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield  # there it cannot be said what a signal does
        return
    ours = [end for end in ends if signal.getsignal(end) is signal.SIG_DFL]
    for end in ours:
        signal.signal(end, leave)
    try:
        yield
    finally:
        for end in ours:
            signal.signal(end, signal.SIG_DFL)


def _told(error: Exception) -> MemtuiError:
    """In our words what nobody foresaw."""
    from memtui import paths
    from memtui.store.trouble import explained

    try:
        with explained(paths.store_path()):
            raise error
    except MemtuiError as known:  # the store is damaged
        return known
    except Exception:  # noqa: BLE001 - the one that was just raised
        _write_down(paths.log_path())
        return MemtuiError(
            f"A fault of memtui itself: {type(error).__name__}: {error}.",
            hint=f"Where it happened stands in {paths.log_path()}.",
        )


def _write_down(log: Path) -> None:
    """Add the traceback at hand to the log, where that can be done."""
    import traceback
    from datetime import UTC, datetime

    from memtui import __version__

    with suppress(OSError):
        make_private_dir(log.parent)
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(handle, "a", encoding="utf-8", errors="replace") as file:
            os.fchmod(handle, 0o600)  # an older memtui let others read it
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {__version__}\n")
            file.write(traceback.format_exc())
