"""Sessions by their best rows."""

from pathlib import Path

import pytest

from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.queries import StoreView, View
from tests.factories import START_MS, Say, Turn, transcript

DAY = 86_400_000


@pytest.fixture
def store(data: Path, home: Path, tmp_path: Path) -> Path:
    """Three sessions: one all about leases, a newer one that names one, another."""
    folder = tmp_path / "harbor-api"
    (folder / ".git").mkdir(parents=True)
    said = {
        "much": [
            Turn("why does the lease clock drift", Say("The lease clock starts late.")),
            Turn("then start the lease clock at the attempt", Say("Clock moved.")),
        ],
        "little": [
            Turn("list the cron jobs", Say("backup, report, lease cleanup, rotate")),
            Turn("and their owners", Say("The platform team owns each of them.")),
        ],
        "none": [Turn("rename the invoice fields", Say("Renamed total to amount."))],
    }
    for number, (name, turns) in enumerate(said.items()):
        transcript(
            home=home, cwd=str(folder), turns=turns, title=f"About {name}",
            start_ms=START_MS + number * DAY,
        )  # fmt: skip
    sync(data, Settings(), home=home)
    return store_path(data)


def titles(store: Path, query: str, **view: object) -> list[str]:
    with StoreView(store) as look:
        asked = parse(query, now_ms=START_MS + 9 * DAY)
        found = look.best_sessions(asked, View(**view), limit=9)  # type: ignore[arg-type]
        return [one.title for one in found]


def test_the_session_that_says_most_about_it_comes_first(store: Path) -> None:
    assert titles(store, "lease clock") == ["About much", "About little"]
    assert titles(store, "invoice") == ["About none"]


def test_fields_are_asked_of_what_a_session_says_and_dates_of_itself(
    store: Path,
) -> None:
    assert titles(store, "lease agent:claude -/clock/") == ["About little"]
    assert titles(store, "lease agent:codex") == []
    assert titles(store, "lease type:no-such-type") == []
    assert titles(store, "lease since:8d") == ["About little"]
    old = START_MS + 2 * DAY
    assert titles(store, "lease", since=old) == []


def test_an_expression_alone_finds_sessions_by_what_they_say_or_are_called(
    store: Path,
) -> None:
    assert titles(store, r"/clock (starts|moved)/") == ["About much"]
    assert titles(store, r"/^about (none|little)$/") == ["About none", "About little"]


def test_a_name_that_a_person_gave_is_found_too(store: Path, data: Path) -> None:
    with StoreView(store) as look:
        other = next(one for one in look.sessions() if one.title == "About none")
    with Curator(data, Settings(), actor="person") as curator:
        curator.rename_session(other, "The lease of the harbor")
    assert "The lease of the harbor" in titles(store, "lease")
