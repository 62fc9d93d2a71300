"""``memtui sync``: read what agents wrote since the last time."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Final

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted, size_in_words
from memtui.cli.options import json_option, settings
from memtui.ingest.sync import AgentReport, Progress, SyncReport, sync
from memtui.model import Agent
from memtui.readers import READERS
from memtui.settings.live import LiveSettings

PATIENCE_SECONDS: Final = 10.0
"""How long a sync that was asked to end may take for it."""

_NAMED: Final = 5
"""Transcripts that could not be read, each on a line; of more, their number."""


@click.command("sync")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Look for agents' folders here instead of $HOME.",
)
@click.option(
    "--agent",
    "names",
    type=click.Choice([str(agent) for agent in READERS]),
    multiple=True,
    help="Only this agent; may be said again.",
)
@click.option("--watch", is_flag=True, help="Go on reading until interrupted.")
@click.option("--full", is_flag=True, help="Parse everything again, from the archive.")
@click.option("--lazily", is_flag=True, hidden=True)  # for the hook: see ``sync``
@json_option
def sync_verb(
    home: Path | None,
    names: tuple[str, ...],
    watch: bool,
    full: bool,
    lazily: bool,
    as_json: bool,
) -> None:
    """Read what is new in every agent's transcripts.

    With --watch each reading that brought something prints its own counts.
    """
    place = (home or paths.home()).absolute()
    agents = [Agent(name) for name in names] or None
    with _stopped_by_signals() as stopped:
        with output.progress() as line:
            report = sync(
                paths.data_dir(),
                settings(),
                home=place,
                agents=agents,
                full=full,
                progress=lambda now: line.update(_how_far(now)),
                stop=stopped,
                lazily=lazily,
            )
        _say(report, as_json)
        if watch and not stopped.is_set():
            output.flush()  # whoever reads through a pipe gets each line at once
            _watch(place, agents, stopped, as_json)
    if report.stopped:
        output.note("Stopped. The next sync goes on from here.")


def _watch(
    home: Path, agents: list[Agent] | None, stopped: threading.Event, as_json: bool
) -> None:
    from memtui.ingest.watcher import watch

    def say(report: SyncReport) -> None:
        _say(report, as_json)
        output.flush()

    output.note("Watching. Ctrl-C ends it.")
    watch(
        paths.data_dir(),
        LiveSettings(on_trouble=output.say_error),
        home=home,
        agents=agents,
        stop=stopped,
        on_synced=say,
        on_coverage=lambda found: output.note(f"{str(found).capitalize()}."),
    )


def _say(report: SyncReport, as_json: bool) -> None:
    for path in report.quarantined[:_NAMED]:
        output.note(f"Could not read {path}; memtui doctor says why.")
    if more := len(report.quarantined[_NAMED:]):
        output.note(f"Could not read {more:,} more.")
    if report.not_exported:
        output.note(f"Read, but not exported: {report.not_exported}")
    if as_json:
        output.emit([{"agents": {n: asdict(a) for n, a in report.agents.items()}}])
        return
    for name, numbers in report.agents.items():
        output.say(f"{name:<12} {_in_words(numbers)}")
    if not any(numbers.files for numbers in report.agents.values()):
        output.note("No transcripts found.")


def _in_words(numbers: AgentReport) -> str:
    files = counted(numbers.files, "file")
    if not numbers.new_bytes and not numbers.records:
        return f"{files}, nothing new"
    parts = [
        counted(numbers.records, "record"),
        counted(numbers.sessions, "session"),
        counted(numbers.observations, "memory"),
    ]
    if numbers.faults:
        parts.append(counted(numbers.faults, "fault"))
    return f"{files}, {size_in_words(numbers.new_bytes)} new: {', '.join(parts)}"


def _how_far(now: Progress) -> str:
    if now.to_index:
        return f"making the search index anew, {now.indexed:,} of {now.to_index:,} rows"
    return (
        f"reading {now.files:,} of {now.files_total:,} files, "
        f"{size_in_words(now.bytes)} of {size_in_words(now.bytes_total)}, "
        f"{now.observations:,} memories"
    )


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and a polite kill set; a second one ends at once.

    So does a while without an end: what is read may not come, as from a dead
    network drive. A transaction cut short is one that has not happened.
    """
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield stopped
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
