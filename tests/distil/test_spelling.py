"""A pattern and what it stands for say the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.distil.patterns import Opener, Sought, any_of, either
from memtui.distil.spelling import first_two, spellings

_LETTERS = st.text("abc '-", min_size=1, max_size=3)
_PATTERNS = st.recursive(
    _LETTERS | st.sampled_from(["a?", "[ab]", "\\w+", "b*", ".{1,2}", "\\."]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map("".join)
        | st.lists(inner, min_size=1, max_size=3).map(lambda x: f"(?:{'|'.join(x)})")
        | inner.map(lambda x: f"(?:{x})?")
    ),
    max_leaves=8,
)


@given(_PATTERNS, st.text("abc .'-", max_size=6))
def test_a_text_matches_as_its_spellings_say(pattern: str, text: str) -> None:
    spelt, plain = spellings(pattern)
    matches = bool(re.fullmatch(pattern, text))
    whole = {one.text for one in spelt if not one.is_open}
    begins = tuple(one.text for one in spelt if one.is_open)
    assert plain
    assert all(re.fullmatch(pattern, one) for one in whole)
    if matches:
        assert text in whole or text.startswith(begins)
    elif not begins:
        assert text not in whole


def test_what_stands_round_a_text_is_told_of() -> None:
    assert spellings("(?<!should )always") == (spellings("always")[0], False)
    assert [one.text for one in spellings("don'?t (?:use|\\w+)")[0]] == [
        "don't ", "don't use", "dont ", "dont use",
    ]  # fmt: skip


@given(_PATTERNS, st.text("abcABC .'-", min_size=1, max_size=6))
def test_what_opens_a_text_is_what_the_pattern_finds_there(
    pattern: str, text: str
) -> None:
    for shape in (f"^(?:{pattern})", rf"^(?:\W*(?:{pattern}))+"):
        try:
            first_two(pattern)
        except ValueError:
            continue
        found = re.compile(shape, re.I).match(text)
        opened = Opener(shape, re.I).match(text)
        assert (found and found[0]) == (opened and opened[0])


def test_a_look_ahead_tells_the_first_letter() -> None:
    letters = first_two("^(?:no )?(?=[c-e]+\\b)(?!can)")
    assert letters >= {"no", "c", "cx", "d ", "e-"}
    assert {one[0] for one in letters} == set("ncde")
    with pytest.raises(ValueError, match="begin"):
        first_two("(?=[一-鿿])")


def test_a_letter_that_is_the_same_in_capitals_opens_a_text() -> None:
    assert Opener("key", re.I).match("KEY".replace("K", "\u212a"))
    assert not Opener("key", re.I).match("Ärger")


@given(st.lists(st.sampled_from(["api", "api error", "Limit", "x", " ", "no plan"])))
def test_what_is_sought_is_what_the_pattern_finds(parts: list[str]) -> None:
    cues = ("api errors?", "no (?:\\w+ )?plan", "limit")
    text = "".join(parts)
    assert Sought(either(*cues)).search(text) == bool(any_of(*cues).search(text))


def test_a_pattern_that_may_begin_with_anything_cannot_be_sought() -> None:
    with pytest.raises(ValueError, match="begin"):
        Sought("\\w+ limit").search("no limit")
