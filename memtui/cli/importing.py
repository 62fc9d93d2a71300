"""``memtui import``: what another memory tool kept, into the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.options import json_option, must_agree, settings, yes_option
from memtui.curate import guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.importers import IMPORTERS
from memtui.importers.base import Column, Database, NotTheirs, database_in
from memtui.model import Agent

if TYPE_CHECKING:  # asked for help, it needs neither store nor curation
    from memtui.curate.importing import ImportReport, Wishes
    from memtui.ingest.importing import SessionsReport

_NAMED: Final = 20
"""Projects and kinds of trouble, each on a line; of more, their number."""


@click.command("import")
@click.argument("tool", type=click.Choice(list(IMPORTERS)))
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
@click.option("--dry-run", "dry", is_flag=True, help="Only count and tell.")
@click.option("--keep", is_flag=True, help="Keep them at once: sessions are told.")
@click.option(
    "--project",
    "named",
    multiple=True,
    metavar="NAME=DIR",
    help="The tool's project NAME is the folder DIR; may be said again.",
)
@click.option("--purged", is_flag=True, help="Bring back what was purged, too.")
@yes_option
@json_option
def import_verb(
    tool: str,
    path: Path,
    dry: bool,
    keep: bool,
    named: tuple[str, ...],
    purged: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring in what another memory tool kept: its folder or database is PATH.

    Memories into the inbox; sessions whose transcripts are gone into the archive.

    It is counted first, then asked about; nothing of the other tool is changed.
    Said again it brings only what is new. memtui undo takes it back.
    """
    from memtui.curate.importing import Wishes

    known = settings()
    if not dry:
        guard(known, "import")
    wishes = Wishes(keep=keep, even_purged=purged, folders=_folders(named))
    with _opened(tool, path) as database:
        if not dry and not yes and not as_json:
            _say(*_run(tool, database, wishes, dry=True), list(database.columns()))
        if not dry:
            must_agree("Bring these in?", yes)
            _read_what_is_there()
        database.faults.counts.clear()
        report, sessions = _run(tool, database, wishes, dry=dry)
        columns = list(database.columns()) if dry or as_json else []
        if as_json:
            output.emit([_object(report, sessions, columns, database)])
            return
        if dry:
            _say(report, sessions, columns)
        for why, count in list(database.faults.counts.items())[:_NAMED]:
            output.note(f"Not taken: {counted(count, 'row')}, {why}.")
        if not dry:
            _say_done(report, sessions)


def _run(
    tool: str, database: Database, wishes: "Wishes", *, dry: bool
) -> "tuple[ImportReport, SessionsReport]":
    """Sessions first: memories belong to those that are known."""
    from memtui.curate.importing import Importing, ImportReport
    from memtui.ingest.importing import SessionsReport, read_sessions
    from memtui.ingest.projects import ProjectFinder

    finder, known = ProjectFinder(), settings()
    with output.progress() as line:

        def tell(report: ImportReport) -> None:
            line.update(f"{report.found:,} memories read, {report.new:,} of them new")

        def tell_of(now: SessionsReport) -> None:
            line.update(f"{now.found:,} sessions found, {now.brought:,} of them new")

        sessions = read_sessions(
            paths.data_dir(), known, tool, database.sessions(), dry=dry,
            progress=tell_of,
        )  # fmt: skip
        with Importing(paths.data_dir(), known) as importing:
            report = importing.bring(
                tool, database.memories(), wishes, root_of=finder.session_root,
                dry=dry, progress=tell,
            )  # fmt: skip
    return report, sessions


def _read_what_is_there() -> None:
    """So that no session comes from elsewhere whose transcript is still here."""
    from memtui.ingest.sync import sync

    with output.progress() as line:
        line.update("reading the transcripts that are here")
        sync(
            paths.data_dir(), settings(), home=paths.home(), agents=[Agent.CLAUDE_CODE]
        )


@contextmanager
def _opened(tool: str, path: Path) -> Iterator[Database]:
    importer = IMPORTERS[tool]
    file = database_in(path, importer.file)
    if not file.exists():
        raise NotFound(
            f"There is no {file}.", hint=f"PATH is the folder or database of {tool}."
        )
    try:
        with importer.opened(file) as database:
            yield database
    except NotTheirs as error:
        raise MemtuiError(f"{file} is no database of {tool}: {error}.") from error
    except OSError as error:
        raise MemtuiError(f"Cannot read {file}: {error}.") from error


