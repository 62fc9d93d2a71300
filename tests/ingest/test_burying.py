"""What was purged is purged of other stores too: set aside, rescued, or put back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memtui.cli import main
from memtui.curate import Curator
from memtui.ingest.erase import Target, purge, redact
from memtui.masking import digest
from memtui.paths import backup_dir, store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.rescue.backup import copy_store
from memtui.store.rescue.daily import back_up_decisions
from memtui.store.rescue.repair import mend
from tests.factories import Say, Turn, transcript
from tests.ingest.remains import remains
from tests.ingest.telling import ask, synced

WORD = "Quagmarine"
OTHER = "Brindlewood"
DRAWN = "zQ7rT2xLw9KpB4nVc8JmD5sHy3Gf6AeU"


@pytest.fixture
def held(data: Path, home: Path) -> Path:
    """Two sessions, memories of both kept, one of them renamed."""
    for word, session in ((WORD, "canary"), (OTHER, "stays")):
        said = f"Always route {word} through the blue gateway, never around it."
        turns = (Turn(said, Say(f"Yes: {word} {DRAWN}")),)
        transcript(turns=turns, home=home, session=session)
    synced(data, home)
    with Curator(data, Settings()) as curator:
        curator.keep([row[0] for row in ask(data, "select id from memory")])
        curator.edit(memory_of(data, WORD), title=f"{WORD} is blue")
        with StoreView(store_path(data)) as view:
            about = view.session(session_of(data, "canary"))
        curator.rename_session(about, f"On {WORD}")
    return data


def memory_of(data: Path, word: str) -> str:
    found = ask(data, "select id from memory where title like ?", f"%{word}%")
    assert found
    return str(found[0][0])


def session_of(data: Path, name: str) -> str:
    question = "select native_id from session where native_id like ?"
    return str(ask(data, question, f"%{name}%")[0][0])


def set_aside(data: Path) -> Path:
    (found,) = data.glob("memtui.db.before-*Z")
    return found


def forget_decisions(data: Path) -> None:
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        conn.execute("insert into purging values (1)")
        for table in ("curation", "journal", "session_name", "purging"):
            conn.execute(f"delete from {table}")


def restored(file: Path) -> None:
    assert main(["backup", "--restore", str(file), "--yes"]) == 0


def test_a_purge_reaches_what_a_repair_rescued(held: Path) -> None:
    with closing(sqlite3.connect(store_path(held))) as conn:
        conn.execute("delete from fts_data where id > 10")
        conn.commit()
    assert mend(store_path(held), backup_dir(held))
    assert list(backup_dir(held).glob("rescued-*"))
    assert remains(held, WORD) != []
    session = session_of(held, "canary")
    assert purge(held, Settings(), Target(sessions=(session,))).is_wiped
    assert remains(held, WORD) == []
    assert remains(held, OTHER) != []


def target_of(data: Path, what: str) -> tuple[Target, str]:
    """What is to be purged, and what is to be found nowhere then."""
    targets = {
        "session": (Target(sessions=(session_of(data, "canary"),)), WORD),
        "memory": (Target(memories=(memory_of(data, WORD),)), f"route {WORD} through"),
        "project": (Target(project=ask(data, "select uuid from project")[0][0]), WORD),
    }
    return targets[what]


@pytest.mark.parametrize("what", ["session", "memory", "project"])
def test_a_purge_reaches_the_store_that_another_was_put_in_the_place_of(
    held: Path, tmp_path: Path, home: Path, what: str
) -> None:
    copy_store(store_path(held), tmp_path / "copy.db")
    restored(tmp_path / "copy.db")
    aside = set_aside(held)
    target, gone = target_of(held, what)
    erased = purge(held, Settings(), target)
    assert erased.is_wiped
    assert erased.copies == ()
    assert remains(held, gone) == []
    if what != "project":
        assert OTHER.encode() in aside.read_bytes()
    with closing(sqlite3.connect(aside)) as conn:
        assert conn.execute("pragma integrity_check").fetchone() == ("ok",)
        records = conn.execute("select count(*) from record").fetchone()
    assert records == ask(held, "select count(*) from record")[0]


def test_a_store_set_aside_that_cannot_be_opened_is_named(
    held: Path, tmp_path: Path
) -> None:
    copy_store(store_path(held), tmp_path / "copy.db")
    restored(tmp_path / "copy.db")
    aside = set_aside(held)
    with aside.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 20_000)
    session = session_of(held, "canary")
    erased = purge(held, Settings(), Target(sessions=(session,)))
    assert erased.copies == (aside,)


@pytest.mark.parametrize("what", ["session", "memory", "project"])
def test_a_copy_from_before_a_purge_brings_nothing_of_it_back(
    held: Path, tmp_path: Path, home: Path, what: str
) -> None:
    copy_store(store_path(held), tmp_path / "copy.db")
    target, gone = target_of(held, what)
    purge(held, Settings(), target)
    records = ask(held, "select count(*) from record")
    restored(tmp_path / "copy.db")
    assert remains(held, gone) == []
    assert ask(held, "select count(*) from record") == records
    synced(held, home)
    assert remains(held, gone) == []


def test_decisions_from_before_a_purge_bring_nothing_of_it_back(
    held: Path, tmp_path: Path, home: Path
) -> None:
    backup = back_up_decisions(store_path(held), backup_dir(held), now_ms=1 << 43)
    assert backup is not None
    elsewhere = backup.rename(tmp_path / backup.name)
    purge(held, Settings(), Target(sessions=(session_of(held, "canary"),)))
    forget_decisions(held)
    restored(elsewhere)
    assert remains(held, WORD) == []
    assert ask(held, "select id from curation") == [(memory_of(held, OTHER),)]
    assert ask(held, "select act from journal") != []


def test_a_value_scrubbed_since_is_in_no_store_that_is_put_back_or_was_set_aside(
    held: Path, tmp_path: Path, home: Path
) -> None:
    copy_store(store_path(held), tmp_path / "copy.db")
    restored(tmp_path / "copy.db")
    assert remains(held, DRAWN) != []
    redact(held, Settings(), values={digest(DRAWN): DRAWN})
    assert remains(held, DRAWN) == []
    restored(tmp_path / "copy.db")
    assert remains(held, DRAWN) == []
