"""A file that an agent reads by itself, in lines, with what is remembered beside it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.clean import clean_line
from memtui.masking import safe_line
from memtui.model import Project
from memtui.native.comparing import Found, Relation
from memtui.native.reading import FileRead, files_read, memories_at, root_at
from memtui.paths import home_path
from memtui.store.queries import StoreView
from memtui.tui.choices import Choice
from memtui.tui.format import plural, tail
from memtui.tui.lines import Line, paragraph
from memtui.tui.look import Look
from memtui.tui.widgets.detail import state_word

_COUNTED: Final = {Relation.SAME: "the same", Relation.CONTRADICTS: "contradicted"}
_LAYERS: Final = {"project": "of the project", "person": "yours", "memory": "its own"}
_NAME: Final = 30


@dataclass(frozen=True, slots=True)
class Outside:
    """All such files at one place."""

    root: Path
    files: Sequence[FileRead]


def read(view: StoreView, project: Project | None, cwd: Path, home: Path) -> Outside:
    """The files of a project, or of the folder that one is in."""
    root = root_at(Path(project.path) if project and project.path else cwd)
    return Outside(root, tuple(files_read(root, home, memories_at(view, root))))


def choices_of(outside: Outside, home: Path) -> list[Choice]:
    """Each file, who reads it, and how much of it is remembered here too."""
    return [
        Choice(
            value=str(number),
            name=tail(_named(one, outside.root, home), _NAME),
            note=f"{one.file.agent}, {_LAYERS[one.file.layer]}",
            right=counted(one),
        )
        for number, one in enumerate(outside.files)
    ]


def counted(one: FileRead) -> str:
    """``2 the same, 1 contradicted``; how many lines where there is neither."""
    if one.why:
        return "cannot be read"
    often = Counter(found.relation for found in one.found if found.relation)
    told = [f"{often[kind]} {word}" for kind, word in _COUNTED.items() if often[kind]]
    return ", ".join(told) or plural(len(one.text.splitlines()), "line")


def title_of(one: FileRead, outside: Outside, home: Path) -> str:
    """What the file is called, as short as it can be told apart."""
    return _named(one, outside.root, home)


def lines_of(one: FileRead, look: Look, width: int) -> list[Line]:
    """Its text as it stands; below a statement the memory that it bears on."""
    if one.why:
        return paragraph(f"It cannot be read: {clean_line(one.why)}.", width)
    flagged = {found.statement.line: found for found in one.found if found.relation}
    lines: list[Line] = []
    rows = one.text.rstrip().split("\n")
    figures = len(str(len(rows)))
    for number, said in enumerate(rows, 1):
        lead: Line = [(f"{number:>{figures}}  ", "faint")]
        lines += paragraph(said, width, lead=lead)
        if found := flagged.get(number):
            lines += _beside(found, width, look, figures + 2)
    return lines


def _beside(found: Found, width: int, look: Look, indent: int) -> list[Line]:
    memory = found.memory
    assert memory is not None  # it has a relation
    against = found.relation is Relation.CONTRADICTS
    sign = look.glyphs.review if against else look.glyphs.kept
    role = "warning" if against else "success"
    word = "contradicts" if against else "the same as"
    lead: Line = [(" " * indent, ""), (f"{sign} {word}  ", role)]
    title = f"{safe_line(memory.title)}  ({state_word(memory)})"
    return paragraph(title, width, "muted", lead=lead)


def _named(one: FileRead, root: Path, home: Path) -> str:
    path = one.file.path
    inside = path.is_relative_to(root)
    told = str(path.relative_to(root)) if inside else home_path(str(path), home)
    return clean_line(told)
