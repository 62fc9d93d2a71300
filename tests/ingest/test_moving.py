"""Files that change their names while they are read, and forks of forks."""

import json
from pathlib import Path

import pytest

from memtui.ingest.sync import sync
from memtui.settings import Settings
from memtui.store.ingest.batch import Applied, Batch
from memtui.store.ingest.writes import Store
from tests.ingest.material import forked, rich_session
from tests.ingest.telling import ask, synced, told

NAMES = [f"0f0f0f0f-0000-4000-8000-00000000000{n}" for n in range(1, 5)]


def test_a_file_renamed_while_it_is_read_ends_as_one_clean_read(
    data: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rich_session(home)
    renamed = path.with_name(f"{NAMES[0]}.jsonl")
    apply = Store.apply

    def moving(store: Store, batch: Batch) -> Applied:
        if path.exists():
            path.rename(renamed)
        return apply(store, batch)

    with monkeypatch.context() as context:
        context.setattr(Store, "apply", moving)
        sync(data, Settings(), home=home)
    assert renamed.exists()
    synced(data, home)
    clean = tmp_path / "clean"
    synced(clean, home)
    assert told(data) == told(clean)
    assert not synced(data, home).changed


def chain_of_forks(home: Path) -> tuple[Path, list[Path]]:
    """A session, a fork of it that went on, a fork of that, and so forth."""
    path = first = rich_session(home)
    forks = []
    for number, name in enumerate(NAMES):
        path = forked(path, name)
        last = json.loads(path.read_text().splitlines()[-1])
        own = {
            "type": "user",
            "uuid": f"0a0a0a0a-0000-4000-8000-00000000000{number}",
            "parentUuid": last.get("uuid"),
            "sessionId": name,
            "cwd": "/work/lantern",
            "timestamp": f"2027-01-0{number + 1}T10:00:00.000Z",
            "message": {"role": "user", "content": f"Now go on with step {number}."},
        }
        with path.open("a") as file:
            file.write(json.dumps(own) + "\n")
        forks.append(path)
    return first, forks


@pytest.mark.parametrize("backwards", [False, True])
def test_a_chain_of_forks_holds_each_record_once_and_shows_it_in_each(
    data: Path, home: Path, backwards: bool
) -> None:
    first, forks = chain_of_forks(home)
    ids = {
        line["uuid"]
        for path in (first, *forks)
        for line in map(json.loads, path.read_text().splitlines())
        if line.get("type") in ("user", "assistant")
    }
    hidden = {}
    order = list(reversed(forks)) if backwards else forks
    for path in order:
        hidden[path] = path.read_bytes()
        path.unlink()
    synced(data, home)
    for path in order:
        path.write_bytes(hidden[path])
        synced(data, home)
    records = "select native_id from record where native_id not like '%:%'"
    assert {name for (name,) in ask(data, records)} == ids
    assert ask(data, "select count(*) from (select 1 from record group by"
        " native_id, part having count(*) > 1)") == [(0,)]  # fmt: skip
    lengths = dict(ask(data, "select native_id, records from session"))
    grown = [lengths[name] for name in NAMES]
    assert grown == list(range(grown[0], grown[0] + len(NAMES)))
