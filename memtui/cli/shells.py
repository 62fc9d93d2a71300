"""``completion``, ``statusline``: what a shell and an agent's status bar are given."""

import json

import click
from click.shell_completion import ShellComplete, get_completion_class

from memtui import paths
from memtui.cli import output
from memtui.cli.options import settings
from memtui.inject.status import command

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_MEMTUI_COMPLETE"
"""By which a shell asks for what may follow."""


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion_verb(shell: str) -> None:
    """Print what makes bash, zsh or fish complete verbs, options and ids."""
    from memtui.cli.root import root

    kind = get_completion_class(shell)
    assert kind is not None, "a shell that click knows"
    # Not its own source(): that of bash starts one to ask for its version.
    made = ShellComplete.source(kind(root, {}, "memtui", VARIABLE))
    output.put_text(made + "\n")


@click.command("statusline")
def statusline_verb() -> None:
    """Print what Claude Code's settings need to show counts.

    And when a session was last told something.
    """
    wanted = {"type": "command", "command": command(paths.data_dir())}
    output.put_text(json.dumps({"statusLine": wanted}, indent=2) + "\n")
    if not settings().status_line:
        output.note("The line is written once status_line is true:")
        output.note("  memtui config set status_line true")


def answer(instruction: str) -> int:
    """Answer a shell that completes; the exit code.

    Args:
        instruction: what ``VARIABLE`` holds, as ``bash_complete``.
    """
    from click.shell_completion import shell_complete

    from memtui.cli.root import root

    return shell_complete(root, {}, "memtui", VARIABLE, instruction)
