"""``purge`` and ``redact``: taking out of the store what must not be there."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.options import called, json_option, project_here, settings, store_view
from memtui.cli.reading import now_ms
from memtui.curate import guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.ingest.ageing import aged
from memtui.ingest.erase import Counts, Erased, Target, purge, redact, would_purge
from memtui.search.dates import span_of
from memtui.search.grammar import LONGEST, parse, why_not
from memtui.settings import Settings
from memtui.store.queries import StoreView, View

_SOURCES_SHOWN: Final = 5

confirm_option = click.option(
    "--confirm", metavar="WORDS", help="The words that are asked for."
)
"""For who cannot be asked: the same words, said in the call."""


@click.command("purge")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--session",
    "sessions",
    multiple=True,
    metavar="ID",
    help="A session, its subagents and all memories of it.",
)
@click.option(
    "--project", metavar="PROJECT", help="All of a project, by its name or folder."
)
@click.option(
    "--older-than",
    "age",
    metavar="AGE",
    help="Of the project only what is older: 90d, 6mo, 2026-01-31.",
)
@click.option(
    "--where",
    metavar="QUERY",
    help="Memories that match, and all lines with its words.",
)
@click.option("--all", "everywhere", is_flag=True, help="--where: in every project.")
@click.option(
    "--keep-lines",
    is_flag=True,
    help="Only the memories; what they were learnt from stays.",
)
@click.option(
    "--retention", is_flag=True, help="Sessions past the config's [retention]."
)
@click.option("--dry-run", is_flag=True, help="Only say how much it is.")
@confirm_option
@json_option
def purge_verb(
    ids: tuple[str, ...], sessions: tuple[str, ...], project: str | None,
    age: str | None, where: str | None, everywhere: bool, keep_lines: bool,
    retention: bool, dry_run: bool, confirm: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Remove every trace; no undo.

    Of memories, sessions, a project, or of what a query finds. A memory goes with
    the lines it was learnt from, and those that quote it.
    """
    known = settings()
    guard(known, "purge")
    if sum(map(bool, (ids, sessions, project, where, retention))) != 1:
        raise UsageError(
            "purge takes memory ids, --session, --project, --where or --retention."
        )
    if age and not project:
        raise UsageError("--older-than goes with --project.")
    with store_view() as view:
        target = Target(
            memories=tuple(str(view.memory(id_).id) for id_ in ids),
            sessions=tuple(str(view.session(id_).id) for id_ in sessions),
            project=called(view.listed_projects(), project).project.id
            if project
            else "",
            before=_moment(age) if age else None,
            keep_lines=keep_lines,
        )
        if where:
            target = _matching(view, target, where, everywhere)
        if retention:
            target = _past_their_time(view, known)
    counts = would_purge(paths.data_dir(), target)
    if not counts.total:
        raise NotFound("There is nothing of it in the store.")
    if as_json and dry_run:
        output.emit([asdict(counts)])
        return
    _say_counts(counts)
    if dry_run:
        return
    must_type(f"purge {counts.total}", confirm)
    say_done(purge(paths.data_dir(), known, target), as_json)


@click.command("redact")
@click.option("--retro", is_flag=True, help="In all that is stored already.")
@confirm_option
@json_option
def redact_verb(retro: bool, confirm: str | None, as_json: bool) -> None:
    """Cut secrets out of what is stored; no undo.

    Known kinds, that is. What is read from now on is cut anyway; this is for what an
    older version stored.
    """
    known = settings()
    guard(known, "redact")
    if not retro:
        raise UsageError("redact takes --retro: new lines are cut as they are read.")
    output.note(
        "Every stored line, memory, act and backup is looked through again; what is "
        "cut cannot be brought back."
    )
    must_type("redact", confirm)
    say_done(redact(paths.data_dir(), known), as_json)


def _moment(age: str) -> int:
    span = span_of(age, now_ms=now_ms())
    if span is None:
        raise UsageError(f"{age} is no age.", hint="Such as 90d, 6mo or 2026-01-31.")
    return span[0]


