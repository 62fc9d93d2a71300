"""Packed transcripts that are no such thing, and such as were cut."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import pytest
import zstandard

from memtui.readers.packed import is_whole
from tests.ingest.telling import ask, synced, told

NAME = "rollout-2026-01-02T03-04-05-5e551011-0000-4000-8000-00000000cccc.jsonl.zst"


def _packed(home: Path, raw: bytes) -> Path:
    path = home / ".codex" / "sessions" / "2026" / "01" / "02" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return path


def _content(prompts: int) -> bytes:
    def line(at: int, kind: str, payload: Mapping[str, object]) -> bytes:
        told = {"timestamp": f"2026-01-02T03:{at // 60:02}:{at % 60:02}.000Z"}
        return json.dumps(told | {"type": kind, "payload": payload}).encode() + b"\n"

    said = [
        {"type": "input_text", "text": f"count the herons of pond {n * 7919 % 9973}"}
        for n in range(prompts)
    ]
    meta = {"id": NAME[28:-10], "cwd": "/srv/pond"}
    return line(0, "session_meta", meta) + b"".join(
        line(n, "response_item", {"type": "message", "role": "user", "content": [text]})
        for n, text in enumerate(said)
    )


def test_what_is_no_packed_file_is_named_without_a_traceback(
    data: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = _packed(home, b"garbage")
    with caplog.at_level(logging.WARNING):
        assert synced(data, home).quarantined == [str(path)]
    assert not caplog.records
    ((why,),) = ask(data, "select quarantined from transcript")
    assert why.startswith("it cannot be unpacked: ")
    path.write_bytes(zstandard.compress(_content(3)))
    assert synced(data, home).agents["codex"].sessions == 1


def test_what_unpacks_without_an_end_is_named_and_not_read(
    data: Path, home: Path
) -> None:
    path = _packed(
        home, zstandard.ZstdCompressor(level=19).compress(b"{}\n" * 6_000_000)
    )
    assert synced(data, home).quarantined == [str(path)]
    asked = ask(data, "select quarantined from transcript")
    assert asked == [("it unpacks to more than 1,000 times its size",)]
    assert not synced(data, home).quarantined


@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
def test_a_packed_file_that_was_cut_is_read_and_counts_a_fault(
    data: Path, home: Path, left: float
) -> None:
    whole = zstandard.compress(_content(3000))
    path = _packed(home, whole[: int(len(whole) * left)])
    assert synced(data, home).agents["codex"].faults == 1
    assert not synced(data, home).changed
    path.write_bytes(whole)
    synced(data, home)
    clean = data / "clean"
    synced(clean, home)
    assert told(data) == told(clean)
    assert told(data)["faults"] == []


@pytest.mark.parametrize("checksum", [False, True])
@pytest.mark.parametrize("size", [0, 1, 200_000])
def test_a_packed_file_is_whole_only_with_its_last_byte(
    tmp_path: Path, size: int, checksum: bool
) -> None:
    packing = zstandard.ZstdCompressor(write_checksum=checksum)
    frame = packing.compress(b"".join(b"%d " % (n * n) for n in range(size)))
    path = tmp_path / "packed"
    for raw, answer in (
        (frame, True),
        (frame + frame, True),
        (frame[:-1], False),
        (frame + frame[:7], False),
        (frame + b"\0" * 40, False),
    ):
        path.write_bytes(raw)
        with path.open("rb") as file:
            assert is_whole(file) is answer
