"""What the code says about itself: settings and verbs, for the README and people.

The docstrings below the fields of ``Settings`` are read from its source, so
there is one place where a setting is explained.
"""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import groupby

import click

from memtui import settings as settings_module
from memtui.settings import TYPE_KEYS, Settings, keys


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the config file."""

    key: str
    default: object
    meaning: str


def settings_reference() -> list[Setting]:
    """Every key of the file, in order."""
    meanings = dict(_docstrings(inspect.getsource(settings_module), "Settings"))
    defaults = Settings()
    return [Setting(key, getattr(defaults, key), meanings[key]) for key in keys()]


def config_template() -> str:
    """A config file in which every key stands as a comment with its default."""
    lines = ["# memtui. Uncomment what you want to change.", ""]
    tables = []
    for item in settings_reference():
        meaning = item.meaning.replace("`", "")
        if isinstance(item.default, Mapping):
            tables += [f"# {meaning}", f"#[{item.key}{_example(item.key)}", ""]
        else:
            shown = json.dumps(item.default, ensure_ascii=False)
            lines += [f"# {meaning}", f"#{item.key} = {shown}", ""]
    return "\n".join([*lines, *tables]).rstrip() + "\n"


def _example(key: str) -> str:
    return '.decision]\n#inject = "auto"' if key == "types" else "]"


def type_keys_reference() -> list[tuple[str, str]]:
    """Every key of ``[types.NAME]`` and what it may be."""
    return [(key, wanted) for key, (wanted, _) in TYPE_KEYS.items()]


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
        if isinstance(command, click.Group):
            for inner in command.list_commands(ctx):
                yield from _helps_of(command, inner, ctx)
            return
        usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
        records = [
            option.get_help_record(ctx)
            for option in command.get_params(ctx)
            if isinstance(option, click.Option) and "--help" not in option.opts
        ]
        yield _Help(
            usage=usage.replace(" [OPTIONS]", ""),
            summary=_first(command.help),
            options=tuple(record for record in records if record),
        )


def _first(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


def _docstrings(source: str, class_name: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(source)
    found = next(
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == class_name
    )
    names = {field.name for field in fields(Settings)}
    for entry, text in zip(found.body, found.body[1:], strict=False):
        match entry, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(said))),
            ) if name in names:
                yield name, " ".join(said.split())
