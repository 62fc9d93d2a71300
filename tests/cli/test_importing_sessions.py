"""``memtui import``: sessions of another tool, where their transcripts are gone."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.claude_mem import ClaudeMemDatabase
from tests.cli.conftest import Cli
from tests.other_tools import EPISODIC_OLD, RELAY_OLD, OtherDatabase, episodic, relay

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


def brought(cli: Cli, tool: str, path: Path, *words: str) -> dict[str, int]:
    ran = cli("import", tool, str(path), "--json", *(words or ("--yes",)))
    assert ran.code == 0, ran.err
    found = ran.object["sessions"]
    assert isinstance(found, dict)
    return found


def test_a_session_of_claude_relay_is_in_the_archive(
    cli: Cli, tmp_path: Path, data: Path
) -> None:
    relay(tmp_path / "memory.db")
    assert brought(cli, "claude-relay", tmp_path, "--dry-run")["rows"] == 4
    assert cli("sessions", "--all").out == ""
    told = brought(cli, "claude-relay", tmp_path)
    assert (told["found"], told["brought"], told["held"]) == (1, 1, 0)
    (session,) = cli("sessions", "--all", "--json").objects
    assert (session["id"], session["agent"]) == ("s-gone", "claude-code")
    assert session["project"]["path"] == "/src/harbor-api"
    text = cli("export", "--markdown", "s-gone").out
    for said in ("Always run gofmt", "go test ./lease", "ok lease", "lease is green"):
        assert said in text
    assert cli("search", "gofmt", "--all").out
    raw = cli("export", "--raw", "s-gone").out
    assert "claude-relay raw_entries/1" in raw
    assert not (data / "imported").exists()


def test_a_purge_takes_along_what_a_killed_import_left(
    cli: Cli, added: Callable[..., str], tmp_path: Path, data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    memory = added("The lease expires early")
    relay(tmp_path / "memory.db")
    with monkeypatch.context() as killed:  # it puts nothing away
        killed.setattr("memtui.ingest.importing.shutil.rmtree", lambda *_, **__: None)
        cli("import", "claude-relay", str(tmp_path / "memory.db"), "--yes")
    (left,) = (data / "imported").rglob("*.jsonl")
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert cli("purge", memory, "--confirm", "purge 1").code == 0
    assert not (data / "imported").exists()


def test_rules_that_the_person_gave_there_are_candidates_here(
    cli: Cli, tmp_path: Path
) -> None:
    relay(tmp_path / "memory.db")
    assert brought(cli, "claude-relay", tmp_path)["memories"] == 1
    (memory,) = cli("list", "--all", "--json").objects
    assert "gofmt" in memory["title"]
    assert (memory["state"], memory["trust"]) == ("candidate", "user")
    assert memory["evidence"][0]["session"] == "s-gone"


def test_a_session_of_episodic_memory_is_in_the_archive(
    cli: Cli, tmp_path: Path
) -> None:
    episodic(tmp_path / "conversation-index" / "db.sqlite")
    told = brought(cli, "episodic-memory", tmp_path)
    assert (told["found"], told["brought"]) == (1, 1)
    text = cli("export", "--markdown", "s-gone").out
    for said in ("Why is the lease red?", "go test", "FAIL lease", "The clock lags."):
        assert said in text
    (memory,) = cli("list", "--all", "--json").objects
    assert "clock" in memory["title"]


def test_prompts_and_calls_of_claude_mem_are_a_session(
    cli: Cli, tmp_path: Path
) -> None:
    theirs = ClaudeMemDatabase(tmp_path / "claude-mem.db")
    theirs.session("s-gone")
    theirs.session("s-codex", "m-2", platform_source="codex")
    for session in ("s-gone", "s-codex"):
        theirs.put(
            "user_prompts", content_session_id=session, prompt_number=1,
            prompt_text="Always run gofmt before you commit the lease",
        )  # fmt: skip
    theirs.put(
        "tool_uses", content_session_id="s-gone", tool_use_id="t1", tool_name="Bash",
        tool_input='{"command": "go vet"}', tool_response="vetted", cwd="/src/tern",
    )  # fmt: skip
    theirs.observation("The lease is vetted")
    told = brought(cli, "claude-mem", tmp_path)
    assert (told["found"], told["brought"]) == (1, 1)
    text = cli("export", "--markdown", "s-gone").out
    assert "go vet" in text
    assert "vetted" in text
    (memory,) = cli("list", "--all", "--json", "rule:claude-mem").objects
    assert memory["project"]["path"] == "/src/tern"


@pytest.mark.parametrize("tool", ["claude-relay", "episodic-memory"])
def test_a_session_that_is_here_is_not_doubled(
    cli: Cli, project: Path, tmp_path: Path, tool: str
) -> None:
    (known,) = cli("sessions", "--json").objects
    file = tmp_path / "theirs.db"
    if tool == "claude-relay":
        OtherDatabase(file, RELAY_OLD).entry("user", "Hello", session_id=known["id"])
    else:
        made = OtherDatabase(file, EPISODIC_OLD)
        made.exchange("e", "Hello", "Hi", archive_path=known["id"])
    told = brought(cli, tool, file)
    assert (told["held"], told["brought"]) == (1, 0)
    assert cli("sessions", "--json").objects == [known]


def test_the_second_import_adds_only_rows_that_are_new(
    cli: Cli, tmp_path: Path
) -> None:
    theirs = relay(tmp_path / "memory.db")
    first = brought(cli, "claude-relay", tmp_path)
    assert first["records"] > 0
    again = brought(cli, "claude-relay", tmp_path)
    assert (first["new"], again["new"], again["records"]) == (1, 0, 0)
    theirs.entry("user", "One prompt more about the lease")
    assert brought(cli, "claude-relay", tmp_path)["records"] == 1
    (session,) = cli("sessions", "--all", "--json").objects
    assert cli("export", "--markdown", "s-gone").out.count("> Always run gofmt") == 1
    assert session["id"] == "s-gone"


def test_no_secret_of_theirs_is_stored(cli: Cli, tmp_path: Path, data: Path) -> None:
    theirs = relay(tmp_path / "memory.db")
    theirs.entry("user", f"The token is {SECRET}, <private>and mine</private>")
    brought(cli, "claude-relay", tmp_path)
    kept = b"".join(p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file())
    assert SECRET.encode() not in kept
    assert b"and mine" not in kept


def far(theirs: OtherDatabase) -> None:
    theirs.entry("user", "Out of the folder", session_id="../../../../tmp/out")


def odd(theirs: OtherDatabase) -> None:
    theirs.entry("user", "[{not json", session_id="s-odd", timestamp="never", cwd=7)
    theirs.entry("assistant", "[Tool: ] x\n[Tool: A] [1", session_id="s-odd")
    theirs.entry("user", "[1, 2]", session_id=b"\xff\x00", cwd=b"\xff")


def huge(theirs: OtherDatabase) -> None:
    theirs.entry("user", "x" * (17 << 20), session_id="s-huge")
    theirs.entry("user", "A prompt that is there", session_id="s-huge")


@pytest.mark.parametrize("what", [far, odd, huge])
def test_hostile_rows_stay_in_their_place_and_stop_nothing(
    cli: Cli, tmp_path: Path, data: Path, what: Callable[[OtherDatabase], None]
) -> None:
    theirs = relay(tmp_path / "memory.db")
    what(theirs)
    before = {p for p in tmp_path.rglob("*") if not p.is_relative_to(data)}
    told = brought(cli, "claude-relay", tmp_path)
    assert told["brought"] == told["found"] >= 2
    assert {p for p in tmp_path.rglob("*") if not p.is_relative_to(data)} == before
    assert "Always run gofmt" in cli("export", "--markdown", "s-gone").out


def test_what_is_no_database_of_theirs_is_refused(cli: Cli, tmp_path: Path) -> None:
    relay(tmp_path / "memory.db")
    ran = cli("import", "episodic-memory", str(tmp_path / "memory.db"), "--yes")
    assert (ran.code, "no database of episodic-memory" in ran.err) == (1, True)
    episodic(tmp_path / "db.sqlite")
    ran = cli("import", "claude-relay", str(tmp_path / "db.sqlite"), "--yes")
    assert (ran.code, "no database of claude-relay" in ran.err) == (1, True)
