"""The quick look for cue words finds what the slow one finds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from memtui.distil.cues import CUES
from memtui.distil.families import families_of, is_of
from memtui.distil.patterns import any_of

_SLOW = {name: any_of(*cues, flags=0) for name, cues in CUES.items()}
_SAID = sorted(
    {
        re.sub(r"\(\?[^)]*\)|[?*+|()\[\]\\]|\\w", "", cue)
        for cues in CUES.values()
        for cue in cues
    }
)
_TEXTS = st.lists(
    st.sampled_from(
        [*_SAID, "does not support", "no longer", "should always", "not pending"]
    )
    | st.text(max_size=12),
    max_size=8,
).map(" ".join)


@given(_TEXTS)
def test_words_phrases_and_scripts_without_blanks(text: str) -> None:
    low = text.lower()

    found = {name for name, p in _SLOW.items() if p.search(low)}
    assert families_of(text) == found
    assert {name for name in _SLOW if is_of(text, {name})} == found
