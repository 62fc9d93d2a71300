"""``memtui import``: what another memory tool kept, counted, brought in, taken back."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.importers import claude_mem
from memtui.importers.base import columns_of
from tests.claude_mem import AT, MIDDLE, NEW, OLD, ClaudeMemDatabase
from tests.cli.conftest import Cli

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


@pytest.fixture
def theirs(tmp_path: Path) -> ClaudeMemDatabase:
    folder = tmp_path / ".claude-mem"
    folder.mkdir()
    return ClaudeMemDatabase(folder / "claude-mem.db")


def listed(cli: Cli, *words: str) -> list[dict[str, Any]]:
    return cli("list", "--all", "--json", *words).objects


def brought(cli: Cli, theirs: ClaudeMemDatabase, *words: str) -> dict[str, Any]:
    ran = cli("import", "claude-mem", str(theirs.path.parent), "--json", *words)
    assert ran.code == 0, ran.err
    return ran.object


def test_an_observation_comes_in_with_all_that_it_says(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session(project="harbor-api", platform_source="codex")
    number = theirs.observation(
        "The lease expires early", type="bugfix", subtitle="By a clock that lags",
        narrative="The clock of the worker lags.", text="older words",
        facts=["It lags by 3 s", "It is read twice"],
        concepts=["gotcha", "problem-solution: what was wrong"],
        files_read=["src/clock.py"], files_modified=["src/lease.py"],
        prompt_number=3, generated_by_model="small-1", agent_type="Explore",
    )  # fmt: skip
    assert brought(cli, theirs, "--yes")["new"] == 1
    (one,) = listed(cli)
    assert one["title"] == "The lease expires early"
    assert one["body"] == (
        "By a clock that lags\n\nThe clock of the worker lags.\n\nolder words"
    )
    assert (one["type"], one["state"], one["trust"]) == (
        "bugfix", "candidate", "assistant"
    )  # fmt: skip
    assert one["tags"] == ["gotcha", "problem-solution"]
    assert one["files"] == ["src/lease.py", "src/clock.py"]
    assert (one["agent"], one["session"]) == ("codex", "s-1")
    assert (one["project"]["name"], one["project"]["path"]) == ("harbor-api", "")
    assert (one["rule"], one["at"]) == ("claude-mem", AT + 120_000)
    shown = cli("show", one["id"]).out
    assert f"claude-mem observations/{number}, prompt 3, by small-1" in shown
    assert "It lags by 3 s" in shown


def test_types_that_are_not_ours_become_ours_and_a_tag(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    for type_ in ("security_alert", "sensitive", "contract-clause"):
        theirs.observation(f"About {type_}", type=type_)
    brought(cli, theirs, "--yes", "--keep")
    found = {one["title"]: one for one in listed(cli)}
    alert = found["About security_alert"]
    assert (alert["type"], alert["tags"]) == ("security", ["security_alert"])
    other = found["About contract-clause"]
    assert (other["type"], other["tags"]) == ("discovery", ["contract-clause"])
    assert all(one["state"] == "kept" for one in found.values())
    told = {title for title, one in found.items() if not one["excluded"]}
    assert told == {"About security_alert", "About contract-clause"}


def test_a_summary_becomes_one_memory(cli: Cli, theirs: ClaudeMemDatabase) -> None:
    theirs.session()
    theirs.put(
        "session_summaries", memory_session_id="m-1", project="harbor-api",
        request="Stop the retry storm", learned="Backoff was capped twice",
        next_steps="Measure it", files_edited=["src/retry.py"],
    )  # fmt: skip
    brought(cli, theirs, "--yes")
    (one,) = listed(cli)
    assert one["title"] == "Stop the retry storm"
    assert one["body"] == "Learned: Backoff was capped twice\n\nNext steps: Measure it"
    assert (one["type"], one["tags"]) == ("progress", ["session-summary"])


def test_the_second_import_adds_only_what_is_new_and_decisions_stand(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation("The lease expires early")
    theirs.observation("The queue drains slowly")
    brought(cli, theirs, "--yes")
    first, second = (one["id"] for one in listed(cli))
    cli("prune", first)
    cli("edit", second, "--title", "In my own words")
    theirs.observation("The cache is cold")
    again = brought(cli, theirs, "--yes")
    assert (again["new"], again["there"]) == (1, 2)
    states = {one["title"]: one["state"] for one in listed(cli)}
    assert states == {
        "The queue drains slowly": "pruned", "In my own words": "candidate",
        "The cache is cold": "candidate",
    }  # fmt: skip


def test_what_was_purged_comes_back_only_when_the_person_says_so(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation()
    brought(cli, theirs, "--yes")
    (one,) = listed(cli)
    told = cli("purge", one["id"]).err.partition("--confirm '")[2].partition("'")[0]
    assert cli("purge", one["id"], "--confirm", told).code == 0
    assert brought(cli, theirs, "--yes")["purged"] == 1
    assert listed(cli) == []
    assert brought(cli, theirs, "--yes", "--purged")["new"] == 1
    assert [again["id"] for again in listed(cli)] == [one["id"]]


def test_undo_takes_an_import_away_and_redo_brings_it_again(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation()
    brought(cli, theirs, "--yes")
    before = listed(cli)
    assert "import" in cli("undo").out
    assert listed(cli) == []
    assert cli("search", "lease", "--all").ids == []
    cli("redo")
    assert listed(cli) == before
    assert before[0]["id"] in cli("search", "lease", "--all").out


def test_a_dry_run_counts_accounts_for_every_column_and_writes_nothing(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation()
    with closing(sqlite3.connect(theirs.path)) as conn, conn:
        conn.execute("alter table observations add column mood text default 'fine'")
        columns = {
            (table, name)
            for table in claude_mem.FATES
            for name in columns_of(conn, table)
        }
    before = theirs.path.read_bytes()
    told = brought(cli, theirs, "--dry-run")
    assert (told["found"], told["new"]) == (1, 1)
    assert {(one["table"], one["column"]) for one in told["columns"]} == columns
    (mood,) = (one for one in told["columns"] if one["column"] == "mood")
    assert (mood["rows"], mood["taken"]) == (1, False)
    assert all(one["becomes"] for one in told["columns"])
    ran = cli("import", "claude-mem", str(theirs.path), "--dry-run")
    assert "1 memory found, 1 new." in ran.out
    assert "observations.mood" in ran.out
    assert listed(cli) == []
    assert theirs.path.read_bytes() == before


@pytest.mark.parametrize("schema", [OLD, MIDDLE, NEW], ids=["old", "middle", "new"])
def test_every_generation_of_the_schema_is_read(
    cli: Cli, tmp_path: Path, schema: str
) -> None:
    theirs = ClaudeMemDatabase(tmp_path / "claude-mem.db", schema)
    if schema is OLD:
        theirs.put("sdk_sessions", claude_session_id="s-1", sdk_session_id="m-1")
        theirs.put(
            "observations", sdk_session_id="m-1", project="harbor-api",
            text="The lease expires early", type="discovery",
        )  # fmt: skip
    else:
        theirs.session()
        theirs.observation()
    brought(cli, theirs, "--yes")
    (one,) = listed(cli)
    assert (one["title"], one["session"]) == ("The lease expires early", "s-1")


def test_the_same_row_is_the_same_memory_in_a_newer_schema(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation(concepts=["gotcha: prefixed"])
    brought(cli, theirs, "--yes")
    with closing(sqlite3.connect(theirs.path)) as conn, conn:
        conn.execute("update observations set content_hash = 'x', concepts = '[]'")
        conn.execute("update observations set id = 77, memory_session_id = 'm-2'")
        conn.execute("update sdk_sessions set memory_session_id = 'm-2'")
    assert brought(cli, theirs, "--yes")["new"] == 0


def test_a_memory_is_placed_by_its_session_its_folder_or_the_persons_word(
    cli: Cli, theirs: ClaudeMemDatabase, project: Path, tmp_path: Path
) -> None:
    (known,) = cli("sessions", "--json").objects
    for folder in ("tide", "lamp"):
        (tmp_path / folder / ".git").mkdir(parents=True)
        (tmp_path / folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    tide, lamp = tmp_path / "tide", tmp_path / "lamp"
    theirs.session(known["id"], "m-1", project="other-name")
    theirs.session("s-2", "m-2", project="tide")
    theirs.session("s-3", "m-3", project="lamp")
    theirs.put("tool_uses", content_session_id="s-2", cwd=str(tide))
    for number in (1, 2, 3):
        theirs.observation(
            f"Of session {number}", memory_session_id=f"m-{number}", project="lamp",
            files_modified=[f"{tide}/src/a.py"],
        )  # fmt: skip
    dry = brought(cli, theirs, "--dry-run")
    assert dry["unplaced"] == ["lamp"]
    brought(cli, theirs, "--yes", "--project", f"lamp={lamp}")
    found = {one["title"]: one for one in listed(cli, "rule:claude-mem")}
    assert found["Of session 1"]["project"]["path"] == str(project)
    assert found["Of session 2"]["project"]["path"] == str(tide)
    assert found["Of session 3"]["project"]["path"] == str(lamp)


def test_the_folder_of_a_session_places_it_and_an_ignored_one_is_left_out(
    cli: Cli, theirs: ClaudeMemDatabase, tmp_path: Path
) -> None:
    open_, closed = tmp_path / "open", tmp_path / "closed"
    open_.mkdir()
    closed.mkdir()
    (closed / ".memtui-ignore").touch()
    for number, folder in ((1, open_), (2, closed)):
        theirs.session(f"s-{number}", f"m-{number}")
        theirs.put("tool_uses", content_session_id=f"s-{number}", cwd=str(folder))
        theirs.observation(
            f"In {folder.name}", memory_session_id=f"m-{number}",
            files_modified=[f"{folder}/src/a.py"],
        )  # fmt: skip
    told = brought(cli, theirs, "--yes")
    assert (told["new"], told["ignored"]) == (1, 1)
    (one,) = listed(cli)
    assert one["project"]["path"] == str(open_)
    assert one["files"] == ["src/a.py"]


def test_secrets_and_control_characters_stay_outside(
    cli: Cli, theirs: ClaudeMemDatabase, data: Path
) -> None:
    theirs.session(native_id=f"s-{SECRET}")
    theirs.observation(
        f"Token \x1b[31m{SECRET}", narrative=f"<private>mine</private> {SECRET}",
        facts=[SECRET], concepts=[SECRET], files_read=[f"/x/{SECRET}"],
        generated_by_model=SECRET, project=SECRET,
    )  # fmt: skip
    brought(cli, theirs, "--yes")
    (one,) = listed(cli)
    assert "\x1b" not in one["title"]
    cli("undo")
    kept = b"".join(p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file())
    assert SECRET.encode() not in kept
    assert b"mine" not in kept


def test_rows_that_say_nothing_or_are_of_odd_kinds_stop_nothing(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation("", narrative="")
    theirs.observation(
        "Odd", narrative=b"\xff\x00raw", facts='{"a": [1', concepts="[1, null, {}]",
        files_read=7, type=None, created_at_epoch="never", created_at="nonsense",
    )  # fmt: skip
    theirs.observation("Deep", facts="[" * 100_000, narrative="x" * 200_000)
    theirs.observation("In seconds", created_at_epoch=AT // 1000)
    told = brought(cli, theirs, "--yes")
    assert told["new"] == 3
    assert told["faults"] == {"observations: says nothing": 1}
    found = {one["title"]: one for one in listed(cli)}
    assert found["In seconds"]["at"] == AT
    assert found["Odd"]["at"] == AT  # that of its session
    assert len(found["Deep"]["body"]) == 64_000


def test_a_row_too_large_to_be_held_is_named_and_the_others_come(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation("Before")
    theirs.observation("Huge", narrative="x" * (17 << 20))
    theirs.observation("After")
    told = brought(cli, theirs, "--yes")
    assert told["faults"] == {"observations: over 16 MiB": 1}
    assert {one["title"] for one in listed(cli)} == {"Before", "After"}


def test_what_is_no_database_of_claude_mem_is_refused_in_plain_words(
    cli: Cli, tmp_path: Path
) -> None:
    for name, content in (("empty.db", b""), ("text.db", b"no database at all" * 99)):
        (tmp_path / name).write_bytes(content)
        ran = cli("import", "claude-mem", str(tmp_path / name), "--yes")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("memtui: ")
    with closing(sqlite3.connect(tmp_path / "view.db")) as conn:
        conn.execute(
            "create view observations as with recursive n(title) as"
            " (select 1 union all select title + 1 from n) select title from n"
        )
    assert cli("import", "claude-mem", str(tmp_path / "view.db")).code == 1
    assert cli("import", "claude-mem", str(tmp_path / "gone")).code == 1
    assert cli("import", "nobody", str(tmp_path)).code == 2


def test_a_database_that_its_tool_is_writing_is_never_read_half_written(
    cli: Cli, theirs: ClaudeMemDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.readers.foreign.BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(theirs.path, isolation_level=None)) as writer:
        writer.execute("begin exclusive")
        ran = cli("import", "claude-mem", str(theirs.path), "--dry-run")
        assert ran.code == 1
        assert "cannot be read now: database is locked" in ran.err
        writer.execute("rollback")
        assert cli("import", "claude-mem", str(theirs.path), "--dry-run").code == 0
        # With a log beside it, one reads what was there when one began.
        writer.execute("pragma journal_mode = wal")
        writer.execute("begin immediate")
        writer.execute("delete from sdk_sessions")
        assert cli("import", "claude-mem", str(theirs.path), "--dry-run").code == 0


def test_an_agent_may_count_and_not_import(
    cli: Cli, theirs: ClaudeMemDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs.session()
    theirs.observation()
    monkeypatch.setenv("CLAUDECODE", "1")
    ran = cli("import", "claude-mem", str(theirs.path), "--yes")
    assert (ran.code, "may not import" in ran.err) == (1, True)
    assert brought(cli, theirs, "--dry-run")["new"] == 1
    assert listed(cli) == []


def test_without_yes_and_a_terminal_nothing_is_written(
    cli: Cli, theirs: ClaudeMemDatabase
) -> None:
    theirs.session()
    theirs.observation()
    ran = cli("import", "claude-mem", str(theirs.path))
    assert ran.code == 1
    assert "1 memory found, 1 new." in ran.out
    assert listed(cli) == []
    assert json.loads(cli("stats", "--json").out)["observations"] == 0