def _matching(view: StoreView, target: Target, where: str, everywhere: bool) -> Target:
    query = parse(where, now_ms=now_ms())
    if query.wrong:
        raise UsageError(query.wrong[0])
    if query.unknown:
        # A filter that we only half understood must not decide anything.
        raise UsageError(why_not(query.unknown[0]))
    if query.is_cut:
        raise UsageError(f"A query has at most {LONGEST:,} characters.")
    if query.is_empty:
        raise UsageError("An empty query is no answer to what is to go.")
    here = None if everywhere or query.values("project") else project_here(view)
    looked = replace(View.everything(), project=here.id if here else None)
    output.note(f"Looking in {here.name if here else 'all projects'}.")
    return replace(
        target,
        memories=tuple(
            dict.fromkeys(
                (
                    *view.memory_ids(query, looked),
                    *view.memories_matching(query, looked),
                )
            )
        ),
        records=tuple(view.records_matching(query, looked)),
    )


def _past_their_time(view: StoreView, known: Settings) -> Target:
    """Sessions that the person's config lets go; nothing decided is among them."""
    if not known.retention:
        raise NotFound(
            "The config has no [retention]: every session stays.",
            hint='Such as "~/api" = "90d"; memtui config edit opens it.',
        )
    found = list(aged(view, known, now_ms()))
    for one in found:
        name = one.project.name if one.project else "no project"
        output.note(
            f"{name}: {counted(len(one.sessions), 'session')} older than {one.age}."
        )
    # What other sessions were told of them stays: this makes room, it hides nothing.
    gone = tuple(session for one in found for session in one.sessions)
    return Target(sessions=gone, keep_lines=True)


def _say_counts(counts: Counts) -> None:
    """What would go, what stays, and what memtui cannot reach."""
    parts = [
        counted(counts.sessions, "session") if counts.sessions else "",
        counted(counts.subagents, "subagent") if counts.subagents else "",
        counted(counts.records, "record") if counts.records else "",
        counted(counts.memories, "memory") if counts.memories else "",
    ]
    output.note(f"This goes, and cannot be undone: {', '.join(filter(None, parts))}.")
    if counts.decided:
        output.note(f"You kept {counts.decided:,} of the memories.")
    if counts.told_in:
        more = counted(counts.told_in, "session")
        verb = "that stays loses" if counts.told_in == 1 else "that stay lose"
        output.note(f"{more} {verb} the lines in which it was told.")
    if counts.shared:
        said = f"{counted(counts.shared, 'record')} stay: a fork shows them too."
        output.note(f"{said} Purge that session as well.")
    if counts.left:
        named = ", ".join(counts.left[:_SOURCES_SHOWN])
        output.note(f"Memories you decided about lose a quote and stay: {named}.")
    if counts.sources:
        output.note(
            f"The agents still hold it in {counted(len(counts.sources), 'file')}, "
            "which memtui leaves alone and does not read again:"
        )
        for source in counts.sources[:_SOURCES_SHOWN]:
            output.note(f"  {source}")
        if (more_files := len(counts.sources) - _SOURCES_SHOWN) > 0:
            output.note(f"  and {more_files:,} more")
    output.note("What was copied out of the data folder (backups, files) is yours.")


def must_type(words: str, confirm: str | None) -> None:
    """Have the person type these words, or say them in the call.

    Raises:
        MemtuiError: they did not.
    """
    if confirm is None and output.can_ask():
        confirm = output.asked(f"Type {words} to go on:")
    if confirm != words:
        hint = "" if output.can_ask() else f"--confirm '{words}' does it."
        raise MemtuiError("Nothing was changed.", hint=hint)


def say_done(done: Erased, as_json: bool) -> None:
    """Say what was done, and what could not be reached."""
    if as_json:
        copies = list(map(str, done.copies))
        answer = {"changed": done.changed, "wiped": done.is_wiped, "copies": copies}
        output.emit([answer])
    elif done.is_wiped and not done.copies:
        output.say("Done. Nothing of it is left in the data folder.")
    else:
        output.say("Done in the store.")
    if not done.is_wiped:
        output.note(
            "Another program still reads the store (an open app?), or there is no room "
            "to write it, a backup or an export anew: old bytes of it are left. The "
            "next sync after that finishes it; memtui doctor says more."
        )
    for copy in done.copies:
        _say_copy(copy)


def _say_copy(copy: Path) -> None:
    output.note(
        f"{copy} is a copy of a store and may still hold it: it is left to you."
    )
