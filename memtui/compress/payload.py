"""A session as the text that a model reads: masked, numbered, cut in plain sight.

Each record is a line or more, ``[12] $ npm test``; its number is its place in the
session, so that an answer can name what shows it. The same records give the same text
for ever. What is cut says so where it stood, and how much it was. No text of a record
can pass for a record: a line of it that begins like one gets a blank before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from memtui.distil.strip import without_injected, without_wrappers
from memtui.masking import safe
from memtui.model import RecordKind, Session
from memtui.readers.texts import SPOKEN_CHARS
from memtui.records import Record
from memtui.redact import Redactor
from memtui.store.queries import StoreView

_WINDOW: Final = 50
"""Turns read at once."""
_AGAIN: Final = 400
"""Bytes of a prompt that are told again where its turn goes on in another part."""
_NAME: Final = 100
"""Bytes of what a tool is called."""
_ROOM_OF_A_PROMPT: Final = 0.5
"""Of a part: only a longer prompt is cut."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Bytes of one record that are sent, by what it is."""

    result: int
    use: int
    response: int


_CAPS: Final = (
    Caps(8_000, 8_000, 16_000), Caps(1_500, 1_000, 4_000), Caps(1_000, 600, 2_500)
)  # fmt: skip
"""The first that takes no more parts than the last: more is told at the same price.
With the last a hundred calls of tools fit into two parts of 94,000 bytes."""
_LIKE_OURS: Final = re.compile(r"(?<=\n)\[(?=\d+\] |goes on, )")
"""What would pass for the beginning of another record."""
_ELSEWHERE: Final = "\n[… the rest is in the archive alone …]"
"""Ends what a record holds the beginning of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one request is told of a session."""

    text: str
    numbers: tuple[int, ...]
    """Of the records in it."""
    cut: int
    """Bytes of its records that are left out."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A session as it is sent."""

    session: Session
    records: tuple[Record, ...]
    """All of it, by number."""
    numbers: frozenset[int]
    """Of the records that are sent: no other can be evidence."""
    turns: int
    parts: tuple[Part, ...]
    thoughts: int
    """Records of the agent's thinking: never sent."""


def read(view: StoreView, session: Session, most: int | None = None) -> list[Record]:
    """The records of a session in order, the first ``most`` of them."""
    found: list[Record] = []
    first, last = 0, view.last_turn(session)
    while first <= last and (most is None or len(found) < most):
        for turn in view.turns(session, first=first, limit=_WINDOW):
            found += turn.records
        first += _WINDOW
    return found if most is None else found[:most]


def told(session: Session, records: Sequence[Record], room: int) -> Told:
    """A session in parts of at most ``room`` bytes, cut at turns where it can be."""
    *larger, least = _CAPS
    parts = _parts(records, room, least)
    for caps in larger:
        more = _parts(records, room, caps)
        if len(more) <= len(parts):
            parts = more
            break
    return Told(
        session=session,
        records=tuple(records),
        numbers=frozenset(n for part in parts for n in part.numbers),
        turns=sum(record.kind is RecordKind.PROMPT for record in records),
        parts=tuple(parts),
        thoughts=sum(record.kind is RecordKind.THINKING for record in records),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    size: int
    cut: int
    turn: int
    prompt: str


def _parts(records: Sequence[Record], room: int, caps: Caps) -> list[Part]:
    """Whole turns together; a turn that is too long goes on in the next part."""
    packed = _Packed(room)
    for _, lines in groupby(_lines(records, room, caps), lambda line: line.turn):
        packed.add(list(lines))
    return packed.ended()


class _Packed:
    """Parts in the making."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[Part] = []
        self._texts: list[str] = []
        self._numbers: list[int] = []
        self._size = self._cut = 0

    def add(self, turn: Sequence[_Line]) -> None:
        """A turn: into this part, the next, or bit by bit where it fits into none."""
        size = sum(line.size for line in turn)
        if self._size + size > self._room and self._texts:
            self._close()
        for line in turn:
            if self._size + line.size > self._room and self._texts:
                self._close()
                again = f"[goes on, asked was] {line.prompt}\n"
                self._put(again, len(again.encode()), 0)
            self._put(line.text, line.size, line.cut)
            self._numbers.append(line.number)

    def ended(self) -> list[Part]:
        """All of them."""
        if self._texts:
            self._close()
        return self._parts

    def _put(self, text: str, size: int, cut: int) -> None:
        self._texts.append(text)
        self._size += size
        self._cut += cut

    def _close(self) -> None:
        text, numbers = "".join(self._texts), tuple(self._numbers)
        self._parts.append(Part(text=text, numbers=numbers, cut=self._cut))
        self._texts, self._numbers, self._size, self._cut = [], [], 0, 0


def _lines(records: Sequence[Record], room: int, caps: Caps) -> Iterator[_Line]:
    turn, prompt = 0, ""
    for number, record in enumerate(records):
        said = _said(record)
        if not said:
            continue
        if record.kind is RecordKind.PROMPT:
            turn += 1
            prompt = shortened(said, _AGAIN)[0]
        kept, cut = shortened(said, _cap(record, room, caps))
        text = f"[{number}] {_who(record)}{kept}\n"
        yield _Line(number, text, len(text.encode()), cut, turn, prompt)


def _said(record: Record) -> str:
    """What of a record is sent, without anything secret; nothing: it is not."""
    kind = record.kind
    if kind in (RecordKind.THINKING, RecordKind.TITLE, RecordKind.CONTEXT):
        return ""
    text = record.text
    if kind is RecordKind.PROMPT:
        text = without_wrappers(text)
    elif kind is RecordKind.TOOL_USE:
        text = record.command or text
    elif kind is RecordKind.TOOL_RESULT:
        text = record.patch or text
    else:
        text = without_injected(text)
    whole = len(record.text) < SPOKEN_CHARS
    said = _LIKE_OURS.sub(" [", hidden(text).strip())
    return said + ("" if whole else _ELSEWHERE)


def hidden(text: str) -> str:
    """A text as it may leave this machine: no named secret, nothing drawn."""
    return safe(_redactor().text(text))


@cache
def _redactor() -> Redactor:
    return Redactor()


def _who(record: Record) -> str:
    if record.kind is RecordKind.TOOL_USE:
        return "$ " if record.command else f"{_tool(record)}: "
    if record.kind is RecordKind.TOOL_RESULT:
        return "failed> " if record.failed else "> "
    return {
        RecordKind.PROMPT: "user: ",
        RecordKind.SUMMARY: "summary: ",
    }.get(record.kind, "agent: ")


def _tool(record: Record) -> str:
    """What a tool is called: a transcript may say anything there, too."""
    return shortened(" ".join(hidden(record.tool_name).split()), _NAME)[0]


def _cap(record: Record, room: int, caps: Caps) -> int:
    return {
        RecordKind.TOOL_RESULT: caps.result,
        RecordKind.TOOL_USE: caps.use,
        RecordKind.RESPONSE: caps.response,
    }.get(record.kind, round(room * _ROOM_OF_A_PROMPT))


def shortened(text: str, most: int) -> tuple[str, int]:
    """Beginning and end of a text of at most ``most`` bytes, and what was left out."""
    data = text.encode()
    if len(data) <= most:
        return text, 0
    head = data[: most * 2 // 3].decode(errors="ignore")
    tail = data[-(most // 3 - 40) :].decode(errors="ignore") if most > 200 else ""
    cut = len(data) - len(head.encode()) - len(tail.encode())
    return f"{head} [… {cut:,} bytes left out …] {tail}", cut
