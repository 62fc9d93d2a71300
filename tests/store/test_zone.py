"""Local days as the zone had them, in Python and in SQL."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.store.search.fields import Where
from memtui.store.views.zone import DAY_MS, Zone, local_zone

NOW = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp() * 1000)
ZONES = ("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata")
MOMENTS = st.integers(NOW - 3_000 * DAY_MS, NOW)


@pytest.fixture(scope="module", params=ZONES)
def zone(request: pytest.FixtureRequest) -> tuple[Zone, ZoneInfo]:
    """The zone as we see it, and as Python's own tables have it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        found = local_zone(NOW)
    time.tzset()
    return found, ZoneInfo(request.param)


@given(at=MOMENTS)
def test_a_day_is_the_one_that_the_zone_had_then(
    zone: tuple[Zone, ZoneInfo], at: int
) -> None:
    ours, theirs = zone
    day = datetime.fromtimestamp(at / 1000, tz=theirs).date()
    assert ours.day_of(at) == (day - datetime(1970, 1, 1, tzinfo=UTC).date()).days


@given(at=MOMENTS)
def test_sql_has_the_same_days(zone: tuple[Zone, ZoneInfo], at: int) -> None:
    ours, where = zone[0], Where()
    question = f"select {ours.day_sql(where.bind(at), where)}"
    with closing(sqlite3.connect(":memory:")) as conn:
        (day,) = conn.execute(question, where.params).fetchone()
    assert day == ours.day_of(at)


@given(at=MOMENTS)
def test_a_day_lies_within_its_bounds(zone: tuple[Zone, ZoneInfo], at: int) -> None:
    first, after = zone[0].bounds_of(zone[0].day_of(at))
    assert first <= at < after


def test_a_zone_without_changes_is_one_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    assert local_zone(NOW) == Zone(int(5.5 * 3_600_000))
    monkeypatch.undo()
    time.tzset()
