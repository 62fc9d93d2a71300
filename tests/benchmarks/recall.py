"""Whether recall tells a prompt the right session's memory, and is silent else.

Known-item prompts describe what a session did, in words of the session that no
memory was made from: its title, the subjects of its commits, lines of its
compaction summaries and its first prompt; a memory that quotes the very source of
the prompt does not count. Of other projects every prompt counts. Real transcripts
are needed and never shipped: see ``--shared``.
"""

import importlib.util
import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.benchmarks.foresight import home_of
from tests.benchmarks.measure import CHECKOUT, Result

TOLD_SHARE: Final = 0.60
SILENT_SHARE: Final = 0.90
SECONDS: Final = 0.150
BULLETS: Final = 6
FOREIGN: Final = 400
ELSEWHERE: Final = 3
STARTS: Final = 30

SESSIONS: Final = """
    select s.id, s.project_id, s.title, s.title_rank from session s
    where s.kind = 'interactive' and s.project_id is not null order by s.id
"""
SAID: Final = """
    select r.native_id, r.text from link l join record r on r.id = l.record_id
    where l.session_id = ? and r.kind = ? order by l.seq
"""
COMMITS: Final = "select native_id, subject from commit_told where session_id = ?"
KEPT: Final = "select id, session_id, evidence from curation"
PROMPTS: Final = """
    select s.project_id, r.text from link l join record r on r.id = l.record_id
    join session s on s.id = l.session_id
    where r.kind = 'prompt' and s.kind = 'interactive' and s.project_id is not null
    order by r.id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A prompt whose right session is known."""

    project: int
    text: str
    right: frozenset[str]
    """Memories of that session that do not quote the prompt's source."""


def results(folder: Path, *, shared: Path) -> Iterator[Result]:
    """Shares of prompts that are told rightly, and of foreign ones told nothing."""
    data, home = folder / "data", home_of(folder, shared)
    os.environ["MEMTUI_PROMPT_RECALL"] = "true"
    sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        ids = view.memory_ids()
    with Curator(data, Settings(), actor="person") as curator:
        curator.keep(ids)
    recall = _hook()
    reach = recall.reach
    with closing(sqlite3.connect(store_path(data))) as conn:
        known = list(_known(conn))
        told = sum(
            not one.right.isdisjoint(
                recall.recalled(conn, recall.reach(one.project), one.text)[
                    : recall.ITEMS
                ]
            )
            for one in known
        )
        foreign = list(_foreign(conn, known))
        silent = sum(
            not recall.recalled(conn, reach(project), text) for project, text in foreign
        )
        median = _starts(conn, data, known)
    yield Result(
        what=f"recall: {len(known)} known-item prompts told rightly",
        ours=told / len(known), floor=TOLD_SHARE, unit="", goal=0, least=0.9999,
        floor_is="the least share",
    )  # fmt: skip
    yield Result(
        what=f"recall: {len(foreign)} prompts of other projects told nothing",
        ours=silent / len(foreign), floor=SILENT_SHARE, unit="", goal=0, least=0.9999,
        floor_is="the least share",
    )  # fmt: skip
    yield Result(
        what="recall: the hook, start to end, CPU", ours=median * 1e3,
        floor=SECONDS * 1e3, unit="ms", goal=1, floor_is="its deadline",
    )  # fmt: skip


def _hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "recall", CHECKOUT / "hooks" / "recall.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _known(conn: sqlite3.Connection) -> Iterator[Known]:
    kept: dict[int, dict[str, set[str]]] = {}
    for id_, session, evidence in conn.execute(KEPT):
        quoted = {one[1] for one in json.loads(evidence)}
        kept.setdefault(session, {})[id_] = quoted
    sessions = [row for row in conn.execute(SESSIONS) if row[0] in kept]
    beside = [row[1] for row in sessions]
    for session, project, title, rank in sessions:
        if beside.count(project) < 2:
            continue  # nothing could be mistaken for it
        for source, text in _describing(conn, session, title if rank >= 2 else ""):
            right = frozenset(i for i, e in kept[session].items() if source not in e)
            if right:
                yield Known(project, text, right)


def _describing(
    conn: sqlite3.Connection, session: int, title: str
) -> Iterator[tuple[str, str]]:
    """``(source, text)``: what describes a session, and the record that says it."""
    if len(title.split()) >= 3:
        yield "", title
    for source, subject in conn.execute(COMMITS, (session,)):
        if len(subject.split()) >= 3:
            yield source, subject
    for source, text in conn.execute(SAID, (session, "summary")):
        lines = [line.strip(" -*") for line in text.splitlines()
                 if line.strip()[:1] in ("-", "*")]  # fmt: skip
        lines = [line for line in lines if 8 <= len(line.split()) <= 25]
        random.Random(source).shuffle(lines)
        yield from ((source, line) for line in lines[:BULLETS])
    first = conn.execute(SAID, (session, "prompt")).fetchone()
    if first and 5 <= len(first[1].split()) <= 400:
        yield first[0], first[1]


def _foreign(conn: sqlite3.Connection, known: list[Known]) -> Iterator[tuple[int, str]]:
    chance = random.Random(1)
    projects = sorted({one.project for one in known})
    prompts = [row for row in conn.execute(PROMPTS) if len(row[1].split()) >= 3]
    chance.shuffle(prompts)
    own = [(one.project, one.text) for one in known]
    for project, text in prompts[:FOREIGN] + own:
        others = [other for other in projects if other != project]
        for other in chance.sample(others, min(ELSEWHERE, len(others))):
            yield other, text


def _starts(conn: sqlite3.Connection, data: Path, known: list[Known]) -> float:
    roots = dict(conn.execute("select project_id, path from project_root"))
    took = []
    for number, one in enumerate(known[:STARTS]):
        said = {
            "prompt": one.text,
            "cwd": roots[one.project],
            "session_id": f"{number}",
        }
        begun = _spent()
        subprocess.run(
            ["sh", str(CHECKOUT / "hooks" / "recall"), "prompt", str(data)],
            input=json.dumps(said).encode(), capture_output=True, check=True,
        )  # fmt: skip
        took.append(_spent() - begun)
    return statistics.median(took)


def _spent() -> float:
    """CPU seconds of all processes that have ended: of a shared machine no wall."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
