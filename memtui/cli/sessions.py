"""``memtui session``: what a person says about a session."""

import click

from memtui import paths
from memtui.cli.curating import answer
from memtui.cli.options import json_option, settings, store_view
from memtui.curate import Curator, guard


@click.group("session")
def session_verb() -> None:
    """Say what a session is called."""


@session_verb.command("rename")
@click.argument("id_", metavar="ID")
@click.argument("title", metavar="TITLE")
@json_option
def session_rename(id_: str, title: str, as_json: bool) -> None:
    """Call a session TITLE here; an empty one gives it its own title back."""
    known = settings()
    guard(known, "session rename")
    with store_view() as view:
        session = view.session(id_)
    with Curator(paths.data_dir(), known) as pen:
        answer(pen.rename_session(session, title), as_json)
