"""The watcher: events at once, sweeps for what the kernel does not tell."""

import json
import logging
import queue
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchdog.events import DirCreatedEvent, DirModifiedEvent, FileCreatedEvent

from memtui.ingest import coverage, hints, lock, watcher
from memtui.ingest.awaited import awaited
from memtui.ingest.coverage import Coverage
from memtui.ingest.hints import Hints, News
from memtui.ingest.sync import SyncReport
from memtui.ingest.watcher import watch
from memtui.settings import Settings
from memtui.settings.live import LiveSettings
from tests.factories import transcript
from tests.ingest.material import growing, rich_session
from tests.ingest.telling import ask
from tests.opencode_writer import Database

SESSIONS = Path(__file__).parents[1] / "fixtures" / "opencode" / "sessions.json"

PATIENCE = 20.0
"""Seconds until a test gives up: far more than any of them takes."""


class Watching:
    """A watcher on a thread, and what it says."""

    def __init__(self) -> None:
        self.reports: queue.Queue[SyncReport] = queue.Queue()
        self.coverage: queue.Queue[Coverage] = queue.Queue()
        self.stop = threading.Event()

    def next(self) -> SyncReport:
        return self.reports.get(timeout=PATIENCE)


@contextmanager
def watching(
    data: Path, home: Path, settings: Settings | LiveSettings | None = None
) -> Iterator[Watching]:
    seen = Watching()
    thread = threading.Thread(
        target=watch,
        args=(data, settings or Settings()),
        kwargs={
            "home": home,
            "on_synced": seen.reports.put,
            "on_coverage": seen.coverage.put,
            "stop": seen.stop,
        },
    )
    thread.start()
    try:
        yield seen
    finally:
        seen.stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_what_is_there_is_read_first(data: Path, home: Path) -> None:
    rich_session(home)
    with watching(data, home) as seen:
        assert seen.next().agents["claude-code"].sessions == 1


def test_a_line_that_is_appended_is_read_long_before_the_next_sweep(
    data: Path, home: Path
) -> None:
    session = growing(home)
    session.prompt("one")
    with watching(data, home) as seen:
        seen.next()
        seen.coverage.get(timeout=PATIENCE)
        began = time.monotonic()
        session.say("two")
        assert seen.next().agents["claude-code"].records == 1
        assert time.monotonic() - began < coverage.SHORT_SWEEP_SECONDS


def test_a_session_in_a_new_folder_is_read_too(data: Path, home: Path) -> None:
    rich_session(home)
    with watching(data, home) as seen:
        seen.next()
        transcript(turns=["elsewhere"], home=home, cwd="/work/elsewhere")
        assert seen.next().agents["claude-code"].sessions == 1


