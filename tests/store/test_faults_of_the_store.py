"""What can befall the store's files: each with an outcome that is said, and no loss."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from memtui.cli import main
from memtui.curate import Curator
from memtui.errors import StoreError, StoreTooNew
from memtui.ingest.sync import _look_at_health, sync
from memtui.install import soundness
from memtui.install.finding import Level
from memtui.paths import backup_dir, store_path
from memtui.settings import Settings
from memtui.store.connect import SCHEMA_STAMP, open_writer, transaction
from memtui.store.mounts import network_kind
from memtui.store.queries import StoreView
from memtui.store.rescue import restoring
from memtui.store.rescue.repair import health, mend
from memtui.store.trouble import is_damage, trouble
from tests.factories import Say, Turn, transcript
from tests.ingest.four_agents import FourAgents
from tests.ingest.telling import ask, synced, told
from tests.rights import by_nobody_special


@pytest.fixture
def kept(data: Path, home: Path) -> Path:
    """A store of four agents, in which a person kept, pinned and wrote something."""
    agents = FourAgents(home)
    agents.close()
    synced(data, home)
    ids = [row[0] for row in ask(data, "select id from memory order by id")]
    with Curator(data, Settings()) as curator:
        curator.keep(ids[:20])
        curator.pin(ids[:3])
        curator.edit(ids[0], title="In my own words")
        curator.add("Written by hand", type="decision", scope="global")
        curator.prune(ids[20:25])
    return data


DECIDED = "select id, title, body, state, pinned, scope from curation order by id"
JOURNAL = "select id, act, count from journal order by id"


def spoil(data: Path, kind: str, share: float = 1.0) -> int:
    """Break pages of a table or index; how many."""
    path = store_path(data)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")
        (size,) = conn.execute("pragma page_size").fetchone()
        question = "select pageno from dbstat where name like ? order by pageno"
        pages = [row[0] for row in conn.execute(question, (kind,))]
    chosen = random.Random(kind).sample(pages, max(1, round(share * len(pages))))
    with path.open("r+b") as file:
        for page in chosen:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    return len(chosen)


def has_dbstat() -> bool:
    with closing(sqlite3.connect(":memory:")) as conn:
        try:
            conn.execute("select * from dbstat")
        except sqlite3.DatabaseError:
            return False
    return True


needs_dbstat = pytest.mark.skipif(not has_dbstat(), reason="SQLite without dbstat")


@needs_dbstat
def test_a_damaged_index_is_made_anew_and_nothing_else_is_touched(kept: Path) -> None:
    before = told(kept)
    decided = ask(kept, DECIDED)
    spoil(kept, "fts_data", 0.5)
    assert not health(store_path(kept)).is_sound
    done = soundness.mend(kept)
    assert any("copied out first" in said for said in done)
    assert health(store_path(kept)).is_sound
    assert told(kept) == before
    assert ask(kept, DECIDED) == decided


@needs_dbstat
@pytest.mark.parametrize("table", ["record", "link", "block", "observation", "session"])
def test_of_damaged_pages_all_else_is_saved_and_the_sources_give_the_rest(
    kept: Path, home: Path, table: str
) -> None:
    before, decided = told(kept), ask(kept, DECIDED)
    spoil(kept, table, 0.3)
    done = soundness.mend(kept)
    assert "copied out first" in done[0]
    assert any("The old file:" in said for said in done)
    assert list(kept.glob("memtui.db.damaged-*"))
    assert health(store_path(kept)).is_sound
    assert ask(kept, "pragma foreign_key_check") == []
    assert ask(kept, DECIDED) == decided
    synced(kept, home)
    after = told(kept)
    for name in ("sessions", "records", "observations", "deliveries"):
        mine = {row[:2] for row in after[name]}
        assert {row[:2] for row in before[name]} <= mine, name
    assert ask(kept, DECIDED) == decided


@needs_dbstat
@pytest.mark.parametrize("is_gone", [True, False])
def test_what_the_archive_lost_no_full_sync_takes_from_the_records(
    data: Path, home: Path, is_gone: bool
) -> None:
    """Not where the sources are gone, nor where they go later."""
    said = tuple(
        Turn(f"Point {n}: {random.Random(n).randbytes(4_000).hex()}", Say("Yes."))
        for n in range(400)
    )
    source = transcript(turns=said, home=home)
    whole = transcript(home=home)
    synced(data, home)
    before = ask(data, RECORDS)
    if is_gone:
        source.unlink()
        synced(data, home)
    lose_blocks(data)
    mend(store_path(data), backup_dir(data))
    source.unlink(missing_ok=True)
    for _ in range(2):
        sync(data, Settings(), home=home, full=True)
        assert ask(data, RECORDS) == before
    assert whole.exists()


RECORDS = "select native_id, part, text from record order by 1, 2"


def lose_blocks(data: Path) -> None:
    """Break pages that hold the archive's data, and nothing else of it."""
    with closing(sqlite3.connect(store_path(data))) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")
        (size,) = conn.execute("pragma page_size").fetchone()
        question = """
            select pageno from dbstat where name = 'block' and pagetype = 'overflow'
            order by pageno"""
        (page, *_) = (row[0] for row in conn.execute(question))
        (root,) = conn.execute(
            "select rootpage from sqlite_master where name = 'block'"
        ).fetchone()
        assert page != root
    with store_path(data).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@needs_dbstat
