"""Sessions that show a bit of everything, for tests of reading them."""

import json
from pathlib import Path

from tests.factories import (
    Ask,
    Bash,
    Compact,
    Context,
    Edit,
    Plan,
    Read,
    Say,
    Session,
    Subagent,
    Think,
    Turn,
    Write,
    transcript,
)

RICH: tuple[Turn, ...] = (
    Turn("", Context("Branch main, 2 files changed.")),
    Turn(
        "the importer drops rows with umlauts — find out why 🙈",
        Think("Encoding, most likely."),
        Say("I will look at the decoder."),
        Read("importer/decode.py", "def decode(raw): return raw.decode('ascii')\n"),
        Bash("pytest -q tests/importer", "E  UnicodeDecodeError: 'ascii'", failed=True),
    ),
    Turn(
        "never decode as ascii here, always utf-8 with surrogateescape",
        Edit("importer/decode.py", "raw.decode('ascii')", "raw.decode('utf-8')"),
        Ask("Which name?", "decode_row", ("decode_row", "to_text")),
        Bash("pytest -q tests/importer", "12 passed in 0.41s"),
        Bash('git commit -am "Decode rows as UTF-8"', "[main 1c2d3e4] Decode rows"),
    ),
    Turn(
        "now plan the csv export",
        Plan("1. Write rows\n2. Stream them", rejected="stream first, rows later"),
        Compact("The importer now decodes UTF-8; next is a streaming csv export."),
        Write("exporter/stream.py", "import csv\n"),
        Say("Streaming is in place."),
    ),
)


def rich_session(home: Path, **fields: str) -> Path:
    """One transcript with every kind of record the factory can write."""
    return transcript("claude-code", RICH, home=home, title="Umlauts", **fields)  # type: ignore[arg-type]


def with_subagent(home: Path) -> Path:
    """A session that started a subagent, which has a file of its own."""
    turns = (Turn("look at the parser", Subagent("read it", (Say("It is fine."),))),)
    return transcript("claude-code", turns, home=home)


def describe(session: Path) -> None:
    """What the client keeps beside the transcripts of a session's subagents."""
    told = {"agentType": "Explore", "description": "Look at the parser"}
    for path in sorted(session.parent.rglob("agent-*.jsonl")):
        path.with_suffix(".meta.json").write_text(json.dumps(told))


def forked(path: Path, session: str) -> Path:
    """What ``--fork-session`` writes: the same records under another session id."""
    fork = path.with_name(f"{session}.jsonl")
    fork.write_bytes(path.read_bytes().replace(path.stem.encode(), session.encode()))
    return fork


def growing(home: Path) -> Session:
    """A session to be written step by step."""
    return Session(home, session="5e551011-0000-4000-8000-00000000aaaa")
