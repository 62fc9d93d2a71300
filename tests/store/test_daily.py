"""The daily copy of what a person decided."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.paths import backup_dir, store_path
from memtui.settings import Settings
from memtui.store.rescue.daily import KEPT, back_up_decisions
from tests.store.filling import DAY, NOON, Filling


@pytest.fixture
def decide(tmp_path: Path) -> Callable[[int], None]:
    """Keep one memory at a given time."""
    with Filling(tmp_path) as fill:
        fill.observation("a", title="Otter")

    def at(now: int) -> None:
        with Curator(tmp_path, Settings(), actor="person", clock=lambda: now) as pen:
            pen.keep(["a"]) if now % 2 else pen.unkeep(["a"])

    return at


def read(path: Path) -> list[dict[str, object]]:
    with path.open("rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file).read()
    return [json.loads(line) for line in data.splitlines()]


def test_a_day_that_is_not_over_is_not_copied(
    tmp_path: Path, decide: Callable[[int], None]
) -> None:
    decide(NOON + 1)
    made = back_up_decisions(store_path(tmp_path), backup_dir(tmp_path), now_ms=NOON)
    assert made is None


def test_the_next_day_copies_decisions_and_journal_once(
    tmp_path: Path, decide: Callable[[int], None]
) -> None:
    decide(NOON + 1)
    store, folder, tomorrow = store_path(tmp_path), backup_dir(tmp_path), NOON + DAY
    made = back_up_decisions(store, folder, now_ms=tomorrow)
    assert made is not None
    assert made.name == "curation-2026-11-19.jsonl.zst"
    assert made.stat().st_mode & 0o077 == 0
    header, *rows = read(made)
    assert header["day"] == "2026-11-19"
    assert [(r["table"], r.get("title") or r.get("act")) for r in rows] == [
        ("curation", "Otter"),
        ("journal", "keep"),
    ]
    assert back_up_decisions(store, folder, now_ms=tomorrow) is None


def test_only_the_newest_days_stay(
    tmp_path: Path, decide: Callable[[int], None]
) -> None:
    for day in range(KEPT + 3):
        decide(NOON + day * DAY + (day + 1) % 2)
        back_up_decisions(
            store_path(tmp_path), backup_dir(tmp_path), now_ms=NOON + (day + 1) * DAY
        )
    kept = sorted(path.name for path in backup_dir(tmp_path).iterdir())
    assert len(kept) == KEPT
    assert kept[0] == "curation-2026-11-22.jsonl.zst"


def test_a_sync_with_nothing_new_makes_the_copy(
    tmp_path: Path, decide: Callable[[int], None]
) -> None:
    decide(1)  # long ago
    sync(tmp_path, Settings(), home=tmp_path / "nobody")
    assert [p.name for p in backup_dir(tmp_path).iterdir()] == [
        "curation-1970-01-01.jsonl.zst"
    ]


def test_a_copy_that_cannot_be_written_stops_no_sync(
    tmp_path: Path,
    decide: Callable[[int], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    decide(1)
    backup_dir(tmp_path).write_text("in the way")
    report = sync(tmp_path, Settings(), home=tmp_path / "nobody")
    assert report.quarantined == []
    assert "Cannot back up the decisions" in caplog.text