def test_decisions_on_damaged_pages_come_from_the_newest_backup(
    kept: Path, home: Path
) -> None:
    from memtui.store.rescue.daily import back_up_decisions

    decided = ask(kept, DECIDED)
    back_up_decisions(store_path(kept), backup_dir(kept), now_ms=1 << 43)
    spoil(kept, "curation")
    done = soundness.mend(kept)
    assert any("came from" in said for said in done)
    assert ask(kept, DECIDED) == decided


def test_of_a_file_that_is_none_the_backup_brings_back_the_decisions(
    kept: Path, home: Path
) -> None:
    from memtui.store.rescue.daily import back_up_decisions

    decided = [row[:5] for row in ask(kept, DECIDED)]
    back_up_decisions(store_path(kept), backup_dir(kept), now_ms=1 << 43)
    for side in ("-wal", "-shm"):
        Path(f"{store_path(kept)}{side}").unlink(missing_ok=True)
    store_path(kept).write_bytes(b"no database " * 4_000)
    done = soundness.mend(kept)
    assert any("came from" in said for said in done)
    synced(kept, home)
    assert [row[:5] for row in ask(kept, DECIDED)] == decided
    projects = "select count(*) from curation where project_id is not null"
    assert ask(kept, projects) != [(0,)]
    assert soundness.look(kept)[0][0].level is Level.OK


def test_doctor_says_what_it_repaired(
    kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with store_path(kept).open("r+b") as file:
        file.seek(40_000)
        file.write(b"\xff" * 300_000)
    main(["doctor"])
    assert "doctor --fix" in capfd.readouterr().out
    main(["doctor", "--fix"])
    said = capfd.readouterr()
    assert "What you decided was copied out first" in said.err
    assert "The old file:" in said.err
    assert "Sound" in said.out


def test_a_truncated_log_loses_its_last_transactions_and_nothing_more(
    kept: Path, tmp_path: Path
) -> None:
    path = store_path(kept)
    with closing(open_writer(path, "curation")) as conn:
        conn.execute("pragma wal_autocheckpoint = 0")
        for number in range(5):
            with transaction(conn):
                conn.execute(
                    "insert into hidden_session values (?, 1)", (f"s{number}",)
                )
        other = tmp_path / "after a power cut"
        shutil.copytree(kept, other)
    log = Path(f"{store_path(other)}-wal")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - 6_000)
    Path(f"{store_path(other)}-shm").unlink()
    hidden = ask(other, "select id from hidden_session order by id")
    assert hidden == [(f"s{number}",) for number in range(len(hidden))]
    assert 1 <= len(hidden) < 5
    assert health(store_path(other)).is_sound
    assert ask(other, DECIDED) == ask(kept, DECIDED)


def test_without_its_shared_memory_file_the_log_is_still_read(
    kept: Path, tmp_path: Path
) -> None:
    with closing(open_writer(store_path(kept), "curation")) as conn:
        with transaction(conn):
            conn.execute("insert into hidden_session values ('s', 1)")
        other = tmp_path / "after a kill"
        shutil.copytree(kept, other)
    Path(f"{store_path(other)}-shm").unlink()
    with StoreView(store_path(other)) as view:
        assert view.memories()
    assert ask(other, "select id from hidden_session") == [("s",)]


