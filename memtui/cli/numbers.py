"""``stats``, ``backup``: sizes and copies."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted, size_in_words
from memtui.cli.options import (
    json_option,
    must_agree,
    settings,
    store_view,
    yes_option,
)
from memtui.compress.money import MILLION, dollars
from memtui.curate import guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.store.compress.ledger import Totals


@click.command("stats")
@json_option
def stats_verb(as_json: bool) -> None:
    """Print how much is recorded, by agent, and how large the store is."""
    with store_view() as view:
        found, asked = view.stats(), view.ledger_totals()
    if as_json:
        output.emit([found])
        output.emit([_compress_object(asked)] if asked.requests else [])
        return
    for key, name in (
        ("observations", "memories"),
        ("sessions", "sessions"),
        ("records", "records"),
        ("projects", "projects"),
        ("faults", "faults"),
    ):
        output.say(f"{name:<13} {found[key]:>14,}")
    for key, name in (("store_bytes", "store"), ("raw_bytes", "raw archive")):
        output.say(f"{name:<13} {size_in_words(found[key]):>14}")
    for agent, counts in found["by_agent"].items():
        output.say()
        output.say(f"{agent}")
        _say_counts(counts)
    if asked.requests:
        output.say()
        output.say("compress")
        _say_counts(
            {
                "requests": asked.requests, "tokens_in": asked.tokens_in,
                "tokens_out": asked.tokens_out, "proposals": asked.proposals,
                "accepted": asked.accepted, "rejected": asked.rejected,
            }
        )  # fmt: skip
        output.say(f"  {'cost':<11} {dollars(asked.cost):>14}")


def _compress_object(asked: Totals) -> dict[str, object]:
    """What models were asked, and what it cost."""
    told: dict[str, object] = asdict(asked)
    del told["cost"]
    return {"kind": "compress"} | told | {"cost_usd": asked.cost / MILLION}


def _say_counts(counts: Mapping[str, Any]) -> None:
    for key, value in counts.items():
        output.say(f"  {key.replace('_', ' '):<11} {value:>14,}")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--restore", is_flag=True, help="The other way: put FILE back.")
@yes_option
def backup_verb(file: Path, force: bool, restore: bool, yes: bool) -> None:
    """Copy the whole store into FILE, while it is in use or not.

    --restore takes such a copy, in whose place the present store is kept, or one of
    the data folder's backups, of which come the decisions that the store lacks.
    """
    from memtui.store.rescue.backup import copy_store

    if restore:
        _restore(file, yes)
        return
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="Name a file in it.")
    if file.exists() and not force:
        raise MemtuiError(f"{file} exists.", hint="--force overwrites it.")
    if file.resolve() == paths.store_path().resolve():
        raise MemtuiError("That is the store itself.")
    if file.exists():
        guard(settings(), "backup --force")  # it may be any file of the person's
    size = copy_store(paths.store_path(), file)
    output.say(f"Copied the store to {file}, {size_in_words(size)}.")


def _restore(file: Path, yes: bool) -> None:
    """Put a backup back, after asking."""
    from memtui.ingest.burying import put_decisions, put_store
    from memtui.inject.export import export_projects
    from memtui.inject.files import locked
    from memtui.store.rescue.restoring import is_store

    known, data = settings(), paths.data_dir()
    guard(known, "restore")
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    if file.resolve() == paths.store_path().resolve():
        raise MemtuiError("That is the store itself.")
    whole = is_store(file)
    what = "Put this store in the place of the present one" if whole else "Put back"
    must_agree(f"{what}: {file}?", yes)
    paths.make_private_dir(data)
    with locked(paths.lock_path(data)):
        if whole:
            before = put_store(data, known, file)
            kept = f" The one before: {before}." if before else ""
            output.say(f"The store is that of {file} now.{kept}")
        else:
            found = put_decisions(data, file)
            memories = counted(len(found.memories), "memory")
            output.say(f"Put back {found.rows:,} rows, {memories} among them.")
    export_projects(data, known)
