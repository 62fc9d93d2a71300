"""What ingest writes, and what it must leave alone."""

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from memtui.model import Agent, Evidence, RecordKind, Tool, Trust, observation_id
from memtui.records import Fault, Observation, Record, SessionFacts
from memtui.search.grammar import parse
from memtui.store.connect import open_writer
from memtui.store.ingest import linking
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.ingest.writes import Batch, Delivered, Store
from memtui.store.search import find_typed
from memtui.store.search.filters import View

CLAUDE = Agent.CLAUDE_CODE
RECORDS = (
    Record(native_id="u1", kind=RecordKind.PROMPT, at=100, text="use tabs", line=1),
    Record(
        native_id="u2", kind=RecordKind.RESPONSE, at=200, text="Tabs it is.", line=2
    ),
)


@pytest.fixture
def path(data: Path) -> Path:
    return data / "memtui.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened


def facts(session: str = "s1", **changes: object) -> SessionFacts:
    made = SessionFacts(agent=CLAUDE, native_id=session, started_at=100, ended_at=200)
    return replace(made, **changes)  # type: ignore[arg-type]


def batch(session: str = "s1", **changes: object) -> Batch:
    made = Batch(
        agent=CLAUDE, path=f"/{session}.jsonl", facts=facts(session), records=RECORDS
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def observation(quote: str = "use tabs", **changes: object) -> Observation:
    made = Observation(
        id=observation_id(CLAUDE, "u1", 0, quote),
        type="preference",
        title=quote,
        body="",
        at=100,
        trust=Trust.USER,
        rule="always",
        confidence=0.9,
        evidence=(Evidence(session="s1", record="u1", quote=quote),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    conn = sqlite3.connect(path)
    try:
        return conn.execute(question).fetchall()
    finally:
        conn.close()


def decide(path: Path, memory: str, state: str) -> None:
    """A person's act, as the curation connection writes it."""
    conn = open_writer(path, "curation")
    conn.execute(
        "insert into curation(id, type, title, body, at, trust, rule, confidence,"
        " state, acted_at) values (?, 'decision', 'mine', '', 1, 'user', '', 1, ?, 1)",
        (memory, state),
    )
    conn.close()


def test_a_batch_is_stored_once_however_often_it_comes(store: Store) -> None:
    first = store.apply(batch())
    again = store.apply(batch())
    assert (first.records, first.sessions, first.changed) == (2, 1, True)
    assert (again.records, again.sessions, again.changed) == (0, 0, False)
    assert store.session_records(first.session or 0) == list(RECORDS)


def test_a_record_that_two_sessions_show_is_stored_once(
    store: Store, path: Path
) -> None:
    store.apply(batch("s1"))
    forked = store.apply(batch("s2"))
    assert (forked.records, forked.sessions) == (0, 1)
    assert store.session_records(forked.session or 0) == list(RECORDS)
    assert ask(path, "select count(*) from record") == [(2,)]


def test_parts_of_one_prompt_are_one_turn(store: Store, path: Path) -> None:
    prompt = Record(native_id="p", kind=RecordKind.PROMPT, at=1, text="a", line=1)
    answer = Record(native_id="r", kind=RecordKind.RESPONSE, at=2, text="b", line=2)
    parts = (
        prompt,
        structs.replace(prompt, part=1),
        answer,
        structs.replace(prompt, native_id="q"),
    )
    store.apply(batch(records=parts))
    assert ask(path, "select turn from link order by seq") == [(1,), (1,), (1,), (2,)]


texts = st.text(max_size=30)
COUNT = itertools.count()


@given(
    st.builds(
        Record,
        native_id=st.just("x"),
        part=st.integers(0, 3),
        kind=st.sampled_from(RecordKind),
        at=st.one_of(st.none(), st.integers(1, 2**45)),
        text=texts,
        line=st.one_of(st.none(), st.integers(1, 10**6)),
        tool=st.one_of(st.none(), st.sampled_from(Tool)),
        tool_name=texts,
        call=texts,
        failed=st.booleans(),
        command=texts,
        reads=st.lists(texts, max_size=2).map(tuple),
        writes=st.lists(texts, max_size=2).map(tuple),
        patch=texts,
        answers=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
        cwd=texts,
        branch=texts,
    )
)
def test_a_record_comes_back_as_it_went_in(store: Store, record: Record) -> None:
    number = next(COUNT)
    fresh = structs.replace(record, native_id=f"x{number}")
    session = store.apply(batch(f"s{number}", records=[fresh])).session
    assert store.session_records(session or 0) == [fresh]


def test_half_a_character_is_stored_as_a_question_mark(store: Store) -> None:
    torn = structs.replace(RECORDS[0], text="\ud83d broken", command="\udc00")
    session = store.apply(batch(records=[torn])).session
    (found,) = store.session_records(session or 0)
    assert (found.text, found.command) == ("? broken", "?")


def test_a_better_title_stays_and_a_newer_equal_one_replaces(store: Store) -> None:
    session = 0
    for title, rank in (("first", 1), ("client's", 2), ("newer", 2), ("prompt", 1)):
        learnt = facts(title=title, title_rank=rank)
        session = store.apply(batch(facts=learnt)).session or 0
    assert store.session_facts(session).title == "newer"


def test_a_fault_is_new_once(store: Store) -> None:
    faulty = batch(faults=[Fault(line=3, reason="not JSON")], first_line=3)
    assert store.apply(faulty).faults == 1
    assert store.apply(faulty).faults == 0
    assert store.apply(replace(faulty, generation=1)).faults == 0


def test_worktrees_of_one_repository_are_one_project(store: Store, path: Path) -> None:
    for session, root in (("s1", "/src/app"), ("s2", "/src/app-fix")):
        tree = ProjectRoot(path=root, name="app", common_dir="/src/app/.git")
        store.apply(batch(session, root=tree))
    assert ask(path, "select name from project") == [("app",)]
    roots = ask(path, "select path from project_root order by path")
    assert roots == [("/src/app",), ("/src/app-fix",)]


def test_a_folder_that_became_a_repository_stays_one_project(
    store: Store, path: Path
) -> None:
    store.apply(batch("s1", root=ProjectRoot(path="/src/app", name="app")))
    tree = ProjectRoot(path="/src/app", name="app", common_dir="/src/app/.git")
    store.apply(batch("s2", root=tree))
    assert ask(path, "select common_dir from project") == [("/src/app/.git",)]


def test_a_memory_made_in_another_repository_belongs_to_it(
    store: Store, path: Path
) -> None:
    app = ProjectRoot(path="/app", name="app", common_dir="/app/.git")
    lib = ProjectRoot(path="/lib", name="lib", common_dir="/lib/.git")
    there = structs.replace(RECORDS[0], cwd="/lib/src")
    seen = batch(records=[there], root=app, places={"/lib/src": lib})
    session = store.apply(seen).session or 0
    store.replace_observations(session, [observation()], 1)
    found = "select p.name from observation o join project p on p.id = o.project_id"
    assert ask(path, found) == [("lib",)]


def test_new_ids_are_counted_once(store: Store) -> None:
    session = store.apply(batch()).session or 0
    assert store.replace_observations(session, [observation()], 1) == 1
    assert store.replace_observations(session, [observation()], 1) == 0


def test_a_candidate_that_is_claimed_no_more_goes(store: Store, path: Path) -> None:
    session = store.apply(batch()).session or 0
    store.replace_observations(session, [observation(), observation("tabs")], 1)
    store.replace_observations(session, [observation("tabs")], 2)
    assert ask(path, "select title from observation") == [("tabs",)]
    live = "select memory from doc where memory is not null and live = 1"
    assert ask(path, live) == [(observation("tabs").id,)]


def test_a_reworded_candidate_is_found_by_its_new_words_only(
    store: Store, path: Path
) -> None:
    session = store.apply(batch()).session or 0
    store.replace_observations(session, [observation(title="spaces")], 1)
    store.replace_observations(session, [observation(title="tabulators")], 2)
    found = (
        "select fts.rowid from fts join doc on doc.id = fts.rowid"
        " where doc.live = 1 and doc.memory is not null and fts match "
    )
    assert ask(path, found + "'spaces'") == []
    assert len(ask(path, found + "'tabulators'")) == 1


@pytest.mark.parametrize("order", [("s1", "s2"), ("s2", "s1")])
def test_a_memory_of_a_fork_belongs_to_the_older_session(
    store: Store, path: Path, order: tuple[str, str]
) -> None:
    ages = {"s1": 100, "s2": 150}
    rows = {
        name: store.apply(batch(name, facts=facts(name, started_at=ages[name]))).session
        for name in ages
    }
    for name in order:
        store.replace_observations(rows[name] or 0, [observation()], 1)
    owner = (
        "select s.native_id from observation o join session s on s.id = o.session_id"
    )
    assert ask(path, owner) == [("s1",)]


def test_a_fork_takes_over_what_its_origin_claims_no_more(
    store: Store, path: Path
) -> None:
    rows = [store.apply(batch(name)).session or 0 for name in ("s1", "s2")]
    for row in rows:
        store.replace_observations(row, [observation()], 1)
    store.replace_observations(rows[0], [], 1)
    assert store.due(1) == [rows[1]]
    store.replace_observations(rows[1], [observation()], 1)
    assert ask(path, "select session_id from observation") == [(rows[1],)]


@pytest.mark.parametrize("claimed", [True, False])
def test_what_a_person_decided_outlives_any_distiller(
    store: Store, path: Path, claimed: bool
) -> None:
    session = store.apply(batch()).session or 0
    store.replace_observations(session, [observation()], 1)
    decide(path, observation().id, "kept")
    before = ask(path, "select * from curation")
    newer = [observation(title="other", type="gotcha")] if claimed else []
    assert store.replace_observations(session, newer, 2) == 0
    assert ask(path, "select * from curation") == before
    assert ask(path, "select title, state from memory") == [("mine", "kept")]
    assert len(ask(path, "select 1 from observation")) == 1


def test_a_pruned_memory_is_not_brought_back(store: Store, path: Path) -> None:
    session = store.apply(batch()).session or 0
    decide(path, observation().id, "pruned")
    assert store.replace_observations(session, [observation()], 1) == 0
    assert ask(path, "select state from memory") == [("pruned",)]


def test_a_purged_memory_is_never_stored_again(store: Store, path: Path) -> None:
    session = store.apply(batch()).session or 0
    conn = open_writer(path, "curation")
    conn.execute("insert into tombstone(id) values (?)", (observation().id,))
    conn.close()
    assert store.replace_observations(session, [observation()], 1) == 0
    assert ask(path, "select * from observation") == []


def fail_after(store: Store, added: Batch) -> None:
    with store.transaction():
        store.apply(added)
        raise ZeroDivisionError


def test_a_failed_part_leaves_nothing_and_spoils_nothing(
    store: Store, path: Path
) -> None:
    with store.transaction():
        store.apply(batch("s1"))
        with pytest.raises(ZeroDivisionError):
            fail_after(
                store, batch("s2", records=[structs.replace(RECORDS[0], part=1)])
            )
    assert ask(path, "select native_id from session") == [("s1",)]
    assert ask(path, "select count(*) from doc where live = 1") == [(2,)]


def test_what_a_session_received_is_kept_with_it(store: Store, path: Path) -> None:
    context = Record(native_id="c", kind=RecordKind.CONTEXT, at=5, text="…", line=1)
    got = Delivered(record="c", part=0, export="e" * 12, items=("m" * 12,))
    store.apply(batch(records=[context], deliveries=[got]))
    store.apply(batch(records=[context], deliveries=[got]))
    ((export, at, items),) = ask(path, "select export, at, items from delivery")
    assert (export, at, json.loads(str(items))) == ("e" * 12, 5, ["m" * 12])


def test_nothing_is_stored_of_a_session_that_is_left_out(
    store: Store, path: Path
) -> None:
    applied = store.apply(batch(facts=None, records=[], lines=[b'"x"\n']))
    assert applied.session is None
    assert ask(path, "select * from session") == []
    assert ask(path, "select count(*) from block") == [(1,)]


def test_a_late_count_of_words_is_the_same_count_and_no_word_is_late(
    path: Path, tmp_path: Path
) -> None:
    said = [
        batch(name, records=[structs.replace(RECORDS[0], native_id=name, text=text)])
        for name, text in (("s1", "tabs here"), ("s2", "tabs there"), ("s3", "tabs"))
    ]
    words = "select surface, df from term order by surface"
    at_once = tmp_path / "at-once.db"
    with Store(at_once) as store:
        for one in said:
            store.apply(one)
    with Store(path) as store:
        with store.counting_late():
            store.apply(said[0])
            store.apply(said[1])
            late = [("here", 1), ("tabs", 1), ("there", 1)]
            assert ask(path, words) == late
            with pytest.raises(ZeroDivisionError):
                fail_after(store, batch("s4", records=RECORDS))
            store.apply(said[2])  # nothing is taken for known any more
        store.rest()
    assert ask(path, words) == ask(at_once, words)
    assert ask(path, words) == [("here", 1), ("tabs", 3), ("there", 1)]


def test_an_answer_is_found_by_the_words_of_what_it_answers(
    store: Store, path: Path
) -> None:
    said = (
        Record(native_id="p1", kind=RecordKind.PROMPT, at=1, text="indent by", line=1),
        Record(native_id="a1", kind=RecordKind.RESPONSE, at=2, text="By tabs.", line=2),
        Record(native_id="t1", kind=RecordKind.TOOL_USE, at=3, text="gofmt", line=3),
        Record(native_id="p2", kind=RecordKind.PROMPT, at=4, text="Good.", line=4),
        Record(native_id="p3", kind=RecordKind.PROMPT, at=5, text="Push it.", line=5),
    )
    for one in said:  # as they arrive while a session runs
        store.apply(batch(records=(one,)))
    with closing(sqlite3.connect(path)) as conn, conn:
        found = conn.execute(
            "select r.native_id from fts join doc d on d.id = fts.rowid"
            " join record r on r.id = d.record_id where fts match 'context: indent'"
            " order by r.native_id"
        ).fetchall()
        conn.row_factory = sqlite3.Row
        typed = find_typed.typed(conn, parse("inde", now_ms=9), View(), 9)
    assert found == [("a1",), ("p2",)]
    assert [hit.record.native_id for hit in typed if hit.record] == ["p1"]


def test_the_order_of_a_long_session_is_found_in_little_memory(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = store.apply(batch()).session or 0
    conn = store._conn

    def pages() -> int:
        return int(conn.execute("pragma cache_size").fetchone()[0])

    before, short = pages(), list(store.session_in_order(session))
    monkeypatch.setattr(linking, "_LONG", 1)
    found = store.session_in_order(session)
    first = next(found)
    during = pages()
    assert [first, *found] == short
    assert 0 < -during < -before
    assert pages() == before
