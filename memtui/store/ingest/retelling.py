"""Links of a session whose agent writes again what it wrote before.

A record told again says what it was told last: its link leads to where that is, its
place in the session stays. What the person took back is shown no more, and stays
stored. Of a transcript that is read as a whole each time, the order it gives holds for
what it tells; the rest stays where it was. Bit by bit ends in the links of one read.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from memtui.model import RecordKind
from memtui.records import Record
from memtui.store.ingest.apart import line_of
from memtui.store.ingest.archive import Place
from memtui.store.ingest.batch import Batch, KnownTranscript, Retold
from memtui.store.ingest.linking import ASIDE, Linked
from memtui.store.ingest.records import (
    Key,
    PlaceCache,
    add_new,
    behind_others,
    docs_of,
    key_of,
    known_rows,
    rewrite,
)
from memtui.store.search.pending import PendingDocs

_LACKED: Final = """
    with added as (
        select seq, line from link where session_id = :session
        order by seq desc limit :added
    )
    select 1 from link
    where session_id = :session and transcript_id = :transcript
        and seq between 0 and (select min(seq) - 1 from added)
        and (generation < :generation or line > (select min(line) from added))
    limit 1
"""
_SEQUENCE: Final = """
    select l.record_id, l.turn, l.transcript_id, l.generation, l.line,
        r.kind, r.native_id, r.at, r.part
    from link l join record r on r.id = l.record_id
    where l.session_id = ? and l.seq >= 0 order by l.seq
"""
_TOLD: Final = """
    select r.native_id, r.part from link l join record r on r.id = l.record_id
    where l.session_id = ? and l.transcript_id = ?
"""
_LINKED: Final = """
    select distinct l.record_id from json_each(?) wanted
    cross join link l on l.record_id = wanted.value
"""
INHERITED: Final = """
    select coalesce(max(turns), 0) from continues where session_id = ?
"""
_ELSEWHERE: Final = """
    select distinct l.record_id from json_each(?) wanted
    cross join link l on l.record_id = wanted.value and l.session_id <> ?
"""
_SEARCHED: Final = """
    select d.record_id from json_each(?) wanted
    cross join doc d on d.record_id = wanted.value and d.live = 1
"""
_NUMBER: Final = """
    select seq from link where session_id = ? and seq >= 0 order by seq limit 1 offset ?
"""
_CUT: Final = "delete from link where session_id = ? and seq >= ?"
_LINK: Final = """
    insert into link(session_id, seq, record_id, turn, transcript_id, generation, line)
    values (?, ?, ?, ?, ?, ?, ?)
"""
COUNTED: Final = """
    update session set turns = ?, records = ?, distilled = 0 where id = ?
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One record in a session's order."""

    row: int
    turn: int
    transcript: int | None
    generation: int
    line: int | None
    """Below zero: the number in the archive of what has no line."""
    kind: str
    native_id: str
    at: int
    part: int


