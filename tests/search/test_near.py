"""When two texts say the same, and what tells them apart though their words agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.search.near import SAME, Signs, bag_of, jaccard, subject_of


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ("use tokio for the runtime", "don't use tokio for the runtime", "negation"),
        ("the lease starts at enqueue", "the lease no longer starts at enqueue",
         "negation"),
        ("it fails with the flag", "it fails without the flag", "negation"),
        ("never commit generated files", "commit generated files", "negation"),
        ("不使用tokio", "使用tokio", "negation"),
        ("retry 3 times", "retry 5 times", "numbers"),
        ("a lease of 30s", "a lease of 30ms", "numbers"),
        ("ports 8080 and 9090", "ports 8080 and 9091", "numbers"),
        ("the fix is in src/lease.go", "the fix is in src/queue.go", "paths"),
        ("retry 3 times, 30 s apart", "retry 3 times", ""),
        ("see lease.go:12", "see lease.go:13", ""),
        ("src/lease.go starts the clock", "internal/src/lease.go starts the clock", ""),
        ("Never use X. Use Y", "Do not use X, use Y instead", ""),
        ("it is not safe here, not at all", "it is not safe here", ""),
    ],
)  # fmt: skip
def test_numbers_negation_and_paths_tell_statements_apart(
    one: str, other: str, sign: str
) -> None:
    assert Signs(one).differ(Signs(other)) == sign
    assert Signs(other).differ(Signs(one)) == sign


def test_what_a_statement_is_about_has_neither_numbers_nor_negation() -> None:
    assert subject_of("never retry 3 times") == subject_of("retry 5 times")


def test_words_count_in_any_order_and_form() -> None:
    assert jaccard(bag_of("clocks started late"), bag_of("late start, clocks")) >= SAME


@given(st.text(), st.text())
def test_signs_of_any_text_agree_with_themselves_and_in_both_orders(
    one: str, other: str
) -> None:
    assert Signs(one).differ(Signs(one)) == ""
    assert Signs(one).differ(Signs(other)) == Signs(other).differ(Signs(one))
