"""Curation: acts, the journal, undo and redo, the freeze, and what search sees."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memtui.curate import Change, Curator
from memtui.errors import UsageError
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.connect import open_reader, open_writer
from memtui.store.curate.curation import Curation
from memtui.store.queries import StoreView, View
from tests.store.filling import HOUR, NOON, Filling, tables

IDS = tuple("abcdef")
Act = Callable[[Curator, Sequence[str]], Change]

ACTS: dict[str, Act] = {
    "keep": lambda pen, ids: pen.keep(ids),
    "unkeep": lambda pen, ids: pen.unkeep(ids),
    "pin": lambda pen, ids: pen.pin(ids),
    "unpin": lambda pen, ids: pen.unpin(ids),
    "exclude": lambda pen, ids: pen.exclude(ids),
    "include": lambda pen, ids: pen.include(ids),
    "prune": lambda pen, ids: pen.prune(ids),
    "restore": lambda pen, ids: pen.restore(ids),
    "review": lambda pen, ids: pen.review(ids, NOON),
    "retype": lambda pen, ids: pen.retype(ids, "decision"),
    "promote": lambda pen, ids: pen.promote(ids),
    "edit": lambda pen, ids: pen.edit(ids[0], title="Otter", body="swims"),
    "merge": lambda pen, ids: pen.merge(ids) if len(ids) > 1 else pen.keep(ids),
    "supersede": lambda pen, ids: pen.supersede(ids[1:], ids[0]),
    "scope": lambda pen, ids: pen.scope(ids, "global"),
    "tag": lambda pen, ids: pen.tag(ids, add=["zebra"], remove=["old"]),
    "order": lambda pen, ids: pen.order(ids[::-1]),
    "add": lambda pen, ids: pen.add("Heron by hand", type="gotcha", scope="global"),
    "exclude session": lambda pen, ids: pen.exclude_sessions(["s1"]),
    "include session": lambda pen, ids: pen.include_sessions(["s2", *ids]),
}
PERSONAL = ("curation", "hidden_session", "observation")


class Clock:
    """One millisecond later each time it is asked."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        self.now += 1
        return self.now


CLOCK = Clock()


def curator(data: Path) -> Curator:
    return Curator(data, Settings(), export=lambda *_: None, clock=CLOCK)


def fill(data: Path) -> Path:
    with Filling(data) as made:
        here = made.project()
        session = made.session(project=here)
        made.session("s2", project=here)
        for n, one in enumerate(IDS):
            made.observation(
                one, session=session, project=here, title=f"Lease {one}",
                tags=["old"] if n % 2 else [], at=NOON - n * HOUR,
                type="progress" if n % 2 else "gotcha",
            )  # fmt: skip
    return data / "memtui.db"


def words_found(path: Path) -> dict[str, list[str]]:
    """Which memories search finds by each word that a test uses."""
    conn = sqlite3.connect(path)
    try:
        return {
            word: sorted(
                memory
                for (memory,) in conn.execute(
                    "select d.memory from fts join doc d on d.id = fts.rowid"
                    " where fts match ? and d.live = 1",
                    (word,),
                )
            )
            for word in ("lease", "otter", "swims", "zebra", "heron")
        }
    finally:
        conn.close()


def state_of(path: Path) -> tuple[object, object]:
    return tables(path, *PERSONAL), words_found(path)


@pytest.fixture
def path(data: Path) -> Path:
    return fill(data)


@pytest.mark.parametrize("name", ACTS)
def test_undo_puts_everything_back_across_a_restart(data: Path, name: str) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.pin(IDS[:2])
        pen.exclude(IDS[2:3])
        pen.prune(IDS[3:4])
        pen.exclude_sessions(["s2"])
    before = state_of(path)
    with curator(data) as pen:
        change = ACTS[name](pen, IDS)
        assert change.entry is not None
    after = state_of(path)
    with curator(data) as pen:
        pen.undo()
    assert state_of(path) == before
    with curator(data) as pen:
        pen.redo()
    assert state_of(path) == after


STEP = st.tuples(
    st.sampled_from([*ACTS, "undo", "redo"]),
    st.lists(st.sampled_from(IDS), min_size=2, max_size=4, unique=True),
)