def test_two_versions_on_one_store_the_older_one_stops_writing(kept: Path) -> None:
    with closing(open_writer(store_path(kept), "curation")) as older:
        with closing(sqlite3.connect(store_path(kept))) as newer:
            newer.execute(f"pragma user_version = {SCHEMA_STAMP + 1}")
        with pytest.raises(StoreTooNew, match="newer memtui has changed"):
            with transaction(older):
                older.execute("insert into hidden_session values ('s', 1)")
    assert ask(kept, "select * from hidden_session") == []
    with StoreView(store_path(kept)) as view:
        assert view.memories()


def test_a_look_at_the_store_ends_when_its_time_is_over(kept: Path) -> None:
    found = health(store_path(kept), seconds=-1.0)
    assert not found.is_whole
    assert found.is_sound


@needs_dbstat
@pytest.mark.parametrize("stops", [True, False])
def test_of_a_large_store_no_more_is_looked_at_than_the_time_allows(
    kept: Path, monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    from memtui.store.rescue import repair

    asked: list[str] = []
    opened = repair._opened

    def traced(path: Path) -> sqlite3.Connection:
        conn = opened(path)
        conn.set_trace_callback(asked.append)
        return conn

    monkeypatch.setattr(repair, "_opened", traced)
    monkeypatch.setattr(repair, "_STOPS_INSIDE", stops)
    monkeypatch.setattr(repair, "_AT_ONCE", 0)
    found = health(store_path(kept), seconds=60)
    assert (found.is_sound, found.is_whole) == (True, False)
    assert ("pragma quick_check(20)" in asked) == stops
    assert ("pragma quick_check(journal)" in asked) != stops
    assert not [one for one in asked if "integrity-check" in one]  # cannot be ended
    spoil(kept, "journal")
    assert not health(store_path(kept), seconds=60).is_sound


@needs_dbstat
def test_an_index_that_answers_nothing_is_found_in_no_time(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of a large store take longer to look at than a start may take."""
    from memtui.store.rescue import repair

    monkeypatch.setattr(repair, "_limit", lambda conn, _: _stop_at_the_pages(conn))
    assert health(store_path(kept), seconds=0.5).is_sound
    assert not health(store_path(kept), seconds=0.5).is_whole
    spoil(kept, "fts_data")
    assert not health(store_path(kept), seconds=0.5).is_sound


def _stop_at_the_pages(conn: sqlite3.Connection) -> None:
    """As if the time were over when the look at the pages begins."""

    def seen(statement: str) -> None:
        if "quick_check" in statement:
            conn.set_progress_handler(lambda: 1, 1)

    conn.set_trace_callback(seen)


def test_a_clock_that_jumps_takes_nothing_away(kept: Path, home: Path) -> None:
    at = [1 << 45]
    with Curator(kept, Settings(), clock=lambda: at[0]) as curator:
        ((mine,),) = ask(
            kept, "select id from curation where title = 'Written by hand'"
        )
        curator.pin([mine])
        at[0] = 1
        curator.unpin([mine])
        assert curator.undo().message
        at[0] = 1 << 44
        curator.undo()
    before = told(kept)
    synced(kept, home)
    assert told(kept) == before
    ((pinned,),) = ask(kept, f"select pinned from curation where id = '{mine}'")
    assert pinned == 0


SMALL = """
set -e
mount -t tmpfs -o size=3m none "$1"
cd "$2"
set +e
MEMTUI_DATA_DIR="$1/data" "$3" -m memtui sync; echo "code $?"
MEMTUI_DATA_DIR="$1/data" "$3" -m memtui list --limit 1 --all >/dev/null; echo "list $?"
df "$1" >/dev/null
"""


def test_a_disk_that_is_full_is_said_and_what_was_stored_can_be_read(
    home: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    space = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        subprocess.run([*space, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no user namespaces here")
    agents = FourAgents(home)
    agents.close()
    for number in range(12):  # more than the disk holds
        folder = home / ".claude" / "projects" / "-big"
        folder.mkdir(parents=True, exist_ok=True)
        source = next((home / ".claude").rglob("*.jsonl"))
        noise = random.Random(number).randbytes(300_000).hex()
        line = source.read_text().splitlines()[0].replace("}", f',"x":"{noise}"}}', 1)
        (folder / f"{number:08}-0000-4000-8000-000000000000.jsonl").write_text(
            line + "\n"
        )
    root = str(Path(__file__).resolve().parents[2])
    command = [*space, "sh", "-c", SMALL, "sh", str(disk), root, sys.executable]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "The disk is full" in ran.stderr
    assert "What the store holds is safe." in ran.stderr
    assert "code 1" in ran.stdout
    assert "list 0" in ran.stdout


def test_a_folder_that_nobody_may_write_is_said_and_not_repaired(kept: Path) -> None:
    before = store_path(kept).read_bytes()
    for path in (*kept.iterdir(), kept):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        said = {
            words: by_nobody_special([sys.executable, "-m", "memtui", *words.split()])
            for words in (
                "list --all",
                "add x --type decision --global",
                "doctor --fix",
            )
        }
    finally:
        kept.chmod(0o700)
    assert [ran.returncode for ran in said.values()] == [0, 1, 1]
    for words in ("add x --type decision --global", "doctor --fix"):
        told = said[words].stdout + said[words].stderr
        assert "read-only" in told
        assert f"ls -la {kept}" in told
    assert store_path(kept).read_bytes() == before
    assert not list(kept.glob("*damaged*"))


@pytest.mark.parametrize(
    ("name", "is_broken"),
    [
        ("SQLITE_CORRUPT_VTAB", True), ("SQLITE_NOTADB", True), ("SQLITE_ERROR", True),
        ("SQLITE_IOERR_READ", True), ("SQLITE_FULL", False), ("SQLITE_CANTOPEN", False),
        ("SQLITE_READONLY_DBMOVED", False), ("SQLITE_BUSY_SNAPSHOT", False),
        ("SQLITE_IOERR_WRITE", False), ("SQLITE_IOERR_SHMSIZE", False),
    ],
)  # fmt: skip
def test_a_store_that_may_be_sound_is_not_called_damaged(
    tmp_path: Path, name: str, is_broken: bool
) -> None:
    error = StoreError("x")
    error.__cause__ = cause = sqlite3.OperationalError("x")
    cause.sqlite_errorname = name
    assert is_damage(tmp_path / "memtui.db", error) == is_broken
    assert not is_damage(tmp_path / "memtui.db", StoreError("without a cause"))


def test_a_whole_copy_is_put_back_and_the_store_before_is_kept(
    kept: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    assert main(["backup", str(copy)]) == 0
    before = told(kept)
    with Curator(kept, Settings()) as curator:
        curator.add("Later", type="decision", scope="global")
    assert main(["backup", "--restore", str(copy)]) == 1  # nobody said yes
    assert main(["backup", "--restore", str(copy), "--yes"]) == 0
    assert store_path(kept).read_bytes()[18:20] == b"\2\2"  # nobody who reads waits
    assert told(kept) == before
    (aside,) = kept.glob("memtui.db.before-*")
    with closing(sqlite3.connect(aside)) as conn:
        titles = conn.execute("select title from curation").fetchall()
    assert ("Later",) in titles
    capfd.readouterr()


def test_a_copy_that_is_killed_on_its_way_leaves_the_store_where_it_was(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    assert main(["backup", str(copy)]) == 0
    before = told(kept)

    def killed(_: Path, to: Path) -> None:
        raise SystemExit(f"killed before {to}")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(SystemExit):
            restoring.put_store(store_path(kept), copy)
    assert told(kept) == before
    (aside,) = kept.glob("memtui.db.before-*Z")
    assert health(aside).is_sound


def test_decisions_are_put_back_into_a_store_of_other_numbers(
    kept: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memtui.store.rescue.daily import back_up_decisions

    backup = back_up_decisions(store_path(kept), backup_dir(kept), now_ms=1 << 43)
    assert backup is not None
    other = tmp_path / "other"
    monkeypatch.setenv("MEMTUI_DATA_DIR", str(other))
    synced(other, home)
    assert main(["backup", "--restore", str(backup), "--yes"]) == 0
    assert ask(other, DECIDED) == ask(kept, DECIDED)
    where = """
        select c.id, s.native_id, p.name from curation c
        left join session s on s.id = c.session_id
        left join project p on p.id = c.project_id order by c.id
    """
    assert ask(other, where) == ask(kept, where)
    assert main(["undo"]) == 0
    assert main(["backup", "--restore", str(backup), "--yes"]) == 0
    assert ask(other, "pragma foreign_key_check") == []


def test_a_backup_of_odd_rows_is_refused_whole(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = told(kept)
    odd = tmp_path / "odd.jsonl.zst"
    good: dict[str, object] = {"table": "tombstone", "id": "odd"}
    journal = {"table": "journal", "id": 1, "target": None}
    for row in (
        {"table": "curation"},
        {"table": "curation", "id": "abcdefghijkl", "evidence": "[[]]"},
        {"table": "curation", "id": "abcdefghijkl", "at": 1 << 70},
        journal | {"about": "odd", "payload": "AA=="},
        {"table": "project", "id": 1},
        {"table": "tombstone"},
        {"table": "bundle_conflict", "said": "odd"},
    ):
        lines = "\n".join(map(json.dumps, ({"memtui": "decisions"}, good, row)))
        odd.write_bytes(zstandard.compress(lines.encode()))
        assert main(["backup", "--restore", str(odd), "--yes"]) == 1
        assert "a row that cannot be understood" in capsys.readouterr().err
    assert told(kept) == before
    assert ask(kept, "select id from tombstone where id = 'odd'") == []


def test_what_is_no_backup_is_refused(kept: Path, tmp_path: Path) -> None:
    before = told(kept)
    for name, content in (
        ("a.db", b"SQLite format 3\x00junk" * 99),
        ("b.zst", b"junk"),
        ("c.zst", b""),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        assert main(["backup", "--restore", str(file), "--yes"]) == 1
    os.mkfifo(tmp_path / "pipe")  # nobody ever writes to it
    for place in (tmp_path, tmp_path / "nothing", tmp_path / "pipe", store_path(kept)):
        assert main(["backup", "--restore", str(place), "--yes"]) == 1
    assert told(kept) == before


MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 22 0:40 / /home/sam rw,relatime shared:1 - nfs4 server:/home rw
32 31 0:41 / /home/sam/My\\040Disk rw,relatime - ext4 /dev/vdb rw
33 22 0:42 / /mnt/far rw - fuse.sshfs far:/ rw
torn line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/sam/.local/share/memtui", "nfs4"),
        ("/home/sam/My Disk/memtui", ""),
        ("/home/samuel/memtui", ""),
        ("/mnt/far/memtui", "fuse.sshfs"),
        ("/var/lib", ""),
    ],
)
def test_a_network_file_system_is_known_by_its_mount(
    tmp_path: Path, folder: str, kind: str
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_kind(Path(folder), mounts) == kind
    assert network_kind(Path(folder), tmp_path / "none") == ""


def test_doctor_warns_of_a_network_file_system(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "network_kind", lambda _: "nfs4")
    findings, _ = soundness.look(kept)
    assert [one.level for one in findings] == [Level.OK, Level.NOTE]
    assert "(nfs4)" in findings[1].message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_IOERR_SHMMAP", "cannot share or lock"),
        ("SQLITE_IOERR_LOCK", "cannot share or lock"),
        ("SQLITE_PROTOCOL", "cannot share or lock"),
        ("SQLITE_CORRUPT_VTAB", "is damaged"),
        ("SQLITE_NOTADB", "is damaged"),
    ],
)
def test_what_sqlite_says_is_put_into_words(
    tmp_path: Path, name: str, said: str
) -> None:
    error = sqlite3.OperationalError("something")
    error.sqlite_errorname = name
    found = trouble(tmp_path / "memtui.db", error)
    assert said in found.message
    assert found.hint


@needs_dbstat
def test_a_sync_looks_at_the_store_once_a_day(
    kept: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(kept, "fts_data", 0.5)
    (kept / "looked").touch()
    _look_at_health(kept)
    assert caplog.messages == []  # it was looked at today
    os.utime(kept / "looked", (0, 0))
    synced(kept, home)  # with nothing to read
    assert caplog.messages == ["The store is damaged. Run: memtui doctor --fix"]
