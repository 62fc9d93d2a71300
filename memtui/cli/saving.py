"""``memtui searches``: queries that a person saved, to run them by name."""

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import json_option, limit_option, settings
from memtui.cli.reading import BEHIND, QueryCommand, query_of, search_verb
from memtui.curate import by_hand, guard
from memtui.errors import UsageError
from memtui.search.grammar import LONGEST
from memtui.settings.searches import SavedSearches


def saved() -> SavedSearches:
    """Those of this person; an older app kept them with its state."""
    return SavedSearches(
        paths.searches_path(), before=paths.state_path(), said=by_hand.line
    )


@click.group("searches", invoke_without_command=True)
@json_option
@click.pass_context
def searches_verb(ctx: click.Context, as_json: bool) -> None:
    """List, save, run and delete saved searches."""
    if ctx.invoked_subcommand is not None:
        return
    known = saved().all()
    if as_json:
        output.emit({"name": name, "query": query} for name, query in known.items())
        return
    for name, query in known.items():
        output.say_styled((name, output.BOLD), f"  {query}" if query != name else "")
    if not known:
        output.note(
            "No search is saved yet. memtui searches save NAME QUERY saves one."
        )


@searches_verb.command(
    "save", cls=QueryCommand, context_settings={"ignore_unknown_options": True}
)
@click.argument("name", metavar="NAME")
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
def searches_save(name: str, words: tuple[str, ...]) -> None:
    """Save QUERY as NAME, in place of what NAME was."""
    guard(settings(), "searches save")
    query = query_of(words)
    if query.is_cut:
        raise UsageError(f"A saved search has at most {LONGEST:,} characters.")
    name = saved().save(name, query.text)
    output.say(f"Saved {name}: {saved().query(name)}")


@searches_verb.command("run")
@click.argument("name", metavar="NAME")
@click.option("--explain", is_flag=True, help="Say why each is found and stands there.")
@click.option("--all", "everything", is_flag=True, help="Lift every limit.")
@limit_option("50 rows")
@json_option
@click.pass_context
def searches_run(
    ctx: click.Context,
    name: str,
    explain: bool,
    everything: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Search by what was saved as NAME."""
    ctx.meta[BEHIND] = 1  # what was saved is words, whatever it begins with
    ctx.invoke(
        search_verb,
        words=(saved().query(name),),
        as_json=as_json,
        limit=limit,
        everything=everything,
        explain=explain,
        meaning=False,
    )


@searches_verb.command("delete")
@click.argument("name", metavar="NAME")
def searches_delete(name: str) -> None:
    """Forget what was saved as NAME."""
    guard(settings(), "searches delete")
    output.say(f"Forgotten {name}: {saved().delete(name)}")
