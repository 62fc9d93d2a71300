"""Text as the index holds it."""

import sqlite3
import sys
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.model import RecordKind, Tool
from memtui.search.match import unmarked
from memtui.search.prepare import (
    MARKS,
    fold,
    identifiers,
    memory_text,
    pairs,
    record_text,
    sound,
    spaced,
)
from memtui.search.words import surfaces, tokens


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("parseConfig", "parse config"),
        ("HTTPServer2", "http server 2"),
        ("parse_config", "parseconfig"),
        ("retry-storm", "retrystorm"),
    ],
)
def test_an_identifier_gets_its_other_spellings(name: str, other: str) -> None:
    assert other in identifiers(f"see {name} there")


def test_plain_words_get_none() -> None:
    assert identifiers("the lease clock starts at enqueue") == ""


def test_a_run_without_spaces_becomes_pairs() -> None:
    assert pairs("東京都") == ["東京", "京都"]
    assert spaced("in 東京都 now").split() == ["in", "東京", "京都", "now"]


def test_one_character_alone_stays() -> None:
    assert spaced("字").split() == ["字"]


def test_a_memory_is_found_by_its_facts_tags_and_files() -> None:
    text = memory_text(
        "Title", "Body", facts=["a fact"], tags=["deploy"], files=["src/lease.go"]
    )
    assert "a fact" in text.body
    assert "deploy" in text.ident
    assert "src/lease.go" in text.ident


def test_what_was_injected_is_not_indexed() -> None:
    assert record_text(RecordKind.CONTEXT, "remember this") is None


def test_a_tools_output_keeps_head_and_tail() -> None:
    text = record_text(RecordKind.TOOL_RESULT, "start " + "x " * 9_000 + "finish")
    assert text is not None
    assert text.body.startswith("start")
    assert text.body.endswith("finish")
    assert len(text.body) < 2_100


def test_what_was_read_of_a_file_is_found_by_its_first_lines() -> None:
    said = "lease_clock\n" + "x\n" * 900 + "zebra"
    kind = RecordKind.TOOL_RESULT
    text = record_text(kind, said, files=["src/lease.go"], tool=Tool.READ)
    assert text is not None
    assert "lease_clock" in text.body
    assert "zebra" not in text.body
    assert text.ident == "leaseclock"  # its call has the path
    failed = record_text(kind, said, tool=Tool.READ, failed=True)
    assert failed is not None
    assert "zebra" in failed.body


@pytest.mark.parametrize("tool", [Tool.EDIT, Tool.TODO])
def test_a_tool_that_only_says_that_it_did_its_work_is_not_indexed(tool: Tool) -> None:
    said = "The file src/lease.go has been updated."
    assert record_text(RecordKind.TOOL_RESULT, said, tool=tool) is None
    assert record_text(RecordKind.TOOL_RESULT, said, tool=tool, failed=True)
    assert record_text(RecordKind.TOOL_USE, "src/lease.go", tool=tool)


def test_a_command_stands_with_its_call_and_with_its_failure() -> None:
    rows = {
        (kind, failed): record_text(
            kind, "1 failed", command="make test", tool=Tool.SHELL, failed=failed
        )
        for kind in (RecordKind.TOOL_USE, RecordKind.TOOL_RESULT)
        for failed in (False, True)
    }
    assert [key for key, row in rows.items() if row and "make" not in row.body] == [
        (RecordKind.TOOL_RESULT, False)
    ]


def test_a_command_is_part_of_what_is_found() -> None:
    text = record_text(RecordKind.TOOL_USE, "runs it", command="make deploy")
    assert text is not None
    assert "make deploy" in text.body


@given(st.text(st.characters(codec=None), max_size=60))
def test_prepared_text_is_always_storable(text: str) -> None:
    spaced(text).encode("utf-8")
    assert "\0" not in spaced(text)


def test_what_becomes_a_blank_is_in_no_word_of_the_index_or_of_a_query() -> None:
    marks = [c for c in map(chr, range(128, sys.maxunicode + 1)) if MARKS.match(c)]
    assert len(marks) > 800
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute("create virtual table t using fts5(a, tokenize='unicode61')")
        conn.execute("create virtual table words using fts5vocab(t, 'row')")
        conn.executemany("insert into t values (?)", ((f"x{c}y",) for c in marks))
        assert [row[0] for row in conn.execute("select term from words")] == ["x", "y"]
    assert {tuple(tokens(f"x{fold(sound(c))}y")) for c in marks} == {("x", "y")}


@given(
    st.text(st.sampled_from("aBcdE019_.$-–→ é字\u0338"), max_size=40),
    st.booleans(),
)
def test_every_word_of_the_index_can_be_typed_for(text: str, is_tool: bool) -> None:
    kind = RecordKind.TOOL_RESULT if is_tool else RecordKind.PROMPT
    row = record_text(kind, text)
    if row is None:
        return
    known = surfaces(dict.fromkeys(row.pieces, 1))
    held = tokens(" ".join(row[:4]))
    assert {word for word in held if 2 <= len(word) <= 40} == known.keys()


def test_a_line_number_before_an_arrow_is_a_word_of_its_own() -> None:
    row = record_text(RecordKind.TOOL_RESULT, "  12→def main")
    assert row is not None
    assert {b"12", b"def", b"main"} == set(row.pieces)


def test_a_korean_word_is_looked_for_without_its_particle_too() -> None:
    assert unmarked("캐시를") == ("캐시",)
    assert unmarked("데이터베이스에서") == ("데이터베이스",)
    assert unmarked("SQLite를") == ("SQLite",)
    for alone in ("속도", "캐시", "를", "lease", "数据库", ""):
        assert unmarked(alone) == ()