def test_an_agent_that_appears_is_followed_at_once(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "SWEEP_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(coverage, "SHORT_SWEEP_SECONDS", 10 * PATIENCE)
    with watching(data, home) as seen:
        seen.coverage.get(timeout=PATIENCE)
        session = growing(home)
        session.prompt("one")
        assert seen.next().agents["claude-code"].sessions == 1
        session.say("two")
        assert seen.next().agents["claude-code"].records == 1


def test_a_folder_that_was_deleted_and_made_anew_is_followed(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "SWEEP_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(coverage, "SHORT_SWEEP_SECONDS", 10 * PATIENCE)
    rich_session(home)
    with watching(data, home) as seen:
        seen.next()
        seen.coverage.get(timeout=PATIENCE)
        shutil.rmtree(home / ".claude")
        assert seen.next().changed
        session = growing(home)
        session.prompt("one")
        while not seen.next().agents["claude-code"].sessions:
            continue
        session.say("two")
        assert seen.next().agents["claude-code"].records == 1


def test_what_else_happens_in_a_parent_is_no_news(home: Path) -> None:
    told = Hints()
    missing = awaited([home / ".codex" / "sessions", home / ".gemini" / "tmp"])
    assert missing.parents == {home}
    news = News(told, missing.news)
    news.on_any_event(FileCreatedEvent(str(home / "notes.txt")))
    news.on_any_event(DirModifiedEvent(str(home)))
    assert not told.met.is_set()
    news.on_any_event(DirCreatedEvent(str(home / ".codex")))
    assert told.take() is None


def test_a_vanished_file_is_noticed(data: Path, home: Path) -> None:
    path = rich_session(home)
    with watching(data, home) as seen:
        seen.next()
        path.unlink()
        assert seen.next().changed
    assert ask(data, "select count(*) from transcript where gone_at > 0") == [(1,)]


def test_without_events_the_sweep_finds_everything(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_observing", lambda *_: None)
    monkeypatch.setattr(coverage, "SHORT_SWEEP_SECONDS", 0.1)
    session = growing(home)
    session.prompt("one")
    with watching(data, home) as seen:
        seen.next()
        found = seen.coverage.get(timeout=PATIENCE)
        session.say("two")
        assert seen.next().agents["claude-code"].records == 1
    assert not found.is_whole
    assert str(found) == "watching 0 of 2 folders, sweeping every 0 s"


def test_a_folder_that_sends_no_events_is_noticed_and_swept_more_often(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(hints.Hints, "on_any_event", lambda *_: None)
    session = growing(home)
    session.prompt("one")
    with watching(data, home) as seen:
        seen.next()
        assert seen.coverage.get(timeout=PATIENCE).is_whole
        session.say("two")
        assert seen.next().agents["claude-code"].records == 1
        found = seen.coverage.get(timeout=PATIENCE)
    assert not found.is_whole
    assert str(found) == "some folders send no events, sweeping every 3 s"


def test_folders_that_the_kernel_left_out_are_counted(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "count_watches", lambda total: total - 1)
    rich_session(home)
    with watching(data, home) as seen:
        assert seen.coverage.get(timeout=PATIENCE) == Coverage(folders=2, watched=1)


def test_a_folder_that_appears_later_is_watched_from_the_next_sweep(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "SWEEP_SECONDS", 0.1)
    with watching(data, home) as seen:
        assert seen.coverage.get(timeout=PATIENCE).folders == 0
        session = growing(home)
        session.prompt("one")
        assert seen.next().agents["claude-code"].records == 1
        found = seen.coverage.get(timeout=PATIENCE)
        assert (found.folders, found.is_deaf) == (2, False)


def test_another_ingester_is_waited_for(data: Path, home: Path) -> None:
    rich_session(home)
    with lock.ingesting(data):
        watched = watching(data, home)
        seen = watched.__enter__()
        with pytest.raises(queue.Empty):
            seen.reports.get(timeout=0.3)
    report = seen.next()
    watched.__exit__(None, None, None)
    assert report.agents["claude-code"].sessions == 1


def test_settings_are_followed_while_it_watches(
    data: Path, home: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    session = growing(home)
    session.prompt("one")
    with watching(data, home, LiveSettings(config)) as seen:
        seen.next()
        config.write_text('ignore = ["*.env"]\n')
        session.read("keys.env", "CANARY")
        session.say("done")
        seen.next()
    kinds = {kind for (kind,) in ask(data, "select kind from record")}
    assert kinds == {"prompt", "response"}


def test_a_root_that_is_named_while_it_watches_is_read_without_an_event(
    data: Path, home: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    old = transcript(home=tmp_path / "old")
    transcript(home=home)
    live = LiveSettings(config)
    with watching(data, home, live) as seen:
        seen.next()
        config.write_text(f'[roots]\nclaude-code = ["{old.parent}"]\n')
        report = seen.next()  # long before the next sweep: see PATIENCE
    assert report.agents["claude-code"].files == 2


def test_a_long_session_is_distilled_once_it_is_quiet(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.ingest.run.LONG_SESSION", 1)
    monkeypatch.setattr(watcher, "QUIET_SECONDS", 0.05)
    session = growing(home)
    session.prompt("one")
    session.say("Yes.")
    with watching(data, home) as seen:
        seen.next()
        session.prompt("never write to the lease table from a handler, always queue")
        grown, quiet = seen.next(), seen.next()
    assert grown.agents["claude-code"].observations == 0
    assert quiet.agents["claude-code"].observations == 1


def test_a_row_that_is_added_is_read_without_a_look_at_the_other_agents(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(home / ".local" / "share" / "opencode" / "opencode.db")
    session = json.loads(SESSIONS.read_text())[0]
    database.put({**session, "messages": session["messages"][:1]})
    rich_session(home)
    with watching(data, home) as seen:
        seen.next()
        assert seen.coverage.get(timeout=PATIENCE).is_whole
        message = session["messages"][1]
        database.put_message(message["info"])
        for part in message["parts"]:
            database.put_part(part)
        report = seen.next()
    assert list(report.agents) == ["opencode"]
    database.close()


def test_what_watchdog_says_of_its_own_threads_is_not_said_to_the_person(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logging.getLogger("watchdog.observers.inotify").error("the thread is inactive")
    assert capfd.readouterr().err == ""
