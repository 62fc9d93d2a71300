"""What is made of JSON that strict decoders refuse."""

import msgspec
import pytest

from memtui.readers.gemini_cli.file import items_of
from memtui.readers.loose_json import decode_any, loose, strict

LONG = "9" * 5_000


@pytest.mark.parametrize("number", [LONG, f"-{LONG}", "1e999", "-1e999", "NaN"])
def test_a_number_beyond_all_reason_costs_itself_alone(number: str) -> None:
    raw = f'{{"said": "hi", "cost": {number}, "kept": [1, 2.5, -3]}}'.encode()
    told = loose(raw)
    assert told == {"said": "hi", "cost": None, "kept": [1, 2.5, -3]}
    assert msgspec.json.decode(strict(told)) == told


def test_a_whole_number_that_python_can_hold_stays_as_it_is() -> None:
    assert decode_any(b'{"a": 123456789012345678901234567890, "b": NaN}') == {
        "a": 123456789012345678901234567890,
        "b": None,
    }


def test_a_gemini_chat_with_such_a_number_is_read_to_its_end() -> None:
    chat = (
        '{"sessionId": "s", "messages": ['
        '{"id": "1", "type": "user", "content": "one", "tokens": NaN, "x": %s},'
        '{"id": "2", "type": "user", "content": "two"}]}'
    )
    lines = [item.key for item in items_of((chat % LONG).encode())]
    assert lines == ["header", "1", "2"]
