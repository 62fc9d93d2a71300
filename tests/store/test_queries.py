"""Reading memories: windows, states, filters, groups, the inbox."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.curate import Curator
from memtui.errors import NotFound
from memtui.model import Evidence, State
from memtui.search.grammar import FIELDS, parse
from memtui.settings import Settings
from memtui.store.queries import Anchor, StoreView, View, Zone
from memtui.store.rows import evidence_column
from tests.store.filling import DAY, HOUR, NOON, Filling


def curator(data: Path) -> Curator:
    return Curator(data, Settings(), export=lambda *_: None, clock=lambda: NOON)


def found(data: Path, text: str, view: View | None = None) -> list[str]:
    query = parse(text, now_ms=NOON)
    with StoreView(data / "memtui.db") as store:
        return [memory.id for memory in store.memories(query, view)]


@pytest.fixture
def store(data: Path) -> Path:
    """Two projects, three sessions, five memories, the newest first by letter."""
    with Filling(data) as fill:
        harbor, tern = fill.project("harbor-api"), fill.project("tern")
        lease = fill.session("s-lease", project=harbor)
        pool = fill.session("s-pool", project=tern, agent="codex", title="Pool")
        sub = fill.session("s-sub", project=harbor, kind="subagent", parent="s-lease")
        evidence = evidence_column([Evidence(session="s-lease", record="r1", line=1)])
        fill.observation(
            "aaa", session=lease, project=harbor, files=["internal/lease.go"],
            tags=["deploy"], evidence=evidence,
        )  # fmt: skip
        fill.observation(
            "bbb", session=lease, project=harbor, at=NOON - HOUR, type="decision",
            title="Retry with full jitter", trust="assistant", branch="fix/retry",
        )  # fmt: skip
        fill.observation(
            "ccc", session=pool, project=tern, at=NOON - DAY, type="progress",
            title="pgbouncer drops prepared statements", trust="tool",
        )  # fmt: skip
        fill.observation("ddd", session=sub, project=harbor, at=NOON - 2 * DAY)
        fill.observation("eee", session=lease, project=harbor, at=NOON - 3 * DAY)
        fill.record("r1", "no, look: the lease starts when we enqueue", session=lease)
        fill.record("r2", "right, at enqueue", session=lease, turn=2)
    return data


def test_the_timeline_is_newest_first_without_subagents(store: Path) -> None:
    assert found(store, "") == ["aaa", "bbb", "ccc", "eee"]


def test_what_is_hidden_can_be_shown(store: Path) -> None:
    assert "ddd" in found(store, "", View(hidden=True))


def test_a_project_is_looked_at_alone(store: Path) -> None:
    assert found(store, "", View(project="uuid-tern")) == ["ccc"]


def test_windows_follow_each_other_without_gap(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        seen, before = [], None
        while window := view.memories(before=before, limit=1):
            seen += [memory.id for memory in window]
            before = Anchor.of(window[-1])
    assert seen == ["aaa", "bbb", "ccc", "eee"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("type:decision", ["bbb"]),
        ("type:decision,progress", ["bbb", "ccc"]),
        ("-type:gotcha", ["bbb", "ccc"]),
        ("project:tern", ["ccc"]),
        ("project:TERN", ["ccc"]),
        ("project:harbor*", ["aaa", "bbb", "eee"]),
        ("agent:codex", ["ccc"]),
        ("agent:cc", ["aaa", "bbb", "eee"]),
        ("branch:fix/retry", ["bbb"]),
        ("branch:fix/*", ["bbb"]),
        ("file:LEASE.go", ["aaa"]),
        ("tag:deploy", ["aaa"]),
        ("trust:you", ["aaa", "eee"]),
        ("trust:agent", ["bbb"]),
        ("rule:correct", ["aaa", "bbb", "ccc", "eee"]),
        ("scope:global", []),
        ("session:s-pool", ["ccc"]),
        ("since:2h", ["aaa", "bbb"]),
        ("until:2h", ["ccc", "eee"]),
        ("lease", ["aaa", "eee"]),
        ("leases", ["aaa", "eee"]),
        ('"full jitter"', ["bbb"]),
        ("lease type:decision", []),
        ("-lease", ["bbb", "ccc"]),
        ("jitter -lease", ["bbb"]),
        ("->", []),
        ("is:candidate", ["aaa", "bbb", "ccc", "eee"]),
        ("is:kept", []),
    ],
)
def test_a_query_names_what_is_shown(store: Path, query: str, ids: list[str]) -> None:
    assert found(store, query) == ids


def test_states_and_flags_can_be_asked_for(store: Path) -> None:
    with curator(store) as pen:
        pen.prune(["aaa"])
        pen.pin(["bbb"])
        pen.exclude(["ccc"])
        pen.supersede(["eee"], "bbb")
    assert found(store, "") == ["bbb"]
    assert found(store, "is:trash") == ["aaa"]
    assert found(store, "is:pinned") == ["bbb"]
    assert found(store, "is:excluded") == ["ccc"]
    assert found(store, "is:superseded") == ["eee"]
    assert found(store, "is:kept") == ["bbb"]
    assert found(store, "", View.everything()) == ["aaa", "bbb", "ccc", "ddd", "eee"]


def test_counting_stops_at_its_cap(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        assert view.count() == 4
        assert view.count(cap=2) == 2


def test_groups_are_sessions_by_local_day(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        found = view.groups(zone=Zone(HOUR))
    assert [(g.session, g.count) for g in found] == [
        ("s-lease", 2), ("s-pool", 1), ("s-lease", 1),
    ]  # fmt: skip
    assert found[0].day == (NOON + HOUR) // DAY
    assert found[0].project is not None
    assert found[0].project.name == "harbor-api"


def test_a_group_gives_its_own_rows(store: Path) -> None:
    query = parse("", now_ms=NOON)
    with StoreView(store / "memtui.db") as view:
        old = view.groups()[-1]
        rows = view.group_memories(query, View(), old)
    assert [row.id for row in rows] == ["eee"]


def test_a_memory_is_found_by_a_beginning_of_its_id(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        memory = view.memory("aa")
        assert memory.id == "aaa"
        assert memory.session == "s-lease"
        assert memory.session_title == "Webhook retry storm"
        with pytest.raises(NotFound):
            view.memory("zzz")
        with pytest.raises(NotFound):
            view.memory("")


def test_an_ambiguous_beginning_is_no_id(data: Path) -> None:
    with Filling(data) as fill:
        fill.observation("abc1")
        fill.observation("abc2")
    with StoreView(data / "memtui.db") as view, pytest.raises(NotFound) as error:
        view.memory("abc")
    assert "More than one" in error.value.message


def test_evidence_leads_to_its_turn(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        turn = view.turn_of(view.memory("aaa").evidence[0])
        assert turn.number == 1
        assert [r.native_id for r in turn.records] == ["r1"]
        with pytest.raises(NotFound):
            view.turn_of(Evidence(session="s-lease", record="gone"))


def test_turns_are_read_in_order_from_anywhere(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        assert [t.number for t in view.turns("s-lease")] == [1, 2]
        assert [t.number for t in view.turns("s-lease", first=2)] == [2]
        assert [t.number for t in view.turns("s-lease", around=2, limit=1)] == [2]
        assert view.last_turn("s-lease") == 2


def test_sessions_come_last_active_first(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        shown = view.sessions()
        assert {s.id for s in shown} == {"s-lease", "s-pool"}
        following = view.sessions(before=Anchor.of(shown[0]))
        assert [s.id for s in following] == [shown[1].id]
        assert view.session("s-lea").observations == 3
        assert [s.id for s in view.subagents("s-lease")] == ["s-sub"]
        query = parse("enqueue agent:cc", now_ms=NOON)
        assert [s.id for s in view.sessions(query)] == ["s-lease"]


def test_a_folder_belongs_to_the_longest_root_above_it(data: Path) -> None:
    with Filling(data) as fill:
        fill.project("outer", root="/src/outer")
        fill.project("inner", root="/src/outer/inner")
    with StoreView(data / "memtui.db") as view:
        inner = view.project_at(Path("/src/outer/inner/deep"))
        outer = view.project_at("/src/outer/innermost")
        assert inner is not None
        assert inner.name == "inner"
        assert outer is not None
        assert outer.name == "outer"
        assert view.project_at("/src") is None


def test_a_folder_whose_name_is_no_text_is_in_the_project_above_it_or_in_none(
    data: Path,
) -> None:
    with Filling(data) as fill:
        fill.project("outer", root="/src/outer")
    with StoreView(data / "memtui.db") as view:
        inner = view.project_at(os.fsdecode(b"/src/outer/\xff"))
        assert inner is not None
        assert inner.name == "outer"
        beside = os.fsdecode(b"/src/\xff")
        assert view.project_at(beside) is None
        assert view.project_of_root(beside) is None


def test_stats_have_the_documented_shape(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        stats = view.stats()
    assert stats["observations"] == 5
    assert stats["records"] == 2
    assert stats["sessions"] == 2
    assert stats["store_bytes"] > 0
    assert set(stats) == {
        "records", "sessions", "observations", "projects", "faults", "store_bytes",
        "raw_bytes", "by_agent",
    }  # fmt: skip


def test_told_are_kept_ones_of_one_project_or_beyond_any(store: Path) -> None:
    settings = Settings(groups={"backend": ("/src/tern",)})
    with Curator(store, settings, export=lambda *_: None) as pen:
        pen.keep(["aaa", "bbb", "ccc", "eee"])
        pen.pin(["eee"])
        pen.exclude(["bbb"])
        pen.scope(["ccc"], "group:backend")
    with StoreView(store / "memtui.db") as view:
        assert [m.id for m in view.injectable("uuid-harbor-api")] == ["eee", "aaa"]
        assert [m.id for m in view.injectable(None)] == ["ccc"]


def test_sure_candidates_are_told_where_their_type_is_auto(store: Path) -> None:
    with StoreView(store / "memtui.db") as view:
        told = view.injectable(
            "uuid-harbor-api", auto_types=["decision"], auto_confidence=0.8
        )
        none = view.injectable(
            "uuid-harbor-api", auto_types=["decision"], auto_confidence=0.9
        )
    assert [m.id for m in told] == ["bbb"]
    assert none == []


def test_counts_say_what_stands_where(store: Path) -> None:
    with curator(store) as pen:
        pen.prune(["aaa"])
        pen.pin(["bbb"])
    with StoreView(store / "memtui.db") as view:
        counts = view.counts()
        own = view.counts("uuid-tern")
    assert (counts.inbox, counts.kept, counts.pinned, counts.trash) == (2, 1, 1, 1)
    assert (own.inbox, own.kept, own.trash) == (1, 0, 0)


WORD = st.text(st.characters(codec=None), max_size=8)
TYPED = st.lists(
    st.one_of(
        WORD,
        st.sampled_from(['"', "-", ":", "(", ")", "*", "^", "NEAR(", "AND", "OR", "+"]),
        st.builds("{}:{}".format, st.sampled_from(FIELDS), WORD),
        st.just("is:pinned"),
        st.just("lease"),
    ),
    max_size=6,
).map(" ".join)


@given(TYPED)
def test_no_query_raises_whatever_reads_it(store: Path, text: str) -> None:
    query = parse(text, now_ms=NOON)
    with StoreView(store / "memtui.db") as view:
        view.memories(query)
        view.count(query)
        view.groups(query)
        view.sessions(query)
        view.search(query)
        view.search_typing(query)


def test_states_of_a_view_are_shown_alone(store: Path) -> None:
    with curator(store) as pen:
        pen.keep(["ccc"])
    assert found(store, "", View(states=frozenset({State.KEPT}))) == ["ccc"]


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("asked", ["", "-type:nothing-of-this-name"])
def test_groups_count_what_the_timeline_shows(
    store: Path, hidden: bool, asked: str
) -> None:
    """Without a filter sessions are counted one by one, with one all rows at once."""
    with Filling(store) as fill:
        fill.observation("by-hand", at=NOON + HOUR)
    query, shown = parse(asked, now_ms=NOON), View(hidden=hidden)
    with StoreView(store / "memtui.db") as view:
        groups = view.groups(query, shown)
        rows = view.memories(query, shown, limit=1_000)
    counted = Counter((row.session, row.at // DAY) for row in rows)
    assert {(g.session, g.day): g.count for g in groups} == counted
    newest = {(g.session, g.day): g.newest_at for g in groups}
    for row in rows:
        assert row.at <= newest[row.session, row.at // DAY]
    assert set(newest.values()) <= {row.at for row in rows}
