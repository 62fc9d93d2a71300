"""Which statements are on one subject: the same as by comparing every pair."""

import time

from hypothesis import given
from hypothesis import strategies as st

from memtui.distil import near
from memtui.distil.subjects import Subjects
from tests.distil.talk import Talk

_SUBJECTS = st.frozensets(st.sampled_from("abcdefghijkl"), max_size=9)
_STATEMENTS = st.lists(st.tuples(_SUBJECTS, st.sampled_from(["one", "two", "three"])))


@given(_STATEMENTS)
def test_the_same_statements_are_told_as_by_comparing_all_pairs(
    statements: list[tuple[frozenset[str], str]],
) -> None:
    subjects = Subjects(subject for subject, _ in statements)
    met: list[tuple[frozenset[str], str]] = []
    for subject, title in statements:
        by_pairs = any(
            title != other and near.jaccard(subject, words) >= near.SAME
            for words, other in met
        )
        assert subjects.is_told(subject, title) == by_pairs
        subjects.add(subject, title)
        met.append((subject, title))


def test_thousands_of_standing_orders_are_compared_in_seconds() -> None:
    talk = Talk()
    for number in range(8000):
        talk.says(
            f"From now on, always use queue{number} with lock{number * 7919 % 10007} "
            f"instead of shard{number * 104729 % 10007}"
        )
    began = time.process_time()
    assert talk.distilled()
    assert time.process_time() - began < 10  # all pairs took thirty
