"""Sessions whose transcript is gone and whose prompts the client still has."""

import io
import json
import time
from datetime import datetime
from pathlib import Path

import pytest

from memtui.ingest import recalling, survey
from memtui.ingest.sync import sync
from memtui.model import State
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.connect import open_writer
from memtui.store.queries import StoreView, View
from tests.factories import Session
from tests.ingest.telling import ask, synced, told

GONE = "aaaaaaaa-1111-4000-8000-000000000001"
THERE = "aaaaaaaa-1111-4000-8000-000000000002"
LONG_AGO = 1_780_000_000_000


def said(display: str, session: str = GONE, at: int = LONG_AGO, **more: object) -> str:
    """A line of the client's history."""
    line = {
        "display": display, "pastedContents": {}, "timestamp": at,
        "project": "/home/dev/src/app", "sessionId": session,
    }  # fmt: skip
    return json.dumps(line | more)


def remember(home: Path, *lines: str) -> Path:
    """Write the history as the client does."""
    path = home / ".claude" / "history.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))
    return path


def prompts(data: Path) -> list[str]:
    """All prompts of the store, in order."""
    question = """
        select r.text from record r join link l on l.record_id = r.id
        where r.kind = 'prompt' order by r.at, l.session_id, l.seq"""
    return [row[0] for row in ask(data, question)]


def test_a_session_that_is_gone_keeps_its_prompts(data: Path, home: Path) -> None:
    remember(
        home,
        said("why does the lease expire early?"),
        said("never retry a lease without jitter", at=LONG_AGO + 1_000),
    )
    report = synced(data, home)

    with StoreView(store_path(data)) as view:
        session = view.session(GONE)
        hits = view.search(parse("jitter", now_ms=0), View.everything())
        stats = view.stats()
    assert session.title == "why does the lease expire early?"
    assert session.source_gone
    assert session.turns == 2
    assert session.project is not None
    assert session.project.path == "/home/dev/src/app"
    assert hits
    assert stats["by_agent"]["claude-code"]["files"] == 0
    assert stats["sessions"] == report.agents["claude-code"].sessions == 0
    assert report.agents["claude-code"].files == 0
    assert report.agents["claude-code"].records == 2


def test_what_a_transcript_tells_is_not_told_again(data: Path, home: Path) -> None:
    Session(home, session=THERE).prompt("fix the importer")
    remember(home, said("fix the importer", THERE), said("what was gone", GONE))
    synced(data, home)

    assert sorted(prompts(data)) == ["fix the importer", "what was gone"]


