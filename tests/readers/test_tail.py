"""The tail hands over every complete line once, whatever happens to the file."""

import os
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from memtui.readers import packed as reading_packed
from memtui.readers import tail
from memtui.readers.base import Damaged
from memtui.readers.tail import Checkpoint, Chunk, read_new


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "transcript.jsonl"


def lines_of(chunks: list[Chunk]) -> list[bytes]:
    """The complete lines handed over."""
    whole = [c for c in chunks if not c.unterminated and not c.undecodable]
    return [line for chunk in whole for line in chunk.lines]


def test_a_new_file_gives_its_lines_and_then_nothing(file: Path) -> None:
    file.write_bytes(b"one\ntwo\n")

    chunks = list(read_new(file))

    assert lines_of(chunks) == [b"one\n", b"two\n"]
    assert list(read_new(file, chunks[-1].checkpoint)) == []


def test_only_what_was_appended_is_read_again(file: Path) -> None:
    file.write_bytes(b"one\ntwo\n")
    checkpoint = list(read_new(file))[-1].checkpoint
    with file.open("ab") as more:
        more.write(b"three\n")

    (chunk,) = read_new(file, checkpoint)

    assert (chunk.lines, chunk.first_line, chunk.fresh) == ((b"three\n",), 3, False)


def test_an_unterminated_line_is_offered_and_comes_again_when_complete(
    file: Path,
) -> None:
    file.write_bytes(b"one\ntw")
    offered = list(read_new(file))[-1]
    with file.open("ab") as more:
        more.write(b"o\n")

    (completed,) = read_new(file, offered.checkpoint)

    assert (offered.lines, offered.unterminated) == ((b"tw",), True)
    assert offered.first_line == completed.first_line == 2
    assert completed.lines == (b"two\n",)


def test_an_unchanged_unterminated_line_is_not_offered_twice(file: Path) -> None:
    file.write_bytes(b"one\ntw")
    checkpoint = list(read_new(file))[-1].checkpoint

    assert list(read_new(file, checkpoint)) == []


@pytest.mark.parametrize(
    "content",
    [b"new\n", b"eno\nowt\n", b"", b"other and longer\nthan before\nby far\n"],
    ids=["shorter", "same size", "empty", "longer"],
)
def test_a_replaced_file_is_read_from_its_start(file: Path, content: bytes) -> None:
    file.write_bytes(b"one\ntwo\n")
    checkpoint = list(read_new(file))[-1].checkpoint
    other = file.with_suffix(".new")
    other.write_bytes(content)
    os.utime(other, ns=(1, 1))
    other.rename(file)

    chunks = list(read_new(file, checkpoint))

    assert all(chunk.fresh for chunk in chunks)
    assert chunks[0].first_line == 1
    assert lines_of(chunks) == content.splitlines(keepends=True)


def test_a_file_rewritten_behind_its_head_is_read_from_its_start(file: Path) -> None:
    head = b"".join(b"line %04d\n" % n for n in range(200))
    file.write_bytes(head + b"old\n")
    checkpoint = list(read_new(file))[-1].checkpoint
    file.write_bytes(head + b"new\n" + b"more\n")

    chunks = list(read_new(file, checkpoint))

    assert chunks[0].fresh
    assert lines_of(chunks)[-2:] == [b"new\n", b"more\n"]


def test_a_run_that_stopped_between_chunks_goes_on_from_there(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "CHUNK_BYTES", 64)
    monkeypatch.setattr(tail, "_LEAST_READ", 16)
    wanted = [b"line %04d\n" % n for n in range(50)]
    file.write_bytes(b"".join(wanted))
    first = next(iter(read_new(file)))

    rest = list(read_new(file, first.checkpoint))

    assert lines_of([first, *rest]) == wanted
    assert not any(chunk.fresh for chunk in rest)


def test_a_line_beyond_the_limit_comes_in_overlapping_pieces(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "CHUNK_BYTES", 100)
    monkeypatch.setattr(tail, "_LEAST_READ", 50)
    monkeypatch.setattr(tail, "LINE_BYTES", 250)
    monkeypatch.setattr(tail, "OVERLAP_BYTES", 10)
    long = bytes(range(65, 91)) * 20 + b"\n"
    file.write_bytes(b"before\n" + long + b"after\n")

    chunks = list(read_new(file))

    pieces = [chunk for chunk in chunks if chunk.undecodable]
    joined = pieces[0].lines[0] + b"".join(p.lines[0][10:] for p in pieces[1:])
    assert joined == long
    assert [p.piece for p in pieces] == list(range(len(pieces)))
    assert [p.last_piece for p in pieces] == [False] * (len(pieces) - 1) + [True]
    assert {p.first_line for p in pieces} == {2}
    assert lines_of(chunks) == [b"before\n", b"after\n"]
    assert chunks[-1].first_line == 3
    assert list(read_new(file, chunks[-1].checkpoint)) == []


