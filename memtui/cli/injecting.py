"""``inject`` and ``export``: what the next session is told."""

from pathlib import Path

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
from memtui.errors import UsageError
from memtui.inject import render
from memtui.inject.values import NO_ROOM, Source
from memtui.model import Agent
from memtui.settings import load


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
@click.option("--raw", metavar="SESSION", help="Print a session's source lines.")
@click.option(
    "--readings",
    type=click.Choice(["newest", "all"]),
    default="newest",
    help="With --raw: what files said before they were replaced, too.",
)
@json_option
def export_verb(
    folder: Path | None,
    everything: bool,
    markdown: str | None,
    raw: str | None,
    readings: str,
    as_json: bool,
) -> None:
    """Write the files that the hooks print; or print one session."""
    chosen = (folder is not None, everything, markdown is not None, raw is not None)
    if sum(chosen) > 1:
        raise UsageError("Say one of --project, --all, --markdown, --raw.")
    if markdown is not None:
        _print_markdown(markdown)
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