def test_a_session_at_work_a_day_ago_waits_for_its_transcript(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = round(time.time() * 1000)
    remember(home, said("just begun", at=now - 60_000))
    synced(data, home)
    at_first = prompts(data)
    later = time.time_ns() + 2 * 24 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    synced(data, home)

    assert at_first == []
    assert prompts(data) == ["just begun"]


def test_only_words_to_the_agent_are_prompts(data: Path, home: Path) -> None:
    pasted = {"1": {"id": 1, "type": "text", "content": "line one\nline two"}}
    remember(
        home,
        said("/clear"),
        said("/rename Leases and jitter"),
        said("!git status"),
        said("read this [Pasted text #1 +2 lines] please", pastedContents=pasted),
        said("/exit"),
        '{"display": "of no place", "timestamp": 1}',
        "not json",
    )
    synced(data, home)

    assert prompts(data) == ["read this line one\nline two please"]
    with StoreView(store_path(data)) as view:
        assert view.session(GONE).title == "Leases and jitter"
        assert len(list(view.raw_lines(GONE))) == 5


def test_a_history_that_grows_adds_what_is_new(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = said("one")
    remember(home, first)
    synced(data, home)
    remember(home, first, said("two", at=LONG_AGO + 5))
    unlooked = synced(data, home)
    monkeypatch.setattr(survey, "time", _Later())
    synced(data, home)
    again = synced(data, home)

    assert not unlooked.changed
    assert prompts(data) == ["one", "two"]
    assert again.agents["claude-code"].records == 0


class _Later:
    """The clock of a day later."""

    @staticmethod
    def time_ns() -> int:
        return time.time_ns() + 24 * 3600 * 10**9

    time = staticmethod(time.time)


def test_what_was_recalled_survives_a_full_reading(data: Path, home: Path) -> None:
    path = remember(home, said("never push on friday"))
    synced(data, home)
    before = told(data)
    path.unlink()
    sync(data, Settings(), home=home, full=True)

    assert told(data) == before


def test_ignored_folders_and_secrets_stay_out(data: Path, home: Path) -> None:
    hidden = home / "secret"
    hidden.mkdir()
    (hidden / ".memtui-ignore").touch()
    token = "ghp_" + "a1B2" * 9
    remember(
        home, said("hidden words", project=str(hidden)),
        said(f"use {token} here", "bbbbbbbb-1111-4000-8000-000000000001"),
    )  # fmt: skip
    synced(data, home)

    assert prompts(data) == ["use [redacted:github-token] here"]
    with StoreView(store_path(data)) as view:
        assert not view.memories(view=View(states=frozenset({State.KEPT})))


def old(display: str, at: int = LONG_AGO, project: str = "/home/dev/src/app") -> str:
    """A line of a version that named no session."""
    line = {"display": display, "pastedContents": {}, "timestamp": at}
    return json.dumps(line | {"project": project})


def test_prompts_of_old_versions_are_sessions_by_folder_and_day(
    data: Path, home: Path
) -> None:
    day = 24 * 3_600_000
    remember(
        home,
        old("never use tabs"),
        old("and run the tests", LONG_AGO + 1_000),
        old("elsewhere", project="/home/dev/src/other"),
        old("next day", LONG_AGO + day),
    )
    synced(data, home)

    assert sorted(prompts(data)) == sorted(
        ["never use tabs", "and run the tests", "elsewhere", "next day"]
    )
    shown = ask(data, "select title, turns from session order by title")
    assert shown == [("elsewhere", 1), ("never use tabs", 2), ("next day", 1)]
    with StoreView(store_path(data)) as view:
        assert view.stats()["sessions"] == 0


def test_prompts_of_old_versions_that_a_transcript_has_are_not_told_again(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time_ns() + 400 * 24 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    session = Session(home, session=THERE, cwd="/home/dev/src/app")
    session.prompt("fix the importer and read this line")
    (at,) = ask_time(session.path)
    remember(
        home,
        old("fix the importer and read this [Pasted text #1 +9 lines]", at - 40),
        old("something else, lost", at + 40),
    )
    synced(data, home)

    assert sorted(prompts(data)) == [
        "fix the importer and read this line", "something else, lost",
    ]  # fmt: skip


def ask_time(path: Path) -> list[int]:
    """When each line with a time was made, Unix milliseconds."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [
        round(datetime.fromisoformat(line["timestamp"]).timestamp() * 1000)
        for line in lines
        if line["type"] == "user"
    ]


@pytest.mark.parametrize("full", [False, True])
def test_a_transcript_that_turns_up_later_tells_its_prompts_once(
    data: Path, home: Path, full: bool
) -> None:
    remember(home, said("fix the importer", THERE), said("/rename Importer", THERE))
    synced(data, home)
    recalled = prompts(data)
    Session(home, session=THERE).prompt("fix the importer")
    synced(data, home)
    if full:
        sync(data, Settings(), home=home, full=True)

    assert recalled == prompts(data) == ["fix the importer"]
    with StoreView(store_path(data)) as view:
        session = view.session(THERE)
        hits = view.search(parse("importer", now_ms=0), View.everything())
        lines = b"".join(view.raw_lines(THERE))
    assert (session.turns, session.title) == (1, "Importer")
    assert not session.source_gone
    assert len([hit for hit in hits if hit.record is not None]) == 1
    assert b"/rename Importer" in lines  # nothing that was archived is dropped
    assert not synced(data, home).changed


def test_a_line_that_never_ends_is_passed_over_piece_by_piece(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.ingest.recalling._LINE_BYTES", 400)
    path = remember(home, said("before"), said("x" * 900), said("after"))
    with path.open("ab") as file:
        file.write(b'{"display":"' + b"y" * 5000)
    synced(data, home)
    assert prompts(data) == ["before", "after"]
    reads = []

    class Measured(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            reads.append(len(line := super().readline(size)))
            return line

    assert len(list(recalling._lines(Measured(path.read_bytes())))) == 2
    assert max(reads) == 400


def test_a_clock_that_was_ahead_keeps_nobody_from_looking_again(
    data: Path, home: Path
) -> None:
    remember(home, said("before"))
    synced(data, home)
    conn = open_writer(store_path(data), "ingest")
    conn.execute(
        "update meta set value = value + 900000000000 where key glob 'history:*'"
    )
    conn.commit()
    conn.close()
    remember(home, said("before"), said("after", session=THERE))
    synced(data, home)
    assert prompts(data) == ["before", "after"]


@pytest.mark.parametrize("full", [False, True])
def test_old_prompts_are_shown_once_when_their_transcript_turns_up(
    data: Path, home: Path, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time_ns() + 400 * 24 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    session = Session(home, session=THERE, cwd="/home/dev/src/app")
    session.prompt("fix the importer")
    (at,) = ask_time(session.path)
    away = session.path.rename(home / "away")
    remember(home, old("fix the importer", at - 40), old("something else", at + 40))
    synced(data, home)
    recalled = sorted(prompts(data))
    away.rename(session.path)
    synced(data, home)

    assert recalled == sorted(prompts(data)) == ["fix the importer", "something else"]
    if full:
        sync(data, Settings(), home=home, full=True)
    assert recalled == sorted(prompts(data))
    with StoreView(store_path(data)) as view:
        hits = view.search(parse("importer", now_ms=0), View.everything())
        found = [hit for hit in hits if hit.record and "importer" in hit.record.text]
        assert [hit.session for hit in found] == [THERE]
        assert view.session(THERE).turns == 1
    assert not synced(data, home).changed


def test_what_a_fork_tells_of_a_session_that_is_gone_is_shown_once(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time_ns() + 400 * 24 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    fork = Session(home, session=THERE, cwd="/home/dev/src/app")
    fork.prompt("fix the importer")
    (at,) = ask_time(fork.path)
    remember(home, said("fix the importer", GONE, at), said("and more", GONE, at + 9))
    synced(data, home)
    assert sorted(prompts(data)) == ["and more", "fix the importer"]
    sync(data, Settings(), home=home, full=True)
    assert sorted(prompts(data)) == ["and more", "fix the importer"]


def test_what_comes_later_to_a_session_told_in_part_elsewhere_is_recalled(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time_ns() + 400 * 24 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    fork = Session(home, session=THERE, cwd="/home/dev/src/app")
    fork.prompt("fix the importer")
    (at,) = ask_time(fork.path)
    first = [said("fix the importer", GONE, at), said("two", GONE, at + 9)]
    remember(home, *first)
    synced(data, home)
    remember(home, *first, said("three", GONE, at + 90))
    later += 24 * 3600 * 10**9
    synced(data, home)
    assert sorted(prompts(data)) == ["fix the importer", "three", "two"]
