"""Transcripts without lines in several batches: as if they were told at once."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.ingest import run, statement
from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.readers.tail import LINE_BYTES
from memtui.settings import Settings
from memtui.store.ingest.batch import Applied, Batch
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView
from tests.ingest.telling import ask, synced, told
from tests.opencode_writer import Database, write_tree

FIXTURES = Path(__file__).parents[1] / "fixtures"
SESSIONS: list[dict[str, Any]] = json.loads(
    (FIXTURES / "opencode" / "sessions.json").read_text()
)
SECRET = "ghp_" + "a1B2c3D4e5F6" * 3
LONG = "the tide table, one row after another. " * (LINE_BYTES // 39 + 9)


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    made = Database(home / ".local" / "share" / "opencode" / "opencode.db")
    with closing(made):
        yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches end as soon as they may, and transactions with them."""
    monkeypatch.setattr(statement, "PART_BYTES", 1)
    monkeypatch.setattr(run, "TRANSACTION_BYTES", 1)
    monkeypatch.setattr(run, "TRANSACTION_SECONDS", 0.0)


def lay(home: Path, database: Database) -> None:
    """Sessions of every agent that writes again, in the forms that have no lines."""
    for session in SESSIONS:
        database.put(session)
    write_tree(home / ".local" / "share" / "opencode" / "storage", SESSIONS[2:])
    for name in ("codex", "gemini-cli"):
        shutil.copytree(FIXTURES / name, home / f".{name.removesuffix('-cli')}")


def at_once(tmp_path: Path, home: Path) -> Any:
    """What one reading in whole batches comes to."""
    with pytest.MonkeyPatch.context() as context:
        context.setattr(statement, "PART_BYTES", 4 << 20)
        clean = tmp_path / "clean"
        synced(clean, home)
    return told(clean)


@pytest.mark.usefixtures("small")
def test_many_batches_tell_what_one_tells(
    data: Path, home: Path, database: Database, tmp_path: Path
) -> None:
    lay(home, database)
    synced(data, home)
    assert told(data) == at_once(tmp_path, home)
    assert not synced(data, home).changed


@pytest.mark.usefixtures("small")
def test_what_comes_later_stands_where_it_belongs(
    data: Path, home: Path, database: Database, tmp_path: Path
) -> None:
    session = json.loads(json.dumps(SESSIONS[0]))
    first, *others = session["messages"]
    late = first["parts"].pop()
    database.put(session | {"messages": [first, *others[2:]]})
    synced(data, home)
    database.put_part(late)
    for message in others[:2]:
        database.put_message(message["info"])
        for part in message["parts"]:
            database.put_part(part)
    synced(data, home)
    ours, clean = told(data), at_once(tmp_path, home)
    for name in ("records", "links", "searched records", "sessions", "observations"):
        if name == "links":  # lines are numbered as they were met
            ours[name] = [row[:-1] for row in ours[name]]
            clean[name] = [row[:-1] for row in clean[name]]
        assert ours[name] == clean[name], name


@pytest.mark.parametrize("nth", range(6))
@pytest.mark.usefixtures("small")
def test_a_kill_between_two_batches_loses_nothing_and_tells_nothing_twice(
    data: Path,
    home: Path,
    database: Database,
    tmp_path: Path,
    nth: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database.put(SESSIONS[0])
    steps = 0
    apply = Store.apply

    def killed(store: Store, batch: Batch) -> Applied:
        nonlocal steps
        if steps == nth:
            raise Killed
        steps += 1
        return apply(store, batch)

    with monkeypatch.context() as context:
        context.setattr(Store, "apply", killed)
        with pytest.raises(Killed):
            sync(data, Settings(), home=home)
    synced(data, home)
    assert told(data) == at_once(tmp_path, home)


def with_a_long_part(database: Database) -> dict[str, Any]:
    session = json.loads(json.dumps(SESSIONS[0]))
    part = session["messages"][1]["parts"][-1]
    long: dict[str, Any] = part | {
        "id": part["id"] + "z",
        "type": "text",
        "text": LONG + SECRET,
    }
    session["messages"][1]["parts"].append(long)
    database.put(session)
    return long


@pytest.mark.parametrize("killed_after", [None, 1])
def test_a_part_too_long_to_be_held_is_kept_cut_and_said(
    data: Path,
    home: Path,
    database: Database,
    killed_after: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long = with_a_long_part(database)
    monkeypatch.setattr(run, "TRANSACTION_BYTES", 1)
    monkeypatch.setattr(run, "TRANSACTION_SECONDS", 0.0)
    if killed_after is not None:
        apply, pieces = Store.apply, 0

        def killed(store: Store, batch: Batch) -> Applied:
            nonlocal pieces
            if batch.piece is not None:
                if pieces == killed_after:
                    raise Killed
                pieces += 1
            return apply(store, batch)

        with monkeypatch.context() as context:
            context.setattr(Store, "apply", killed)
            with pytest.raises(Killed):
                sync(data, Settings(), home=home)
    synced(data, home)
    with StoreView(store_path(data)) as view:
        lines = b"".join(view.raw_lines(SESSIONS[0]["info"]["id"])).split(b"\n")
    (kept,) = [line for line in lines if len(line) > LINE_BYTES]
    row = json.loads(kept)
    assert row["id"] == long["id"]
    assert LONG in row["data"]
    assert SECRET.encode() not in kept
    reasons = ask(data, "select reason from fault")
    assert reasons == [("the line is over 16 MiB: kept, not read",)]
    others = {message["info"]["id"] for message in SESSIONS[0]["messages"]}
    assert others <= {name for (name,) in ask(data, "select native_id from record")}
    count = "select count(*), sum(bytes) from block where part = 3"
    before = ask(data, count)
    database.put_session(SESSIONS[0]["info"] | {"title": "Another name for it"})
    synced(data, home)
    sync(data, Settings(), home=home, full=True)
    assert ask(data, count) == before
    assert ask(data, "select reason from fault") == reasons


def test_a_long_file_of_the_older_tree_is_kept_and_said(data: Path, home: Path) -> None:
    storage = home / ".local" / "share" / "opencode" / "storage"
    write_tree(storage, SESSIONS[:1])
    (part, *_) = (storage / "part").rglob("*.json")
    part.write_text(json.dumps(json.loads(part.read_text()) | {"text": LONG}))
    synced(data, home)
    with StoreView(store_path(data)) as view:
        lines = b"".join(view.raw_lines(SESSIONS[0]["info"]["id"])).split(b"\n")
    (kept,) = [line for line in lines if len(line) > LINE_BYTES]
    assert json.loads(json.loads(kept))["text"] == LONG
    assert len(ask(data, "select * from fault")) >= 1
