"""Verbs that relate memories: to each other, to an audience, to tags."""

import click

from memtui.cli.curating import carry_out
from memtui.cli.options import json_option, store_view, yes_option
from memtui.errors import UsageError


@click.command("merge")
@click.argument("ids", nargs=-1, required=True, metavar="ID ID...")
@json_option
def merge_verb(ids: tuple[str, ...], as_json: bool) -> None:
    """Merge memories into the first; the others point to it."""
    if len(ids) < 2:
        raise UsageError("merge takes two memories or more.")
    carry_out(
        "merge",
        lambda curator, found: curator.merge(found),
        ids=ids, where=None, yes=True, as_json=as_json,
    )  # fmt: skip


@click.command("supersede")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--by", required=True, metavar="ID", help="What holds instead.")
@json_option
def supersede_verb(ids: tuple[str, ...], by: str, as_json: bool) -> None:
    """Say that another memory holds instead of these."""
    with store_view() as view:
        newer = view.memory(by).id
    carry_out(
        "supersede",
        lambda curator, found: curator.supersede(found, newer),
        ids=ids, where=None, yes=True, as_json=as_json,
    )  # fmt: skip


@click.command("order")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@json_option
def order_verb(ids: tuple[str, ...], as_json: bool) -> None:
    """Put pins in this order; pins not named follow as they were."""
    carry_out(
        "order",
        lambda curator, found: curator.order(found),
        ids=ids, where=None, yes=True, as_json=as_json,
    )  # fmt: skip


@click.command("scope")
@click.argument("words", nargs=-1, required=True, metavar="[ID]... SCOPE")
@click.option("--where", metavar="QUERY", help="Act on all that match.")
@yes_option
@json_option
def scope_verb(
    words: tuple[str, ...], where: str | None, yes: bool, as_json: bool
) -> None:
    """Say who is told: project, group, all, one agent.

    SCOPE is project, group:NAME, global or agent:NAME.
    """
    *ids, scope = words
    carry_out(
        "scope",
        lambda curator, found: curator.scope(found, scope),
        ids=tuple(ids), where=where, yes=yes, as_json=as_json,
    )  # fmt: skip


@click.command(
    "tag",
    context_settings={
        "ignore_unknown_options": True,
        "help_option_names": ["--help"],  # -h takes a tag named h off
    },
)
@click.argument("words", nargs=-1, required=True, metavar="[ID]... +TAG -TAG")
@click.option("--where", metavar="QUERY", help="Act on all that match.")
@yes_option
@json_option
def tag_verb(
    words: tuple[str, ...], where: str | None, yes: bool, as_json: bool
) -> None:
    """Add tags to memories (+x) or take them off (-y)."""
    ids = tuple(word for word in words if not word.startswith(("+", "-")))
    add = [word[1:] for word in words if word.startswith("+") and word != "+"]
    remove = [word[1:] for word in words if word.startswith("-") and word != "-"]
    if not add and not remove:
        raise UsageError("Name a tag to add (+x) or to take off (-y).")
    carry_out(
        "tag",
        lambda curator, found: curator.tag(found, add=add, remove=remove),
        ids=ids, where=where, yes=yes, as_json=as_json,
    )  # fmt: skip
