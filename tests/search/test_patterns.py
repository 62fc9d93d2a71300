"""Regular expressions between slashes: what is one, and what it may cost."""

import sqlite3
import time
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.search import patterns
from memtui.search.grammar import parse
from memtui.search.marks import snippet


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        (r"lease /retr(y|ies) with/", (r"retr(y|ies) with",), ("lease",)),
        (r"/a\/b/ c", ("a/b",), ("c",)),
        (r"/\w+/ /x$/", (r"\w+", "x$"), ()),
        ("/usr/lib/ here", (), ("/usr/lib/", "here")),
        ("/compact /clear", (), ("/compact", "/clear")),
        ("cp /tmp and lib/", (), ("cp", "/tmp", "and", "lib/")),
        ("a / b / c", (), ("a", "/", "b", "/", "c")),
        ("//", (), ("//",)),
    ],
)
def test_what_stands_between_slashes_is_an_expression_and_a_path_is_none(
    text: str, found: tuple[str, ...], words: tuple[str, ...]
) -> None:
    query = parse(text, now_ms=0)
    assert (query.patterns, query.words) == (found, words)
    assert not query.is_empty


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("foo(", "missing )"),
        ("a**", "bad repetition operator: **"),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("(?=x)", "invalid perl operator: (?="),
        ("(a{1000}){1000}", "invalid repetition size: {1000}"),
        ("\ud800", "it holds half a character"),
    ],
)
def test_what_is_no_expression_is_said_with_its_reason(pattern: str, why: str) -> None:
    assert patterns.trouble(pattern) == why


def test_an_expression_may_be_asked_not_to_match() -> None:
    query = parse("lease -/retry/", now_ms=0)
    assert query.patterns == ()
    assert [(one.values, one.negated) for one in query.filters] == [(("retry",), True)]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){30}a{30}$"])
def test_no_pattern_stands_still_on_a_long_text(pattern: str) -> None:
    before = time.process_time()
    assert not patterns.matches(pattern, "a" * 100_000 + "!")
    # A backtracking matcher needs longer than the age of the machine.
    assert time.process_time() - before < 60


@pytest.mark.parametrize(
    ("pattern", "needle"),
    [
        ("zzqx", "zzqx"),
        (r"Lease \w+ expired", " expired"),
        ("retr(y|ies) with", " with"),
        ("a|lease", ""),
        ("lea?rn", "le"),
        ("ba{2}r+n", ""),
        (r"\bqueue\b", "queue"),
        (r"foo\.go:\d+", "foo_go"),
        (r"\x41bcd", ""),
        (r"\Q(a\Ebcd", ""),
        ("[]ab]queue[^]x]", "queue"),
        ("[[:alpha:])]queue", "queue"),
        ("(?i:queue)+ of", " of"),
        ("日本 lock", " loc"),
        (".*", ""),
    ],
)
def test_what_every_match_must_hold_is_told(pattern: str, needle: str) -> None:
    assert patterns.trouble(pattern) == ""
    assert patterns.needle(pattern) == needle


_SIGNS = r"""
    a k S b z A q lea Q% _ é ( ) | [ ] ^ $ . * + ? {2} {0,1} { } \d \b \. \( \\
    (?: (?i) (?-i) [^ [] [[:alpha:]] \x41 \pN \Q \E - \z \A
"""
_LETTERS = "akKsSbzBqQlea.%_é \u212a\u017f(\\12A\n"


@given(
    st.lists(st.sampled_from(_SIGNS.split()), max_size=8)
    .map("".join)
    .flatmap(lambda p: st.tuples(st.just(p), st.text(_LETTERS + p, max_size=12)))
)
def test_no_match_lacks_what_every_match_must_hold(both: tuple[str, str]) -> None:
    pattern, text = both
    if patterns.trouble(pattern) or not patterns.matches(pattern, text):
        return
    like = f"%{patterns.needle(pattern)}%"
    with closing(sqlite3.connect(":memory:")) as conn:
        assert conn.execute("select ? like ?", (text, like)).fetchone() == (1,)


def test_case_does_not_count_unless_it_is_asked_for() -> None:
    assert patterns.matches("econn", "ECONNRESET")
    assert not patterns.matches("(?-i)econn", "ECONNRESET")
    assert patterns.matches("^two", "one\ntwo")


def test_a_snippet_shows_and_marks_what_an_expression_matches() -> None:
    text = "word " * 200 + "connect ECONNRESET 10.0.0.7 " + "tail " * 200
    cut = snippet(text, parse(r"connect /\d+\.\d+/", now_ms=0), length=80)
    assert [cut.text[a:b] for a, b in cut.spans] == ["connect", "10.0", "0.7"]


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_expression_is_matched_or_refused(pattern: str, text: str) -> None:
    query = parse(f"/{pattern}/", now_ms=0)
    assert not query.wrong or "is no regular expression" in query.wrong[0]
    for start, end in patterns.found(pattern, text):
        assert 0 <= start < end <= len(text)
