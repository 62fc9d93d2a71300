"""Search: what is found, in which order, and what is never found again."""

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import strategies as st

from memtui.curate import Curator
from memtui.errors import MemtuiError
from memtui.model import RecordKind
from memtui.search import patterns
from memtui.search.grammar import parse
from memtui.search.words import tokens
from memtui.settings import Settings
from memtui.store.queries import Hit, HitKind, StoreView, View
from memtui.store.search import find_newest, find_typed
from tests.soaking import few_or_many
from tests.store.filling import DAY, HOUR, NOON, Filling


def search(data: Path, text: str, view: View | None = None) -> list[Hit]:
    with StoreView(data / "memtui.db") as store:
        return store.search(parse(text, now_ms=NOON), view)


def typing(data: Path, text: str, view: View | None = None) -> list[Hit]:
    with StoreView(data / "memtui.db") as store:
        return store.search_typing(parse(text, now_ms=NOON), view)


def names(hits: list[Hit]) -> list[str]:
    """Ids of memories, native ids of records."""
    return [
        hit.memory.id if hit.memory else hit.record.native_id if hit.record else ""
        for hit in hits
    ]


@pytest.fixture
def store(data: Path) -> Path:
    with Filling(data) as fill:
        here = fill.project()
        session = fill.session(project=here)
        sub = fill.session("sub", project=here, kind="subagent", parent="s1")
        fill.observation("lease", session=session, project=here)
        fill.observation(
            "config", session=session, project=here, title="parseConfig reads env",
            body="internal/config/parse.go", at=NOON - DAY,
        )  # fmt: skip
        fill.record("r1", "no, look: the lease starts at enqueue", session=session)
        fill.record(
            "r2", "the lease clock is stamped in enqueue()", session=session, turn=2,
            kind=RecordKind.RESPONSE, at=NOON + HOUR,
        )  # fmt: skip
        fill.record(
            "r3", "lease lease", session=session, turn=2, at=NOON + 2 * HOUR,
            kind=RecordKind.TOOL_RESULT,
        )  # fmt: skip
        fill.record("r4", "Use the lease, subagent", session=sub)
        fill.record("r5", "injected lease", session=session, kind=RecordKind.CONTEXT)
    return data


def test_memories_and_turns_are_found_together(store: Path) -> None:
    hits = search(store, "lease enqueue")
    assert set(names(hits)) == {"lease", "r1", "r2"}
    assert hits[0].kind is HitKind.MEMORY


def test_a_memory_stands_right_before_the_turn_that_it_stems_from(data: Path) -> None:
    with Filling(data) as fill:
        session = fill.session(project=fill.project())
        fill.record("other", "the lease clock, the lease clock", session=session)
        fill.record(
            "told", "stamp the lease clock of the lease on dequeue", session=session,
            turn=2, at=NOON + HOUR,
        )  # fmt: skip
        fill.record(
            "more", "lease clock stamped", session=session, turn=2, at=NOON + HOUR + 1,
            kind=RecordKind.RESPONSE,
        )  # fmt: skip
        fill.observation(
            "memory", session=session, at=NOON + HOUR,
            title="Of several things that were said then one is about a clock",
        )  # fmt: skip
    found = names(search(data, "lease clock"))
    assert found.index("memory") + 1 == min(
        map(found.index, {"told", "more"} & {*found})
    )


def test_a_memory_with_the_word_stands_before_commands_of_its_session(
    data: Path,
) -> None:
    with Filling(data) as fill:
        session = fill.session(project=fill.project())
        fill.record(
            "told", "go test ./otter", session=session, kind=RecordKind.TOOL_USE
        )
        fill.record(
            "printed", "ok ./otter", session=session, turn=2, at=NOON + 1,
            kind=RecordKind.TOOL_RESULT,
        )  # fmt: skip
        fill.record(
            "answer", "The otter is well.", session=session, turn=3, at=NOON + 2,
            kind=RecordKind.RESPONSE,
        )  # fmt: skip
        for name, said in (("says", "whether an otter"), ("else", "whether a beaver")):
            fill.observation(
                name, session=session, at=NOON + HOUR, title="Of what was seen then",
                body=f"{said} swims along the whole of the river is asked each day",
            )  # fmt: skip
    found = names(search(data, "otter swims"))
    assert found.index("says") < min(map(found.index, ("told", "printed")))
    assert names(search(data, "otter")) == ["answer", "says", "told", "printed"]
    assert names(search(data, "otter test"))[0] == "told", "it alone has both"


