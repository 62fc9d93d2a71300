"""``install``, ``uninstall``, ``doctor``: the hooks in a client's settings."""

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import json_option, settings, yes_option
from memtui.curate import guard
from memtui.errors import MemtuiError
from memtui.model import Agent

AGENT = click.option(
    "--agent",
    type=click.Choice([str(a) for a in Agent]),
    default=str(Agent.CLAUDE_CODE),
    show_default=True,
    help="Whose settings.",
)


@click.command("install")
@AGENT
@yes_option
def install_verb(agent: str, yes: bool) -> None:
    """Let a client's new sessions read the exports; shows a diff and asks."""
    from memtui.install import apply, plan_install

    guard(settings(), "install")
    plan = plan_install(Agent(agent), paths.home(), paths.data_dir())
    _carry_out(plan, apply, yes)


@click.command("uninstall")
@AGENT
@yes_option
def uninstall_verb(agent: str, yes: bool) -> None:
    """Take out of a client's settings what install put in."""
    from memtui.install import apply, plan_uninstall

    guard(settings(), "uninstall")
    plan = plan_uninstall(Agent(agent), paths.home(), paths.data_dir())
    _carry_out(plan, apply, yes)
