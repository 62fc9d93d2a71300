"""``memtui edit``: one memory's words, by flags or in the person's editor."""

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.curating import answer
from memtui.cli.options import json_option, settings, store_view
from memtui.curate import Curator, guard
from memtui.errors import MemtuiError


@click.command("edit")
@click.argument("id_", metavar="ID")
@click.option("--title", metavar="TEXT", help="The new title.")
@click.option("--body", metavar="TEXT", help="The new body.")
@json_option
def edit_verb(id_: str, title: str | None, body: str | None, as_json: bool) -> None:
    """Change a memory's title and body; without flags, in $EDITOR.

    In the editor the first line is the title, what follows the body.
    """
    known = settings()
    guard(known, "edit")
    with store_view() as view:
        memory = view.memory(id_)
    if title is None and body is None:
        title, body = _in_editor(memory.title, memory.body)
        if title is None:
            output.say("Not saved: the text came back unchanged.")
            return
    with Curator(paths.data_dir(), known) as curator:
        answer(curator.edit(memory.id, title=title, body=body), as_json)


def _in_editor(title: str, body: str) -> tuple[str | None, str | None]:
    from memtui.cli.editor import edited

    after = edited(f"{title}\n\n{body}\n", name="memory.md")
    if after is None:
        return None, None
    first, _, rest = after.strip().partition("\n")
    if not first.strip():
        raise MemtuiError("Not saved: the first line is the title, and it is empty.")
    return first.strip(), rest.strip()