def test_a_turn_counts_more_where_more_of_its_session_answers(data: Path) -> None:
    with Filling(data) as fill:
        here = fill.project()
        about, aside = fill.session("about", project=here), fill.session(project=here)
        for turn, text in enumerate(("the lease clock", "the lease", "a clock")):
            fill.record(f"about{turn}", text, session=about, turn=turn)
        fill.record("aside", "the lease clock", session=aside, at=NOON + 1)
    assert names(search(data, "lease clock"))[0] == "about0"


def test_what_is_said_time_and_again_stands_first_once(data: Path) -> None:
    with Filling(data) as fill:
        here, there = fill.session("here"), fill.session("there")
        for turn in range(4):
            fill.record(
                f"same{turn}", "lint the lease", session=here, turn=turn,
                at=NOON - turn * HOUR,
            )  # fmt: skip
        fill.record("more", "lint the lease of a clock", session=here, turn=5)
        fill.record("other", "lint the lease", session=there, at=NOON - DAY)
    assert set(names(search(data, "lint lease"))[:2]) == {"same0", "more"}
    with StoreView(data / "memtui.db") as store:
        hits, told = store.explained(parse("lint lease", now_ms=NOON))
    again = {name for name, why in zip(names(hits), told.whys, strict=True)
             if why.said_again}  # fmt: skip
    assert again == {"same1", "same2", "same3"}
    lines = [why.line() for why in told.whys]
    assert sum("said again 0.5" in line for line in lines) == 3


def test_a_turn_is_one_find_however_many_records_match(store: Path) -> None:
    assert [hit.turn for hit in search(store, "lease") if hit.turn == 2] == [2]


def test_a_hit_says_where_it_lies(store: Path) -> None:
    hit = next(hit for hit in search(store, "stamped") if hit.record)
    assert (hit.session, hit.turn, hit.project) == ("s1", 2, "harbor-api")
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.spans] == ["stamped"]


def test_what_an_agent_was_told_is_no_find(store: Path) -> None:
    assert search(store, "injected") == []


def test_subagents_are_found_where_they_are_shown(store: Path) -> None:
    assert search(store, "subagent") == []
    assert names(search(store, "subagent", View(hidden=True))) == ["r4"]


@pytest.mark.parametrize(
    "text",
    ["parseConfig", "parse_config", "parse config", "parseconfig", "PARSE-CONFIG"],
)
def test_an_identifier_is_found_in_any_spelling(store: Path, text: str) -> None:
    assert "config" in names(search(store, text))
    assert "config" in names(typing(store, text))


def test_rows_with_every_word_come_before_rows_with_some(store: Path) -> None:
    found = names(search(store, "lease stamped elephants"))
    assert found[0] == "r2"
    assert "lease" in found


def test_fields_narrow_turns_too(store: Path) -> None:
    assert names(search(store, "lease branch:none")) == []
    assert names(search(store, "lease type:gotcha")) == ["lease"]
    assert names(search(store, "lease session:s1 -stamped"))[0] in ("lease", "r1")


def test_a_query_of_fields_alone_lists_the_newest(store: Path) -> None:
    assert names(search(store, "type:gotcha")) == ["lease", "config"]
    assert names(typing(store, "type:gotcha ")) == ["lease", "config"]


