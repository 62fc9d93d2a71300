"""What doctor says: true, in order, and never a traceback."""

import json
import os
import re
import resource
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from memtui.errors import StoreError, StoreReadOnly
from memtui.ingest.sync import sync
from memtui.inject.export import export_projects
from memtui.install import apply, plan_install, soundness
from memtui.install.doctor import DAY_S, Finding, Level, examine, repair
from memtui.model import Agent
from memtui.paths import store_path
from memtui.settings import Settings
from tests.inject.samples import memory
from tests.inject.stores import StoreRows
from tests.rights import by_nobody_special

NOW = 1_700_000_000.0
PLAIN = Settings()


def said(home: Path, data: Path, subject: str) -> list[Finding]:
    found = examine(data, PLAIN, home=home, now=NOW)
    return [finding for finding in found if finding.subject == subject]


def levels(findings: list[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def transcript(home: Path, name: str, days: float) -> Path:
    path = home / ".claude" / "projects" / "-srv-p" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}\n")
    os.utime(path, (NOW - days * DAY_S,) * 2)
    return path


def test_an_empty_home_is_told_what_to_do_first(home: Path, data: Path) -> None:
    found = examine(data, PLAIN, home=home, now=NOW)
    assert {(f.subject, f.level) for f in found} == {
        ("store", Level.NOTE),
        ("transcripts", Level.NOTE),
        ("hooks", Level.NOTE),
    }
    assert "Run: memtui sync" in {f.hint for f in found}
    assert not data.exists()


def test_all_is_well_after_installing_and_exporting(home: Path, data: Path) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.memory(memory(), "p")
    transcript(home, "s", 1)
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    export_projects(data, PLAIN)
    found = examine(data, PLAIN, home=home, now=NOW)
    assert [f for f in found if f.level is Level.WRONG] == []
    assert [f.subject for f in found if f.level is Level.OK] == [
        "store", "transcripts", "hooks", "exports",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"not a database, not at all" * 50])
def test_a_store_that_is_none_is_said(home: Path, data: Path, content: bytes) -> None:
    data.mkdir()
    store_path(data).write_bytes(content)
    (found,) = said(home, data, "store")
    assert found.level in (Level.WRONG, Level.OK)
    assert (found.level is Level.OK) == (content == b"")


def test_unread_transcripts_that_soon_expire_are_named(home: Path, data: Path) -> None:
    transcript(home, "old", 25)
    transcript(home, "new", 2)
    wrong = [f for f in said(home, data, "transcripts") if f.level is Level.WRONG]
    assert [f.message for f in wrong] == [
        "1 transcript not read yet is deleted within 7 days."
    ]


def test_a_folder_that_a_link_shows_again_is_counted_and_read_once(
    home: Path, data: Path
) -> None:
    transcript(home, "old", 25)
    (home / ".config").mkdir()
    (home / ".config" / "claude").symlink_to(home / ".claude")
    sync(data, PLAIN, home=home)
    found = said(home, data, "transcripts")
    assert Level.WRONG not in levels(found)
    assert found[0].message.startswith("1 of claude-code in ")


def test_the_clients_own_period_counts(home: Path, data: Path) -> None:
    transcript(home, "old", 25)
    settings = home / ".claude" / "settings.json"
    settings.write_text('{"cleanupPeriodDays": 365}')
    assert Level.WRONG not in levels(said(home, data, "transcripts"))


@pytest.mark.parametrize("days", ["0", "-1", '"never"', "true"])
def test_a_period_that_the_client_refuses_silences_no_warning(
    home: Path, data: Path, days: str
) -> None:
    transcript(home, "old", 25)
    settings = home / ".claude" / "settings.json"
    settings.write_text(f'{{"cleanupPeriodDays": {days}}}')
    wrong = [f for f in said(home, data, "transcripts") if f.level is Level.WRONG]
    assert [f.message.partition(" is ")[0] for f in wrong] == [
        "cleanupPeriodDays",
        "1 transcript not read yet",
    ]


