"""Lines of one transcript that share an id, told apart by the parts of their records.

A client may write several lines under one id. What a later one says is a part of
its own, ``EACH`` further on; a line that only comes again is the one that is known.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from msgspec import structs

from memtui.records import Record
from memtui.store.ingest.archive import Place
from memtui.store.ingest.records import Key, key_of

EACH: Final = 10_000
"""Parts kept free for one line: more than a line has blocks."""

_SAID: Final = "select text, detail from record where id = ?"


def line_of(native_id: str, part: int) -> Key:
    """What the records of one line have in common."""
    return native_id, part // EACH


class Link(NamedTuple):
    """Where a session's order has a record, and which line told it."""

    seq: int
    transcript: int | None
    generation: int
    line: int | None


def told_apart(
    conn: sqlite3.Connection,
    place: Place,
    records: Sequence[Record],
    rows: Mapping[Key, int],
    links: Mapping[int, Link],
    *,
    anew: bool,
) -> Sequence[Record]:
    """The records; those of a further line under an id with parts of their own.

    Args:
        rows: all that is stored under these ids.
        links: what of it the session shows.
        anew: what is stored was told by another reader and is stated again.
    """
    told = _told_here(place, rows, links)
    met: dict[Key, Record] = {}
    first = -1
    for at, record in enumerate(records):
        key = key_of(record)
        if met.setdefault(key, record).line != record.line or (
            told and told.get(key, record.line) != record.line
        ):
            first = at
            break
    if first < 0:
        return records
    apart = _Apart(conn, place, rows, links, told, anew=anew)
    return [apart.numbered(record) for record in records]


def _told_here(
    place: Place, rows: Mapping[Key, int], links: Mapping[int, Link]
) -> dict[Key, int | None]:
    """By which line this reading of the transcript told what is known."""
    return {
        key: link.line
        for key, row in (rows.items() if links else ())
        if (link := links.get(row)) and (link.transcript, link.generation) == place
    }


class _Apart:
    """The numbers of one batch in the making."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        place: Place,
        rows: Mapping[Key, int],
        links: Mapping[int, Link],
        told: Mapping[Key, int | None],
        *,
        anew: bool,
    ) -> None:
        self._conn = conn
        self._place = place
        self._rows = rows
        self._links = links
        self._lines = dict(told)
        self._met: dict[Key, Record] = {}
        self._anew = anew

    def numbered(self, record: Record) -> Record:
        """The record with the part that is its own, or that says the same."""
        native_id, part = key_of(record)
        if ":" in native_id:
            return record  # no conversation: it stands for what was said last
        if not self._is_its_own((native_id, part), record):
            part = self._known_part(native_id, part, record)
        while not self._is_its_own((native_id, part), record):
            part += EACH
        key = native_id, part
        if part != record.part:
            record = structs.replace(record, part=part)
        self._met.setdefault(key, record)
        self._lines.setdefault(key, record.line)
        return record

    def _known_part(self, native_id: str, part: int, record: Record) -> int:
        """The part that says the same already; the first one that it may be."""
        later = sorted(p for one, p in self._rows if one == native_id and p > part)
        for known in later:
            key = native_id, known
            if (known - part) % EACH == 0 and self._says(key, record):
                return known
        return part + EACH

    def _is_its_own(self, key: Key, record: Record) -> bool:
        if key in self._lines:
            return self._lines[key] == record.line or self._says(key, record)
        row = self._rows.get(key)
        if row is None or key[1] < EACH or self._anew or self._says(key, record):
            return True
        link = self._links.get(row)
        # what an older reading had there
        return link is not None and link.transcript == self._place.transcript

    def _says(self, key: Key, record: Record) -> bool:
        """Whether what is known under this key is what the record says."""
        if (met := self._met.get(key)) is not None:
            return (met.text, met.call) == (record.text, record.call)
        text, detail = self._conn.execute(_SAID, (self._rows[key],)).fetchone()
        call = json.loads(detail).get("call", "") if detail else ""
        return (text, call) == (record.text, record.call)
