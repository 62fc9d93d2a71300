"""Writes ``hooks/prepared.py``: ``python -m tests.prepared``.

Hooks import nothing of ours, yet ask the index in its own words and clean what
they print. So the functions that do this are copied, with all that they need,
by their names; a test compares the copy with what is here.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COPY: Final = ROOT / "hooks" / "prepared.py"
WANTED: Final = (
    ("memtui.git", "work_tree"),
    ("memtui.inject.place", "locate"),
    ("memtui.inject.place", "looked_for"),
    ("memtui.search.prepare", "fold"),
    ("memtui.search.match", "STOP_WORDS"),
    ("memtui.search.match", "word"),
    ("memtui.inject.render", "_memory_line"),
    ("memtui.inject.render", "text_of"),
)
HEAD: Final = '''"""What hooks need of memtui, copied by its build (tests/prepared.py).

Not to be changed here: a test compares them with those of the package.
"""
# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

'''

_Place = tuple[str, str]
"""A module and a name in it."""


class _Module:
    """What a module defines, by name."""

    def __init__(self, name: str) -> None:
        path = ROOT / f"{name.replace('.', '/')}.py"
        self.text = path.read_text("utf-8")
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[str, tuple[str, str]] = {}
        """By the name here: the module and the name there ('': the module)."""
        for node in ast.parse(self.text).body:
            self._take(node)

    def _take(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                self.defined[name] = node
            case ast.AnnAssign(target=ast.Name(id=name)):
                self.defined[name] = node
            case ast.Assign(targets=[ast.Name(id=name)]):
                self.defined[name] = node
            case ast.Import(names=names):
                for one in names:
                    self.imported[one.asname or one.name] = (one.name, "")
            case ast.ImportFrom(module=str(module), names=names):
                for one in names:
                    self.imported[one.asname or one.name] = (module, one.name)

    def source(self, name: str) -> str:
        node = self.defined[name]
        lines = self.text.splitlines(keepends=True)
        first = min([node.lineno, *(d.lineno for d in _decorators(node))])
        return "".join(lines[first - 1 : node.end_lineno]).rstrip() + "\n"

    def order(self, name: str) -> int:
        return self.defined[name].lineno


def made() -> str:
    """The copy as it should be.

    Raises:
        ValueError: two things that are needed have one name.
    """
    modules: dict[str, _Module] = {}
    found: dict[_Place, None] = {}
    imports: dict[str, None] = {}
    for place in WANTED:
        _collect(place, modules, found, imports)
    names = [name for _, name in found]
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"two things are called {', '.join(twice)}")
    # What a statement of a module needs at once stands above it; of several
    # modules the one that is needed comes first.
    order = list(dict.fromkeys(module for module, _ in found))
    parts = []
    for module in order:
        own = sorted((n for m, n in found if m == module), key=modules[module].order)
        parts += [modules[module].source(name) for name in own]
    return HEAD + "\n".join(sorted(imports)) + "\n\n\n" + "\n\n".join(parts)


def _collect(
    place: _Place,
    modules: dict[str, _Module],
    found: dict[_Place, None],
    imports: dict[str, None],
) -> None:
    name_of, name = place
    if name_of not in modules:
        modules[name_of] = _Module(name_of)
    module = modules[name_of]
    if place in found or name not in module.defined:
        return
    for used in _used(module.defined[name]):
        if used in module.imported:
            where, what = module.imported[used]
            if where.startswith("memtui") and what:
                _collect((where, what), modules, found, imports)
            elif not where.startswith("memtui"):
                imports[
                    f"from {where} import {what}" if what else f"import {where}"
                ] = None
        elif used != name:
            _collect((name_of, used), modules, found, imports)
    found[place] = None


def _used(node: ast.stmt) -> Iterator[str]:
    """Names that a statement needs to run; annotations are not among them."""
    for inner in ast.walk(_without_annotations(node)):
        if isinstance(inner, ast.Name):
            yield inner.id


def _without_annotations(node: ast.stmt) -> ast.stmt:
    copy = ast.parse(ast.unparse(node)).body[0]
    for inner in ast.walk(copy):
        match inner:
            case ast.FunctionDef():
                inner.returns = None
                spec = inner.args
                for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs):
                    arg.annotation = None
            case ast.AnnAssign():
                inner.annotation = ast.Constant(None)
    return copy


def _decorators(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.decorator_list
    return []


def main() -> int:
    """Write the copy; 1 where it was another."""
    wanted = made()
    same = COPY.exists() and COPY.read_text("utf-8") == wanted
    COPY.write_text(wanted, encoding="utf-8")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
