"""Words at the end that wait for what was cut off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.distil.drafts import title_of
from memtui.distil.endings import DANGLING, undangled

_WORDS = st.sampled_from(
    ["and", "such as", "including", "as follows", "because", "retry", "包括", "not"]
)
_GAPS = st.sampled_from([" ", ", ", ",", "   ", "\n"])


@given(st.lists(st.tuples(_GAPS, _WORDS), max_size=8))
def test_a_look_at_the_last_word_finds_what_a_search_finds(
    said: list[tuple[str, str]],
) -> None:
    text = "The pool is kept" + "".join(gap + word for gap, word in said)
    assert undangled(text) == DANGLING.sub("", text)


def test_what_waits_is_cut() -> None:
    assert undangled("The pool is kept open so that it") == "The pool is kept open"
    assert undangled("The pool is kept open") == "The pool is kept open"


def test_no_title_ends_amid_a_list_of_what_it_is_about() -> None:
    title, _ = title_of(
        "Berths of the harbour, torn lines of the timetable, and fallback departures "
        "of the ferry are no longer drawn on the board."
    )

    assert title != "Berths of the harbour, torn lines of the timetable"


def test_no_title_cheers() -> None:
    assert title_of("Removed all traces of the old feed!")[0].endswith("feed")


def test_no_title_ends_before_its_reservation() -> None:
    title, _ = title_of(
        "The login at the harbour gate succeeds, but every other command to the ferry "
        "is refused with the same banner."
    )

    assert "but" in title


def test_what_stands_in_brackets_stays_where_it_is_most_of_what_is_said() -> None:
    title, _ = title_of(
        "All three, quiet(no horn at night), cheap(one crew for both piers), safe(two "
        "lights on every buoy of the harbour)."
    )

    assert "no horn at night" in title


WHOLE = {
    "The berth list of the harbour should always be hidden and only visible…": """
        The berth list of the harbour should always be hidden and only visible if and
        only if a ferry is at the pier.""",
    "Changed the berth lookup so that a pier counts as free…": """
        Changed the berth lookup so that a pier counts as free when no ferry has been
        seen at it for a day.""",
    "The tide gauge of the old harbour is not reachable by the ferry": """
        Since the tide gauge of the old harbour is not reachable by the ferry, I have
        taken the mean of the two gauges that are nearest to the new pier by the
        lighthouse.""",
    "The mean of two gauges is shown on the board": """
        Because the tide gauge at the old harbour is not reachable, the mean of two
        gauges is shown on the board.""",
    "I'm now asking the harbour office for it by its own number": """
        Instead of trying to read the berth:pier pair off the painted board, I'm now
        asking the harbour office for it by its own number.""",
    "The harbour board shows plain white text on black, just…": """
        The harbour board shows plain white text on black, just "Welcome to / the Old
        Pier / of the Town" as it was on the sign.""",
}


@pytest.mark.parametrize("title", WHOLE)
def test_a_cut_title_keeps_its_meaning_or_says_that_it_goes_on(title: str) -> None:
    said = " ".join(WHOLE[title].split())
    assert title_of(said) == (title, said)
