"""``memtui serve``: the app in a browser on this machine."""

import os
import shlex

import click

from memtui import files
from memtui.cli import output
from memtui.cli.options import settings
from memtui.cli.root import SCREENS
from memtui.curate import guard
from memtui.errors import UsageError
from memtui.install.plugin import program_command


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, metavar="N",
    help="This port instead of any that is free.",
)  # fmt: skip
@click.option("--read-only", is_flag=True, help="To be looked at: nothing is written.")
@click.option("--demo", is_flag=True, help="A made-up store, kept nowhere.")
@click.option("--screen", type=click.Choice(SCREENS), help="Open on this screen.")
@click.option("--all", "everything", is_flag=True, help="Show all projects and ages.")
def serve_verb(
    port: int, read_only: bool, demo: bool, screen: str | None, everything: bool
) -> None:
    """Show the app in a browser on this machine.

    The address that is printed lets one browser in, once. Nobody else, and no other
    machine, reaches it.
    """
    from memtui.web import server
    from memtui.web.gate import Gate

    guard(settings(), "serve")
    if demo and read_only:
        raise UsageError("--demo is kept nowhere: there is nothing to protect.")
    server.check()
    words = ["--demo"] if demo else []
    words += ["--all"] if everything else []
    words += ["--screen", screen] if screen else []
    with server.listening(port) as own:
        gate = Gate(own.getsockname()[1])
        if read_only:
            os.environ[files.READ_ONLY] = "1"
        output.say(gate.address)
        output.flush()
        output.note("Open it in a browser, once. Ctrl-C ends it.")
        server.run(own, gate, program_command(shlex.join(words)))
