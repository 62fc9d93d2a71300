"""What an agent's look-up costs, and an export, where there is much to look through."""

import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from memtui.curate import Curator
from memtui.inject.export import export_projects
from memtui.mcp.fresh import Freshness
from memtui.mcp.tools import TOOLS, Desk
from memtui.model import Project
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.settings.live import LiveSettings
from memtui.store.queries import StoreView, View
from tests.benchmarks.make_store import POOL, make
from tests.benchmarks.measure import Result, cpu_of, in_turn

SEARCH_MS: Final = 10.0
EXPORT_RATIO: Final = 1.3
QUERIES: Final = 200
RECORDS_EACH: Final = 1
"""Records for each memory of the store that is searched."""
SMALL: Final = 1_000
ACT_S: Final = 1.0
PROJECTS: Final = 300
_RANKS: Final = {word: rank for rank, word in enumerate(POOL)}
KEPT: Final = 40
"""Memories that a person kept in each of the projects that are exported."""


def results(folder: Path, *, memories: int) -> Iterator[Result]:
    """MCP search in process; an export of a large project against a small one."""
    data = folder / "searched"
    make(data, observations=memories, records=RECORDS_EACH * memories)
    yield _searches(data, folder / "home")
    small, large = folder / "small", folder / "large"
    # As many sessions as an export looks at, so that only memories are more.
    make(small, observations=SMALL, records=10 * SMALL, projects=1)
    make(large, observations=memories, records=memories, projects=1)
    yield _exports(small, large)
    yield _for_all(folder / "many")


def _searches(data: Path, home: Path) -> Result:
    """Words that a person remembers: of a memory's title the rarer ones."""
    home.mkdir()
    chance = random.Random(5)
    with StoreView(store_path(data)) as view:
        project = view.projects()[0]
        titles = [m.title for m in view.memories(limit=5_000)]
    asked = [
        " ".join(sorted(title.split(), key=_rareness)[: chance.randint(1, 3)])
        for title in chance.sample(titles, QUERIES)
    ]
    # What would be read are transcripts that were never there.
    fresh = Freshness(data, home, read=lambda: None)
    desk = Desk(data, Path(project.path), LiveSettings(), fresh)
    took = []
    for query in ["", *asked]:
        begun = time.process_time()
        found = desk.call(TOOLS["search"], {"query": query}, None)
        took.append(time.process_time() - begun)
        if found.failed:
            raise RuntimeError(found.text)
    desk.close()
    return Result(
        what="MCP search in process, p50", ours=statistics.median(took[1:]) * 1e3,
        floor=SEARCH_MS, unit="ms", goal=1, floor_is="the goal, CPU",
    )  # fmt: skip


def _rareness(word: str) -> int:
    return -_RANKS.get(word, 0)


def _exports(small: Path, large: Path) -> Result:
    ones, others = (_ready(data) for data in (large, small))
    ours, floor = in_turn(
        lambda: cpu_of(lambda: export_projects(large, Settings(), [ones.id])),
        lambda: cpu_of(lambda: export_projects(small, Settings(), [others.id])),
        7,
    )
    return Result(
        what="export of a large project", ours=ours * 1e3, floor=floor * 1e3,
        unit="ms", goal=EXPORT_RATIO, floor_is="one with 1k",
    )  # fmt: skip


def _for_all(data: Path) -> Result:
    """An act that every project is told of."""
    make(data, observations=20 * PROJECTS, records=250 * PROJECTS, projects=PROJECTS)
    with StoreView(store_path(data)) as view:
        ids = [
            memory.id
            for project in view.projects()
            for memory in view.memories(view=View(project=project.id), limit=10)
        ]
    with Curator(data, Settings(), actor="person") as curator:
        curator.keep(ids)
        rule = curator.add("Say what a flag does", type="preference", scope="global")
        took = cpu_of(lambda: curator.pin(rule.ids))
    return Result(
        what=f"an act that {PROJECTS} projects are told of", ours=took, floor=ACT_S,
        unit="s", goal=1, floor_is="the goal, CPU",
    )  # fmt: skip


def _ready(data: Path) -> Project:
    """A project in which as much is kept as in the other's store."""
    with StoreView(store_path(data)) as view:
        project = view.projects()[0]
        ids = [m.id for m in view.memories(view=View(project=project.id), limit=KEPT)]
    with Curator(data, Settings(), actor="person") as curator:
        curator.keep(ids)
    return project
