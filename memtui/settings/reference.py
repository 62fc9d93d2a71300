"""What the code says about its settings, for the README, the file and the app.

The docstrings below the fields of ``Settings`` are read from its source, so
there is one place where a setting is explained.
"""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

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
