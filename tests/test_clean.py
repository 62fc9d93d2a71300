"""What leaves the cleaning gate is safe on any screen and for any model."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.clean import clean, clean_line

HOSTILE = st.lists(
    st.one_of(
        st.text(),
        st.characters(),
        st.sampled_from(
            [
                "\x1b[31m",
                "\x1b]52;c;QQ==\x07",
                "\x1b]8;;http://x\x1b\\",
                "\x1b",
                "\x1b]",
                "\x1bP",
                "\x9b2J",
                "\x9d",
                "\r\n",
                "\r",
                "\n",
                "\t",
                "\x00",
                "\u202e",
                "\u2066",
                "\u200b",
                "\u200d",
                "\ufe0f",
                "\ud800",
                "\udfff",
                "\U000e0041",
                "\U000e0100",
                "\ufeff",
                "[0m",
                "(B",
                "\x7f",
                "\u2028",
            ]
        ),
    )
).map("".join)

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)


@given(HOSTILE)
def test_no_control_or_invisible_character_gets_through(text: str) -> None:
    assert not FORBIDDEN.search(clean(text))


@given(HOSTILE)
def test_what_is_clean_can_always_be_encoded(text: str) -> None:
    clean(text).encode("utf-8")


@given(HOSTILE)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(HOSTILE)
def test_a_line_stays_one_line(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line
    assert clean_line(line) == line


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_letters_digits_and_signs_of_any_script_stay(text: str) -> None:
    fillers = "\u115f\u1160\u3164\uffa0"  # letters by name, blank on every screen
    assert clean(text) == text.translate(dict.fromkeys(map(ord, fillers)))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]52;c;QQ==\x07copy", "copy"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1b(Bplain", "plain"),
        ("pass\u202egnp.exe", "passgnp.exe"),
        ("a\u200bb\ufeffc", "abc"),
        ("hi\U000e0041\U000e0042", "hi"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("keep\ttabs\nand lines", "keep\ttabs\nand lines"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
    ],
)
def test_hostile_text_becomes_what_a_person_would_read(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_an_escape_that_is_never_closed_hides_nothing_behind_it() -> None:
    assert clean("before\x1b]0;title never ends") == "before0;title never ends"


@pytest.mark.parametrize(
    "joined", ["👩\u200d💻", "❤\ufe0f", "می\u200cخواهم", "é", "日本"]
)
def test_joined_emoji_and_scripts_stay_whole(joined: str) -> None:
    assert clean(joined) == joined


def test_accents_are_not_composed_or_split() -> None:
    split = unicodedata.normalize("NFD", "é")
    assert clean(split) == split


def test_a_line_has_blanks_where_there_were_breaks() -> None:
    assert clean_line("one\r\ntwo\tthree\nfour") == "one two three four"
