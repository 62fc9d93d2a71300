"""Bundles on disk: whole, without secrets, and never trusted."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
import zstandard

from memtui.bundle import file
from memtui.bundle.file import BadBundle, Bundle
from memtui.bundle.lines import FORMAT
from memtui.ingest.erase import Target, purge
from memtui.store.ingest import archive
from memtui.store.moving.merging import Merging
from tests.bundle.machines import Machine

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
DRAWN = "q7Xk29Lm" + "Rt5Zp8Wd" + "3Vn6Yb1H" + "c4Jg0Fs2"


@pytest.fixture
def desk(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "desk")


@pytest.fixture
def laptop(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "laptop")


SESSION = {"line": "transcript", "number": 1}


def unpacked(bundle: Path) -> list[dict[str, Any]]:
    with zstandard.open(bundle, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def packed(bundle: Path, lines: list[dict[str, Any]]) -> Path:
    """These lines with an end that is theirs, as a forger would write them."""
    digest = file._digest()
    told = [line for line in lines if line["line"] != "end"]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in told)
    digest.update(body)
    end = {"line": "end", "lines": len(told), "digest": digest.hexdigest()}
    bundle.write_bytes(zstandard.compress(body + json.dumps(end).encode() + b"\n"))
    return bundle


def test_the_first_line_says_which_format_and_the_last_that_it_is_whole(
    desk: Machine,
) -> None:
    desk.add("The lease expires early")
    first, *between, last = unpacked(desk.bundle())
    assert (first["line"], first["format"]) == ("bundle", FORMAT)
    assert {one["line"] for one in between} == {"memory", "entry"}
    assert (last["line"], last["lines"]) == ("end", 3)
    assert desk.bundle().stat().st_mode & 0o077 == 0


def test_writing_twice_writes_the_same(desk: Machine) -> None:
    desk.add("The lease expires early")
    assert desk.bundle().read_bytes() == desk.bundle().read_bytes()


def test_no_secret_leaves_and_none_comes_in(desk: Machine, laptop: Machine) -> None:
    memory = desk.add(f"The value {DRAWN} is drawn")
    lines = unpacked(desk.bundle())
    assert DRAWN not in json.dumps(lines)
    assert "[masked]" in json.dumps(lines)
    for line in lines:
        if line["line"] == "memory":
            line["said"]["body"] = f"token {SECRET}"
            line["said"]["tags"] = [SECRET]
    forged = packed(desk.data / "forged", lines)
    laptop.read(forged)
    kept = b"".join(p.read_bytes() for p in laptop.data.rglob("*") if p.is_file())
    assert SECRET.encode() not in kept
    assert laptop.said()[memory].body == "token [redacted:github-token]"


@pytest.mark.parametrize("at", [0, 1, 40, -1, -30])
def test_nothing_is_taken_of_a_torn_bundle(
    desk: Machine, laptop: Machine, at: int
) -> None:
    for number in range(5):
        desk.add(f"Number {number}")
    whole = desk.bundle().read_bytes()
    (laptop.data / "torn").write_bytes(whole[:at])
    with pytest.raises(BadBundle):
        laptop.read(laptop.data / "torn")
    assert laptop.said() == {}


def test_nothing_is_taken_of_a_bundle_that_lacks_a_line(
    desk: Machine, laptop: Machine
) -> None:
    desk.add("The lease expires early")
    body = zstandard.decompress(
        desk.bundle().read_bytes(), max_output_size=1 << 20
    ).splitlines(keepends=True)
    (laptop.data / "cut").write_bytes(zstandard.compress(b"".join(body[:1] + body[2:])))
    with pytest.raises(BadBundle, match="torn"):
        laptop.read(laptop.data / "cut")
    assert laptop.said() == {}


def test_a_newer_format_is_named_and_nothing_is_lost(
    desk: Machine, laptop: Machine
) -> None:
    desk.add("The lease expires early")
    first, *rest = unpacked(desk.bundle())
    newer = packed(
        desk.data / "newer", [first | {"format": FORMAT + 1, "new": 1}, *rest]
    )
    with pytest.raises(BadBundle, match="newer memtui") as told:
        laptop.read(newer)
    assert told.value.hint.startswith("Update memtui")
    assert laptop.said() == {}


def odd_id(line: dict[str, Any]) -> None:
    line["id"] = "../../etc/passwd"


def odd_state(line: dict[str, Any]) -> None:
    line["said"]["state"] = "approved"


def odd_trust(line: dict[str, Any]) -> None:
    line["said"]["trust"] = "root"


def odd_scope(line: dict[str, Any]) -> None:
    line["said"]["scope"] = "group:\x1b[31m"


def odd_number(line: dict[str, Any]) -> None:
    line["said"]["at"] = 1 << 70


def odd_time(line: dict[str, Any]) -> None:
    line["version"]["at"] = -5


def odd_list(line: dict[str, Any]) -> None:
    line["said"]["tags"] = [{"a": 1}]


def odd_agent(line: dict[str, Any]) -> None:
    line["said"]["agent"] = "../x"


def odd_confidence(line: dict[str, Any]) -> None:
    line["said"]["confidence"] = 7


def odd_count(line: dict[str, Any]) -> None:
    line |= {
        "line": "entry",
        "number": 1,
        "act": "keep",
        "actor": "x",
        "count": 1 << 63,
    }
    line["at"] = 1


def odd_letters(line: dict[str, Any]) -> None:
    line["said"]["title"] = "half \ud800 a pair"


ODD = (
    odd_count, odd_letters,
    odd_id, odd_state, odd_trust, odd_scope, odd_number, odd_time, odd_list, odd_agent,
    odd_confidence,
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_a_line_of_odd_values_is_refused_whole(
    desk: Machine, laptop: Machine, odd: Callable[[dict[str, Any]], None]
) -> None:
    desk.add("The lease expires early")
    lines = unpacked(desk.bundle())
    (memory,) = (line for line in lines if line["line"] == "memory")
    odd(memory)
    with pytest.raises(BadBundle, match="cannot be understood"):
        laptop.read(packed(desk.data / "odd", lines))
    assert laptop.said() == {}


def test_what_unpacks_far_too_wide_is_refused_in_little_memory(
    desk: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = desk.data / "bomb"
    monkeypatch.setattr(file, "_SMALL", 1 << 20)
    packer = zstandard.ZstdCompressor().compressobj()
    start = json.dumps(
        {"line": "bundle", "format": 1, "store": "", "origin": "", "at": 1}
    )
    with bomb.open("wb") as out:
        out.write(packer.compress(start.encode() + b"\n"))
        for _ in range(64):
            out.write(packer.compress(b'{"line":"tomb","id":"x"}\n' * 50_000))
        out.write(packer.flush())
    with pytest.raises(BadBundle, match="times its size"):
        Bundle(bomb)


def test_a_line_of_lists_within_lists_is_refused(
    desk: Machine, laptop: Machine
) -> None:
    desk.add("The lease expires early")
    lines = zstandard.decompress(desk.bundle().read_bytes(), 1 << 20).split(b"\n")
    deep = b'{"line":"entry","changes":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    odd = desk.data / "deep"
    for number in (0, 1):
        odd.write_bytes(zstandard.compress(b"\n".join([*lines[:number], deep, b""])))
        with pytest.raises(BadBundle, match="no whole bundle"):
            laptop.read(odd)


def test_a_line_without_an_end_is_refused(
    desk: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "LINE_BYTES", 1 << 20)
    long = desk.data / "long"
    long.write_bytes(zstandard.compress(b'{"line": "' + b"x" * (2 << 20)))
    with pytest.raises(BadBundle, match="a line is over"):
        Bundle(long)


def test_what_is_no_bundle_is_said_to_be_none(desk: Machine) -> None:
    for number, content in enumerate((b"", b"plain", zstandard.compress(b"{}\n"))):
        other = desk.data / f"other-{number}"
        other.write_bytes(content)
        with pytest.raises(BadBundle, match="no whole bundle") as refused:
            Bundle(other)
        assert "zstd" not in refused.value.message


def test_folders_of_odd_names_become_no_root(desk: Machine, laptop: Machine) -> None:
    desk.add("The lease expires early")
    lines = unpacked(desk.bundle())
    project = {
        "line": "project", "id": "u-1", "name": "\x1b[31mapp",
        "roots": ["/srv/../../etc", "relative", "/with\nbreak", "/srv/app"],
    }  # fmt: skip
    for line in lines:
        if line["line"] == "memory":
            line["said"]["project"] = "u-1"
    laptop.read(packed(desk.data / "odd", [lines[0], project, *lines[1:]]))
    roots = [
        root
        for line in unpacked(laptop.bundle())
        if line["line"] == "project"
        for root in line["roots"]
    ]
    assert roots == ["/srv/app"]


def test_two_memories_of_one_id_are_one(desk: Machine, laptop: Machine) -> None:
    memory = desk.add("The lease expires early")
    lines = unpacked(desk.bundle())
    (told,) = (line for line in lines if line["line"] == "memory")
    again = json.loads(json.dumps(told))
    again["said"]["title"] = "Another under the same id"
    laptop.read(packed(desk.data / "twice", [*lines, again]))
    assert laptop.said()[memory].title == "The lease expires early"


def test_what_was_purged_here_stays_away_unless_it_is_asked_for(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    purge(laptop.data, laptop.settings, Target(memories=(memory,)))
    assert laptop.read(desk).merged.purged == 1
    assert laptop.said() == {}
    report = desk.read(laptop)
    assert report.merged.purged_there == [memory]
    assert memory in desk.said()  # a file purges nothing
    laptop.read(desk, even_purged=True)
    assert memory in laptop.said()


def test_secrets_in_archived_lines_are_cut_by_whoever_reads_them(
    desk: Machine, laptop: Machine
) -> None:
    lines = unpacked(desk.bundle())
    told = {"type": "user", "uuid": "u-1", "message": {"content": f"use {SECRET}"}}
    session = {
        "line": "transcript", "number": 1, "agent": "claude-code", "session": "s-1",
        "path": "/../../etc/passwd", "last_line": 1,
    }  # fmt: skip
    block = {"line": "lines", "transcript": 1, "first": 1}
    block["text"] = json.dumps(told) + "\n"
    report = laptop.read(packed(desk.data / "forged", [*lines, session, block]))
    assert report.merged.sessions == 1
    kept = b"".join(p.read_bytes() for p in laptop.data.rglob("*") if p.is_file())
    assert SECRET.encode() not in kept
    with closing(sqlite3.connect(laptop.data / "memtui.db")) as conn:
        ((row,),) = conn.execute("select id from transcript").fetchall()
        (line,) = archive.raw_lines(conn, row, 0)
    assert b"[redacted:github-token]" in line


def test_a_session_that_a_kill_cut_short_comes_whole_the_next_time(
    desk: Machine, laptop: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "TOGETHER", 2)
    transcripts = [
        {
            "line": "transcript", "number": number, "agent": "codex", "session": "s-1",
            "path": f"/gone/{number}.jsonl", "last_line": 3,
        }
        for number in (1, 2)
    ]  # fmt: skip
    blocks = [
        {"line": "lines", "transcript": one, "first": first, "text": f"{one}{first}\n"}
        for one in (1, 2)
        for first in (1, 2, 3)
    ]
    lines = unpacked(desk.bundle())
    bundle = packed(
        desk.data / "all",
        [*lines, transcripts[0], *blocks[:3], transcripts[1], *blocks[3:]],
    )
    take, taken = Merging.take, []

    def until_killed(*words: Any, **named: Any) -> object:
        taken.append(1)
        if len(taken) == kill_at:
            raise KeyboardInterrupt
        return take(*words, **named)

    monkeypatch.setattr(Merging, "take", until_killed)
    for kill_at in (2, 3, 4, 0):
        taken.clear()
        with pytest.raises(KeyboardInterrupt) if kill_at else nullcontext():
            report = laptop.read(bundle)
    assert report.merged.sessions == 1
    with closing(sqlite3.connect(laptop.data / "memtui.db")) as conn:
        rows = conn.execute("select id from transcript order by path").fetchall()
        kept = [list(archive.raw_lines(conn, row, 0)) for (row,) in rows]
        left = conn.execute("select 1 from meta where key glob 'bundle:*'").fetchone()
    assert left is None
    assert kept == [[b"11\n", b"12\n", b"13\n"], [b"21\n", b"22\n", b"23\n"]]
    assert laptop.read(bundle).merged.sessions == 0


@pytest.mark.parametrize(
    "line",
    [
        {
            "line": "transcript",
            "number": 1,
            "agent": "../x",
            "path": "",
            "session": "s",
        },
        {
            "line": "transcript",
            "number": 1,
            "agent": "codex",
            "path": "",
            "session": "",
        },
        {"line": "lines", "transcript": 1, "first": 0},
        {"line": "lines", "transcript": 1, "first": 1, "part": 9},
        {"line": "lines", "transcript": 1, "first": 1, "raw": "no base64!"},
    ],
)
def test_an_odd_line_of_the_archive_is_refused(
    desk: Machine, laptop: Machine, line: dict[str, Any]
) -> None:
    forged = packed(desk.data / "forged", [*unpacked(desk.bundle()), line])
    with pytest.raises(BadBundle, match="cannot be understood"):
        laptop.read(forged)
