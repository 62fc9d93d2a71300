"""Every source line comes back as it stood in the file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.store.connect import open_writer
from memtui.store.ingest import archive, readings
from memtui.store.ingest.archive import Part, Place, Stretch

FIRST = Place(1, 0)
SECOND = Place(1, 1)

LINES = st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"\r") + b"\n"))


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_writer(tmp_path / "data" / "memtui.db", "ingest")
    connection.execute("insert into session(agent, native_id) values ('a', 's')")
    connection.execute(
        "insert into transcript(agent, path, session_id) values ('a', '/t', 1)"
    )
    yield connection
    connection.close()


@given(st.lists(LINES, max_size=12))
def test_lines_added_bit_by_bit_are_the_file(
    conn: sqlite3.Connection, parts: list[list[bytes]]
) -> None:
    conn.execute("delete from block")
    number = 1
    for lines in parts:
        archive.append(conn, FIRST, number, lines)
        number += len(lines)
    everything = [line for lines in parts for line in lines]
    assert list(readings.raw_session(conn, 1)) == everything
    found = [archive.raw_line(conn, 1, 0, n) for n in range(number + 1)]
    assert found == [None, *(line.removesuffix(b"\n") for line in everything), None]


def test_a_file_written_line_by_line_ends_in_few_blocks(
    conn: sqlite3.Connection,
) -> None:
    for number in range(1, 1001):
        archive.append(conn, FIRST, number, [b'{"n": %d}\n' % number])
    (blocks,) = conn.execute("select count(*) from block").fetchone()
    assert blocks < 10


def test_a_block_takes_no_more_than_its_size_of_lines(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "BLOCK_BYTES", 100)
    archive.append(conn, FIRST, 1, [b"x" * 60 + b"\n", b"y" * 60 + b"\n", b"z" * 300])
    sizes = conn.execute("select bytes from block order by id").fetchall()
    assert [size for (size,) in sizes] == [61, 61, 300]


def test_a_torn_line_gives_way_to_the_whole_one(conn: sqlite3.Connection) -> None:
    archive.append(conn, FIRST, 1, [b"one\n"])
    archive.set_tail(conn, FIRST, 2, b"tw")
    archive.append(conn, FIRST, 2, [b"two\n", b"three\n"])
    assert list(archive.raw_lines(conn, 1, 0)) == [b"one\n", b"two\n", b"three\n"]


def test_pieces_of_an_overlong_line_stay_apart_from_the_lines_round_it(
    conn: sqlite3.Connection,
) -> None:
    archive.append(conn, FIRST, 1, [b"one\n"])
    archive.add_piece(conn, FIRST, 2, b"begin", first=True)
    archive.add_piece(conn, FIRST, 2, b"end\n", first=False)
    archive.append(conn, FIRST, 3, [b"three\n"])
    assert list(archive.stretches(conn, FIRST)) == [
        Stretch(1, Part.LINES, [b"one\n"]),
        Stretch(2, Part.SECTION, [b"begin"]),
        Stretch(2, Part.SECTION, [b"end\n"]),
        Stretch(3, Part.LINES, [b"three\n"]),
    ]
    assert archive.raw_line(conn, 1, 0, 3) == b"three"


def test_a_reading_that_a_later_one_begins_with_is_dropped(
    conn: sqlite3.Connection,
) -> None:
    archive.append(conn, FIRST, 1, [b"one\n", b"two\n"])
    archive.append(conn, SECOND, 1, [b"one\n"])
    assert archive.drop_contained(conn, 1, 1, added=4) == []
    archive.append(conn, SECOND, 2, [b"two\n", b"three\n"])
    assert archive.drop_contained(conn, 1, 1, added=10) == [0]
    assert list(readings.raw_session(conn, 1)) == [b"one\n", b"two\n", b"three\n"]


def test_what_a_replaced_file_held_stays(conn: sqlite3.Connection) -> None:
    archive.append(conn, FIRST, 1, [b"old\n"])
    archive.append(conn, SECOND, 1, [b"new\n", b"newer\n"])
    assert archive.drop_contained(conn, 1, 1, added=10) == []
    assert list(readings.raw_session(conn, 1)) == [b"new\n", b"newer\n"]
    everything = list(readings.raw_session(conn, 1, every=True))
    assert everything == [b"old\n", b"new\n", b"newer\n"]


@pytest.mark.parametrize("more", [b"", b"three\n"])
def test_a_file_that_lies_in_two_places_is_given_back_once(
    conn: sqlite3.Connection, more: bytes
) -> None:
    conn.execute(
        "insert into transcript(agent, path, session_id) values ('a', '/u', 1)"
    )
    lines = [b"one\n", b"two\n"]
    archive.append(conn, FIRST, 1, lines)
    archive.append(conn, Place(2, 0), 1, [*lines, *([more] if more else [])])
    assert b"".join(readings.raw_session(conn, 1)) == b"one\ntwo\n" + more
    twice = b"one\ntwo\n" * 2 + more
    assert b"".join(readings.raw_session(conn, 1, every=True)) == twice


def test_pieces_of_older_versions_are_given_back_without_their_overlap(
    conn: sqlite3.Connection,
) -> None:
    line = b"".join(b"%09d " % n for n in range(30_000)) + b"\n"
    for first, piece in ((True, line[:200_000]), (False, line[200_000 - 65_536 :])):
        archive.add_piece(conn, FIRST, 1, piece, first=first)
    assert len(b"".join(archive.raw_lines(conn, 1, 0))) == len(line) + 65_536
    conn.execute("update block set part = ?", (Part.PIECE,))
    assert b"".join(archive.raw_lines(conn, 1, 0)) == line


@given(LINES, st.data())
def test_a_line_can_be_replaced_where_it_stands(
    conn: sqlite3.Connection, lines: list[bytes], data: st.DataObject
) -> None:
    conn.execute("delete from block")
    for number, line in enumerate(lines, 1):
        archive.append(conn, FIRST, number, [line])
    replaced = data.draw(
        st.dictionaries(st.integers(1, len(lines)), LINES.map(lambda n: n[:1]))
        if lines
        else st.just({})
    )
    news = {number: line[0] for number, line in replaced.items() if line}
    archive.replace_lines(conn, FIRST, news)
    assert list(readings.raw_session(conn, 1)) == [
        news.get(number, line) for number, line in enumerate(lines, 1)
    ]