def _folders(named: tuple[str, ...]) -> dict[str, str]:
    """What ``--project NAME=DIR`` says."""
    found = {}
    for one in named:
        name, is_said, folder = one.partition("=")
        if not is_said or not folder:
            raise UsageError(f"--project takes NAME=DIR, not {one}.")
        if not Path(folder).is_dir():
            raise UsageError(f"There is no folder {folder}.")
        found[name] = str(Path(folder).resolve())
    return found


def _say(
    report: "ImportReport", sessions: "SessionsReport", columns: list[Column]
) -> None:
    """Counts, and what becomes of each column."""
    if sessions.found:
        output.say(
            f"{counted(sessions.found, 'session')} of Claude Code found, "
            f"{sessions.held:,} held already, {sessions.brought:,} to bring in "
            f"({counted(sessions.rows, 'row')})."
        )
    output.say(f"{counted(report.found, 'memory')} found, {report.new:,} new.")
    for word, count in (
        ("here already", report.there), ("purged, left out", report.purged),
        ("of ignored folders, left out", report.hidden),
    ):  # fmt: skip
        if count:
            output.say(f"  {count:>9,}  {word}")
    for name, count in report.by_type.most_common():
        output.say(f"  {count:>9,}  {name}")
    if report.by_project:
        _say_projects(report)
    _say_columns(columns)


def _say_projects(report: "ImportReport") -> None:
    output.say("Projects:")
    for name, count in report.by_project.most_common(_NAMED):
        where = ", its folder is not known" if name in report.unplaced else ""
        output.say(f"  {count:>9,}  {name or 'none'}{where}")
    if more := len(report.by_project) - _NAMED:
        output.say(f"  and {more:,} more") if more > 0 else None
    if report.unplaced - {""}:
        output.note("--project NAME=DIR says which folder one is.")


def _say_columns(columns: list[Column]) -> None:
    output.say("Columns, rows that fill them, and what becomes of them:")
    width = max((len(f"{c.table}.{c.name}") for c in columns), default=0)
    for one in columns:
        becomes = one.becomes if one.is_taken else f"not taken: {one.becomes}"
        output.say(
            f"  {f'{one.table}.{one.name}':<{width}}  {one.filled:>9,}  {becomes}"
        )


def _say_done(report: "ImportReport", sessions: "SessionsReport") -> None:
    if sessions.found:
        output.say(
            f"Brought in {counted(sessions.new, 'session')}: "
            f"{counted(sessions.records, 'record')} new in the archive, "
            f"{counted(sessions.memories, 'memory')} in the inbox. "
            f"{sessions.found - sessions.new:,} were here already."
        )
    if not report.found:
        return
    back = "memtui undo takes it back." if report.new else ""
    if len(report.entries) > 1:
        back = f"memtui undo, {len(report.entries)} times, takes it back."
    here = f", {report.there:,} were here already" if report.there else ""
    output.say_styled(
        f"Brought in {counted(report.new, 'memory')}{here}.",
        (f"  {back}" if back else "", output.QUIET),
    )
    if report.trouble:
        output.note(report.trouble)


def _object(
    report: "ImportReport",
    sessions: "SessionsReport",
    columns: list[Column],
    database: Database,
) -> dict[str, object]:
    return {
        "found": report.found, "new": report.new, "there": report.there,
        "purged": report.purged, "ignored": report.hidden,
        "by_type": dict(report.by_type), "by_project": dict(report.by_project),
        "unplaced": sorted(report.unplaced), "entries": report.entries,
        "faults": database.faults.counts,
        "sessions": {
            "found": sessions.found, "held": sessions.held,
            "brought": sessions.brought, "rows": sessions.rows, "new": sessions.new,
            "records": sessions.records, "memories": sessions.memories,
        },
        "columns": [
            {"table": c.table, "column": c.name, "rows": c.filled,
             "taken": c.is_taken, "becomes": c.becomes} for c in columns
        ],
    }  # fmt: skip
