"""Words at the end that wait for what was cut off."""

from hypothesis import given
from hypothesis import strategies as st

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
