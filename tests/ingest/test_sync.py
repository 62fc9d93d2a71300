"""One sync: what it brings, what it leaves, and what may go wrong on the way."""

import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path

import pytest
from msgspec import structs

from memtui import distil
from memtui.errors import StoreBusy
from memtui.ingest import lock, noted, returning, run
from memtui.ingest.found import Found
from memtui.ingest.sync import Progress, sync
from memtui.model import Agent
from memtui.paths import store_path
from memtui.readers import READERS
from memtui.readers.base import Undone
from memtui.readers.claude_code import ClaudeCodeParser, ClaudeCodeReader
from memtui.records import Fault, Observation, Record
from memtui.settings import Settings
from memtui.store.connect import open_writer
from memtui.store.ingest.batch import KnownTranscript
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView
from memtui.store.rescue.probe import probe
from tests.factories import Bash, Session, Turn, transcript
from tests.ingest.material import forked, growing, rich_session, with_subagent
from tests.ingest.telling import ask, synced, told

READER = READERS[Agent.CLAUDE_CODE]


def test_a_first_sync_counts_what_it_brought(data: Path, home: Path) -> None:
    path = rich_session(home)
    numbers = synced(data, home).agents["claude-code"]
    (records,) = ask(data, "select count(*) from record")[0]
    (observations,) = ask(data, "select count(*) from observation")[0]
    assert asdict(numbers) == {
        "files": 1,
        "new_bytes": path.stat().st_size,
        "records": records,
        "sessions": 1,
        "observations": observations,
        "faults": 0,
    }
    assert records > 20
    assert observations > 0


