"""What the lines of one chunk come to, while they are read one by one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from memtui.ingest.naming import plain_id, plain_record
from memtui.ingest.sparing import LEFT_OUT, PURGED
from memtui.readers.base import Undone, Words
from memtui.records import Fault, Record


@dataclass(slots=True)
class Shown:
    """What the lines of one chunk come to, line by line."""

    first_line: int = 1
    numbers: list[int] = field(default_factory=list)
    """Of each of the lines."""
    records: list[Record] = field(default_factory=list)
    _all: list[Record] = field(default_factory=list)
    _told: set[tuple[str, int | None]] = field(default_factory=set)
    _counted: int = 0
    """How many of all are in what was told: most agents never ask."""
    unshown: list[Record] = field(default_factory=list)
    """Taken back after they were told."""
    undone: set[tuple[str, int | None]] = field(default_factory=set)
    void: set[tuple[str, int | None]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    undecided: list[int] = field(default_factory=list)
    """Lines before the first folder is known: it may be one to leave out."""
    words_before: Words | None = None
    """What the parser remembered before the first of them."""
    left_out: int = 0
    left_names: set[str] = field(default_factory=set)
    """Of messages in lines that were left out, as the store knows them."""

    @property
    def told(self) -> set[tuple[str, int | None]]:
        """Native ids and parts of all records so far, and each id alone."""
        for record in self._all[self._counted :]:
            self._told |= {(record.native_id, record.part), (record.native_id, None)}
        self._counted = len(self._all)
        return self._told

    @property
    def is_nothing(self) -> bool:
        """There are no lines, or all of them were left out."""
        return self.left_out == len(self.lines)

    purged: list[int] = field(default_factory=list)
    """Numbers of lines that were left out because a person purged them."""

    def leave_out(self, line: bytes) -> None:
        """Only a mark of the line stays."""
        self.lines.append(stub(line))
        self.left_out += 1

    def leave_out_purged(self, line: bytes) -> None:
        """The same, of a line that a person purged."""
        self.purged.append(self.numbers[-1])
        self.lines.append(stub(line, PURGED))
        self.left_out += 1

    def purge(self, numbers: Collection[int]) -> None:
        """The same of lines that were met already."""
        for index, number in enumerate(self.numbers[: len(self.lines)]):
            if number in numbers and self.lines[index]:
                self.lines[index] = stub(self.lines[index], PURGED)
                self.purged.append(number)
                self.left_out += 1

    def leave_out_undecided(self) -> None:
        """The first folder turned out to be one to leave out."""
        for index in self.undecided:
            self.lines[index] = stub(self.lines[index])
        self.left_out += len(self.undecided)
        gone = {self.numbers[index] for index in self.undecided}
        self.records = [r for r in self.records if r.line not in gone]

    def sort(self, told: Iterable[Record | Fault | Undone]) -> list[Record]:
        """Note all that is no record; the records are not shown yet."""
        records: list[Record] = []
        for one in told:
            if isinstance(one, Record):  # nearly every one is
                record = plain_record(one)
                self._all.append(record)
                records.append(record)
            elif isinstance(one, Fault):
                self.faults.append(one)
            else:
                self.undo(replace(one, native_id=plain_id(one.native_id)))
        return records

    def undo(self, item: Undone) -> None:
        """Show no more what was told so far; told again later, it is shown."""
        key = (item.native_id, item.part)
        (self.void if item.is_void else self.undone).add(key)
        if key in self.told:
            taken = [r for r in self.records if _is_meant(r, item)]
            self.unshown += () if item.is_void else taken
            self.records = [r for r in self.records if not _is_meant(r, item)]


def stub(line: bytes, mark: bytes = LEFT_OUT) -> bytes:
    """What stands for a line that is left out."""
    return mark + b"\n" if line.endswith(b"\n") else mark


def _is_meant(record: Record, undone: Undone) -> bool:
    return record.native_id == undone.native_id and undone.part in (None, record.part)
