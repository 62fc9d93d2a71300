"""``memtui add``: a memory by hand."""

from pathlib import Path

import click

from memtui import paths
from memtui.cli.curating import answer
from memtui.cli.options import (
    json_option,
    named_project,
    project_here,
    settings,
    store_view,
)
from memtui.curate import Curator
from memtui.curate.by_hand import known_type
from memtui.errors import NotFound, UsageError


@click.command("add")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--type", "type_", required=True, metavar="TYPE", help="Its type.")
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Of this folder's project; otherwise of the present one's.",
)
@click.option("--global", "everywhere", is_flag=True, help="For every project.")
@click.option("--body", default="", metavar="TEXT", help="What more there is to say.")
@json_option
def add_verb(
    words: tuple[str, ...],
    type_: str,
    folder: Path | None,
    everywhere: bool,
    body: str,
    as_json: bool,
) -> None:
    """Write a memory by hand; it is kept at once."""
    if folder is not None and everywhere:
        raise UsageError("Say --project or --global, not both.")
    known = settings()
    known_type(known, type_)  # before it is looked for a project: it is the nearer slip
    project = None
    if not everywhere and paths.store_path().exists():
        with store_view() as view:
            project = named_project(view, folder) if folder else project_here(view)
    if project is None and not everywhere:
        raise NotFound(
            "No project is known here yet: it is once a session in it was read.",
            hint="Say --project DIR for another one, or --global.",
        )
    with Curator(paths.data_dir(), known) as curator:
        change = curator.add(
            " ".join(words),
            type=type_,
            body=body,
            project=project,
            scope="global" if everywhere else "project",
        )
    answer(change, as_json)