def test_a_store_that_is_not_empty_is_kept_from_others_for_a_shorter_while(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    for name in ("one", "two"):
        for number in range(24):
            Session(home, session=f"{name}-{number}").prompt("Let the lease end.")
        ticks, said = count(0.0, 0.01), list[Progress]()
        with monkeypatch.context() as patch:  # a clock that goes on at each look
            patch.setattr("time.monotonic", ticks.__next__)
            sync(data, Settings(), home=home, progress=said.append)
        times.append(len(said))
    assert times[0] < times[1]


def test_a_second_sync_writes_nothing(data: Path, home: Path) -> None:
    rich_session(home)
    synced(data, home)
    before = _stamps(data)
    report = synced(data, home)
    assert asdict(report.agents["claude-code"]) == {
        "files": 1, "new_bytes": 0, "records": 0, "sessions": 0, "observations": 0,
        "faults": 0,
    }  # fmt: skip
    assert not report.changed
    assert _stamps(data) == before


def _stamps(data: Path) -> dict[str, int]:
    """Of all files but the one that SQLite's readers lock each other by, and the note
    that all stands as it was."""
    return {
        path.name: path.stat().st_mtime_ns
        for path in data.rglob("*")
        if not path.name.endswith(("-shm", noted.NAME))
    }


def test_no_store_is_made_where_there_is_nothing_to_read(
    data: Path, home: Path
) -> None:
    synced(data, home)
    assert not data.exists()


def test_a_subagent_is_a_file_but_no_session(data: Path, home: Path) -> None:
    with_subagent(home)
    numbers = synced(data, home).agents["claude-code"]
    assert (numbers.files, numbers.sessions) == (2, 1)
    kinds = ask(data, "select kind, parent <> '' from session order by 1")
    assert kinds == [("interactive", 0), ("subagent", 1)]


def test_a_fork_adds_links_and_no_records(data: Path, home: Path) -> None:
    path = rich_session(home)
    synced(data, home)
    spoken = "select native_id, part from record where native_id not like '%:%'"
    before = ask(data, spoken)
    fork = forked(path, "0f0f0f0f-0000-4000-8000-000000000001")
    numbers = synced(data, home).agents["claude-code"]
    assert ask(data, spoken) == before
    assert (numbers.sessions, numbers.observations) == (1, 0)
    shown = (
        "select r.native_id, r.part, l.turn, l.line from link l"
        " join record r on r.id = l.record_id join session s on s.id = l.session_id"
        " where s.native_id = ? and r.native_id not like '%:%' order by seq"
    )
    assert ask(data, shown, fork.stem) == ask(data, shown, path.stem)


@pytest.mark.parametrize("newest", ["origin", "fork"])
def test_a_fork_leaves_the_same_memories_whichever_is_read_first(
    data: Path, home: Path, newest: str
) -> None:
    origin = rich_session(home)
    fork = forked(origin, "0f0f0f0f-0000-4000-8000-000000000001")
    ages = (1_000, 2_000) if newest == "fork" else (2_000, 1_000)
    for path, age in zip((origin, fork), ages, strict=True):
        os.utime(path, (age, age))
    synced(data, home)
    owners = "select distinct s.native_id from observation o join session s"
    assert ask(data, f"{owners} on s.id = o.session_id") == [(fork.stem,)]


def test_a_torn_last_line_waits_a_day_and_is_a_fault_then(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = growing(home)
    session.prompt("one")
    session.raw(b'{"type":"user","torn')
    fresh = synced(data, home)
    waiting = synced(data, home)
    monkeypatch.setattr("memtui.ingest.survey.TORN_SECONDS", -1)
    old = synced(data, home)
    done = synced(data, home)
    reports = (fresh, waiting, old, done)
    assert [r.agents["claude-code"].faults for r in reports] == [0, 0, 1, 0]
    assert dict(told(data)["lines"])[str(session.path)] == session.path.read_bytes()


def test_a_whole_last_line_without_newline_is_taken_at_once(
    data: Path, home: Path
) -> None:
    session = growing(home)
    session.prompt("one")
    session.path.write_bytes(session.path.read_bytes().removesuffix(b"\n"))
    assert synced(data, home).agents["claude-code"].records == 1
    assert not synced(data, home).changed
    session.raw(b"\n")
    session.say("two")
    assert synced(data, home).agents["claude-code"].records == 1
    assert dict(told(data)["lines"])[str(session.path)] == session.path.read_bytes()


def test_what_is_appended_is_all_that_is_read(data: Path, home: Path) -> None:
    session = growing(home)
    session.prompt("always use tabs")
    synced(data, home)
    size = session.path.stat().st_size
    session.say("Tabs it is.")
    numbers = synced(data, home).agents["claude-code"]
    assert numbers.new_bytes == session.path.stat().st_size - size
    assert (numbers.records, numbers.sessions) == (1, 0)


def test_a_result_knows_its_command_across_two_syncs(data: Path, home: Path) -> None:
    session = growing(home)
    session.prompt("run the tests")
    session.bash("make test", "ok")
    whole = session.path.read_bytes()
    cut = whole[:-1].rfind(b"\n") + 1
    session.path.write_bytes(whole[:cut])
    synced(data, home)
    session.path.write_bytes(whole)
    synced(data, home)
    ((detail,),) = ask(data, "select detail from record where kind = 'tool_result'")
    assert json.loads(detail)["command"] == "make test"


def test_a_vanished_file_leaves_its_session_marked(data: Path, home: Path) -> None:
    path = rich_session(home)
    synced(data, home)
    before = told(data)
    path.unlink()
    assert synced(data, home).changed
    assert not synced(data, home).changed
    after = told(data)
    assert after["transcripts"][0][6] == 0
    del before["transcripts"], after["transcripts"]
    assert after == before


def test_a_file_that_came_back_is_not_gone(data: Path, home: Path) -> None:
    path = rich_session(home)
    synced(data, home)
    away = path.rename(home / "away")
    synced(data, home)
    away.rename(path)
    synced(data, home)
    assert ask(data, "select gone_at from transcript") == [(None,)]


def test_another_home_does_not_make_the_first_one_vanish(
    data: Path, home: Path, tmp_path: Path
) -> None:
    rich_session(home)
    synced(data, home)
    synced(data, tmp_path / "other")
    assert ask(data, "select gone_at from transcript") == [(None,)]


def test_a_replaced_file_takes_nothing_away(data: Path, home: Path) -> None:
    path = rich_session(home)
    old = path.read_bytes()
    synced(data, home)
    records = told(data)["records"]
    new = transcript(turns=["something else"], home=home).read_bytes()
    path.write_bytes(new)
    synced(data, home)
    assert set(records) < set(told(data)["records"])
    with StoreView(store_path(data)) as view:
        assert b"".join(view.raw_lines(path.stem)) == new
        assert b"".join(view.raw_lines(path.stem, every=True)) == old + new


def test_a_moved_file_is_the_same_transcript(data: Path, home: Path) -> None:
    path = rich_session(home)
    synced(data, home)
    before = told(data)
    there = path.parent.with_name("-moved") / path.name
    there.parent.mkdir()
    path.rename(there)
    numbers = synced(data, home).agents["claude-code"]
    assert (numbers.records, numbers.new_bytes) == (0, 0)
    assert ask(data, "select path, gone_at from transcript") == [(str(there), None)]
    assert told(data)["observations"] == before["observations"]


def test_a_renamed_session_goes_by_its_new_name(data: Path, home: Path) -> None:
    path = rich_session(home)
    synced(data, home)
    path.rename(path.with_name("1e1e1e1e-0000-4000-8000-000000000002.jsonl"))
    synced(data, home)
    followed = told(data)
    for file in data.iterdir():
        if file.is_file():
            file.unlink()
    synced(data, home)
    assert followed == told(data)


def test_full_parses_everything_again_to_the_same_end(data: Path, home: Path) -> None:
    path = rich_session(home)
    forked(path, "0f0f0f0f-0000-4000-8000-000000000001")
    with_subagent(home)
    path.write_bytes(path.read_bytes() + b'{"torn\n' + path.read_bytes()[:-1])
    synced(data, home)
    before = told(data)
    sync(data, Settings(), home=home, full=True)
    assert told(data) == before


def test_full_needs_no_source_file(data: Path, home: Path) -> None:
    path = rich_session(home)
    gone = forked(path, "0f0f0f0f-0000-4000-8000-000000000001")
    synced(data, home)
    before = told(data)
    path.unlink()
    gone.unlink()
    report = sync(data, Settings(), home=home, full=True)
    after = told(data)
    del before["transcripts"], after["transcripts"]
    assert after == before
    assert report.agents["claude-code"].files == 0


@pytest.fixture
def louder_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next version of a reader: it shouts, and drops what was thought."""
    parse = ClaudeCodeParser.parse

    def louder(
        parser: ClaudeCodeParser, line: bytes, number: int
    ) -> Iterator[Record | Fault | Undone]:
        for item in parse(parser, line, number):
            if isinstance(item, Record):
                if item.kind == "thinking":
                    continue
                item = structs.replace(item, text=item.text.upper())
            yield item

    monkeypatch.setattr(ClaudeCodeParser, "parse", louder)
    monkeypatch.setattr(ClaudeCodeReader, "version", READER.version + 1)


def test_a_newer_reader_states_everything_anew_by_itself(
    data: Path, home: Path, request: pytest.FixtureRequest
) -> None:
    path = rich_session(home)
    synced(data, home)
    path.unlink()
    request.getfixturevalue("louder_reader")
    synced(data, home)
    anew = told(data)
    assert not synced(data, home).changed
    assert [row for row in anew["records"] if row[7] != row[7].upper()] == []
    assert "thinking" not in {row[3] for row in anew["records"]}
    # all but what was injected, and tools that only say that they did their work
    assert len(anew["searched records"]) == len(
        [
            row
            for row in anew["records"]
            if row[3] != "context"
            and not (row[3] == "tool_result" and '"tool":"edit"' in row[8])
        ]
    )


def test_a_reader_that_breaks_on_one_file_reads_the_others(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = transcript(turns=["poison"], home=home)
    transcript(turns=["fine"], home=home)
    breaking = _breaks_on(monkeypatch, b"poison")
    report = synced(data, home)
    assert report.quarantined == [str(bad)]
    assert report.agents["claude-code"].sessions == 1
    assert synced(data, home).quarantined == []
    ((why,),) = ask(
        data, "select quarantined from transcript where quarantined is not null"
    )
    assert why == "ZeroDivisionError: on purpose"
    breaking.undo()
    bad.write_bytes(bad.read_bytes() + b"\n")
    assert synced(data, home).agents["claude-code"].sessions == 1
    assert ask(data, "select 1 from transcript where quarantined is not null") == []


@pytest.mark.parametrize("whole_folder", [False, True])
def test_what_vanishes_between_the_sweep_and_the_reading_is_no_trouble(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch, whole_folder: bool
) -> None:
    leaving = transcript(turns=["goes at once"], home=home)
    Session(home, session="5e551011-0000-4000-8000-00000000bbbb").prompt("stays")
    know = returning.known_of

    def vanish(store: Store, found: Found) -> KnownTranscript | None:
        if found.path == str(leaving) and whole_folder:
            leaving.parent.rename(leaving.parent.with_name("-elsewhere"))
            leaving.parent.write_text("now a file")
        elif found.path == str(leaving):
            leaving.unlink(missing_ok=True)
        return know(store, found)

    monkeypatch.setattr(run, "known_of", vanish)
    report = synced(data, home)
    assert report.quarantined == []
    monkeypatch.undo()
    synced(data, home)
    assert ask(data, "select 1 from transcript where quarantined is not null") == []
    assert probe(store_path(data)).quarantined == ()


def test_what_could_not_be_read_and_is_gone_is_no_trouble_any_more(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = transcript(turns=["poison"], home=home)
    _breaks_on(monkeypatch, b"poison")
    synced(data, home)
    assert len(probe(store_path(data)).quarantined) == 1
    bad.unlink()
    synced(data, home)
    assert probe(store_path(data)).quarantined == ()


def _breaks_on(monkeypatch: pytest.MonkeyPatch, word: bytes) -> pytest.MonkeyPatch:
    parse = ClaudeCodeParser.parse

    def breaking(
        parser: ClaudeCodeParser, line: bytes, number: int
    ) -> Iterable[Record | Fault | Undone]:
        if word in line:
            raise ZeroDivisionError("on purpose")
        return parse(parser, line, number)

    monkeypatch.setattr(ClaudeCodeParser, "parse", breaking)
    return monkeypatch


def test_a_folder_named_like_a_transcript_is_looked_into(
    data: Path, home: Path
) -> None:
    path = rich_session(home)
    odd = path.with_name("odd.jsonl")
    odd.mkdir()
    path.rename(odd / path.name)
    report = synced(data, home)
    assert report.quarantined == []
    assert report.agents["claude-code"].sessions == 1


def test_an_empty_file_is_no_session_until_it_has_a_line(
    data: Path, home: Path
) -> None:
    path = rich_session(home)
    content = path.read_bytes()
    path.write_bytes(b"")
    assert synced(data, home).agents["claude-code"].files == 1
    assert ask(data, "select * from session") == []
    path.write_bytes(content)
    assert synced(data, home).agents["claude-code"].sessions == 1
    path.write_bytes(b"")
    synced(data, home)
    assert ask(data, "select count(*) from session") == [(1,)]


def test_what_a_killed_start_left_is_removed(data: Path, home: Path) -> None:
    rich_session(home)
    data.mkdir()
    for name, old in ((".memtui-new-a", True), (".memtui-new-b", False), ("c", True)):
        (data / name).touch()
        if old:
            os.utime(data / name, (1, 1))
    synced(data, home)
    names = {path.name for path in data.iterdir()}
    assert {".memtui-new-a", ".memtui-new-b", "c"} & names == {".memtui-new-b", "c"}


def test_a_distiller_that_breaks_costs_its_session_only_the_memories(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich_session(home)

    def broken(*_: object, **__: object) -> list[Observation]:
        raise ZeroDivisionError

    monkeypatch.setattr(distil, "distil", broken)
    assert synced(data, home).agents["claude-code"].records > 0
    assert not synced(data, home).changed


def test_a_newer_distiller_looks_at_every_session_again(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich_session(home)
    synced(data, home)
    monkeypatch.setattr(distil, "VERSION", distil.VERSION + 1)
    assert synced(data, home).changed
    versions = ask(data, "select distinct distilled from session")
    assert versions == [(distil.VERSION,)]


def test_a_rule_switched_off_takes_its_memories_until_it_is_on_again(
    data: Path, home: Path
) -> None:
    rich_session(home)
    synced(data, home)
    question = "select rule, id from observation order by 1, 2"
    before = ask(data, question)
    rule = before[0][0]

    synced(data, home, Settings(disabled_rules=(rule,)))
    without = ask(data, question)
    again = synced(data, home, Settings(disabled_rules=(rule,)))
    synced(data, home)

    assert rule not in {row[0] for row in without}
    assert not again.changed
    assert ask(data, question) == before


def test_curation_is_the_same_after_any_sync(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rich_session(home)
    synced(data, home)
    _keep_all(data)
    before = ask(data, "select * from curation order by id")
    monkeypatch.setattr(distil, "distil", lambda *_, **__: [])
    monkeypatch.setattr(distil, "VERSION", distil.VERSION + 1)
    path.unlink()
    sync(data, Settings(), home=home, full=True)
    assert len(before) > 0
    assert ask(data, "select * from curation order by id") == before


def _keep_all(data: Path) -> None:
    conn = open_writer(store_path(data), "curation")
    conn.execute(
        "insert into curation(id, session_id, type, title, body, at, trust, rule,"
        " confidence, state, acted_at) select id, session_id, type, 'mine', body, at,"
        " trust, rule, confidence, 'kept', 1 from observation"
    )
    conn.close()


def test_an_ignored_folder_leaves_no_trace(data: Path, home: Path) -> None:
    secret = home / "work" / "secret"
    secret.mkdir(parents=True)
    (secret / ".memtui-ignore").touch()
    path = rich_session(home, cwd=str(secret / "deep"))
    transcript(turns=["fine"], home=home)
    lines = path.read_bytes().count(b"\n")
    report = synced(data, home)
    assert report.agents["claude-code"].sessions == 1
    assert b"umlauts" not in _all_bytes(data)
    assert (
        ask(data, "select native_id from session where native_id = ?", path.stem) == []
    )
    kept = dict(told(data)["lines"])[str(path)]
    assert kept == b'"[redacted:ignored]"\n' * lines


def test_a_file_kept_out_by_a_glob_leaves_no_trace_of_what_was_read(
    data: Path, home: Path
) -> None:
    session = Session(home)
    session.prompt("read the keys")
    session.read("config/keys.env", "CANARY=1")
    session.say("Read.")
    synced(data, home, Settings(ignore=("*.env",)))
    assert b"CANARY" not in _all_bytes(data)
    assert [row[3] for row in told(data)["records"]] == ["prompt", "response"]


def test_what_was_left_out_stays_out_when_parsed_anew(data: Path, home: Path) -> None:
    session = Session(home)
    session.prompt("read the keys")
    session.read("config/keys.env", "CANARY=1")
    hiding = Settings(ignore=("*.env",))
    synced(data, home, hiding)
    before = told(data)
    sync(data, Settings(), home=home, full=True)
    assert told(data) == before


def test_what_is_stored_stays_when_a_rule_comes_later(data: Path, home: Path) -> None:
    session = Session(home)
    session.prompt("read the keys")
    session.read("config/keys.env", "CANARY=1")
    synced(data, home)
    before = told(data)
    sync(data, Settings(ignore=("*",)), home=home, full=True)
    assert told(data) == before


def test_a_secret_and_a_private_span_reach_no_byte_of_the_store(
    data: Path, home: Path
) -> None:
    token = "ghp_" + "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2"
    turn = Turn(
        f"use {token} <private>my CANARY</private> always", Bash(f"curl -u {token} x")
    )
    transcript(turns=[turn], home=home)
    synced(data, home)
    stored = _all_bytes(data)
    assert token.encode() not in stored
    assert b"CANARY" not in stored
    assert any("[redacted:" in row[7] for row in told(data)["records"])


def _all_bytes(data: Path) -> bytes:
    """Every file of the data folder, and what its archive unpacks to."""
    files = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    return files + b"".join(lines for _, lines in told(data)["lines"])


def test_exports_of_touched_projects_are_refreshed(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "memtui.inject.export.export_projects",
        lambda data, settings, projects, **_: asked.append(projects),
    )
    transcript(turns=["one"], home=home, cwd="/work/one")
    synced(data, home)
    transcript(turns=["two"], home=home, cwd="/work/two")
    synced(data, home)
    synced(data, home)
    projects = dict(ask(data, "select name, uuid from project"))
    assert asked == [[projects["one"]], [projects["two"]]]


def test_what_was_read_stays_when_it_cannot_be_exported(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("memtui.inject.export.export_projects", full)
    rich_session(home)
    report = synced(data, home)
    assert report.agents["claude-code"].sessions == 1
    assert report.not_exported == "No space left on device"


def test_a_second_ingester_is_told_that_the_store_is_busy(
    data: Path, home: Path
) -> None:
    rich_session(home)
    with lock.ingesting(data), pytest.raises(StoreBusy):
        synced(data, home)


def test_a_second_ingester_waits_when_asked_to(data: Path, home: Path) -> None:
    rich_session(home)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.ingesting(data):
            held.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    threading.Timer(0.1, free.set).start()
    report = sync(data, Settings(), home=home, wait=30)
    holder.join()
    assert report.agents["claude-code"].sessions == 1


def test_a_stopped_sync_goes_on_where_it_ended(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        transcript(turns=[f"prompt {number}"], home=home)
    monkeypatch.setattr("memtui.ingest.run.TRANSACTION_BYTES", 1)
    stop = threading.Event()

    def enough(now: Progress) -> None:
        if now.files >= 2:
            stop.set()

    first = sync(data, Settings(), home=home, progress=enough, stop=stop)
    rest = synced(data, home)
    assert first.stopped
    assert 0 < first.agents["claude-code"].sessions < 5
    assert (
        rest.agents["claude-code"].sessions == 5 - first.agents["claude-code"].sessions
    )


def test_progress_ends_where_it_said_it_would(data: Path, home: Path) -> None:
    path = rich_session(home)
    said: list[Progress] = []
    sync(data, Settings(), home=home, progress=said.append)
    last = said[-1]
    assert (last.files, last.files_total) == (1, 1)
    assert last.bytes == last.bytes_total == path.stat().st_size


def test_named_folders_are_read_too(data: Path, home: Path, tmp_path: Path) -> None:
    rich_session(tmp_path / "old")
    old = str(tmp_path / "old" / ".claude" / "projects")
    report = synced(data, home, Settings(roots={"claude-code": (old,)}))
    assert report.agents["claude-code"].sessions == 1


def test_a_root_may_be_a_pattern_and_there_may_be_several(
    data: Path, home: Path, tmp_path: Path
) -> None:
    for name in ("one", "two", "three"):
        rich_session(tmp_path / "old" / name)
    (tmp_path / "old" / "four").touch()
    roots = (
        str(tmp_path / "old" / "t*" / ".claude" / "projects"),
        str(tmp_path / "old" / "one" / ".claude" / "projects"),
        str(tmp_path / "old" / "four" / "*"),
    )
    report = synced(data, home, Settings(roots={"claude-code": roots}))
    assert report.agents["claude-code"].files == 3


def test_only_looks_at_no_other_file(data: Path, home: Path) -> None:
    first = growing(home)
    first.prompt("one")
    synced(data, home)
    first.say("two")
    transcript(turns=["unseen"], home=home)
    report = sync(data, Settings(), home=home, only=[str(first.path)])
    numbers = report.agents["claude-code"]
    assert (numbers.files, numbers.records, numbers.sessions) == (1, 1, 0)


def test_a_line_over_the_limit_is_kept_in_pieces_and_is_one_fault(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.readers.tail.CHUNK_BYTES", 4096)
    monkeypatch.setattr("memtui.readers.tail._LEAST_READ", 256)
    monkeypatch.setattr("memtui.readers.tail.LINE_BYTES", 16_384)
    monkeypatch.setattr("memtui.readers.tail.OVERLAP_BYTES", 64)
    monkeypatch.setattr("memtui.ingest.passage.OVERLAP_BYTES", 64)
    session = growing(home)
    session.prompt("before")
    session.raw(b'{"type":"user","x":"' + b"y" * 50_000 + b'"}\n')
    session.say("after")
    numbers = synced(data, home).agents["claude-code"]
    assert (numbers.faults, numbers.records) == (1, 2)
    assert [row[6] for row in told(data)["links"]] == [1, 3]
    with StoreView(store_path(data)) as view:
        raw = b"".join(view.raw_lines(session.path.stem))
    assert raw == session.path.read_bytes()
    before = told(data)
    sync(data, Settings(), home=home, full=True)
    assert told(data) == before


def test_words_are_found_after_a_sync(data: Path, home: Path) -> None:
    session = growing(home)
    session.prompt("the flux capacitor leaks")
    synced(data, home)
    question = "select count(*) from fts where fts match 'capacitor'"
    assert ask(data, question)[0][0] >= 1


def test_what_a_hook_delivered_is_kept_with_its_session(data: Path, home: Path) -> None:
    item = "- preference: use tabs. [abcdefghijkl]"
    text = (
        f'<memtui-memory project="x" export="mnopqrstuvwx">\n{item}\n</memtui-memory>'
    )
    session = growing(home)
    session.context(text)
    session.prompt(f"what does {text} mean?")
    synced(data, home)
    ((_, _, _, export, _, items),) = told(data)["deliveries"]
    assert (export, json.loads(items)) == ("mnopqrstuvwx", ["abcdefghijkl"])


def test_every_start_keeps_others_out(data: Path, home: Path) -> None:
    """Also one that finds nothing to read."""
    transcript(home=home)
    synced(data, home)
    theirs = data / "something of the person's"
    theirs.touch()
    theirs.chmod(0o644)
    elsewhere = data.parent / "elsewhere"
    elsewhere.touch()
    elsewhere.chmod(0o644)
    (data / "memtui.link").symlink_to(elsewhere)
    for name in ("memtui.log", "memtui.db-wal", "meaning.db", "hooks.log"):
        (data / name).touch()
        (data / name).chmod(0o666)
    (data / "backups").mkdir(exist_ok=True)
    for folder in ("backups", "export", "."):
        (data / folder).chmod(0o755)
    store_path(data).chmod(0o644)
    synced(data, home)
    for path in (data, *data.iterdir()):
        if path != theirs and not path.is_symlink():
            assert path.lstat().st_mode & 0o077 == 0, path
    assert {theirs.stat().st_mode & 0o777, elsewhere.stat().st_mode & 0o777} == {0o644}
