"""``inject`` and ``export``: what the next session is told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import (
    folder_option,
    json_option,
    named_place,
    named_project,
    project_here,
    store_view,
)
from memtui.cli.reading import now_ms
from memtui.errors import UsageError
from memtui.inject import render
from memtui.inject.values import NO_ROOM, Source
from memtui.model import Agent
from memtui.search.dates import span_of
from memtui.settings import load

HTML: Final = "html"
MARKDOWN: Final = "markdown"


@dataclass(frozen=True, slots=True)
class Span:
    """A time from which on, and before which, in Unix ms."""

    since: int | None
    until: int | None

    @classmethod
    def of(cls, since: str | None, until: str | None) -> "Span":
        """What two dates say; of ``until`` the named day itself counts.

        Raises:
            UsageError: one is no date.
        """
        first, last = map(_day, (since, until))
        return cls(first[0] if first else None, last[1] if last else None)


def _day(date: str | None) -> tuple[int, int] | None:
    span = span_of(date, now_ms=now_ms()) if date else None
    if date and span is None:
        raise UsageError(f"{date} is no date.", hint="Such as 2026-01-31 or 3w.")
    return span


@click.command("inject")
@folder_option
@click.option(
    "--source",
    type=click.Choice([str(source) for source in Source]),
    default="startup",
    show_default=True,
    help="Why the session starts.",
)
@click.option("--auto", is_flag=True, help="As if good candidates were kept.")
@click.option(
    "--budget", type=int, metavar="N", help="Units of text, instead of the config's."
)
@click.option(
    "--envelope",
    type=click.Choice([str(agent) for agent in Agent]),
    help="Print the bytes of this agent's hook.",
)
@click.option(
    "--agent",
    type=click.Choice([str(agent) for agent in Agent]),
    default=str(Agent.CLAUDE_CODE),
    show_default=True,
    help="Who reads it.",
)
@json_option
def inject_verb(
    folder: Path | None,
    source: str,
    auto: bool,
    budget: int | None,
    envelope: str | None,
    agent: str,
    as_json: bool,
) -> None:
    """Print the text that the next session reads, here or in a project."""
    from memtui.inject.export import preview, preview_differs

    if as_json and envelope:
        raise UsageError("Say --json or --envelope, not both.")
    reader = Agent(envelope or agent)
    known = load(flags={"budget": budget})
    with store_view() as view:
        place = named_place(view, folder) if folder else paths.here()
        injection = preview(
            view,
            known,
            place,
            Source(source),
            budget=budget,
            auto=auto,
            agent=reader,
        )
    if envelope:
        output.put_bytes(render.envelope(injection.text))
    elif as_json:
        output.emit([injection.as_json()])
    elif injection.text:
        output.put_text(injection.text)
    else:
        where = injection.project or place
        why = "" if injection.is_out_of_room else " Keep or pin a memory first."
        output.note(f"Nothing is injected into {where}.{why}")
    if out := sum(cut.reason == NO_ROOM for cut in injection.cut):
        named = "memory does" if out == 1 else "memories do"
        output.note(
            f"{out} {named} not fit into {injection.budget:,} units: see --json."
        )
    supposed = auto or budget is not None
    if not supposed and preview_differs(paths.data_dir(), place, injection, reader):
        output.note("Sessions are still told another text. Run: memtui export")


@click.command("export")
@folder_option
@click.option("--all", "everything", is_flag=True, help="Every project.")
@click.option("--markdown", metavar="SESSION", help="Print a session as Markdown.")
@click.option("--html", metavar="SESSION", help="Print a session as an HTML page.")
@click.option("--raw", metavar="SESSION", help="Print a session's source lines.")
@click.option(
    "--readings",
    type=click.Choice(["newest", "all"]),
    default="newest",
    help="With --raw: what files said before they were replaced, too.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Instead, write a file for each session into DIR.",
)
@click.option(
    "--form",
    type=click.Choice([HTML, MARKDOWN]),
    default=HTML,
    help="With --into: as pages, or as Markdown.",
)
@click.option("--since", metavar="DATE", help="With --into: not what ended before.")
@click.option("--until", metavar="DATE", help="With --into: not what began after.")
@json_option
def export_verb(
    folder: Path | None, everything: bool, markdown: str | None, html: str | None,
    raw: str | None, readings: str, into: Path | None, form: str, since: str | None,
    until: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the files that the hooks print; or sessions, to be read."""
    single = [one for one in (markdown, html, raw) if one is not None]
    if len(single) + (folder is not None) + everything > 1 or (single and into):
        raise UsageError(
            "Say one of --project, --all, --markdown, --html, --raw; "
            "--into takes --project or --all."
        )
    if (since or until) and into is None:
        raise UsageError("--since and --until go with --into.")
    if into is not None:
        span = Span.of(since, until)
        _write_sessions(into, form, span, folder, everything, as_json)
    elif markdown is not None:
        _print_markdown(markdown)
    elif html is not None:
        _print_page(html)
    elif raw is not None:
        _print_raw(raw, every=readings == "all")
    else:
        _write(folder, everything, as_json)


def _write(folder: Path | None, everything: bool, as_json: bool) -> None:
    from memtui.inject.export import export_projects

    known = load()
    ids = None
    if not everything:
        with store_view() as view:
            project = named_project(view, folder) if folder else project_here(view)
        ids = [project.id] if project else None
    written = export_projects(paths.data_dir(), known, ids)
    if as_json:
        output.emit([{"written": [str(path) for path in written]}])
        return
    for path in written:
        output.say(str(path))
    if not written:
        output.note("Nothing changed since the last export.")


def _print_raw(id_: str, *, every: bool) -> None:
    with store_view() as view:
        for line in view.raw_lines(view.session(id_).id, every=every):
            output.put_bytes(line)


def _print_markdown(id_: str) -> None:
    from memtui.cli.markdown import session_as_markdown

    with store_view() as view:
        session = view.session(id_)
        for piece in session_as_markdown(view, session):
            output.put_text(piece)


def _print_page(id_: str) -> None:
    from memtui.cli.page import session_as_page

    with store_view() as view:
        session = view.session(id_)
        for piece in session_as_page(view, session):
            output.put_text(piece)


def _write_sessions(
    into: Path, form: str, span: Span, folder: Path | None, everything: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from memtui.cli import archiving

    with store_view() as view:
        project = None
        if not everything:
            project = named_project(view, folder) if folder else project_here(view)
        found = archiving.sessions_of(
            view, project.id if project else None, span.since, span.until
        )
        written = archiving.write(view, found, into, form)
    if as_json:
        output.emit([{"written": [str(path) for path in written]}])
    elif written:
        output.say(f"Wrote {archiving.in_words(written)} into {into}: {written[-1]}")
    else:
        output.note("There is no such session.")
