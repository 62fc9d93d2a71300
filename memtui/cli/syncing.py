"""``memtui sync``: read what agents wrote since the last time."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import json_option, settings
from memtui.ingest import SyncReport, sync
from memtui.model import Agent


@click.command("sync")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Look for agents' folders here instead of $HOME.",
)
@click.option(
    "--agent",
    "agents",
    type=click.Choice([str(agent) for agent in Agent]),
    multiple=True,
    help="Only this agent; may be said again.",
)
@click.option("--watch", is_flag=True, help="Go on reading until interrupted.")
@click.option("--full", is_flag=True, help="Parse everything again, from the archive.")
@json_option
def sync_verb(
    home: Path | None,
    agents: tuple[str, ...],
    watch: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Read what is new in every agent's transcripts."""
