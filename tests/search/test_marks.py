"""Snippets and the spans that are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.search.grammar import parse
from memtui.search.marks import snippet, spans


def marked(text: str, query: str) -> list[str]:
    found = parse(query, now_ms=0)
    return [text[a:b] for a, b in spans(text, found)]


def test_a_word_is_marked_in_its_other_forms() -> None:
    retries = ["Retries", "retry", "retrying"]
    assert marked("Retries retry retrying, retro", "retry") == retries
    assert marked("a happy, happier, happened", "happiness") == ["happy"]
    assert marked("leases and leased", "lease") == ["leases", "leased"]


def test_an_identifier_is_marked_in_any_spelling() -> None:
    text = "parseConfig, parse_config and parse config"
    assert marked(text, "parseConfig") == [
        "parseConfig",
        "parse_config",
        "parse config",
    ]


def test_a_word_that_is_not_asked_for_is_not_marked() -> None:
    assert marked("the lease of their queue", "the lease of") == ["lease"]
    assert marked("to be, or not", "to be") == ["to", "be"]


def test_a_word_inside_another_is_not() -> None:
    assert marked("release lease", "lease") == ["lease"]


def test_unspaced_scripts_are_marked_anywhere() -> None:
    assert marked("在東京都で", "東京") == ["東京"]


def test_accents_do_not_hide_a_hit() -> None:
    assert marked("Résumé des décisions", "decision resume") == ["Résumé", "décisions"]


def test_the_snippet_holds_the_hit_and_whole_words() -> None:
    text = "word " * 200 + "the lease clock " + "tail " * 200
    cut = snippet(text, parse("lease clock", now_ms=0), length=80)
    assert "lease clock" in cut.text
    assert cut.text.startswith("… ")
    assert cut.text.endswith(" …")
    assert [cut.text[a:b] for a, b in cut.spans] == ["lease", "clock"]


@pytest.mark.parametrize("words", [3, 12, 30])
def test_a_cut_begins_no_later_than_it_must(words: int) -> None:
    text = " ".join(["before"] * words) + " the lease"
    found = snippet(text, parse("lease", now_ms=0), length=90)
    assert len(found.text) >= min(len(text), 80)
    assert found.text.startswith("… ") == (len(text) > 90)
    assert found.text.endswith("the lease")


def test_a_short_text_is_its_own_snippet() -> None:
    cut = snippet("two\nlines", parse("none", now_ms=0))
    assert cut.text == "two lines"
    assert cut.spans == ()


@given(st.text(max_size=300), st.text(max_size=30))
def test_spans_lie_in_the_snippet_and_never_overlap(text: str, query: str) -> None:
    cut = snippet(text, parse(query, now_ms=0), length=40)
    ends = [0, *(place for span in cut.spans for place in span), len(cut.text)]
    assert ends == sorted(ends)
