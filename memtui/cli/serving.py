"""``memtui mcp``: the store as tools for agents, on stdin and stdout."""

import click

from memtui import paths
from memtui.cli import output
from memtui.settings.live import LiveSettings


@click.command("mcp")
def mcp_verb() -> None:
    """Answer agents that look things up, on stdin and stdout, until it ends.

    A client starts this by itself: memtui install --mcp wires it.
    """
    from memtui.mcp import slim
    from memtui.mcp.fresh import Freshness
    from memtui.mcp.scope import working_folder
    from memtui.mcp.tools import Desk

    data = paths.data_dir()
    live = LiveSettings(on_trouble=output.say_error)
    desk = Desk(data, working_folder(), live, Freshness(data, paths.home()))
    slim.server().serve(desk)
