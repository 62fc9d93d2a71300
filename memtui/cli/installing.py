"""``install`` and ``uninstall``: the hooks in a client's settings."""

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import must_agree, settings, yes_option
from memtui.curate import guard
from memtui.inject.export import export_projects
from memtui.install import Plan, apply, plan_install, plan_uninstall
from memtui.model import Agent

AGENT = click.option(
    "--agent",
    type=click.Choice([str(agent) for agent in Agent]),
    default=str(Agent.CLAUDE_CODE),
    show_default=True,
    help="Whose settings.",
)


@click.command("install")
@AGENT
@yes_option
def install_verb(agent: str, yes: bool) -> None:
    """Let a client's new sessions read the exports; shows a diff and asks."""
    known = settings()
    guard(known, "install")
    plan = plan_install(Agent(agent), paths.home(), paths.data_dir())
    if not plan.changes:
        output.say(f"Already installed in {plan.path}.")
        return
    _carry_out(plan, yes)
    if paths.store_path().exists():
        export_projects(paths.data_dir(), known)
    output.say(f"Installed. New sessions of {agent} read what memtui inject prints.")


@click.command("uninstall")
@AGENT
@yes_option
def uninstall_verb(agent: str, yes: bool) -> None:
    """Take out of a client what install put in; shows a diff and asks."""
    guard(settings(), "uninstall")
    plan = plan_uninstall(Agent(agent), paths.home(), paths.data_dir())
    if not plan.changes:
        output.say(f"Nothing of memtui is in {plan.path}.")
        return
    _carry_out(plan, yes)
    rest = "what is named above stays" if plan.notes else "no hook is left"
    output.say(f"Uninstalled from {plan.path}: {rest}.")


def _carry_out(plan: Plan, yes: bool) -> None:
    """Show what would change, ask, do it.

    Raises:
        MemtuiError: the person did not say yes.
    """
    for line in plan.diff.splitlines():
        style = {"+": output.GOOD, "-": output.BAD}.get(line[:1], "")
        output.note_styled((line, style))
    for copy in plan.copies:
        output.note(f"{'writes' if plan.installs else 'removes'} {copy}")
    for remark in plan.notes:
        output.note(remark)
    must_agree("Do this?", yes)
    applied = apply(plan)
    if applied.backup is not None:
        output.note(f"The file as it was: {applied.backup}")
