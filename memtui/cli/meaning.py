"""``memtui meaning``: vectors of what is new, for ``search --meaning``."""

import os
from contextlib import suppress

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.options import limit_option
from memtui.search.meaning import BATCH, Embedder
from memtui.store.search.vectors import Vectors

ALL = 1 << 40


@click.command("meaning")
@limit_option("all that lack one")
def meaning_verb(limit: int | None) -> None:
    """Make what search --meaning needs: vectors of memories and summaries.

    Some thirty a second, the newest first, at the lowest priority. It can be
    stopped and goes on where it was; what changed since is made anew.
    """
    embedder = Embedder()
    vectors = Vectors(paths.store_path())
    wanted = vectors.missing(limit or ALL)
    with suppress(OSError):
        os.nice(10)
    with output.progress() as line:
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            made = embedder.embed([one.text for one in some])
            vectors.put(zip(some, made, strict=True))
            line.update(f"{start + len(some):,} of {len(wanted):,} vectors")
    output.say(f"{counted(len(wanted), 'vector')} made.")
