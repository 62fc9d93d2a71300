"""Where secrets still stand: in the agents' transcripts, and in the store.

Named kinds by their patterns, others by how they look. What is found is told by its
place and kind, and a drawn value by a hash: never by itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import NotFound
from memtui.model import Agent
from memtui.readers import READERS
from memtui.readers.base import DatabaseReader, Reader
from memtui.readers.claude_code.history import NAME as HISTORY
from memtui.readers.places import folders
from memtui.readers.tail import read_new
from memtui.redact import Redactor, drawn
from memtui.settings import Settings
from memtui.store.purge import secrets

DRAWN: Final = "drawn"
"""The kind of a value without a name that looks drawn by a machine."""
SOURCE: Final = "source"
STORE: Final = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One place where a secret stands."""

    held_by: str
    """``SOURCE`` or ``STORE``."""
    place: str
    """A path, or ``memory ID``."""
    line: int | None
    """From 1; None where the place has no lines."""
    kind: str
    id: str = ""
    """Of a drawn value; the same wherever it stands."""


class Looking:
    """One search through everything.

    Args:
        cleared: ids of drawn values that are no secrets.
    """

    def __init__(self, cleared: Collection[str] = ()) -> None:
        self._redactor = Redactor()
        self._cleared = frozenset(cleared)

    def in_lines(
        self, lines: Iterable[bytes], held_by: str, place: str, first: int | None
    ) -> Iterator[Secret]:
        """What stands in some lines in a row."""
        batch = list(lines)
        cut = self._redactor.lines(batch)
        for index, line in enumerate(batch):
            number = None if first is None else first + index
            if cut[index] is not line:
                for kind in self._redactor.line(line).kinds:
                    yield Secret(held_by=held_by, place=place, line=number, kind=kind)
            # what has a name is told by it
            for found in drawn(cut[index]):
                if found.id not in self._cleared:
                    yield Secret(
                        held_by=held_by, place=place, line=number, kind=DRAWN,
                        id=found.id,
                    )  # fmt: skip


def in_store(data: Path) -> Iterator[Secret]:
    """What the store still holds.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    path = paths.store_path(data)
    looking = Looking(secrets.cleared(path))
    for part in secrets.held(path):
        yield from looking.in_lines(part.lines, STORE, part.place, part.first_line)


def in_sources(
    data: Path,
    settings: Settings,
    *,
    home: Path,
    agents: Collection[Agent] | None = None,
    told: Callable[[str], object] = lambda _: None,
) -> Iterator[Secret]:
    """What the agents' own transcripts hold; nothing of theirs is changed.

    Args:
        told: told of each file that is looked through.
    """
    path = paths.store_path(data)
    looking = Looking(secrets.cleared(path) if path.exists() else ())
    for agent, reader in READERS.items():
        if agents is not None and agent not in agents:
            continue
        for folder in folders(reader, settings, home):
            for source in _sources(reader, folder):
                told(paths.shown(source))
                yield from _in_source(looking, reader, source)


def find_values(data: Path, wanted: Collection[str]) -> dict[str, str]:
    """The drawn values in the store whose ids begin so, by their ids.

    Of one that was cleared and is gone the value is empty.

    Raises:
        NotFound: some of them is no beginning of any.
        StoreError: there is no store, or it cannot be read.
    """
    path = paths.store_path(data)
    known = dict.fromkeys(secrets.cleared(path), "")
    for part in secrets.held(path):
        for line in part.lines:
            for found in drawn(line):
                if found.id.startswith(tuple(wanted)):
                    known[found.id] = line[found.start : found.end].decode("ascii")
    chosen = {one: {i for i in known if i.startswith(one)} for one in wanted}
    for one, ids in chosen.items():
        if len(ids) != 1 or len(one) < 4:
            many = "more than one" if ids else "no"
            raise NotFound(
                f"{one} names {many} value.", hint="memtui secrets prints their ids."
            )
    return {name: known[name] for ids in chosen.values() for name in ids}


def _sources(reader: Reader, folder: Path) -> list[str]:
    """The transcripts in a folder, and what Claude Code keeps beside them."""
    found = set(reader.find(folder))
    if reader.agent is Agent.CLAUDE_CODE:
        found.update(map(str, folder.glob("**/tool-results/**/*")))
        found.add(str(folder.parent / HISTORY))
    return sorted(found)


def _in_source(looking: Looking, reader: Reader, source: str) -> Iterator[Secret]:
    try:
        if isinstance(reader, DatabaseReader):
            inside = [source]
            if reader.is_database(source):
                inside = [path for path, _ in reader.transcripts_in(source)]
            for path in inside:
                place = paths.shown(path)
                for item in reader.items(Path(path), lambda raw: raw):
                    for line in item.pieces() if item.pieces else (item.line,):
                        yield from looking.in_lines([line], SOURCE, place, None)
            return
        place = paths.shown(source)
        for chunk in read_new(Path(source), None):
            yield from looking.in_lines(chunk.lines, SOURCE, place, chunk.first_line)
    except OSError:
        return  # gone, or not ours to read: a sync says so
