"""Nothing in the house grows beyond what one can read in one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "memtui").rglob("*.py"), *(ROOT / "hooks").glob("*.py")])

MODULE, CLASS, FUNCTION = 350, 250, 60

EXCEPTIONS = {
    "memtui/model.py": "the words in one place, docstrings for the most part",
    "hooks/prepared.py": "copied by its build out of modules that are small",
}
"""What may be larger, and why."""


def test_there_is_something_to_measure() -> None:
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_classes_and_functions_stay_small(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert [
        f"{place}: {lines} lines, at most {most}"
        for place, lines, most in _measured(path, name)
        if lines > most and place not in EXCEPTIONS
    ] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_opens_by_saying_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_name_says_nothing(path: Path) -> None:
    empty = ("Manager", "Helper", "Util", "Handler", "Service", "Info")
    tree = ast.parse(path.read_text("utf-8"))
    classes = [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    assert [n for n in classes if n.endswith(empty)] == []
    assert not path.stem.endswith(("util", "utils", "helper", "helpers", "common"))


def _measured(path: Path, name: str) -> Iterator[tuple[str, int, int]]:
    text = path.read_text("utf-8")
    yield name, text.count("\n"), MODULE
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ClassDef():
                yield f"{name}:{node.name}", _lines(node), CLASS
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{name}:{node.name}", _lines(node), FUNCTION


def _lines(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
