"""Which memories of a project look alike: an exact check that stays fast.

Two word sets with a Jaccard of three fifths share so many words that the rarest
ones of both must meet: ``n - ceil(3n/5) + 1`` of ``n`` are enough to look up, if
both sides sort their words alike. They are sorted by when a word was first met,
the last one first: that order never changes, and words met late are rare ones.

Sets of ``n`` and ``m`` words must share ``k`` of them; then they share ``t`` among
the first ``n - k + t`` of the one and ``m - k + t`` of the other, whatever ``t``.

Kept in step with the full-text index, by whoever writes there: ``put`` when a
memory says something new, ``drop`` when it says nothing any more. What is found
goes into ``proposal``; nobody merges or drops anything because of it.
"""

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Final

from memtui.search.near import Sign, Signs, bag_of, subject_of

ALL, SUBJECT = 0, 1
"""Facets: all that a memory says; what its title is about."""
LEAST: Final = 3
"""Words below which a set says too little to be compared."""
LOOKED_AT: Final = 60
"""Of a crowd that is alike; more than one session ever says."""
MOST: Final = 10
"""Proposals that a memory begins with; the rest of a crowd is met through those."""
TIMES: Final = 3
"""Words by which sets must meet that are looked at. Of 50,000 memories one meets 135
by one word, two by three; twice as many places are read for it."""
_TOGETHER: Final = 500

TEXTS: Final = """
    select m.id, m.session_id, coalesce(m.project_id, 0) as project_id, m.title,
        m.body, m.at, m.state
    from memory m where m.id in (select value from json_each(:ids))
    order by m.at desc, m.id
"""
SETS: Final = """
    select a.id, a.memory, a.project_id, a.facet, a.words from json_each(:ids) wanted
    cross join alike a on a.memory = wanted.value
"""
ASTRAY: Final = """
    select distinct a.memory from alike a join memory m on m.id = a.memory
    where a.project_id <> coalesce(m.project_id, 0) order by a.memory
"""
NEEDED: Final = "((3 * (?3 + p.size) + 7) / 8)"
"""Words that sets of these sizes must share to be alike."""
MEETING: Final = f"""
    select p.set_id, w.key, p.size, p.place from json_each(?4) w
    cross join alike_place p on p.project_id = ?1 and p.facet = ?2
        and p.word_id = w.value and p.size between (3 * ?3 + 4) / 5 and 5 * ?3 / 3
    where w.key < ?3 - {NEEDED} + {TIMES} and p.place < p.size - {NEEDED} + {TIMES}
"""  # noqa: S608  our own constants
FOUND_SETS: Final = """
    select a.id, a.memory, a.words from json_each(?) wanted
    cross join alike a on a.id = wanted.value
"""
KNOWN_WORDS: Final = """
    select w.word, w.id from json_each(:words) wanted
    cross join alike_word w on w.word = wanted.value
"""
NEW_WORD: Final = "insert into alike_word (word) values (?)"
NEW_SET: Final = """
    insert into alike (memory, facet, project_id, words) values (?, ?, ?, ?)
"""
NEW_PLACE: Final = """
    insert into alike_place (project_id, facet, word_id, size, place, set_id)
    values (?, ?, ?, ?, ?, ?)
"""
DROP_PLACE: Final = """
    delete from alike_place where project_id = ? and facet = ? and word_id = ?
        and size = ? and place = ? and set_id = ?
"""
DROP_SET: Final = "delete from alike where id = ?"
DROP_FOUND: Final = """
    delete from proposal where (memory = ?1 or other = ?1) and kind <> 'revision'
"""
FOUND: Final = """
    insert into proposal (kind, memory, other, project_id, at, share, why)
    values (?, ?, ?, ?, ?, ?, ?)
    on conflict (memory, other) do update set kind = excluded.kind, at = excluded.at,
        project_id = excluded.project_id, share = excluded.share, why = excluded.why
    where kind <> 'revision'
"""


@dataclass(frozen=True)
class _Text:
    """A memory as far as it is compared."""

    id: str
    session: int | None
    project: int
    at: int
    title: str
    signs: Signs

    @classmethod
    def of(cls, row: sqlite3.Row) -> "_Text":
        return cls(
            id=row["id"], session=row["session_id"], project=row["project_id"],
            at=row["at"], title=row["title"],
            signs=Signs(f"{row['title']}\n{row['body']}"),
        )  # fmt: skip

    @cached_property
    def sets(self) -> dict[int, frozenset[str]]:
        """Its words, by facet; a facet that says too little is not in it."""
        found = {ALL: bag_of(self.signs.text), SUBJECT: subject_of(self.title)}
        return {facet: words for facet, words in found.items() if len(words) >= LEAST}


def put(conn: sqlite3.Connection, ids: Collection[str]) -> None:
    """Compare what these memories say now with all others of their projects."""
    drop(conn, ids)
    wanted = list(ids)
    for first in range(0, len(wanted), _TOGETHER):
        texts = _texts(conn, wanted[first : first + _TOGETHER])
        numbers = _meet(conn, texts)
        for text in texts:
            _compare(conn, text, numbers)


def astray(conn: sqlite3.Connection) -> list[str]:
    """Memories that belong to another project than their words."""
    return [memory for (memory,) in conn.execute(ASTRAY)]


