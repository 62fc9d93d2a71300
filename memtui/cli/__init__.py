"""The command line: thin verbs over the layers below.

Nothing is imported here that a verb may not need. ``root`` knows which module
holds which verb; ``output`` is the one place that prints.
"""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one call and return its exit code.

    Args:
        argv: the words after the program's name; None: those of this process.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["--version"]:
        from memtui import __version__

        sys.stdout.write(f"memtui {__version__}\n")
        return 0
    from memtui.cli.root import run

    return run(words)