def test_a_folder_that_may_not_be_looked_into_is_named(
    home: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = transcript(home, "s", 1).parent
    scandir = os.scandir

    def refuse(path: str | Path) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    wrong = [f for f in said(home, data, "transcripts") if f.level is Level.WRONG]
    assert [f.message for f in wrong] == [
        f"The folder {closed} cannot be read: Permission denied."
    ]


def test_a_lost_hook_is_wrong_and_repaired(home: Path, data: Path) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    (data / "hooks" / "session-start").unlink()
    (found,) = said(home, data, "hooks")
    assert (found.level, found.can_repair) == (Level.WRONG, True)
    assert repair(data, PLAIN, home=home) == ["Hooks written again: session-start."]
    assert levels(said(home, data, "hooks")) == [Level.OK]


def test_hooks_of_another_data_folder_are_named(
    home: Path, data: Path, tmp_path: Path
) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, tmp_path / "old"))
    assert levels(said(home, data, "hooks")) == [Level.WRONG]


def test_hooks_as_an_older_version_wired_them_are_named(home: Path, data: Path) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    path = home / ".claude" / "settings.json"
    path.write_text(re.sub(r"\[ ! -f \S+ \] \|\| ", "", path.read_text()))
    (found,) = said(home, data, "hooks")
    assert found.level is Level.NOTE
    assert found.hint == "Run: memtui install --agent claude-code"
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    assert levels(said(home, data, "hooks")) == [Level.OK]


def test_switched_off_hooks_are_named(home: Path, data: Path) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    path = home / ".claude" / "settings.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "disableAllHooks": True}))
    assert Level.WRONG in levels(said(home, data, "hooks"))


def test_plugin_and_settings_both_wired_is_named(home: Path, data: Path) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    path = home / ".claude" / "settings.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "enabledPlugins": {"memtui@x": True}}))
    assert levels(said(home, data, "hooks")) == [Level.NOTE, Level.OK]


def test_a_store_ahead_of_its_exports_is_wrong_and_repaired(
    home: Path, data: Path
) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.memory(memory(), "p")
    assert levels(said(home, data, "exports")) == [Level.WRONG]
    assert repair(data, PLAIN, home=home) == ["Exports written again."]
    assert levels(said(home, data, "exports")) == [Level.OK]


def test_a_store_that_others_can_read_is_wrong_and_repaired(
    home: Path, data: Path
) -> None:
    StoreRows(data)
    store_path(data).chmod(0o644)
    found = said(home, data, "privacy")
    assert f"{store_path(data)} can be read by others." in {f.message for f in found}
    assert {f.level for f in found} == {Level.WRONG}
    repair(data, PLAIN, home=home)
    assert said(home, data, "privacy") == []


@pytest.mark.parametrize("text", ["{", "[]", "\0", '{"hooks": 1, "enabledPlugins": 1}'])
def test_settings_that_cannot_be_read_end_in_no_traceback(
    home: Path, data: Path, text: str
) -> None:
    path = home / ".claude" / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert levels(said(home, data, "hooks")) == [Level.NOTE]


def test_the_last_delivery_is_named(home: Path, data: Path) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.session("s-1", "p", "hello")
        rows.conn.execute(
            "insert into delivery(session_id, record_id, export, at)"
            " values (1, 1, 'aaaabbbbcccc', 1700000000000)"
        )
    (found,) = said(home, data, "delivery")
    assert found.message == "Last delivered 2023-11-14 22:13 UTC to session s-1."


def test_a_damaged_store_is_repaired_with_all_else(home: Path, data: Path) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    (data / "hooks" / "session-start").unlink()
    with store_path(data).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 60_000)
    data.chmod(0o755)
    own, copied, saved, again, hooks, *_ = repair(data, PLAIN, home=home)
    assert own == f"{data} is the owner's alone now."
    assert "was copied out first" in copied
    assert "all of them could not be read. The old file:" in saved
    assert again == "What is missing is read again: run memtui sync."
    assert hooks == "Hooks written again: session-start."
    (store,) = said(home, data, "store")
    assert store.level is Level.OK


