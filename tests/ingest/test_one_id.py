"""Lines that share an id, and files that say something else under the ids they had."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.ingest.telling import ask, synced, told

ONE, TWO = (f"5e551011-0000-4000-8000-00000000aa0{n}" for n in (1, 2))


def said(uuid: str, *texts: str, kind: str = "assistant", nth: int = 0) -> bytes:
    blocks = [{"type": "text", "text": text} for text in texts]
    content: Any = texts[0] if kind == "user" else blocks
    line = {
        "type": kind, "uuid": uuid, "timestamp": f"2026-11-01T00:00:{nth:02}.000Z",
        "sessionId": ONE, "cwd": "/srv/weir", "version": "2.1.0",
        "userType": "external", "entrypoint": "cli",
        "message": {"id": f"m-{uuid}", "role": kind, "content": content},
    }  # fmt: skip
    return json.dumps(line).encode() + b"\n"


def put(home: Path, *lines: bytes, session: str = ONE) -> Path:
    path = home / ".claude" / "projects" / "-srv-weir" / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines).replace(ONE.encode(), session.encode()))
    return path


def records(data: Path) -> list[tuple[str, int, str]]:
    return ask(data, "select native_id, part, text from record order by 1, 2")


FIRST = said("u0", "mend the weir", kind="user")
LINES = (
    FIRST,
    said("u1", "the gate", "the sluice", nth=1),
    said("u1", "the paddle", nth=2),
    said("u1", "the gate", "the sluice", nth=1),
    said("u2", "elsewhere", nth=3),
    said("u1", "the rack", "the pinion", "the sill", nth=4),
    said("u0", "and the fish ladder", kind="user", nth=5),
)
ALL = [
    ("u0", 0, "mend the weir"),
    ("u0", 10_000, "and the fish ladder"),
    ("u1", 0, "the gate"),
    ("u1", 1, "the sluice"),
    ("u1", 2, "the sill"),
    ("u1", 10_000, "the paddle"),
    ("u1", 10_001, "the pinion"),
    ("u1", 20_000, "the rack"),
    ("u2", 0, "elsewhere"),
]


def test_nothing_is_lost_of_lines_that_share_an_id(data: Path, home: Path) -> None:
    put(home, *LINES)
    synced(data, home)
    assert records(data) == ALL
    assert ask(data, "select turns from session") == [(2,)]


@given(cuts=st.lists(st.integers(0, len(b"".join(LINES))), max_size=4))
@settings(max_examples=6, deadline=None)
def test_in_whatever_bits_they_come_they_get_the_same_parts(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    base = tmp_path_factory.mktemp("bits")
    data, home = base / "data", base / "home"
    whole = b"".join(LINES)
    for cut in [*sorted(cuts), len(whole)]:
        put(home, whole[:cut])
        synced(data, home)
    synced(base / "clean", home)
    assert records(data) == records(base / "clean")
    sync(data, Settings(), home=home, full=True)
    assert told(data) == told(base / "clean")


@pytest.mark.parametrize("fork_first", [False, True])
def test_a_fork_shares_them_all(data: Path, home: Path, fork_first: bool) -> None:
    sessions = (TWO, ONE) if fork_first else (ONE, TWO)
    put(home, *LINES, session=sessions[0])
    synced(data, home)
    before = records(data)
    put(home, *LINES, said("u9", "a bridge", nth=9), session=sessions[1])
    synced(data, home)
    assert records(data) == [*before, ("u9", 0, "a bridge")]
    sync(data, Settings(), home=home, full=True)
    assert records(data) == [*before, ("u9", 0, "a bridge")]


def test_what_a_file_says_now_is_what_is_found(data: Path, home: Path) -> None:
    put(home, FIRST, said("u1", "the gate is oak", nth=1))
    synced(data, home)
    path = put(home, FIRST, said("u1", "the gate is elm", nth=1))
    synced(data, home)
    assert records(data)[-1] == ("u1", 0, "the gate is elm")
    clean = data / "clean"
    synced(clean, home)
    assert told(data) == told(clean)
    with StoreView(store_path(data)) as view:
        assert b"".join(view.raw_lines(ONE)) == path.read_bytes()
        assert b"oak" in b"".join(view.raw_lines(ONE, every=True))
    sync(data, Settings(), home=home, full=True)
    assert told(data) == told(clean)
