"""``undo``, ``redo``, ``journal``: what was decided, and taking it back."""

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.curating import answer
from memtui.cli.lines import Parts, local_time
from memtui.cli.options import json_option, limit_option, settings, store_view
from memtui.curate import Curator, guard
from memtui.store.queries import JournalEntry

LIMIT = 50


@click.command("undo")
@json_option
def undo_verb(as_json: bool) -> None:
    """Take back the last act."""
    known = settings()
    guard(known, "undo")
    with Curator(paths.data_dir(), known) as curator:
        answer(curator.undo(), as_json)


@click.command("redo")
@json_option
def redo_verb(as_json: bool) -> None:
    """Do again what was just undone."""
    known = settings()
    guard(known, "redo")
    with Curator(paths.data_dir(), known) as curator:
        answer(curator.redo(), as_json)


@click.command("journal")
@limit_option(f"{LIMIT} acts")
@json_option
def journal_verb(limit: int | None, as_json: bool) -> None:
    """Print every act, newest first."""
    with store_view() as view:
        entries = view.journal(limit or LIMIT)
    if as_json:
        output.emit(
            {
                "entry": entry.id,
                "at": entry.at,
                "act": entry.act,
                "actor": entry.actor,
                "count": entry.count,
                "note": entry.note,
                "about": [{"id": one.id, "title": one.title} for one in entry.about],
                "target": entry.target,
                "undone": entry.undone,
            }
            for entry in entries
        )
        return
    for entry in entries:
        output.say_styled(*_line(entry))
    if not entries:
        output.note("Nothing was decided yet.")


def _line(entry: JournalEntry) -> Parts:
    """One act: number, time, who, what, and the first memory that it was about."""
    did = f"{entry.act} {entry.note}".rstrip()
    more = f" and {entry.count - 1:,} more" if entry.count > 1 else ""
    first = entry.about[0] if entry.about else None
    return [
        (f"{entry.id:>6}", output.QUIET),
        f"  {local_time(entry.at)}  {entry.actor:<10}  {did:<12}  ",
        (f"{first.id}  " if first else "", output.QUIET),
        (first.title if first else "", output.BOLD),
        more,
        ("  (undone)" if entry.undone else "", output.QUIET),
    ]
