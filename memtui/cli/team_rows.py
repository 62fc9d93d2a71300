"""Shared memories as lines and objects, for ``memtui team``."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from memtui.caution import ORDER, is_order
from memtui.cli import output
from memtui.cli.diffs import show_diff
from memtui.install.client import FileChange
from memtui.model import Memory
from memtui.team.comparing import ASKS_FIRST, Entry, Standing, kept_as, shared_from
from memtui.team.files import Shared, written
from memtui.team.folder import Fault, TeamFolder

BODY_LINES: Final = 12
"""Lines of a new memory that are shown; the rest is counted."""


def in_words(entries: Iterable[Entry]) -> str:
    """``3 new, 1 changed there``."""
    counts = Counter(entry.standing.value for entry in entries)
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def show(folder: TeamFolder, entry: Entry) -> None:
    """One entry before it is pulled."""
    _note_entry(entry)
    shared, memory = entry.shared, entry.memory
    if shared is not None and memory is not None:
        show_diff(_difference(folder, shared, memory))
    elif shared is not None:
        lines = shared.body.splitlines()
        for line in lines[:BODY_LINES]:
            output.note(f"    {line}")
        if (more := len(lines) - BODY_LINES) > 0:
            output.note(f"    … {more:,} more lines")


def _difference(folder: TeamFolder, shared: Shared, memory: Memory) -> str:
    """From the memory here to the file."""
    mine = kept_as(shared_from(memory), shared)
    return FileChange(
        path=folder.file(shared.id), before=written(mine), after=written(shared)
    ).diff


def _parts(entry: Entry) -> list[str | tuple[str, str]]:
    said = entry.shared or (shared_from(entry.memory) if entry.memory else None)
    assert said is not None, "a memory, a file, or both"
    quiet = output.WARN if entry.standing in ASKS_FIRST else output.QUIET
    by = f"  by {said.author}" if said.author else ""
    id_ = str(entry.memory.id) if entry.memory else entry.id
    badges = "".join(f"  ! {badge}" for badge in _badges(entry))
    return [
        f"{id_}  ", (f"{entry.standing:<21}", quiet), f"  {said.type:<12}",
        (said.title, output.BOLD), (by, output.QUIET), (badges, output.WARN),
    ]  # fmt: skip


def say_entry(entry: Entry) -> None:
    """Print how one stands."""
    output.say_styled(*_parts(entry))


def _note_entry(entry: Entry) -> None:
    output.note_styled(*_parts(entry))


def _badges(entry: Entry) -> Iterator[str]:
    """What to look at twice."""
    if entry.shared is None:
        return
    if is_order(entry.shared.title, entry.shared.body):
        yield ORDER
    if entry.shared.has_odd_characters:
        yield "invisible characters were taken out"
    if entry.memory is not None and entry.is_own and entry.standing is Standing.BOTH:
        yield "has the id of a memory of yours"


def say_faults(folder: TeamFolder) -> None:
    """Name what was not read, and why."""
    for fault in folder.faults:
        output.note_styled(
            (f"{folder.path.name}/{fault.name}: ", output.WARN), f"{fault.why}."
        )


def entry_object(entry: Entry) -> dict[str, Any]:
    """A shared memory as ``kind: team``."""
    said = entry.shared or (shared_from(entry.memory) if entry.memory else None)
    assert said is not None, "a memory, a file, or both"
    return {
        "kind": "team",
        "id": entry.id,
        "memory": str(entry.memory.id) if entry.memory else None,
        "file": said.name,
        "standing": entry.standing.value,
        "own": entry.is_own,
        "decided": entry.is_decided,
        "type": said.type,
        "title": said.title,
        "author": said.author or None,
        "at": said.at,
        "badges": list(_badges(entry)),
        "why": None,
    }


def fault_object(fault: Fault) -> dict[str, Any]:
    """A file that was not read, with the same keys."""
    return {
        "kind": "team",
        "id": fault.id or None,
        "memory": None,
        "file": fault.name,
        "standing": "conflict" if fault.is_conflict else "not read",
        "own": False,
        "decided": False,
        "type": None,
        "title": None,
        "author": None,
        "at": None,
        "badges": [],
        "why": fault.why,
    }
