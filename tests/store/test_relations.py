"""What bears on a memory: replaced, alike, of the same commit or file."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.curate import Curator
from memtui.settings import Settings
from memtui.store.connect import open_reader
from memtui.store.queries import RelationKind, StoreView
from memtui.store.views import relations
from tests.store.filling import HOUR, NOON, Filling


def shown_by(*records: str) -> str:
    return json.dumps([["s1", record, 0, 1, ""] for record in records])


@pytest.fixture
def related(data: Path) -> Iterator[StoreView]:
    """Memories round ``mid``: each bears on it in one way, or in none."""
    with Filling(data) as fill:
        project, other = fill.project(), fill.project("tern")
        session = fill.session(project=project)
        fill.record("ask", "commit it", session=session, turn=1)
        fill.record("made", "git commit", session=session, turn=1)
        fill.record("next", "and now the docs", session=session, turn=2)
        told = "('claude-code', 'made', '1c2d', '', 'x', 1)"
        fill.conn.execute(f"insert into commit_told values {told}")

        def said(name: str, at: int = NOON, of: int = project, **more: Any) -> None:
            title = f"{name} says something of its own"
            fill.observation(name, project=of, title=title, at=at, **more)

        said("mid", session=session, files=["src/lease.go"], evidence=shown_by("ask"))
        said("commit", session=session, evidence=shown_by("made"))
        said("later-turn", session=session, evidence=shown_by("next"))
        for number in range(5):
            files = ["go.mod", "src/lease.go"]
            said(f"file-{number}", files=files, at=NOON - number * HOUR)
        said("other-file", files=["src/lease.go.bak"])
        said("elsewhere", files=["src/lease.go"], of=other)
        said("twin")
        fill.conn.execute("delete from proposal")
        alike = f"('duplicate', 'mid', 'twin', {project}, 0, 0.9, 'says it too')"
        fill.conn.execute(f"insert into proposal values {alike}")
    view = StoreView(data / "memtui.db")
    yield view
    view.close()


def test_the_closest_kind_comes_first_and_of_each_a_few(related: StoreView) -> None:
    found = related.relations(related.memory("mid"))
    assert [(one.kind, one.memory.id) for one in found] == [
        (RelationKind.DUPLICATE, "twin"),
        (RelationKind.COMMIT, "commit"),
        (RelationKind.FILE, "file-0"),
        (RelationKind.FILE, "file-1"),
        (RelationKind.FILE, "file-2"),
    ]


def test_a_memory_without_files_or_commit_has_no_relation(related: StoreView) -> None:
    assert related.relations(related.memory("later-turn")) == []


def test_what_replaced_what_is_seen_from_both_sides(
    data: Path, related: StoreView
) -> None:
    with Curator(data, Settings()) as curator:
        curator.supersede(["twin"], by="mid")
    from_new = related.relations(related.memory("mid"))
    from_old = related.relations(related.memory("twin"))
    assert (from_new[0].kind, from_new[0].memory.id) == (RelationKind.REPLACES, "twin")
    assert (from_old[0].kind, from_old[0].memory.id) == (
        RelationKind.REPLACED_BY, "mid",
    )  # fmt: skip


def test_what_was_pruned_is_no_longer_related(data: Path, related: StoreView) -> None:
    with Curator(data, Settings()) as curator:
        curator.prune(["commit"])
    found = {one.memory.id for one in related.relations(related.memory("mid"))}
    assert "commit" not in found


@pytest.mark.parametrize("name", ["REPLACED", "OF_COMMIT", "OF_SESSIONS", "NAMING"])
def test_every_relation_is_found_through_an_index(
    data: Path, related: StoreView, name: str
) -> None:
    asked = {
        "id": "mid", "limit": 3, "agent": "claude-code", "records": '["ask"]',
        "match": "ident : lease", "first_memory": 0, "window": 5, "sessions": "[1]",
    }  # fmt: skip
    with closing(open_reader(data / "memtui.db")) as conn:
        rows: list[sqlite3.Row] = conn.execute(
            f"explain query plan {getattr(relations, name)}", asked
        ).fetchall()
    scans = {row["detail"] for row in rows if row["detail"].startswith("SCAN")}
    assert not [one for one in scans - {"SCAN committed"} if "VIRTUAL TABLE" not in one]
