"""``install`` and ``uninstall``: the hooks in the clients' settings."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.diffs import say_backup, show_diff
from memtui.cli.options import must_agree, settings, yes_option
from memtui.curate import guard
from memtui.errors import InstallError, MemtuiError, UsageError
from memtui.inject.export import export_projects
from memtui.install import Plan, apply, found, plan_install, plan_uninstall
from memtui.install.block import BEGIN, blocks, with_block, without_block, write
from memtui.install.client import FileChange
from memtui.install.plan import installed
from memtui.model import Agent

AGENT = click.option(
    "--agent",
    "agents",
    type=click.Choice([str(agent) for agent in Agent]),
    multiple=True,
    help="Only this client; may be said again. Otherwise every one found here.",
)


BLOCK = click.option(
    "--block",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Instead, a block of what is kept in a file such as AGENTS.md.",
)


@click.command("install")
@AGENT
@click.option("--mcp", is_flag=True, help="Also let their models look things up.")
@BLOCK
@yes_option
def install_verb(
    agents: tuple[str, ...], mcp: bool, block: Path | None, yes: bool
) -> None:
    """Let clients' new sessions read the exports; shows each diff and asks."""
    known = settings()
    guard(known, "install")
    if block is not None:
        _only_a_block(agents, mcp)
        change = with_block(_physical(block), known, paths.data_dir())
        done = f"What is kept stands in {change.path}; nothing renews it by itself."
        if change.changes and BEGIN.encode() not in (change.after or b""):
            output.note("Nothing is kept in this project any more.")
            done = f"Taken out of {change.path}."
        _write_block(change, yes, done, f"{change.path} says so already.")
        return
    chosen = _chosen(agents) or (Agent.CLAUDE_CODE,)
    changed = []
    for plan in _each(partial(plan_install, mcp=mcp), chosen, yes):
        if plan.changes:
            changed.append(plan.agent)
        else:
            output.say(f"Already installed in {plan.path}.")
            for remark in plan.notes if mcp else ():
                output.note(remark)
    if changed:
        if paths.store_path().exists():
            export_projects(paths.data_dir(), known)
        *most, last = changed
        names = f"{', '.join(most)} and {last}" if most else last
        said = f"Installed. New sessions of {names} read what memtui inject prints."
        output.say(said)


@click.command("uninstall")
@AGENT
@click.option("--mcp", is_flag=True, help="Only the MCP server; the hooks stay.")
@BLOCK
@yes_option
def uninstall_verb(
    agents: tuple[str, ...], mcp: bool, block: Path | None, yes: bool
) -> None:
    """Take out of clients what install put in; shows each diff and asks."""
    known = settings()
    guard(known, "uninstall")
    if block is not None:
        _only_a_block(agents, mcp)
        change = without_block(_physical(block), paths.data_dir())
        nothing = f"Nothing of memtui is in {change.path}."
        _write_block(change, yes, f"Taken out of {change.path}.", nothing)
        return
    wired = [agent for agent in Agent if agent in installed(paths.data_dir())]
    chosen = _chosen(agents)
    if not agents:
        chosen = tuple(dict.fromkeys([*chosen, *wired])) or (Agent.CLAUDE_CODE,)
    for plan in _each(partial(plan_uninstall, only_mcp=mcp), chosen, yes):
        if not plan.changes:
            output.say(f"Nothing of memtui is in {plan.path}.")
            if not mcp and plan.agent in wired:
                apply(plan)  # taken out by another hand: what we keep of it goes too
            continue
        left = "the hooks stay" if mcp else "no hook is left"
        rest = "what is named above stays" if plan.notes else left
        output.say(f"Uninstalled from {plan.path}: {rest}.")
    for written in () if agents or mcp else blocks(paths.data_dir(), known):
        output.note(
            f"What is kept still stands in {written.path}; "
            f"take it out: memtui uninstall --block {written.path}"
        )


def _only_a_block(agents: tuple[str, ...], mcp: bool) -> None:
    if agents or mcp:
        raise UsageError("--block is about one file, not about clients.")


def _physical(file: Path) -> Path:
    """The file itself: what a person links into place stays a link."""
    return file.absolute().resolve()


def _write_block(change: FileChange, yes: bool, done: str, nothing: str) -> None:
    """Show what would change in a person's own file, ask, do it."""
    if not change.changes:
        output.say(nothing)
        return
    show_diff(change.diff)
    must_agree(f"Write {change.path}?", yes)
    if backup := write(change, paths.data_dir()):
        say_backup(backup)
    output.say(done)


def _chosen(agents: tuple[str, ...]) -> tuple[Agent, ...]:
    return tuple(map(Agent, agents)) or found(paths.home())


def _each(
    make: Callable[[Agent, Path, Path], Plan], agents: tuple[Agent, ...], yes: bool
) -> list[Plan]:
    """Plan, show, ask and do it for one client after the other; what was done.

    Raises:
        MemtuiError: it could not be done for some client, or for none.
    """
    done: list[Plan] = []
    why: MemtuiError | None = None
    for agent in agents:
        try:
            plan = make(agent, paths.home(), paths.data_dir())
            if plan.changes:
                _carry_out(plan, yes)
            done.append(plan)
        except MemtuiError as error:
            if len(agents) > 1:
                output.note(f"{agent}: {error.message} {error.hint}".rstrip())
            why = why if isinstance(why, InstallError) else error
    if isinstance(why, InstallError) or (why and not done):
        raise why
    return done


def _carry_out(plan: Plan, yes: bool) -> None:
    """Show what would change, ask, do it.

    Raises:
        MemtuiError: the person did not say yes.
    """
    show_diff(plan.diff)
    for copy in plan.copies:
        output.note(f"{'writes' if plan.installs else 'removes'} {copy}")
    for remark in plan.notes:
        output.note(remark)
    must_agree(f"Do this for {plan.agent}?", yes)
    for backup in apply(plan).backups:
        say_backup(backup)