def retell(
    conn: sqlite3.Connection,
    session: int,
    place: Place,
    batch: Batch,
    retold: Retold,
    places: PlaceCache,
    index: PendingDocs,
) -> Linked:
    """Store what is new of a batch, restate what is known, link what is shown.

    Args:
        index: gets what search will find, and what it will find no more.
    """
    # the last telling holds, in the place of the first
    last = {key_of(record): record for record in batch.records}
    told = list(last.values())
    unshown = {key_of(record): record for record in retold.unshown}
    stored = [*told, *(one for key, one in unshown.items() if key not in last)]
    ids = [record.native_id for record in stored]
    ids += (key[0] for key in (*retold.undone, *retold.void))
    rows = known_rows(conn, batch.agent, ids)
    known = set(rows.values())
    void = {row for key, row in rows.items() if is_in(key, retold.void)}
    taken = void | {row for key, row in rows.items() if is_in(key, retold.undone)}
    hidden = _unsearched(conn, known - _linked(conn, known))
    fresh = add_new(conn, batch.agent, rows, stored, places)
    elsewhere = _linked_elsewhere(conn, known, session)
    restated = rewrite(conn, rows, known, stored, places, unless_older=elsewhere)
    before = sequence(conn, session)
    left = [link for link in before if link.row not in taken]
    links = [_link(place, rows, record, retold) for record in told]
    (inherited,) = conn.execute(INHERITED, (session,)).fetchone()
    if again := not retold.whole and _is_read_again(left, place):
        links = _with_those_before(left, links, place)
    merged = merged_with(left, links, whole=retold.whole or again)
    after = in_turns(merged, inherited)
    length = sum(map(is_talk, after))
    if changed := after != before or bool(restated):
        write_order(conn, session, before, after)
        conn.execute(COUNTED, (after[-1].turn if after else inherited, length, session))
    shown = _linked(conn, known | fresh.keys())
    said = {rows[key_of(record)]: record for record in stored}
    moved = behind_others(before, after, restated.keys()) & said.keys() - hidden
    index.mask_records(restated.keys() | (taken - shown) | moved)
    news = (fresh.keys() | restated.keys() | hidden | moved) & shown & said.keys()
    index.add_records(docs_of(conn, session, {row: said[row] for row in news}))
    index.drop_records(conn, gone := void - shown)
    conn.executemany("delete from record where id = ?", ((row,) for row in gone))
    met = {link.row for link in before}
    return Linked(
        records=len(fresh),
        links=sum(link.row not in met for link in after),
        length=length,
        changed=changed,
        rows=[link.row for link in links] if batch.anew else (),
        taken=taken if batch.anew else (),
    )


def unshow(
    conn: sqlite3.Connection,
    session: int,
    known: KnownTranscript,
    places: PlaceCache,
    index: PendingDocs,
    only: Collection[Key] | None = None,
) -> Linked:
    """Show no more what one transcript of a session told, or only some of it."""
    told = map(tuple, conn.execute(_TOLD, (session, known.id)).fetchall())
    return retell(
        conn,
        session,
        Place(known.id, known.generation),
        Batch(agent=known.agent, path=known.path),
        Retold(undone={key for key in told if only is None or key in only}),
        places,
        index,
    )


def put_in_order(
    conn: sqlite3.Connection, session: int, place: Place, added: int
) -> None:
    """Links of a file that is read again, in the order of its lines.

    An older reading may lack what stands among the lines it had. What the file
    says no more stays behind what it stood behind.

    Args:
        added: links just put at the session's end.
    """
    asked = place._asdict() | {"session": session, "added": added}
    if conn.execute(_LACKED, asked).fetchone() is None:
        return
    before = sequence(conn, session)
    told = [link for link in before if (link.transcript, link.generation) == place]
    told.sort(key=lambda link: link.line or 0)
    (inherited,) = conn.execute(INHERITED, (session,)).fetchone()
    after = in_turns(merged_with(before, told, whole=True), inherited, by_line=True)
    if after != before:
        write_order(conn, session, before, after)
        length = sum(map(is_talk, after))
        conn.execute(COUNTED, (after[-1].turn, length, session))


def sequence(conn: sqlite3.Connection, session: int) -> list[Shown]:
    """What a session shows of its own, in order."""
    return [Shown(*row) for row in conn.execute(_SEQUENCE, (session,))]


def is_in(key: Key, keys: Collection[tuple[str, int | None]]) -> bool:
    """Whether a record is one of those named, by its part or all of its parts."""
    return key in keys or (key[0], None) in keys


def _unsearched(conn: sqlite3.Connection, rows: Iterable[int]) -> set[int]:
    """Those of the records that search does not find."""
    wanted = set(rows)
    found = conn.execute(_SEARCHED, (json.dumps(list(wanted)),)) if wanted else ()
    return wanted - {row[0] for row in found}


def _linked(conn: sqlite3.Connection, rows: Iterable[int]) -> set[int]:
    """Those of the records that some session shows."""
    return {row[0] for row in conn.execute(_LINKED, (json.dumps(list(rows)),))}


