"""The command line: thin verbs over the layers below.

Nothing is imported here that a verb may not need. ``root`` knows which module
holds which verb, ``ending`` what becomes of a call; ``output`` is the one place that
prints.
"""

import atexit
import gc
import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one call and return its exit code.

    Args:
        argv: the words after the program's name; None: those of this process.
    """
    _open_missing_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["--version"]:
        from memtui import __version__

        sys.stdout.write(f"memtui {__version__}\n")
        return 0
    if instruction := os.environ.get("_MEMTUI_COMPLETE"):
        from memtui.cli.shells import answer

        return answer(instruction)
    from memtui.cli.ending import ended

    # An ending Python looks through all there is for cycles, to free what is freed
    # with the process anyway: a twentieth of a first sync.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    if not words:
        return ended(_open_app)  # no words to understand
    from memtui.cli.root import run

    return ended(lambda: run(words))


def _open_app() -> int:
    from memtui.cli.app import open_app

    return open_app()


def _open_missing_streams() -> None:
    """Put nothing where the caller closed a stream (``>&-``).

    Otherwise the store would be opened under the number of that stream, and
    whatever is printed, by us or by a child, would be written into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
            os.set_inheritable(number, True)
            stream = open(number, mode, encoding="utf-8", errors="replace")  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
