"""What the code says about its verbs, for the README and for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import click


def verbs_reference() -> Iterator[str]:
    """The help of every verb, in the order of ``--help``.

    Neighbours that take the same options share a paragraph.
    """
    from memtui.cli.root import root

    with click.Context(root, info_name="memtui") as ctx:
        helps = [
            help_
            for name in root.list_commands(ctx)
            for help_ in _helps_of(root, name, ctx)
        ]
    for options, alike in groupby(helps, key=lambda help_: help_.options):
        together = list(alike)
        width = max(len(help_.usage) for help_ in together)
        lines = [f"{help_.usage:<{width}}  {help_.summary}" for help_ in together]
        left = max((len(name) for name, _ in options), default=0)
        yield "\n".join(
            lines + [f"    {name:<{left}}  {said}" for name, said in options]
        )


@dataclass(frozen=True, slots=True)
class _Help:
    usage: str
    summary: str
    options: tuple[tuple[str, str], ...]


def _helps_of(group: click.Group, name: str, above: click.Context) -> Iterator[_Help]:
    command = group.get_command(above, name)
    assert command is not None
    with click.Context(command, info_name=name, parent=above) as ctx:
        usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield _help_of(command, ctx, ctx.command_path)
            for inner in command.list_commands(ctx):
                yield from _helps_of(command, inner, ctx)
            return
        yield _help_of(command, ctx, usage.replace(" [OPTIONS]", ""))


def _help_of(command: click.Command, ctx: click.Context, usage: str) -> _Help:
    """What it does, and the options of its own."""
    records = [
        option.get_help_record(ctx)
        for option in command.get_params(ctx)
        if isinstance(option, click.Option) and "--help" not in option.opts
    ]
    return _Help(
        usage=usage,
        summary=_first(command.help),
        options=tuple(record for record in records if record),
    )


def _first(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())
