"""Whoever changes what a reader makes of the same bytes raises its version.

What is stored is read again from the archive only then: without it, older stores
would keep for ever what the reader of their day made of it.
"""

import hashlib
import json
from pathlib import Path

import pytest

from memtui.model import Agent, Tool
from memtui.readers import READERS, texts
from tests.ingest.telling import ask, synced
from tests.ingest.test_newer_reader import lay_all

RECORDS = """
    select r.native_id, r.part, r.kind, r.at, r.text, r.detail, p.cwd, p.branch
    from record r left join place p on p.id = r.place_id
    where r.agent = ? order by r.native_id, r.part
"""
SESSIONS = """
    select native_id, kind, parent, title, title_rank, cwd, branch, turns, records
    from session where agent = ? order by native_id
"""
MADE = {
    Agent.CLAUDE_CODE: (6, "69c864baf181767b"),
    Agent.CODEX: (4, "0a4e3f1dd685cad8"),
    Agent.GEMINI_CLI: (3, "443e787d31b52645"),
    Agent.OPENCODE: (4, "e496b8d004a51e1e"),
}
"""By agent, the version and what it makes of the fixtures, as a hash.

A hash that differs: if the records of what people have would differ too, raise the
reader's ``VERSION``. Then put the new pair here; never a new hash for an old version.
"""


def caps() -> str:
    """How much of a long text any reader keeps."""
    long = "".join(f"{number:06}\n" for number in range(20_000))
    kept = [texts.head(long), texts.head_and_tail(long)]
    kept += [texts.printed(long, tool) for tool in (None, *Tool)]
    kept += [texts.printed(long, Tool.READ, failed=True)]
    kept += [f"{texts.THINKING_CHARS} {texts.CONTEXT_CHARS} {texts.PATCH_CHARS}"]
    return hashlib.sha256("\0".join(kept).encode()).hexdigest()


@pytest.mark.parametrize("agent", list(MADE))
def test_the_version_goes_up_when_the_same_bytes_give_other_records(
    data: Path, home: Path, agent: Agent
) -> None:
    lay_all(home)
    synced(data, home)
    made = [
        ask(data, question.replace("?", f"'{agent}'"))
        for question in (RECORDS, SESSIONS)
    ]
    assert all(made)
    told = json.dumps(made, default=str) + caps()
    found = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert (READERS[agent].version, found) == MADE[agent]


def test_every_reader_has_a_version_that_is_watched() -> None:
    assert READERS.keys() == MADE.keys()
