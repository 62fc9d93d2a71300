"""What anybody can put into an agent's folder costs that file, never the sync."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.ingest.naming import ID_CHARS, plain_id
from memtui.model import Agent
from memtui.paths import is_utf8, shown
from memtui.readers import READERS
from memtui.readers.base import Undone
from memtui.readers.claude_code import ClaudeCodeParser
from memtui.readers.regular import NotRegular, open_regular
from memtui.readers.tail import read_new
from memtui.readers.walk import below
from memtui.records import Fault, Record
from tests.factories import Turn, transcript
from tests.ingest.telling import ask, synced

SYNC = """
import sys
from pathlib import Path
from memtui.ingest.sync import sync
from memtui.settings import Settings
print(sync(Path(sys.argv[1]), Settings(), home=Path(sys.argv[2])).quarantined)
"""


def claude(home: Path) -> Path:
    """Where transcripts of the first agent lie."""
    folder = home / ".claude" / "projects" / "p"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def said(text: str, **fields: object) -> str:
    """One line of a transcript."""
    line = {
        "type": "user",
        "uuid": "u1",
        "timestamp": "2026-03-02T10:00:00.000Z",
        "sessionId": "s",
        "cwd": "/src/app",
        "message": {"role": "user", "content": text},
    }
    return json.dumps(line | fields) + "\n"


def good(home: Path) -> Path:
    """A transcript that nothing is wrong with."""
    turns = (Turn("never decode as ascii here, always utf-8"),)
    return transcript("claude-code", turns, home=home)


@pytest.mark.parametrize(
    "place",
    [
        ".claude/projects/p/pipe.jsonl",
        ".codex/sessions/2026/rollout-2026-03-02T10-00-00-x.jsonl",
        ".gemini/tmp/app/chats/session-x.jsonl",
        ".gemini/tmp/app/chats/session-x.json",
        ".local/share/opencode/opencode.db",
        ".local/share/opencode/storage/session/app/ses_x.json",
    ],
)
def test_a_pipe_in_the_place_of_a_transcript_is_named_and_passed_over(
    data: Path, home: Path, place: str
) -> None:
    good(home)
    pipe = home / place
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)
    command = [sys.executable, "-c", SYNC, str(data), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"[{str(pipe)!r}]\n"
    assert ask(data, "select count(*) > 0 from record") == [(1,)]
    told = ask(data, "select quarantined from transcript where path = ?", str(pipe))
    assert told == [("it is no regular file",)]
    again = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert again.stdout == "[]\n"


def test_a_file_swapped_for_a_pipe_while_it_is_opened_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    regular = os.stat(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(os, "stat", lambda _: regular)
    with pytest.raises(NotRegular):
        open_regular(tmp_path / "pipe")


def test_a_folder_named_like_a_transcript_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(NotRegular):
        next(read_new(tmp_path))


@pytest.mark.parametrize(
    "odd", ["a\0b", "\ud800x", "a" * 100_000, "a\nb\x1b[31m", "‮txt"]
)
@pytest.mark.parametrize("field", ["uuid", "sessionId", "cwd", "gitBranch"])
def test_an_odd_name_in_a_line_is_stored_and_stops_nothing(
    data: Path, home: Path, field: str, odd: str
) -> None:
    good(home)
    value = f"/src/{odd}" if field == "cwd" else odd
    odd_one = claude(home) / "odd.jsonl"
    odd_one.write_text(
        said("never push to main directly", **{field: value}) + said("more", uuid="u2")
    )
    report = synced(data, home)
    assert report.quarantined == []
    counted = ask(
        data,
        "select count(*) from link l join transcript t on t.id = l.transcript_id"
        " where t.path = ?",
        str(odd_one),
    )
    assert counted == [(2,)]
    assert synced(data, home).agents["claude-code"].records == 0


def test_ids_alike_up_to_an_odd_character_stay_two(data: Path, home: Path) -> None:
    lines = [said(f"say {n}", uuid=uid) for n, uid in enumerate(["a\0b", "a\0c", "a"])]
    (claude(home) / "odd.jsonl").write_text("".join(lines))
    synced(data, home)
    (claude(home) / "fork.jsonl").write_text("".join(lines))
    assert synced(data, home).agents["claude-code"].records == 0
    assert ask(data, "select count(distinct native_id) from record") == [(3,)]


@given(st.lists(st.text(st.characters(), max_size=300), unique=True, max_size=20))
def test_a_plain_id_is_its_own_and_no_two_ids_become_one(ids: list[str]) -> None:
    plain = [plain_id(one) for one in ids]
    assert len(set(plain)) == len(ids)
    assert all(one.isprintable() and len(one) <= ID_CHARS for one in plain)


def test_an_id_that_looks_like_a_made_one_is_told_from_it() -> None:
    made = plain_id("a\0")
    assert plain_id(made) != made
    assert plain_id("line:3f9a") == "line:3f9a"


def test_what_the_store_refuses_of_one_transcript_is_that_ones_alone(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time that is no number: a reader's bug, and the column says not null."""
    bad = claude(home) / "bad.jsonl"
    bad.write_text(said("never push to main directly", uuid="bad"))
    good(home)
    parse = ClaudeCodeParser.parse

    def faulty(
        self: ClaudeCodeParser, line: bytes, number: int
    ) -> Iterator[Record | Fault | Undone]:
        for one in parse(self, line, number):
            if isinstance(one, Record) and one.native_id == "bad":
                object.__setattr__(one, "part", None)
            yield one

    monkeypatch.setattr(ClaudeCodeParser, "parse", faulty)
    report = synced(data, home)
    assert report.quarantined == [str(bad)]
    assert report.agents["claude-code"].sessions == 1
    assert ask(data, "select count(*) from record where native_id = 'bad'") == [(0,)]


