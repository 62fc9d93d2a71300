"""``memtui storage``: what takes room, and giving it back."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted, size_in_words
from memtui.cli.options import json_option, settings, store_view
from memtui.cli.reading import now_ms
from memtui.curate import guard
from memtui.ingest.ageing import Aged, aged
from memtui.ingest.lock import ingesting
from memtui.store.purge.erasing import wipe
from memtui.store.views.numbers import store_bytes
from memtui.store.views.sizes import Sizes

_WAIT_SECONDS: Final = 10.0
_FOLDERS: Final = ("backups", "export", "hooks")
_FILES: Final = ("meaning.db",)


@click.command("storage")
@click.option("--vacuum", is_flag=True, help="Give back the room that nothing uses.")
@json_option
def storage_verb(vacuum: bool, as_json: bool) -> None:
    """Print what takes room, by agent and project.

    And what a vacuum gives back at least.
    """
    known, data = settings(), paths.data_dir()
    if vacuum:
        guard(known, "rewrite the store")
        _vacuum(data)
    with store_view() as view:
        found = view.sizes()
        past = list(aged(view, known, now_ms()))
    beside = dict(_beside(data))
    if as_json:
        output.emit([_object(found, beside, past)])
        return
    for name, size in (
        ("store", found.store), ("  archive", found.archive), ("  rest", found.rest),
        ("  free", found.free), *beside.items(),
    ):  # fmt: skip
        output.say(f"{name:<13} {size_in_words(size):>12}")
    output.say()
    for one in found.held:
        said = f"{one.agent:<12} {one.name or 'no project':<24} "
        sizes = f"{size_in_words(one.packed):>10} of {size_in_words(one.lines):>10}"
        output.say(f"{said}{sizes}  {counted(one.sessions, 'session')}")
    if found.free:
        output.note(
            f"A vacuum gives back {size_in_words(found.free)} at least: "
            "memtui storage --vacuum"
        )
    for gone in past:
        name = gone.project.name if gone.project else "no project"
        output.note(
            f"{name}: {counted(len(gone.sessions), 'session')} older than {gone.age}: "
            "memtui purge --retention"
        )


def _vacuum(data: Path) -> None:
    store = paths.store_path(data)
    before = store_bytes(store)
    with ingesting(data, wait=_WAIT_SECONDS):
        is_done = wipe(store)
    won = max(before - store_bytes(store), 0)
    output.note(f"Gave back {size_in_words(won)}.")
    if not is_done:
        output.note("Another program still reads the store: its log shrinks later.")


def _beside(data: Path) -> Iterator[tuple[str, int]]:
    """What else lies in the data folder, by name; what is not there is left out."""
    for name in _FOLDERS:
        files = [path for path in (data / name).rglob("*") if path.is_file()]
        if files:
            yield name, sum(path.lstat().st_size for path in files)
    for name in _FILES:
        if (data / name).is_file():
            yield name, (data / name).stat().st_size


def _object(found: Sizes, beside: dict[str, int], past: list[Aged]) -> dict[str, Any]:
    return {
        "store_bytes": found.store,
        "archive_bytes": found.archive,
        "free_bytes": found.free,
        "beside": beside,
        "held": [asdict(one) for one in found.held],
        "past_retention": [
            {
                "project": one.project.id if one.project else None,
                "age": one.age,
                "sessions": list(one.sessions),
            }
            for one in past
        ],
    }