def test_rows_without_what_an_expression_needs_are_not_held_against_it(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    found = patterns.matches

    def matches(pattern: str, text: str) -> bool:
        held.append(text)
        return found(pattern, text)

    monkeypatch.setattr(patterns, "matches", matches)
    for asked, without in (("/clo+ck/", "/(?-i)CLO+CK/"), (r"/cloc\w/", "/zzqx+/")):
        held.clear()
        assert "lease" in names(search(store, asked))
        assert names(search(store, without)) == []
        assert held
        assert all("clo" in text.lower() for text in held)
    held.clear()
    everything = names(search(store, "-/zzqx/"))
    assert everything == names(search(store, "-/(zzqx)/"))
    assert everything
    assert len(held) == len(everything)


def test_an_expression_finds_what_stands_behind_a_nul(data: Path) -> None:
    with Filling(data) as fill:
        session = fill.session("s1", project=fill.project(), at=NOON)
        fill.record("r1", "printed \0 zzqx", session=session)
    assert names(search(data, "/zzqx/")) == ["r1"]


def test_an_expression_alone_says_how_far_it_looked_and_goes_on_where_it_may(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_newest, "SCANNED", 3)
    with Filling(data) as fill:
        session = fill.session(project=fill.project())
        for day in range(6):
            fill.record(
                f"r{day}", f"said zzqx {day}", session=session, turn=day,
                at=NOON - day * DAY,
            )  # fmt: skip
    everything = View(whole=True)
    before = "/zzqx/ until:1d"
    assert len(search(data, "/zzqx/")) == 3
    assert len(search(data, before)) == 3
    assert len(search(data, "/zzqx/ until:4d")) == 1
    assert len(search(data, "/zzqx/", everything)) == 6
    with StoreView(data / "memtui.db") as store:
        asked = {
            text: store.newest_alone(parse(text, now_ms=NOON))
            for text in ("/zzqx/", before, "/zzqx/ until:4d", "/zzqx/ said", "said")
        }
        assert store.newest_alone(parse("/zzqx/", now_ms=NOON), everything) == 0
    assert asked == {
        "/zzqx/": 3, before: 3, "/zzqx/ until:4d": 0, "/zzqx/ said": 0, "said": 0,
    }  # fmt: skip


def test_typing_is_newest_first(store: Path) -> None:
    hits = typing(store, "lea")
    assert [hit.at for hit in hits] == sorted((hit.at for hit in hits), reverse=True)


def test_a_blank_ends_the_last_word(store: Path) -> None:
    assert names(typing(store, "leas")) != []
    assert names(typing(store, "stam ")) == []


def test_an_edit_leaves_no_ghost(store: Path) -> None:
    with Curator(store, Settings(), export=lambda *_: None) as pen:
        pen.edit("lease", title="Otters swim", body="")
        assert "lease" not in names(search(store, "clock"))
        assert names(search(store, "otters")) == ["lease"]
        pen.undo()
    assert search(store, "otters") == []
    assert "lease" in names(search(store, "clock"))


def test_a_pruned_memory_is_found_in_the_trash_alone(store: Path) -> None:
    with Curator(store, Settings(), export=lambda *_: None) as pen:
        pen.prune(["config"])
    assert search(store, "parseConfig") == []
    assert names(search(store, "parseConfig is:trash")) == ["config"]


SCRIPTS = [
    ("东京都的服务器已经重启", "东京"),
    ("东京都的服务器已经重启", "服务器"),
    ("数据库连接池耗尽", "连接池"),
    ("サーバーが再起動しました", "再起動"),
    ("データベースの接続", "データベース"),
    ("배포는 금요일에 하지 않는다", "금요일"),
    ("테스트가 실패했다", "실패"),
    ("ห้ามปรับใช้ในวันศุกร์", "วันศุกร์"),
    ("База данных недоступна", "база"),
    ("Résumé des décisions", "resume"),
    ("Größe überschritten", "große"),
    ("señal perdida en São Paulo", "sao paulo"),
    ("Ångström naïve", "ANGSTROM"),
    ("ﬁle ﬂag", "file"),
    ("в базе нет индекса", "индекса"),
]


@pytest.mark.parametrize(("text", "query"), SCRIPTS)
def test_any_script_is_found(data: Path, text: str, query: str) -> None:
    with Filling(data) as fill:
        fill.observation("here", title=text)
        fill.observation("other", title="nothing of the kind")
    assert names(search(data, query)) == ["here"]
    assert names(typing(data, query)) == ["here"]


LETTERS = st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x58F)
"""Latin, Greek, Cyrillic, Armenian: the index's Unicode is of 2012."""
WORDS = st.text(LETTERS, min_size=2, max_size=14)
ENGLISH = st.sampled_from(
    ["retries", "retrying", "happily", "databases", "generalizations", "caresses",
     "agreed", "flies", "parseConfig", "HTTPServer", "snake_case", "v2", "running"]
)  # fmt: skip