def _linked_elsewhere(
    conn: sqlite3.Connection, rows: Iterable[int], session: int
) -> set[int]:
    """Those of the records that another session shows: the newest telling holds."""
    wanted = json.dumps(list(rows))
    return {row[0] for row in conn.execute(_ELSEWHERE, (wanted, session))}


def is_talk(link: Shown) -> bool:
    """Whether this is something that was said or done."""
    return RecordKind(link.kind) not in ASIDE


def _link(place: Place, rows: dict[Key, int], record: Record, retold: Retold) -> Shown:
    key, line = key_of(record), record.line
    if line is None and key in retold.numbers:
        line = -retold.numbers[key]
    return Shown(
        rows[key], 0, *place, line, record.kind.value, record.native_id, record.at or 0,
        record.part,
    )  # fmt: skip


def _is_read_again(left: Iterable[Shown], place: Place) -> bool:
    """Whether an earlier reading of the transcript told something of this."""
    at, before = place.transcript, place.generation
    return any(one.transcript == at and one.generation < before for one in left)


def _with_those_before(
    left: Iterable[Shown], told: Sequence[Shown], place: Place
) -> list[Shown]:
    """All that this reading of the transcript told so far, in its order."""
    news = {link.row: link for link in told}
    before = [
        news.pop(link.row, link)
        for link in left
        if (link.transcript, link.generation) == place
    ]
    return before + list(news.values())


def merged_with(left: list[Shown], told: list[Shown], *, whole: bool) -> list[Shown]:
    """The order of what was there and what is told, each once."""
    standing = {link.row: link for link in left}
    links = [_moved(standing.get(link.row), link) for link in told]
    if not whole:
        moved = {link.row: link for link in links}
        stay = [moved.get(link.row, link) for link in left]
        return stay + [link for link in links if link.row not in standing]
    stated = {link.row for link in links}
    behind: dict[int | None, list[Shown]] = defaultdict(list)
    last = None
    for link in left:
        if link.row in stated:
            last = link.row
        else:
            behind[last].append(link)
    first = behind.pop(None, [])
    # another transcript of the session, read before although it is younger
    end = max((link.at for link in links), default=0)
    younger = [link for link in first if links and link.at > end]
    merged = [link for link in first if link not in younger]
    for link in links:
        merged += [link, *behind[link.row]]
    return merged + younger


def _moved(before: Shown | None, told: Shown) -> Shown:
    """A known link leads to where its own transcript told it last."""
    if before is None:
        return told
    if before.transcript not in (None, told.transcript):
        return before
    return replace(
        before,
        transcript=told.transcript,
        generation=told.generation,
        line=told.line,
    )


def in_turns(
    links: Iterable[Shown], turn: int, *, by_line: bool = False
) -> list[Shown]:
    """The same, the turns counted on: one for each prompt, whatever its parts.

    Args:
        by_line: parts tell apart lines of one id, as ``linking`` counts them.
    """
    prompt, counted = ("", 0), []
    for link in links:
        said = line_of(link.native_id, link.part if by_line else 0)
        if link.kind == RecordKind.PROMPT and said != prompt:
            turn, prompt = turn + 1, said
        counted.append(link if link.turn == turn else replace(link, turn=turn))
    return counted


def write_order(
    conn: sqlite3.Connection,
    session: int,
    before: Sequence[Shown],
    after: Sequence[Shown],
) -> None:
    """Put one order in the place of the other, from where they differ."""
    same = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        same += 1
    row = conn.execute(_NUMBER, (session, same)).fetchone()
    if row is not None:
        conn.execute(_CUT, (session, row[0]))
    last = conn.execute(_NUMBER, (session, same - 1)).fetchone() if same else None
    start = last[0] + 1 if last else 0
    conn.executemany(
        _LINK,
        (
            (session, seq, link.row, link.turn, link.transcript, link.generation,
                link.line)
            for seq, link in enumerate(after[same:], start)
        ),
    )  # fmt: skip
