"""What of a transcript without lines is news to the archive."""

from hypothesis import given
from hypothesis import strategies as st

from memtui.ingest.known_items import KnownItems

ITEMS = st.lists(st.tuples(st.sampled_from("abcde"), st.binary(max_size=3)))


@given(ITEMS)
def test_an_item_keeps_its_number_and_is_news_when_it_says_something_else(
    items: list[tuple[str, bytes]],
) -> None:
    known = KnownItems()
    numbers: dict[str, int] = {}
    said: dict[str, bytes] = {}
    for key, line in items:
        number, is_news = known.note(key, line)
        assert number == numbers.setdefault(key, len(numbers) + 1)
        assert is_news == (said.get(key) != line)
        said[key] = line
    assert len(known) == len(numbers)


@given(ITEMS, ITEMS)
def test_it_goes_on_where_an_earlier_reading_stopped(
    before: list[tuple[str, bytes]], after: list[tuple[str, bytes]]
) -> None:
    whole, first = KnownItems(), KnownItems()
    for key, line in before:
        whole.note(key, line)
        first.note(key, line)
    second = KnownItems(first.packed())
    assert [second.note(*item) for item in after] == [
        whole.note(*item) for item in after
    ]


@given(st.binary(max_size=50))
def test_a_damaged_memory_never_raises(packed: bytes) -> None:
    KnownItems(packed).note("a", b"line")
