"""The demo store: believable, whole, the same every time, gone afterwards."""

import time
from collections import Counter
from pathlib import Path

import pytest

from memtui import demo, distil
from memtui.clean import clean, clean_line
from memtui.demo.records import tellings
from memtui.demo.script import projects
from memtui.inject.export import exported_text, inject
from memtui.model import TYPES, Memory, SessionKind, State
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.queries import ALL_STATES, StoreView, View

TODAY_MS = 1_795_099_440_000
"""Thu 19 Nov 2026, 14:44 UTC."""
DAY_MS = 86_400_000
EVERYTHING = parse("", now_ms=TODAY_MS)
ALL = View(states=ALL_STATES, hidden=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo store of the fixed day. Not to be changed."""
    data = tmp_path_factory.mktemp("demo")
    demo.build(data, today_ms=TODAY_MS)
    return data


@pytest.fixture(scope="module")
def memories(folder: Path) -> list[Memory]:
    with StoreView(store_path(folder)) as view:
        return view.memories(EVERYTHING, ALL, limit=500)


def test_every_type_of_memory_occurs(memories: list[Memory]) -> None:
    assert {memory.type for memory in memories} == set(TYPES)


def test_there_is_something_to_see_on_every_screen(memories: list[Memory]) -> None:
    states = Counter(memory.state for memory in memories)

    assert len(memories) >= 75
    assert 30 <= states[State.CANDIDATE] <= 47
    assert states[State.KEPT] >= 20
    assert states[State.PRUNED] >= 5
    assert sum(memory.pinned for memory in memories) >= 4
    assert sum(memory.excluded for memory in memories) >= 2
    assert sum(bool(memory.superseded_by) for memory in memories) >= 1


def test_every_memory_leads_to_the_words_that_show_it(
    folder: Path, memories: list[Memory]
) -> None:
    shown = 0
    with StoreView(store_path(folder)) as view:
        for memory in memories:
            for evidence in memory.evidence:
                turn = view.turn_of(evidence)
                (record,) = (r for r in turn.records if r.native_id == evidence.record)
                said = " ".join(record.text.split())
                assert " ".join(evidence.quote.split()) in said
                assert view.raw_line_of(evidence) is not None
                shown += 1

    by_hand = [memory for memory in memories if not memory.evidence]
    assert [memory.session for memory in by_hand] == [""]
    assert shown >= len(memories)


def test_titles_fit_their_line_and_nothing_needs_cleaning(
    memories: list[Memory],
) -> None:
    for memory in memories:
        assert 0 < len(memory.title) <= 80
        assert len(memory.title) + len(memory.body) <= 600
        assert clean_line(memory.title) == memory.title
        assert clean(memory.body) == memory.body
        assert not memory.title.endswith(".")


def test_every_rule_is_one_that_the_distiller_has() -> None:
    told = [
        m for p in projects() for s in p.sessions for t in s.turns for m in t.memories
    ]

    assert {memory.rule for memory in told} <= set(distil.RULES)


def test_the_newest_day_is_today_and_nothing_lies_ahead(memories: list[Memory]) -> None:
    newest = max(memory.at for memory in memories)
    oldest = min(memory.at for memory in memories)

    assert TODAY_MS - 60 * 60_000 < newest <= TODAY_MS
    assert 21 * DAY_MS < newest - oldest < 28 * DAY_MS
    assert all((memory.acted_at or 0) <= TODAY_MS for memory in memories)


def test_sessions_do_not_overlap_their_own_turns() -> None:
    for _, told in tellings(projects(), TODAY_MS):
        times = [record.at or 0 for record in told.records]

        assert times == sorted(times)
        assert times[-1] <= TODAY_MS


@pytest.mark.parametrize("hour", [0, 6, 23])
def test_it_can_be_built_at_any_hour(hour: int, tmp_path: Path) -> None:
    now = TODAY_MS - TODAY_MS % DAY_MS + hour * 3_600_000 + 60_000

    demo.build(tmp_path, today_ms=now)

    with StoreView(store_path(tmp_path)) as view:
        newest = view.memories(EVERYTHING, ALL, limit=1)[0]
    assert newest.at <= now


def test_two_builds_hold_the_same_memories(
    tmp_path: Path, memories: list[Memory]
) -> None:
    demo.build(tmp_path, today_ms=TODAY_MS)

    with StoreView(store_path(tmp_path)) as view:
        again = view.memories(EVERYTHING, ALL, limit=500)
    assert [m.id for m in again] == [m.id for m in memories]
    assert [(m.state, m.acted_at) for m in again] == [
        (m.state, m.acted_at) for m in memories
    ]


def test_a_build_is_done_before_anybody_waits(tmp_path: Path) -> None:
    begun = time.process_time()

    demo.build(tmp_path, today_ms=TODAY_MS)

    assert time.process_time() - begun < 1.5


def test_the_export_is_what_the_next_session_of_each_project_is_told(
    folder: Path,
) -> None:
    with StoreView(store_path(folder)) as view:
        for project in view.projects():
            told = inject(view, Settings(), project)

            assert told.items
            assert exported_text(folder, Path(project.path)) == told.text


def test_sessions_received_what_had_been_kept_before_them(folder: Path) -> None:
    with StoreView(store_path(folder)) as view:
        sessions = view.sessions(EVERYTHING, ALL, limit=100)
        received = {
            session.id: view.deliveries(session)
            for session in sessions
            if view.deliveries(session)
        }
        started = {session.id: session.started_at for session in sessions}
        kept = {str(m.id): m for m in view.memories(EVERYTHING, ALL, limit=500)}

        assert len(received) >= 5
        for session, deliveries in received.items():
            for delivery in deliveries:
                for item in delivery.items:
                    assert kept[str(item)].at < started[session]


def test_the_journal_runs_forward_and_holds_several_acts(folder: Path) -> None:
    with StoreView(store_path(folder)) as view:
        entries = view.journal(200)
    times = [entry.at for entry in entries]

    assert times == sorted(times, reverse=True)
    assert {"keep", "pin", "exclude", "prune", "scope", "add", "supersede"} <= {
        entry.act for entry in entries
    }


def test_a_subagent_hangs_below_the_session_that_started_it(folder: Path) -> None:
    with StoreView(store_path(folder)) as view:
        sessions = view.sessions(EVERYTHING, ALL, limit=100)
    (child,) = [s for s in sessions if s.kind is SessionKind.SUBAGENT]

    assert child.parent in {s.id for s in sessions if s.kind is SessionKind.INTERACTIVE}


def test_one_session_outlived_its_file_and_one_file_had_faults(folder: Path) -> None:
    with StoreView(store_path(folder)) as view:
        gone = [s for s in view.sessions(EVERYTHING, ALL, limit=99) if s.source_gone]

        assert len(gone) == 1
        assert len(view.faults()) == 2


def test_search_finds_a_memory_and_its_turn(folder: Path) -> None:
    with StoreView(store_path(folder)) as view:
        hits = view.search(parse("snapshot xmin", now_ms=TODAY_MS), View(), limit=20)

    assert {hit.kind.value for hit in hits} == {"memory", "turn"}


def test_the_temporary_store_is_gone_afterwards() -> None:
    with demo.temporary(today_ms=TODAY_MS) as data:
        there = store_path(data).exists()

    assert there
    assert not data.exists()
