"""What the benchmarks stand on: their stores, transcripts and arithmetic."""

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memtui.model import SessionKind, State
from memtui.paths import store_path
from memtui.search.grammar import EVERYTHING
from memtui.store.queries import StoreView, View
from memtui.store.search.renewing import Renewal
from tests.benchmarks import corpus, foresight, ingest
from tests.benchmarks.foretold import Told, naive_list, read_corpus, score
from tests.benchmarks.make_store import as_if_made_now, make
from tests.benchmarks.measure import Result, in_turn, table
from tests.factories import Edit, Say, Turn, transcript


def test_a_made_store_has_the_shares_that_were_asked_for(tmp_path: Path) -> None:
    make(tmp_path, observations=600, records=10_000)

    with StoreView(store_path(tmp_path)) as view:
        memories = view.memories(EVERYTHING, View.everything(), limit=1_000)
        sessions = view.sessions(EVERYTHING, View.everything(), limit=1_000)
        stats = view.stats()
    pruned = sum(memory.state is State.PRUNED for memory in memories)
    below = sum(session.kind is SessionKind.SUBAGENT for session in sessions)

    assert len(memories) == 600
    assert stats["records"] == 10_000
    assert 0.10 < pruned / 600 < 0.20
    assert 0.40 < below / len(sessions) < 0.80


def test_an_older_made_store_is_measured_at_rest(tmp_path: Path) -> None:
    make(tmp_path, observations=10, records=250)
    store = store_path(tmp_path)
    with closing(sqlite3.connect(store)) as conn, conn:
        conn.execute("update meta set value = '1' where key = 'prepared'")
    with Renewal(store) as renewal:
        renewal.step()
        assert renewal.left()

    as_if_made_now(tmp_path)

    with Renewal(store) as renewal:
        assert not renewal.left()


def test_made_transcripts_are_json_of_about_the_size_asked_for(tmp_path: Path) -> None:
    written = corpus.fill(tmp_path, mb=2)
    lines = [
        line
        for file in tmp_path.rglob("*.jsonl")
        for line in file.read_bytes().splitlines(keepends=True)
    ]

    assert 2_000_000 <= written < 4_000_000
    assert sum(map(len, lines)) == written
    assert all(json.loads(line)["type"] for line in lines)


def test_the_sweep_counts_every_file(tmp_path: Path) -> None:
    corpus.fill_small(tmp_path, files=30)

    assert ingest.sweep(tmp_path / ".claude") == 30


@pytest.mark.parametrize(("ours", "goal", "good"), [(3.0, 2, False), (3.0, 4, True)])
def test_a_goal_is_a_ratio(ours: float, goal: float, good: bool) -> None:
    result = Result(
        what="reading", ours=ours, floor=1.0, unit="s", goal=goal, floor_is="cat"
    )

    assert result.good is good
    assert ("MISSED" in table([result])) is not good


def test_measurements_by_turns_give_their_medians() -> None:
    chance = random.Random(1)
    ones = iter([1.0, 9.0, 2.0])

    first, second = in_turn(lambda: next(ones), chance.random, 3)

    assert first == 2.0
    assert 0 < second < 1


def worked(home: Path, day: int, prompt: str, file: str) -> None:
    turn = Turn(prompt, Edit(file, "a", "b"), Say("Done."))
    start = 1_780_000_000_000 + day * 86_400_000
    transcript("claude-code", [turn], home=home, start_ms=start)


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A home with twelve sessions, each about a word of its own but the last two."""
    home = tmp_path / "there"
    for day in range(11):
        worked(home, day, f"mend the {chr(97 + day) * 6} now", f"src/file_{day}.py")
    worked(home, 11, "mend the kkkkkk again", "src/file_10.py")
    return home


def test_a_text_is_scored_by_what_the_session_uses(tmp_path: Path, past: Path) -> None:
    found = read_corpus(foresight.synced(tmp_path, past))
    (project,) = found.projects
    *before, last = found.of(project)
    items = ("- about file_10.py", "- about kkkkkk", "- mend the aaaaaa", "- mend now")

    made = score(Told("\n".join(items), items), last, before, found)

    # kkkkkk is in two of twelve sessions: not rare; mend and now are in all
    assert (made.items, made.good) == (4, 1)
    assert made.files == 1.0
    assert made.words == 0.0


def test_the_naive_list_is_newest_first_and_within_its_room(
    tmp_path: Path, past: Path
) -> None:
    found = read_corpus(foresight.synced(tmp_path, past))
    (project,) = found.projects

    told = naive_list(found.of(project), 100)

    assert told.items[:2] == ("- mend the kkkkkk again", "- mend the kkkkkk now")
    assert len(told.text) <= 100


def test_every_session_but_the_first_is_foretold(tmp_path: Path, past: Path) -> None:
    tables = foresight.tables(tmp_path, past)

    assert [table.budget for table in tables] == list(foresight.BUDGETS)
    for made in tables:
        assert made.told() <= 11
        assert "other project" in made.text()
