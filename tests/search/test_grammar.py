"""The query language: whatever is typed is a query."""

import string
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.search.grammar import FIELDS, PartKind, Query, parse

NOW = int(datetime(2026, 11, 19, 14, 30).timestamp() * 1000)
"""A Thursday, in whatever zone the test runs."""
DAY = 86_400_000


def read(text: str) -> Query:
    return parse(text, now_ms=NOW)


def at(*parts: int) -> int:
    return int(datetime(*parts).timestamp() * 1000)  # type: ignore[arg-type]


def test_words_phrases_and_exclusions_are_told_apart() -> None:
    query = read('lease "full jitter" -redis -"half open"')
    assert query.words == ("lease",)
    assert query.phrases == ("full jitter",)
    assert query.excluded == ("redis", "half open")


@pytest.mark.parametrize("text", ["--no-verify", "->", "-", "--"])
def test_flags_and_arrows_exclude_nothing(text: str) -> None:
    assert read(text).words == (text,)


def test_a_field_takes_several_values_and_a_minus() -> None:
    query = read("type:gotcha,decision -agent:codex file:lease.go")
    assert [(f.field, f.values, f.negated) for f in query.filters] == [
        ("type", ("gotcha", "decision"), False),
        ("agent", ("codex",), True),
        ("file", ("lease.go",), False),
    ]


def test_a_quoted_value_keeps_its_blanks() -> None:
    assert read('branch:"my branch"').values("branch") == ("my branch",)


def test_an_unknown_field_counts_as_words_and_is_named() -> None:
    query = read("colour:red lease")
    assert query.unknown == ("colour:red",)
    assert query.words == ("colour:red", "lease")


def test_a_value_that_a_field_does_not_take_counts_as_words() -> None:
    query = read("is:purple since:someday")
    assert query.unknown == ("is:purple", "since:someday")
    assert not query.filters
    assert query.since is None


def test_an_address_is_no_unknown_field() -> None:
    query = read("https://example.com/a")
    assert query.words == ("https://example.com/a",)
    assert not query.unknown


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_blank_text_asks_for_everything(text: str) -> None:
    assert read(text).is_empty


@pytest.mark.parametrize(
    "text", ["a", '"a b"', "-a", "type:gotcha", "since:1d", "until:today"]
)
def test_anything_else_asks_for_something(text: str) -> None:
    assert not read(text).is_empty


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("3d", NOW - 3 * DAY),
        ("2w", NOW - 14 * DAY),
        ("5h", NOW - 5 * 3_600_000),
        ("90min", NOW - 90 * 60_000),
        ("today", at(2026, 11, 19)),
        ("yesterday", at(2026, 11, 18)),
        ("thursday", at(2026, 11, 19)),
        ("tue", at(2026, 11, 17)),
        ("Friday", at(2026, 11, 13)),
        ("2026-11-03", at(2026, 11, 3)),
        ("2026-11", at(2026, 11, 1)),
        ("2026", at(2026, 1, 1)),
        ("2026-11-03T10:30", at(2026, 11, 3, 10, 30)),
    ],
)
def test_since_takes_dates_as_people_type_them(text: str, since: int) -> None:
    assert read(f"since:{text}").since == since


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("yesterday", at(2026, 11, 19)),
        ("2026-11-03", at(2026, 11, 4)),
        ("2026-12", at(2027, 1, 1)),
        ("2026", at(2027, 1, 1)),
        ("3d", NOW - 3 * DAY),
    ],
)
def test_until_holds_the_whole_of_its_day(text: str, until: int) -> None:
    assert read(f"until:{text}").until == until


@pytest.mark.parametrize(
    "text", ["99999y", "2026-13", "2026-02-30", "0000", "9999", "-3d", "d", "10000-1-1"]
)
def test_impossible_dates_are_words(text: str) -> None:
    assert isinstance(read(f"since:{text} until:{text}"), Query)


def test_of_two_dates_the_narrower_holds() -> None:
    assert read("since:1d since:9d").since == NOW - DAY
    assert read("until:1d until:9d").until == NOW - 9 * DAY


def test_parts_lie_where_the_text_has_them() -> None:
    text = 'lease  type:gotcha "a b" colour:red'
    found = [(part.kind, text[part.start : part.end]) for part in read(text).parts]
    assert found == [
        (PartKind.WORD, "lease"),
        (PartKind.FILTER, "type:gotcha"),
        (PartKind.PHRASE, '"a b"'),
        (PartKind.UNKNOWN, "colour:red"),
    ]


PIECES = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(codec=None), max_size=6),
    st.sampled_from([f"{field}:" for field in FIELDS]),
    st.sampled_from(['"', "-", ":", "(", "*", "NEAR", "AND", " ", "\0", "^", "+"]),
    st.text(string.digits + "dwmohy-", max_size=8),
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_no_text_raises(text: str) -> None:
    query = read(text)
    for word in (*query.words, *query.phrases, *query.excluded):
        word.encode("utf-8")  # what SQLite would refuse
        assert "\0" not in word


def test_names_with_two_colons_are_words() -> None:
    query = read("std::vector type::gotcha Foo::bar()")
    assert query.words == ("std::vector", "type::gotcha", "Foo::bar()")
    assert not query.unknown


def test_more_than_is_read_is_told() -> None:
    assert not read("a" * 2_000).is_cut
    assert read("a" * 2_001).is_cut