def test_a_name_that_is_no_utf8_is_said_and_stops_nothing(
    data: Path, home: Path
) -> None:
    good(home)
    odd = os.fsencode(claude(home)) + b"/bad\xff\xfe.jsonl"
    with open(odd, "w") as file:
        file.write(said("never push to main directly"))
    report = synced(data, home)
    assert report.quarantined == [f"{claude(home)}/bad\\xff\\xfe.jsonl"]
    assert report.agents["claude-code"].sessions == 1


@given(st.binary(min_size=1, max_size=40))
def test_any_path_can_be_printed(raw: bytes) -> None:
    path = os.fsdecode(raw)
    assert shown(path).encode()
    assert is_utf8(path) == (shown(path) == path)


def test_a_link_to_itself_hides_no_other_file(home: Path) -> None:
    folder = claude(home)
    (folder / "loop").symlink_to("loop")
    (folder / "gone").symlink_to("nowhere")
    path = good(home)
    found = [one for one, _ in below(folder.parent, (".jsonl",))]
    assert found == [str(path)]
    for name in ("chats/loop", "app"):
        place = home / ".gemini" / "tmp" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(place.name)
    assert list(READERS[Agent.GEMINI_CLI].find(home / ".gemini" / "tmp")) == []
    session = home / "storage" / "session"
    session.mkdir(parents=True)
    (session / "loop").symlink_to("loop")
    assert list(READERS[Agent.OPENCODE].find(home / "storage")) == []


def test_a_transcript_that_links_show_twice_is_read_once(
    data: Path, home: Path
) -> None:
    path = good(home)
    (path.parent / "up").symlink_to(path.parent.parent)
    (path.parent.parent / "again").symlink_to(path.parent)
    (path.parent / "other.jsonl").symlink_to(path)
    report = synced(data, home)
    assert report.agents["claude-code"].files == 1
    assert ask(data, "select count(*) from transcript") == [(1,)]
    assert not synced(data, home).changed
