"""How much of a text a record carries, the same for every agent."""

from datetime import UTC, datetime

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


def test_no_stamp_is_later_than_any_date() -> None:
    at = milliseconds("9999-12-31T23:59:59.999999Z")
    assert at is not None
    assert datetime.fromtimestamp(at / 1000, UTC).year == 9999