def test_a_carriage_return_does_not_end_a_line(file: Path) -> None:
    file.write_bytes(b"one\rstill one\ntwo\r\n")
    assert lines_of(list(read_new(file))) == [b"one\rstill one\n", b"two\r\n"]


def test_a_missing_file_is_an_os_error(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_new(file))


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.binary(max_size=30)),
        st.tuples(st.just("append"), st.sampled_from([b"x\n", b"\n", b"abc"])),
        st.tuples(st.just("cut"), st.integers(0, 60)),
        st.tuples(st.just("replace"), st.binary(max_size=60)),
    ),
    max_size=12,
)


@given(changes=CHANGES)
def test_the_last_generation_holds_the_complete_lines_of_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[str, bytes | int]],
) -> None:
    """Appends, cuts and rotations in any order: what was read since the last
    fresh start is what a reader of the final file would see."""
    file = tmp_path_factory.mktemp("tail") / "t.jsonl"
    file.write_bytes(b"")
    checkpoint: Checkpoint | None = None
    read: list[bytes] = []
    for at, (what, value) in enumerate(changes, start=1):
        _change(file, what, value)
        os.utime(file, ns=(at * 10**9, at * 10**9))  # no two states look alike
        for chunk in read_new(file, checkpoint):
            if chunk.fresh and chunk.first_line == 1:
                read.clear()
            checkpoint = chunk.checkpoint
            if not chunk.unterminated:
                read += chunk.lines
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    assert b"".join(read) == whole
    assert checkpoint is None or checkpoint.line == whole.count(b"\n")


def _change(file: Path, what: str, value: bytes | int) -> None:
    if isinstance(value, int):
        os.truncate(file, min(value, file.stat().st_size))
    elif what == "append":
        with file.open("ab") as more:
            more.write(value)
    else:
        other = file.with_suffix(".new")
        other.write_bytes(value)
        other.rename(file)


def packed(file: Path, content: bytes) -> Path:
    """The content as a client packs it, beside where it was."""
    there = file.with_name(file.name + ".zst")
    there.write_bytes(zstandard.compress(content))
    return there


def test_a_packed_file_gives_the_lines_of_the_plain_one(file: Path) -> None:
    content = b"".join(b"line %d\n" % n for n in range(500_000)) + b"the end"
    chunks = list(read_new(packed(file, content)))
    assert b"".join(line for c in chunks for line in c.lines) == content
    assert chunks[-1].unterminated
    assert chunks[-1].checkpoint.line == 500_000


def test_a_file_that_was_packed_is_not_read_again(file: Path) -> None:
    file.write_bytes(b"one\ntwo\n")
    checkpoint = list(read_new(file))[-1].checkpoint
    there = packed(file, b"one\ntwo\n")

    (chunk,) = read_new(there, checkpoint)

    assert (chunk.lines, chunk.fresh) == ((), False)
    assert list(read_new(there, chunk.checkpoint)) == []


def test_a_file_that_was_unpacked_again_goes_on(file: Path) -> None:
    there = packed(file, b"one\ntwo\n" * 1000)
    checkpoint = list(read_new(there))[-1].checkpoint
    file.write_bytes(b"one\ntwo\n" * 1000 + b"three\n")

    (chunk,) = read_new(file, checkpoint)

    assert (chunk.lines, chunk.first_line) == ((b"three\n",), 2001)
    assert not chunk.fresh


def test_another_file_under_the_packed_name_is_read_from_its_start(
    file: Path,
) -> None:
    file.write_bytes(b"one\ntwo\n")
    checkpoint = list(read_new(file))[-1].checkpoint

    (chunk,) = read_new(packed(file, b"uno\ndos\n"), checkpoint)

    assert (chunk.lines, chunk.fresh) == ((b"uno\n", b"dos\n"), True)


def test_a_long_line_in_a_packed_file_comes_in_pieces(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "LINE_BYTES", 3000)
    monkeypatch.setattr(tail, "CHUNK_BYTES", 2000)
    monkeypatch.setattr(tail, "OVERLAP_BYTES", 100)
    monkeypatch.setattr(tail, "_LEAST_READ", 500)
    content = b"first\n" + b"x" * 7000 + b"\nlast\n"

    chunks = list(read_new(packed(file, content)))

    assert lines_of(chunks) == [b"first\n", b"last\n"]
    pieces = [c for c in chunks if c.undecodable]
    assert len(pieces) > 1
    assert sum(len(c.lines[0]) for c in pieces) == 7001 + 100 * (len(pieces) - 1)


def test_a_damaged_packed_file_is_told(file: Path) -> None:
    there = packed(file, b"one\n" * 100_000)
    there.write_bytes(there.read_bytes()[:20] + b"rubbish" * 9)
    with pytest.raises(Damaged, match="cannot be unpacked"):
        list(read_new(there))


def test_a_bomb_is_not_unpacked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_packed, "MOST_BYTES", 5_000_000)
    with pytest.raises(Damaged, match="unpacks to more"):
        list(read_new(packed(file, b"\0" * 6_000_000)))