@few_or_many(12, 100, st.lists(st.one_of(WORDS, ENGLISH), min_size=1, max_size=6))
def test_every_beginning_of_two_letters_finds_its_row(words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with Filling(Path(folder)) as fill:
            fill.observation("here", title=" ".join(words))
        for by_name in (400, 0):
            with patch.object(find_typed, "_BY_NAME", by_name):
                _assert_each_beginning_finds(Path(folder), tokens(" ".join(words)))


def _assert_each_beginning_finds(data: Path, words: Sequence[str]) -> None:
    for word in words:
        for end in range(2, len(word) + 1):
            assert names(typing(data, word[:end])) == ["here"], word[:end]
        assert names(typing(data, f"({word[:2]}/")) == ["here"], word


def asked_while_typing(data: Path, text: str) -> str:
    """Every statement that a keystroke sends to the store."""
    asked: list[str] = []
    with StoreView(data / "memtui.db") as store:
        store._conn.set_trace_callback(asked.append)
        store.search_typing(parse(text, now_ms=NOON))
    return "\n".join(asked)


def test_few_words_that_begin_so_are_asked_for_by_name(store: Path) -> None:
    """A beginning makes SQLite hold all of its rows in memory at once."""
    assert '"lease"' in asked_while_typing(store, "enqueue le")
    assert '"le"*' not in asked_while_typing(store, "enqueue le")
    for beginning in ("(le", "!le", "le/"):
        asked = asked_while_typing(store, f"enqueue {beginning}")
        assert '"lease"' in asked
        assert f'"{beginning}"*' not in asked


def test_a_word_that_stands_nowhere_ends_the_search_while_typing(store: Path) -> None:
    assert "lease" not in asked_while_typing(store, "otter le")


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "prune", "restore", "undo", "redo"]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["otter", "heron", "newt", "perch"]),
    ),
    max_size=10,
)  # fmt: skip


@few_or_many(5, 100, ACTS)
def test_no_acts_leave_a_ghost_or_lose_a_memory(
    acts: list[tuple[str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with Filling(data) as fill:
            for one, word in zip("abc", ("otter", "heron", "newt"), strict=True):
                fill.observation(one, title=f"The {word} swims")
        with Curator(data, Settings(), export=lambda *_: None) as pen:
            for act, memory, word in acts:
                with contextlib.suppress(MemtuiError):  # nothing to undo, as it is
                    if act == "edit":
                        pen.edit(memory, title=f"The {word} swims", body="")
                    elif act in ("prune", "restore"):
                        getattr(pen, act)([memory])
                    else:
                        getattr(pen, act)()
        with StoreView(data / "memtui.db") as store:
            shown = {str(m.id): m.title for m in store.memories()}
        for word in ("otter", "heron", "newt", "perch"):
            right = {one for one, title in shown.items() if word in title}
            assert set(names(search(data, word))) == right, word
            assert set(names(typing(data, word[:3]))) == right, word


ANYTHING = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ['"', "-", ":", "(", ")", "*", "^", "+", "{", "NEAR(", "AND", "\0", "lease",
             "title:", "is:", "since:", "/", "/(", "a_b.C", "数据", "--", "'", ";", "%"]
        ),
    ),
    max_size=7,
).map("".join)  # fmt: skip


@few_or_many(40, 10_000, ANYTHING)
def test_no_query_raises(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with Filling(Path(folder)) as fill:
            fill.observation("here", title="The lease clock", body="数据库 a_b.C")
            fill.record("r", "the lease", session=fill.session())
        search(Path(folder), text)
        typing(Path(folder), text)


def test_many_hidden_finds_do_not_hide_the_shown_one(data: Path) -> None:
    with Filling(data) as fill:
        here = fill.session("main")
        sub = fill.session("sub", kind="subagent", parent="main")
        fill.record("shown", "lease", session=here, at=NOON - DAY)
        for n in range(900):
            fill.record(f"h{n}", "lease lease", session=sub, turn=n)
    assert names(typing(data, "lease")) == ["shown"]
    assert names(search(data, "lease")) == ["shown"]


def test_older_rows_that_arrive_later_are_still_older(data: Path) -> None:
    with Filling(data) as fill:
        session = fill.session()
        fill.record("new", "lease", session=session, at=NOON, turn=1)
    with Filling(data) as fill:
        fill.record("old", "lease", session=session, at=NOON - DAY, turn=2)
    assert names(typing(data, "lease")) == ["new", "old"]