def test_what_cannot_be_repaired_is_said_and_the_rest_is_done(
    home: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.memory(memory(), "p")
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    (data / "hooks" / "session-start").unlink()

    def full(_data: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("memtui.install.plugin.put_hooks", full)
    first, second = repair(data, PLAIN, home=home)
    assert first.startswith("Not repaired: No space left")
    assert second == "Exports written again."


def test_whatever_of_ours_others_can_read_is_named(home: Path, data: Path) -> None:
    StoreRows(data)
    (data / "memtui.log").touch(mode=0o644)
    (data / "backups").mkdir(mode=0o755)
    (data / "export").symlink_to(home)
    told = [finding.message for finding in said(home, data, "privacy")]
    assert told == [
        f"{data / name} can be read by others." for name in ("backups", "memtui.log")
    ]
    repair(data, PLAIN, home=home)
    assert (data / "memtui.log").stat().st_mode & 0o777 == 0o600
    assert (data / "backups").stat().st_mode & 0o777 == 0o700


def test_a_transcript_whose_name_is_no_text_is_named(home: Path, data: Path) -> None:
    odd = os.fsencode(transcript(home, "s", 1).parent) + b"/odd\xff.jsonl"
    os.close(os.open(odd, os.O_CREAT))
    wrong = [f for f in said(home, data, "transcripts") if f.level is Level.WRONG]
    assert len(wrong) == 1
    assert "/odd\\xff.jsonl is not read" in wrong[0].message


def refusing(error: StoreError) -> Callable[[Path], None]:
    def refuse(_: Path) -> None:
        raise error

    return refuse


def test_a_store_in_a_read_only_folder_is_not_called_damaged(
    home: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    StoreRows(data)
    error = StoreReadOnly("It is older.", hint="Copy it.")
    monkeypatch.setattr(soundness, "try_to_write", refusing(error))
    (found,) = said(home, data, "store")
    message = "Nothing new can be recorded. It is older."
    assert (found.level, found.message, found.hint) == (
        Level.WRONG, message, "Copy it.",
    )  # fmt: skip
    monkeypatch.setattr(soundness, "probe", refusing(error))
    (found,) = said(home, data, "store")
    assert (found.message, found.hint) == ("It is older.", "Copy it.")


def test_a_newer_store_is_said_to_take_nothing_new(home: Path, data: Path) -> None:
    StoreRows(data)
    with closing(sqlite3.connect(store_path(data))) as conn:
        conn.execute("pragma user_version = 9999")
    (found,) = said(home, data, "store")
    assert found.level is Level.WRONG
    assert "Nothing new can be recorded." in found.message
    assert "newer memtui" in found.message
    assert found.hint.startswith("Update memtui.")


def test_a_folder_that_takes_no_file_is_said_to_take_nothing_new(
    home: Path, data: Path
) -> None:
    StoreRows(data)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        (found,) = said(home, data, "store")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert found.level is Level.WRONG
    assert "beyond 1,000,000 bytes" in found.message
    assert "ulimit -f" in found.hint


def test_a_file_in_place_of_the_data_folder_is_said(home: Path, data: Path) -> None:
    data.touch()
    (found,) = said(home, data, "store")
    assert (found.level, found.message) == (
        Level.WRONG, f"There is a file where a folder should be: {data}.",
    )  # fmt: skip
    assert "MEMTUI_DATA_DIR" in found.hint


@pytest.mark.parametrize(
    ("folder", "file", "message"),
    [
        (0o500, 0o600, "Sound"),
        (0o500, 0o400, "Nothing new can be recorded. The store is read-only"),
        (0o000, 0o600, "The store cannot be opened: Permission denied"),
    ],
)
def test_the_file_system_is_asked_by_trying(
    home: Path, data: Path, folder: int, file: int, message: str
) -> None:
    StoreRows(data)
    with closing(sqlite3.connect(store_path(data))) as held:
        held.execute("select 1 from meta").fetchall()  # its log is there already
        for path in data.glob("memtui.db*"):
            path.chmod(file)
        data.chmod(folder)
        try:
            done = by_nobody_special([sys.executable, "-m", "memtui", "doctor"])
        finally:
            data.chmod(0o700)
    lines = done.stdout.splitlines()
    (line,) = [one for one in lines if one.split()[1] == "store"]
    assert message in line
    assert "Traceback" not in done.stderr
    assert ("ls -la" in line) == (message != "Sound")
