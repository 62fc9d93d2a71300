"""What readers could not read: the first rows of each reason, and an exact count.

A file may be nothing but faults. A batch looks at the rows of its own lines and
at one count for each reason it names, however many there were before.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from memtui.store.ingest.archive import Place
from memtui.store.ingest.batch import Batch

MOST_ROWS: Final = 100
"""Kept of each reason in one reading of a transcript; more tell nothing new."""

_NEAR: Final = """
    select generation, line, reason from fault
    where transcript_id = ? and (line between ? and ? or line is null)
"""
_COUNTS: Final = """
    select c.generation, c.reason, c.count from json_each(?) wanted
    cross join fault_count c on c.transcript_id = ? and c.reason = wanted.value
"""
_TELL_AGAIN: Final = """
    select reason, count(*) from fault
    where transcript_id = ? and generation = ? and line >= ? group by reason
"""
_REREAD: Final = """
    delete from fault where transcript_id = ? and generation = ? and line >= ?
"""
_LATER: Final = """
    select reason from fault_count
    where transcript_id = ? and generation = ? and last_line >= ?
"""
_LESS: Final = """
    update fault_count set count = count - ?, last_line = null
    where transcript_id = ? and generation = ? and reason = ?
"""
_LEFT: Final = """
    update fault_count set last_line = null, count = (
        select count(*) from fault f where f.transcript_id = fault_count.transcript_id
            and f.generation = fault_count.generation
            and f.reason = fault_count.reason and f.line is null)
    where transcript_id = ? and generation = ?
"""
_ADD: Final = """
    insert into fault(transcript_id, generation, line, reason) values (?, ?, ?, ?)
"""
_COUNT: Final = """
    insert into fault_count(transcript_id, generation, reason, count, last_line)
    values (?, ?, ?, ?, ?)
    on conflict do update set count = count + excluded.count,
        last_line = coalesce(excluded.last_line, last_line)
"""
_ROWS_OF_GENERATION: Final = """
    delete from fault where transcript_id = ? and generation = ?
"""
_COUNTS_OF_GENERATION: Final = """
    delete from fault_count where transcript_id = ? and generation = ?
"""

_Key = tuple[int | None, str]


def note(conn: sqlite3.Connection, place: Place, batch: Batch) -> int:
    """Keep a batch's faults; how many no reading of the transcript had before."""
    found = {(fault.line, fault.reason) for fault in batch.faults}
    met = {key for _, key in _near(conn, place, found)}
    before = _counts(conn, place, found)
    if not (batch.anew or batch.piece):
        _take_back(conn, place, batch)
    if not found:
        return 0
    here = {key for gen, key in _near(conn, place, found) if gen == place.generation}
    added = sorted(found - here, key=lambda key: (key[0] or 0, key[1]))
    counts = _counts(conn, place, found)
    new = 0
    for reason in {reason for _, reason in found}:
        most = max(before[reason].values(), default=0)
        count = counts[reason].get(place.generation, 0)
        keys = [key for key in added if key[1] == reason]
        _add(conn, place, reason, keys, count)
        unmet = sum(key[1] == reason for key in found - met)
        # of those beyond the rows no one knows which they are, only how many
        left = unmet if most <= MOST_ROWS else max(0, count + len(keys) - most)
        new += min(unmet, left)
    return new


def forget(conn: sqlite3.Connection, transcript: int) -> None:
    """Every fault of a transcript: it is about to be told anew."""
    conn.execute("delete from fault where transcript_id = ?", (transcript,))
    conn.execute("delete from fault_count where transcript_id = ?", (transcript,))


def forget_reading(conn: sqlite3.Connection, place: Place) -> None:
    """Every fault of one reading: another one holds all of it."""
    conn.execute(_ROWS_OF_GENERATION, place)
    conn.execute(_COUNTS_OF_GENERATION, place)


def _counts(
    conn: sqlite3.Connection, place: Place, found: Iterable[_Key]
) -> dict[str, dict[int, int]]:
    """Of each reason, how many there are in each reading."""
    wanted = json.dumps(list({reason for _, reason in found}))
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for generation, reason, count in conn.execute(_COUNTS, (wanted, place.transcript)):
        counts[reason][generation] = count
    return counts


def _take_back(conn: sqlite3.Connection, place: Place, batch: Batch) -> None:
    """Forget what is told again: all, or a line that was torn when it was read."""
    if batch.retold is not None and batch.retold.whole:
        conn.execute(_REREAD, (*place, 0))
        conn.execute(_LEFT, place)
        return
    since = (*place, batch.first_line)
    rows = Counter(dict(conn.execute(_TELL_AGAIN, since).fetchall()))
    # beyond the rows only the last line can be told again
    rows |= Counter({row[0]: 1 for row in conn.execute(_LATER, since)})
    conn.execute(_REREAD, since)
    conn.executemany(_LESS, ((less, *place, reason) for reason, less in rows.items()))


def _add(
    conn: sqlite3.Connection, place: Place, reason: str, keys: list[_Key], count: int
) -> None:
    """More of one reason, of which there are so many in this reading."""
    room = max(0, MOST_ROWS - count)
    conn.executemany(_ADD, ((*place, *key) for key in keys[:room]))
    last = max((line for line, _ in keys if line is not None), default=None)
    conn.execute(_COUNT, (*place, reason, len(keys), last))


def _near(
    conn: sqlite3.Connection, place: Place, found: Iterable[_Key]
) -> list[tuple[int, _Key]]:
    """The rows of the same lines, each with its reading."""
    lines = [line for line, _ in found if line is not None]
    asked = (place.transcript, min(lines, default=0), max(lines, default=-1))
    return [(gen, (line, why)) for gen, line, why in conn.execute(_NEAR, asked)]