def drop(conn: sqlite3.Connection, ids: Collection[str]) -> None:
    """Forget what these memories said, and what was proposed about them."""
    if not ids:
        return
    said = set()
    for row in conn.execute(SETS, {"ids": json.dumps(list(ids))}).fetchall():
        said.add(row["memory"])
        words = _ids_of(row["words"])
        conn.executemany(
            DROP_PLACE, _places(row["project_id"], row["facet"], words, row["id"])
        )
        conn.execute(DROP_SET, (row["id"],))
    conn.executemany(DROP_FOUND, ((one,) for one in said))


def _texts(conn: sqlite3.Connection, ids: Sequence[str]) -> list[_Text]:
    rows = conn.execute(TEXTS, {"ids": json.dumps(ids)})
    return [_Text.of(row) for row in rows]


def _meet(conn: sqlite3.Connection, texts: Iterable[_Text]) -> dict[str, int]:
    """The number of every word; of words never met, the most frequent first."""
    seen = Counter(
        word for text in texts for words in text.sets.values() for word in words
    )
    known = _numbers(conn, seen)
    new = sorted(seen.keys() - known.keys(), key=lambda word: (-seen[word], word))
    conn.executemany(NEW_WORD, ((word,) for word in new))
    return known | _numbers(conn, new)


def _numbers(conn: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    wanted = json.dumps(list(words))
    return dict(conn.execute(KNOWN_WORDS, {"words": wanted}).fetchall())


def _compare(conn: sqlite3.Connection, text: _Text, numbers: Mapping[str, int]) -> None:
    """Propose what is alike to a text among those put before, and put it."""
    shares: dict[int, dict[str, float]] = {}
    for facet, said in text.sets.items():
        words = sorted((numbers[word] for word in said), reverse=True)
        shares[facet] = _alike(conn, text.project, facet, words)
        values = (text.id, facet, text.project, array("I", words).tobytes())
        row = conn.execute(NEW_SET, values).lastrowid or 0
        conn.executemany(NEW_PLACE, _places(text.project, facet, words, row))
    whole, about = shares.get(ALL, {}), shares.get(SUBJECT, {})
    if not whole and not about:
        return
    proposed = 0
    for other in _texts(conn, list(whole | about)):
        if text.session is not None and text.session == other.session:
            continue  # the distiller compares what one session says
        share = whole.get(other.id, 0.0), about.get(other.id, 0.0)
        older, newer = sorted((text, other), key=lambda one: (one.at, one.id))
        kind, why = _verdict(older, newer, *share)
        if kind:
            most = round(max(share), 3)
            row_of = (kind, older.id, newer.id, newer.project, newer.at, most, why)
            conn.execute(FOUND, row_of)
            proposed += 1
        if proposed == MOST:
            return


def _alike(
    conn: sqlite3.Connection, project: int, facet: int, words: Sequence[int]
) -> dict[str, float]:
    """Memories whose words are the same to three fifths, and to which share.

    Of a crowd those that share the rarest words.
    """
    size, cursor = len(words), conn.cursor()
    cursor.row_factory = None
    rarest = json.dumps(words[: _prefix(size)])
    places = cursor.execute(MEETING, (project, facet, size, rarest)).fetchall()
    times = Counter(map(itemgetter(0), places))
    met: dict[int, tuple[int, int, int, int]] = {}
    for row, here, other, there in places:
        if times[row] >= _least_met(size, other):
            met.setdefault(row, (here, other, -there, -row))
    if not met:
        return {}
    sets = {row[0]: row for row in cursor.execute(FOUND_SETS, (json.dumps([*met]),))}
    ours, found = frozenset(words), dict[str, float]()
    for row in sorted(met, key=lambda row: met[row]):
        _, memory, packed = sets[row]
        theirs = _ids_of(packed)
        shared = len(ours.intersection(theirs))
        if shared >= _needed(size, len(theirs)):
            found[memory] = shared / (size + len(theirs) - shared)
            if len(found) == LOOKED_AT:
                break
    return found


def _needed(one: int, two: int) -> int:
    """Words that sets of these sizes must share to be alike."""
    return (3 * (one + two) + 7) // 8


@lru_cache(maxsize=4_096)
def _least_met(one: int, two: int) -> int:
    """How many shared words of sets of these sizes stand where they are looked for."""
    needed = _needed(one, two)
    return min(TIMES, *(_prefix(size) - size + needed for size in (one, two)))


def _verdict(older: _Text, newer: _Text, whole: float, about: float) -> tuple[str, str]:
    """``(kind, why)`` of what to propose about two; ('', '') for nothing."""
    sign = older.signs.differ(newer.signs)
    titles = Signs(older.title).differ(Signs(newer.title))
    for alike, differs in ((whole, sign), (about, titles)):
        if alike and differs in (Sign.NUMBERS, Sign.NEGATION):
            return "supersede", f"says it later with other {differs}"
    if whole and not sign:
        return "duplicate", "says the same"
    if about and not titles and sign is not Sign.PATHS:
        return "duplicate", "has the same title"
    return "", ""


def _prefix(size: int) -> int:
    """How many of a set's rarest words any set alike to it meets."""
    return size + (-3 * size // 5) + 1


def _places(
    project: int, facet: int, words: Sequence[int], row: int
) -> Iterator[tuple[int, ...]]:
    size = len(words)
    for place, word in enumerate(words[: _prefix(size)]):
        yield project, facet, word, size, place, row


def _ids_of(packed: bytes) -> "array[int]":
    words = array("I")
    words.frombytes(packed)
    return words
