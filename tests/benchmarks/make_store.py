"""A large store, made up: ``python -m tests.benchmarks.make_store DATA_DIR``.

``--observations N --records M``; 15 % of the observations are pruned, 60 % of
the rows belong to subagents. Everything goes in through ``Store`` and
``Curator``, so that the full text, the archive's absence and the curation rows
are those of a real store. Only what looks alike is not looked for: of memories
made of the same few words nearly all look a little alike, and that took most of
the time. ``alike`` has a benchmark of its own.
"""

import argparse
import itertools
import random
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from memtui import distil
from memtui.curate import Curator
from memtui.model import (
    TYPES,
    Agent,
    Evidence,
    ObservationId,
    RecordKind,
    SessionKind,
    Tool,
    Trust,
    observation_id,
)
from memtui.paths import store_path
from memtui.records import Observation, Record, SessionFacts
from memtui.settings import Settings
from memtui.store.curate import alike
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.ingest.seen import RULES_OFF, rules_column
from memtui.store.ingest.writes import Batch, Store
from memtui.store.search import renewing
from tests.benchmarks.corpus import WORDS

PRUNED = 0.15
SUBAGENT = 0.60
PROJECTS = 24
SESSION_RECORDS = 250
TOGETHER = 40
"""Sessions of one transaction."""
RARE = [f"{word}{number}" for word in WORDS for number in range(140)]
POOL = WORDS + RARE
OFTEN = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(POOL))))
"""As people use words: the first in four of five texts, most in hardly any."""
NEWEST_MS = 1_795_099_440_000
STEP_MS = 21_000


def make(
    data: Path,
    *,
    observations: int,
    records: int,
    seed: int = 11,
    projects: int = PROJECTS,
) -> None:
    """Write the store; ``records`` is rounded up to whole sessions."""
    with patch.object(alike, "put"):
        _make(data, observations, records, seed, projects)


def _make(
    data: Path, observations: int, records: int, seed: int, projects: int
) -> None:
    chance = random.Random(seed)
    sessions = max(1, -(-records // SESSION_RECORDS))
    each = observations / sessions
    pruned: list[ObservationId] = []
    owed = 0.0
    with Store(store_path(data)) as store:
        for first in range(0, sessions, TOGETHER):
            with store.transaction():
                for number in range(first, min(first + TOGETHER, sessions)):
                    owed += each
                    made = _session(store, chance, number, int(owed), projects)
                    owed -= len(made)
                    pruned += [i for i in made if chance.random() < PRUNED]
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{first:,} of {sessions:,} sessions")
    if pruned:
        with Curator(data, Settings()) as pen:
            pen.prune(pruned)
    as_if_made_now(data)


def as_if_made_now(data: Path) -> None:
    """Let no app or sync do over what an older version had made of the store.

    Where a newer distiller has come, or another rule is off, what is made up would be
    gone; where texts are prepared otherwise now, all of the index would be made anew,
    some of it each time that the app opens, and that would be measured.
    """
    off = rules_column(Settings().disabled_rules)
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        conn.execute("update session set distilled = ?", (distil.VERSION,))
        conn.execute(
            "insert into meta(key, value) values (?, ?)"
            " on conflict(key) do update set value = excluded.value",
            (RULES_OFF, off),
        )
        renewing.forget(conn)


def _session(
    store: Store, chance: random.Random, number: int, observations: int, projects: int
) -> list[ObservationId]:
    """One session, newest first; the ids of its observations."""
    own = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    kind = SessionKind.SUBAGENT if chance.random() < SUBAGENT else None
    ended = NEWEST_MS - number * SESSION_RECORDS * STEP_MS // 40
    started = ended - SESSION_RECORDS * STEP_MS
    project = number % projects
    cwd = f"/home/dev/src/project-{project}"
    records = list(_records(chance, own, started, cwd))
    facts = SessionFacts(
        agent=Agent.CLAUDE_CODE, native_id=own, kind=kind or SessionKind.INTERACTIVE,
        parent=str(uuid.UUID(int=number)) if kind else "",
        title=_text(chance, 5), title_rank=2, started_at=started, ended_at=ended,
        cwd=cwd, branch="main",
    )  # fmt: skip
    found = [
        _observation(chance, own, chance.choice(records)) for _ in range(observations)
    ]
    applied = store.apply(
            Batch(
                agent=Agent.CLAUDE_CODE, path=f"/home/dev/.claude/projects/{own}.jsonl",
                facts=facts, records=records,
                root=ProjectRoot(path=cwd, name=f"project-{project}"),
            )
        )  # fmt: skip
    assert applied.session is not None
    store.replace_observations(applied.session, found, distil.VERSION)
    return [observation.id for observation in found]


def _records(
    chance: random.Random, session: str, started: int, cwd: str
) -> Iterator[Record]:
    for n in range(SESSION_RECORDS):
        place: dict[str, Any] = {
            "native_id": f"{session}-{n}", "at": started + n * STEP_MS, "line": n + 1,
            "cwd": cwd, "branch": "main",
        }  # fmt: skip
        kind = n % 10
        if kind == 0:
            text = _text(chance, chance.randint(5, 40))
            yield Record(kind=RecordKind.PROMPT, text=text, **place)
        elif kind == 9:
            text = _text(chance, chance.randint(20, 120))
            yield Record(kind=RecordKind.RESPONSE, text=text, **place)
        elif kind % 2:
            command = f"pytest -q tests/test_{chance.choice(WORDS)}.py"
            yield Record(
                kind=RecordKind.TOOL_USE, text=command, command=command,
                tool=Tool.SHELL, tool_name="Bash", call=f"call-{n // 2}", **place,
            )  # fmt: skip
        else:
            text = _text(chance, chance.randint(8, 60))
            yield Record(
                kind=RecordKind.TOOL_RESULT, text=text, tool=Tool.SHELL,
                tool_name="Bash", call=f"call-{(n - 1) // 2}", **place,
            )  # fmt: skip


def _observation(chance: random.Random, session: str, record: Record) -> Observation:
    quote = _text(chance, 8)
    assert record.at is not None
    return Observation(
        id=observation_id(Agent.CLAUDE_CODE, record.native_id, 0, quote),
        type=chance.choice(list(TYPES)), title=_text(chance, 7),
        body=_text(chance, 30), at=record.at, trust=chance.choice(list(Trust)),
        rule=chance.choice(list(distil.RULES)), confidence=chance.random(),
        files=(f"src/{chance.choice(WORDS)}.py",), branch="main",
        evidence=(
            Evidence(
                session=session, record=record.native_id, line=record.line, quote=quote
            ),
        ),
    )  # fmt: skip


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(POOL, cum_weights=OFTEN, k=words))


def main() -> int:
    """Make the store that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.make_store")
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--observations", type=int, default=200_000)
    parser.add_argument("--records", type=int, default=5_000_000)
    words = parser.parse_args()
    if store_path(words.data).exists():
        parser.error(f"there is a store in {words.data} already")
    begun = time.monotonic()
    make(words.data, observations=words.observations, records=words.records)
    size = store_path(words.data).stat().st_size
    took = time.monotonic() - begun
    sys.stdout.write(f"{size / 1e6:,.0f} MB in {took:,.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
