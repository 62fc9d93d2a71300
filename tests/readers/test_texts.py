"""How much of a text a record carries, the same for every agent."""

import pytest

from memtui.model import Tool
from memtui.readers.texts import FILE_CHARS, PRINTED_CHARS, milliseconds, printed


@pytest.mark.parametrize(
    ("tool", "failed", "limit"),
    [
        (Tool.SHELL, False, PRINTED_CHARS),
        (None, False, PRINTED_CHARS),
        (Tool.READ, False, FILE_CHARS),
        (Tool.READ, True, PRINTED_CHARS),
    ],
)
def test_of_a_file_that_was_read_less_is_kept_than_of_what_a_tool_said(
    tool: Tool | None, failed: bool, limit: int
) -> None:
    text = "first " + "x" * 9_000 + " last"
    kept = printed(text, tool, failed=failed)
    assert len(kept) == limit
    assert kept.startswith("first ")
    assert kept.endswith(" last")
    assert "characters cut" in kept
    assert printed(text[:limit], tool, failed=failed) == text[:limit]


@pytest.mark.parametrize(
    "stamp",
    [
        "9999-12-31T23:59:59.999999Z",
        "2099-06-01T12:00:00Z",
        "1999-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_stamp_that_no_clock_can_have_said_is_none(stamp: str) -> None:
    assert milliseconds(stamp) is None


def test_a_clock_that_was_set_back_makes_no_stamp_implausible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert milliseconds("2026-11-20T12:00:00Z") == 1_795_176_000_000
