"""No line, row or file, however broken, stops a reader, or what comes after it."""

import json
import random
import resource
from itertools import islice
from pathlib import Path

import pytest

from memtui.ingest.passage import Passage, Tools
from memtui.inject.export import export_projects
from memtui.model import Agent
from memtui.readers import READERS
from memtui.redact import IgnoreRules, Redactor
from memtui.settings import Settings
from tests.factories import Say, Turn, transcript
from tests.ingest.fuzzing import FIXTURES, changed, lines_of, mutated
from tests.ingest.telling import ask, synced, told
from tests.opencode_writer import Database

TOGETHER = 200
"""Lines that one parser reads before it is taken up again from its memory."""
ROOM = 96 << 10
"""KiB that reading the second half may take beyond the first."""

LINES = {
    Agent.CLAUDE_CODE: "claude-code/**/*.jsonl",
    Agent.CODEX: "codex/**/*.jsonl",
    Agent.GEMINI_CLI: "gemini-cli/**/*.jsonl",
}
ROLLOUT = (
    ".codex/sessions/2026/03/02/rollout-2026-03-02T09-00-00-00000000-0000-7000-8000-"
)
PLACES = {
    Agent.CLAUDE_CODE: ".claude/projects/p/{}.jsonl",
    Agent.CODEX: ROLLOUT + "{:012}.jsonl",
    Agent.GEMINI_CLI: ".gemini/tmp/a/chats/session-2026-02-03T09-05-{:08}.jsonl",
}
CHAT = "gemini-cli/tmp/*/chats/session-2025-11-01T10-00-bbbb0001.json"


def fuzz(agent: Agent, count: int, seed: int) -> None:
    """Read so many mutated lines as a sync would, but for the store."""
    reader, path = READERS[agent], Path("/h", PLACES[agent].format(1))
    tools = Tools(Redactor(), IgnoreRules((), (), home="/h"))
    memory, number = b"", 1
    lines = mutated(lines_of(LINES[agent]), count, seed)
    while some := list(islice(lines, TOGETHER)):
        passage = Passage(reader, path, tools, memory=memory)
        batch = passage.lines(number, some)
        assert len(batch.lines) == len(some), "each is kept"
        memory, number = batch.state, number + len(some)
        if number % 5_000 < TOGETHER:
            memory = b""  # another transcript


def peak() -> int:
    """KiB that this process ever took."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("agent", LINES)
def test_no_mutated_line_stops_a_reader(agent: Agent) -> None:
    fuzz(agent, 3_400, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("agent", LINES)
def test_of_a_million_mutated_lines_none_stops_a_reader(agent: Agent) -> None:
    fuzz(agent, 170_000, seed=2)
    before = peak()
    fuzz(agent, 170_000, seed=3)
    assert peak() - before < ROOM


@pytest.mark.parametrize(
    ("rounds", "lines"), [(1, 150), pytest.param(40, 1_500, marks=pytest.mark.soak)]
)
def test_a_home_of_mutated_chats_costs_no_other_chat_and_is_read_once(
    data: Path, home: Path, rounds: int, lines: int
) -> None:
    """All four agents, lines and not, through store, distiller and exports."""
    good = transcript(turns=(Turn("never decode as ascii", Say("Yes.")),), home=home)
    database = Database(home / ".local/share/opencode/opencode.db")
    for number in range(rounds):
        for agent, place in PLACES.items():
            path = home / place.format(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            made = mutated(lines_of(LINES[agent]), lines, seed=number)
            path.write_bytes(b"".join(made))
        mutate_chats(home, number, lines)
        mutate_database(database, number, lines)
        synced(data, home)
        export_projects(data, Settings())
    database.close()
    assert ask(data, "pragma integrity_check") == [("ok",)]
    assert ask(data, "pragma foreign_key_check") == []
    said = "select count(*) from record where text = 'never decode as ascii'"
    assert ask(data, said) == [(1,)]
    assert why_not_read(data) == []
    before = told(data)
    good.touch()
    synced(data, home)
    assert told(data) == before


def why_not_read(data: Path) -> list[str]:
    """Reasons of quarantines that only a reader's bug gives."""
    asked = "select quarantined from transcript where quarantined is not null"
    return [why for (why,) in ask(data, asked) if "it holds" not in why]


def mutate_chats(home: Path, seed: int, count: int) -> None:
    """Chats of Gemini CLI in one JSON file each, with something another."""
    chance = random.Random(seed)
    (chat,) = FIXTURES.glob(CHAT)
    for number in range(count // 10):
        value = json.loads(chat.read_text())
        for _ in range(chance.choice((1, 2, 5))):
            value = changed(value, chance)
        name = f"session-2025-11-01T10-00-{seed:04}{number:04}.json"
        path = home / ".gemini/tmp/a/chats" / name
        path.write_text(json.dumps(value))


def mutate_database(database: Database, seed: int, count: int) -> None:
    """Rows of OpenCode whose JSON has something another."""
    chance = random.Random(seed)
    sessions = json.loads((FIXTURES / "opencode" / "sessions.json").read_text())
    if seed == 0:
        for session in sessions:
            database.put(session)
    for table in ("message", "part"):
        rows = database.conn.execute(f"select id, data from {table}").fetchall()
        for key, data in chance.choices(rows, k=count):
            try:
                value = json.dumps(changed(json.loads(data), chance))
            except (ValueError, RecursionError):
                continue
            if chance.random() < 0.1:
                value = value[: chance.randrange(len(value) + 1)]
            put = f"update {table} set data = ?, time_updated = ? where id = ?"
            database.conn.execute(put, (value, database.now + seed, key))