@settings(max_examples=30)
@given(st.lists(STEP, max_size=8))
def test_any_acts_are_taken_back_one_by_one(
    data: Path, path: Path, steps: list[tuple[str, list[str]]]
) -> None:
    # each example takes back all it did, so the next begins with the same store
    standing = [state_of(path)]
    for name, ids in steps:
        with curator(data) as pen:
            if name == "undo":
                if pen.undo().entry is not None:
                    standing.pop()
            elif name == "redo":
                if pen.redo().entry is not None:
                    standing.append(state_of(path))
            elif _changes(pen, name, ids):
                standing.append(state_of(path))
        assert state_of(path) == standing[-1]
    with curator(data) as pen:
        while pen.undo().entry is not None:
            standing.pop()
            assert state_of(path) == standing[-1]
    assert len(standing) == 1


def _changes(pen: Curator, name: str, ids: list[str]) -> bool:
    try:
        return ACTS[name](pen, ids).entry is not None
    except UsageError:
        return False  # a memory cannot supersede what supersedes it


def test_a_newer_distiller_never_changes_what_a_person_acted_on(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.keep(["a"])
    kept = tables(path, "curation", "journal")
    with Filling(data) as made:
        made.replace("a", title="Something else", type="change", confidence=0.1)
    with StoreView(path) as view:
        memory = view.memory("a")
    assert (memory.title, memory.type) == ("Lease a", "gotcha")
    assert tables(path, "curation", "journal") == kept


def test_undo_lets_the_newer_distiller_speak(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.keep(["a"])
    with Filling(data) as made:
        made.replace("a", title="Otter")
    with curator(data) as pen:
        pen.undo()
    with StoreView(path) as view:
        assert view.memory("a").title == "Otter"
    assert "a" in words_found(path)["otter"]
    assert "a" not in words_found(path)["lease"]


def test_undo_keeps_what_no_distiller_states_any_more(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.keep(["a"])
    with Filling(data) as made:
        made.conn.execute("delete from observation where id = 'a'")
    with curator(data) as pen:
        pen.undo()
    with StoreView(path) as view:
        assert view.memory("a").state == "candidate"
    with curator(data) as pen:
        pen.redo()
    with StoreView(path) as view:
        assert view.memory("a").state == "kept"


def test_ingest_has_no_way_to_write_what_a_person_decided(path: Path) -> None:
    conn = open_writer(path, "ingest")
    try:
        for statement in (
            "delete from curation",
            "delete from hidden_session",
            "update curation set title = ''",
            "insert into journal(at, act, actor, count, payload) values (1,'','',0,'')",
        ):
            with pytest.raises(sqlite3.DatabaseError):
                conn.execute(statement)
    finally:
        conn.close()


def test_the_journal_is_append_only(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.keep(["a"])
    conn = open_writer(path, "curation")
    try:
        for statement in ("delete from journal", "update journal set note = 'x'"):
            with pytest.raises(sqlite3.IntegrityError):
                conn.execute(statement)
    finally:
        conn.close()


def test_nothing_done_writes_nothing(path: Path, data: Path) -> None:
    with curator(data) as pen:
        change = pen.unpin(["a"])
        missing = pen.keep(["no such memory"])
    assert change.entry is None
    assert missing.count == 0
    assert tables(path, "journal") == {"journal": []}


def test_a_redo_after_another_act_has_nothing_to_do(data: Path) -> None:
    fill(data)
    with curator(data) as pen:
        pen.keep(["a"])
        pen.undo()
        pen.keep(["b"])
        assert pen.redo().message == "Nothing to redo."


def test_the_journal_says_who_did_what(path: Path, data: Path) -> None:
    with curator(data) as pen:
        pen.keep(["a", "b"])
        pen.undo()
    with StoreView(path) as view:
        undo, keep = view.journal()
        older = view.journal(before=undo.id)
    assert (keep.act, keep.count, keep.actor, keep.undone) == (
        "keep",
        2,
        "person",
        True,
    )
    assert (undo.act, undo.target, undo.note) == ("undo", keep.id, "keep")
    assert [(one.id, one.title) for one in keep.about] == [
        ("a", "Lease a"),
        ("b", "Lease b"),
    ]
    assert undo.about == keep.about
    assert [entry.id for entry in older] == [keep.id]


def test_the_journal_names_a_memory_as_it_was_then(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.prune(["a"])
        pen.edit("a", title="Otter")
        pen.undo()
        pen.add("Heron by hand", type="gotcha", scope="global")
        pen.undo()
        pen.exclude_sessions(["s1"])
    with StoreView(path) as view:
        entries = view.journal()
    assert [(e.act, *(one.title for one in e.about)) for e in entries] == [
        ("exclude session", "Webhook retry storm"),
        ("undo", "Heron by hand"),
        ("add", "Heron by hand"),
        ("undo", "Lease a"),
        ("edit", "Otter"),
        ("prune", "Lease a"),
    ]
    assert entries[0].about[0].id == "s1"


def test_what_is_taken_back_is_named(data: Path) -> None:
    fill(data)
    with curator(data) as pen:
        pen.prune(["a", "b", "c"])
        assert pen.undo().message == "Undone: prune “Lease a” and 2 more."
        assert pen.redo().message == "Redone: prune “Lease a” and 2 more."
        pen.exclude_sessions(["s1"])
        told = pen.undo().message
    assert told == "Undone: exclude session “Webhook retry storm”."


def test_an_excluded_session_is_known_as_such_and_exported_anew(data: Path) -> None:
    path = fill(data)
    exported: list[list[str] | None] = []

    def export(_data: Path, _settings: Settings, projects: list[str] | None) -> None:
        exported.append(projects)

    with Curator(data, Settings(), export=export, clock=CLOCK) as pen:
        change = pen.exclude_sessions(["s1", "no such session"])
        again = pen.exclude_sessions(["s1"])
    assert change.message == "Excluded from recent sessions. Still found by search."
    assert (change.ids, again.entry) == (("s1",), None)
    assert again.message == "Excluded already."
    assert exported == [["uuid-harbor-api"]]
    with StoreView(path) as view:
        assert {s.id: s.excluded for s in view.sessions()} == {"s1": True, "s2": False}


def test_a_memory_does_not_replace_itself(data: Path) -> None:
    fill(data)
    with curator(data) as pen, pytest.raises(UsageError, match="replace itself"):
        pen.supersede(["a"], "a")


def test_a_large_act_is_one_entry(data: Path) -> None:
    with Filling(data) as made:
        here = made.project()
        for n in range(3_000):
            made.observation(f"o{n}", project=here, title=f"Otter{n} heron{n}")
    with curator(data) as pen:
        change = pen.prune([f"o{n}" for n in range(3_000)])
        back = pen.undo()
    assert (change.count, back.count) == (3_000, 3_000)
    with StoreView(data / "memtui.db") as view:
        assert len(view.journal()) == 2
        assert view.count() == 3_000


def test_a_merge_gathers_evidence_and_points_the_others_to_it(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.tag(["b"], add=["extra"])
        pen.merge(["a", "b", "c"], title="Lease, all of it")
    with StoreView(path) as view:
        one = view.memory("a")
        others = [view.memory(x).superseded_by for x in "bc"]
        shown = [m.id for m in view.memories()]
    assert one.title == "Lease, all of it"
    assert set(one.tags) == {"old", "extra"}
    assert others == ["a", "a"]
    assert shown == ["a", "d", "e", "f"]


def test_what_is_restored_is_what_it_was(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.keep(["a"])
        pen.prune(["a", "b"])
        pen.restore(["a", "b"])
    with StoreView(path) as view:
        assert view.memory("a").state == "kept"
        assert view.memory("b").state == "candidate"


def test_pins_keep_the_persons_order(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.pin(["a", "b", "c"])
        pen.order(["c", "a"])
    with StoreView(path) as view:
        told = [m.id for m in view.injectable("uuid-harbor-api")]
    assert told == ["c", "a", "b"]


def test_everything_is_found_in_the_trash_by_its_words(data: Path) -> None:
    path = fill(data)
    with curator(data) as pen:
        pen.prune(["a"])
    with StoreView(path) as view:
        hits = view.search(parse("lease", now_ms=NOON), View.everything())
    assert "a" in {hit.memory.id for hit in hits if hit.memory}


def test_merging_projects_takes_no_statement_for_each_memory(data: Path) -> None:
    with Filling(data) as fill:
        fill.project()
        other = fill.project("lease-store")
        for number in range(60):
            fill.observation(f"m{number}", project=other, title=f"Rule {number}")
    told: list[str] = []
    with closing(Curation(store_path(data))) as store:
        store._conn.set_trace_callback(told.append)
        store.merge_projects(
            "uuid-harbor-api", ["uuid-lease-store"], actor="person", at=NOON
        )
        store._conn.set_trace_callback(None)
    with closing(open_reader(store_path(data))) as conn:
        moved = conn.execute("select count(*) from observation where project_id = 1")
        assert moved.fetchone()[0] == 60
    assert len([one for one in told if one.startswith("update observation")]) < 5
