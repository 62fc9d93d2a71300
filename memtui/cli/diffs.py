"""What a call would write, as a person sees it before they say yes."""

from pathlib import Path

from memtui.cli import output
from memtui.redact import Redactor


def show_diff(diff: str) -> None:
    """Print a unified diff, beside the result, without the secrets in it."""
    for line in Redactor().text(diff).splitlines():
        style = {"+": output.GOOD, "-": output.BAD}.get(line[:1], "")
        output.note_styled((line, style))


def say_backup(backup: Path) -> None:
    """Say where a file is kept as it was."""
    output.note(f"The file as it was: {backup}")
