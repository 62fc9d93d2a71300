"""Large files of one JSON object give the items that they give when read at once."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memtui.readers import large_json
from memtui.readers.base import Item, TooLarge
from memtui.readers.codex import file as codex
from memtui.readers.gemini_cli import file as gemini

TEXTS = st.text(st.sampled_from('a{}[]",:\\\n\u00e9\u2028 '), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=6,
)
MESSAGES = st.lists(st.fixed_dictionaries({"id": TEXTS, "content": VALUES}), max_size=5)


def laid(path: Path, raw: bytes, reading: Callable[[Path], Any]) -> list[Item]:
    """The items of a file that counts as large, a few bytes of it held at a time."""
    path.write_bytes(raw)
    with pytest.MonkeyPatch.context() as context:
        context.setattr(large_json, "WHOLE_BYTES", -1)
        context.setattr(large_json, "CHUNK_BYTES", 7)
        return list(reading(path))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES, MESSAGES, VALUES, st.sampled_from([None, 2]))
def test_a_large_chat_gives_what_a_small_one_gives(
    tmp_path: Path, before: Any, messages: Any, after: Any, indent: int | None
) -> None:
    told = {"sessionId": "s", "x": before, "messages": messages, "kind": after}
    raw = json.dumps(told, indent=indent).encode()
    at_once = list(gemini.items_of(raw))
    assert laid(tmp_path / "chat.json", raw, gemini.items_in) == at_once


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES, st.sampled_from([None, 2]))
def test_a_large_session_of_codex_gives_what_a_small_one_gives(
    tmp_path: Path, items: Any, indent: int | None
) -> None:
    raw = json.dumps({"session": {"id": "s"}, "items": items}, indent=indent).encode()
    at_once = list(codex.items_of(raw))
    assert laid(tmp_path / "rollout.json", raw, codex.items_in) == at_once


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES, st.floats(0, 1))
def test_of_a_file_that_was_cut_all_that_is_whole_is_given(
    tmp_path: Path, messages: Any, share: float
) -> None:
    head = json.dumps({"sessionId": "s", "messages": []}).encode()[:-2]
    raw = head + json.dumps(messages).encode()[1:] + b"}"
    raw = raw[: len(head) + round(share * (len(raw) - len(head)))]
    found = laid(tmp_path / "chat.json", raw, gemini.items_in)
    at_once = list(gemini.items_of(raw))
    whole = [json.loads(item.line) for item in at_once[:-1]]
    assert [json.loads(item.line) for item in found[: len(whole)]] == whole


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_other_bytes_are_refused_or_read(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "chat.json"
    try:
        items = laid(path, b'{"messages": [' + raw, gemini.items_in)
    except TooLarge:
        return
    assert items[0].key == "header"
    assert all(item.line.count(b"\n") == 1 for item in items)


@pytest.mark.parametrize("raw", [b"[]" * 9, b"{}", b'{"a": [1]}', b"words", b""])
def test_what_is_no_chat_is_refused_before_anything_is_given(
    tmp_path: Path, raw: bytes
) -> None:
    with pytest.raises(TooLarge):
        laid(tmp_path / "chat.json", raw + b" " * 20, gemini.items_in)


def test_numbers_between_messages_are_kept(tmp_path: Path) -> None:
    raw = b'{"sessionId": "s", "messages": [1, {"id": "a"}, 2.5, null, {"id": "b"}, 3]}'
    found = laid(tmp_path / "chat.json", raw, gemini.items_in)
    kept = b"".join(item.line for item in found)
    assert all(value in kept for value in (b"1", b'"a"', b"2.5, null", b'"b"', b"3"))


def test_a_large_chat_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    with path.open("w") as file:
        file.write('{"sessionId": "s", "messages": [')
        for number in range(60):
            long = "a line of it\\n" * (20_000 if number else 1_500_000)
            file.write(("," if number else "") + f'\n{{"id": "m{number}", "content": "')
            file.write(long + '"}')
        file.write('], "kind": "main"}')
    assert path.stat().st_size > 30 << 20
    tracemalloc.start()
    lines = 0
    for item in gemini.items_in(path):
        if item.pieces is not None:
            assert sum(map(len, item.pieces())) > 16 << 20
        lines += 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 61
    assert peak < 30 << 20
