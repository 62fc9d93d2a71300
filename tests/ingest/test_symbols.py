"""Names of code that memories name: found in any language, missed when they go."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memtui.ingest import symbols
from memtui.ingest.outside import look_outside
from memtui.ingest.symbols import held, symbols_of
from memtui.paths import store_path
from tests.factories import transcript
from tests.ingest.telling import ask, synced
from tests.store.filling import Filling

WORK = "harbor-api"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("`LeaseClock.start_at` waits for enqueue()", ("start_at", "enqueue")),
        ("Die Uhr in leaseClock läuft zu früh", ("leaseClock",)),
        ("时钟由 `lease_clock` 启动", ("lease_clock",)),
        ("See src/lease_clock.go and lease_clock.go:12", ()),
        ("The clock starts at the first attempt, e.g. on Mondays", ()),
        ("--dry-run and a GitHub e-mail", ("GitHub",)),
    ],
)
def test_names_of_code_are_told_from_words_and_paths(
    text: str, names: tuple[str, ...]
) -> None:
    assert symbols_of(text) == names


def test_a_file_holds_whole_names_only(tmp_path: Path) -> None:
    file = tmp_path / "lease.go"
    file.write_text("func startLeaseClock() {}\n// lease_clock, früher Uhr\n")
    assert held(str(file), ["lease_clock", "LeaseClock"]) == {"lease_clock"}


def test_of_a_large_file_and_a_folder_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symbols, "LARGEST", 10)
    file = tmp_path / "lease.go"
    file.write_text("lease_clock lease_clock")
    assert held(str(file), ["lease_clock"]) is None
    assert held(str(tmp_path), ["lease_clock"]) is None


@pytest.fixture
def look(data: Path, home: Path, tmp_path: Path) -> Callable[[str], list[object]]:
    """Write the memory's file, look outside, tell what is known of its names."""
    file = tmp_path / WORK / "lease.go"
    file.parent.mkdir()
    file.write_text("")
    transcript("claude-code", ["go on"], home=home, cwd=str(file.parent))
    synced(data, home)
    ((uuid, project),) = ask(data, "select uuid, id from project")
    with Filling(data) as fill:
        fill.observation(
            "one", project=project, files=["lease.go"],
            title="The clock starts in leaseClock.first_attempt",
            body="Not in `enqueue_lease`, which is asked again.",
        )  # fmt: skip

    def looked(text: str) -> list[object]:
        file.write_text(text)
        look_outside(store_path(data), [uuid], now=7)
        return ask(data, "select symbol, gone_at from named_symbol order by symbol")

    return looked


def test_a_name_that_went_is_noted_and_one_that_came_back_is_not(
    look: Callable[[str], list[object]],
) -> None:
    assert look("func first_attempt()") == [("first_attempt", None)]
    assert look("func second_attempt()") == [("first_attempt", 7)]
    assert look("func first_attempt()") == [("first_attempt", None)]


def test_a_name_that_its_file_never_held_is_no_loss(
    look: Callable[[str], list[object]],
) -> None:
    assert look("package lease") == []


def test_of_a_file_that_cannot_be_read_nothing_is_said(
    look: Callable[[str], list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    look("func first_attempt()")
    monkeypatch.setattr(symbols, "LARGEST", 1)
    assert look("func second_attempt()") == [("first_attempt", None)]
