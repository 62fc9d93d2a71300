"""One query language: the app, the command line and MCP find the same."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memtui.cli import main
from memtui.mcp.fresh import Freshness
from memtui.mcp.tools import TOOLS, Desk
from memtui.paths import config_path
from memtui.search.grammar import parse
from memtui.settings.live import LiveSettings
from memtui.store.queries import Hit, StoreView
from memtui.tui.screens.finding import hits_of
from memtui.tui.screens.sessions import BEST
from tests.tui.conftest import NOW, MakeApp

MOST = 50
QUERIES = [
    "outbox", "outbox horizon", "horizon outbox", '"serial ids"', "outbox -webhook",
    '-"serial ids" outbox', "the serial ids follow inserts", "outbox type:gotcha",
    "type:gotcha", "type:gotcha,decision", "-type:gotcha", "is:kept", "is:pinned",
    "-is:kept outbox", "is:candidate", "is:superseded", "agent:codex",
    "agent:cc migration",
    "project:tern", "project:ter* checksum", "project:harbor-api webhook",
    "branch:main retry", "file:poller.go", "file:internal/outbox outbox", "tag:ci",
    "trust:you", "trust:agent,tool outbox", "scope:global", "rule:hand",
    "since:2026-11-18 outbox", "until:2026-11-10", "since:3w until:today retry",
    "since:tuesday webhook", "retryAfter", "retry_after", "Retry-After", "--count 200",
    "outbox /horizons?/", "/pg_snapshot_\\w+/", "nope:field outbox", "zürich 数据库",
    "",
]  # fmt: skip

Ask = Callable[..., list[str]]


def ids_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows if row.get("kind") != "did_you_mean"]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the demo's last day."""
    monkeypatch.setattr(time, "time_ns", lambda: NOW * 1_000_000)
    monkeypatch.setattr(time, "time", lambda: NOW / 1_000)


@pytest.fixture
def cli(
    store: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Ask:
    """Ids that a verb prints, everywhere."""
    monkeypatch.chdir("/")
    config_path().parent.mkdir(parents=True, exist_ok=True)
    config_path().write_text("mcp_all_projects = true\n")

    def ask(verb: str, query: str) -> list[str]:
        capfd.readouterr()
        assert main([verb, "--json", "--limit", str(MOST), "--", query]) == 0
        return ids_of([json.loads(x) for x in capfd.readouterr().out.splitlines()])

    return ask


@pytest.fixture
def mcp(cli: Ask, store: Path, home: Path) -> Ask:
    """Ids that a tool answers with."""
    fresh = Freshness(store, home, read=lambda: None)
    desk = Desk(store, Path("/"), LiveSettings(), fresh)

    def ask(tool: str, query: str, **more: object) -> list[str]:
        asked = {"query": query, "limit": MOST, **more}
        said = desk.call(TOOLS[tool], asked, None)
        assert not said.failed, said.text
        found: list[dict[str, Any]] = json.loads(said.text)["found"]
        return ids_of(found)

    return ask


def named(hit: Hit) -> str:
    return hit.memory.id if hit.memory else f"{hit.session}#{hit.turn}"


def test_every_query_finds_the_same_in_the_app_in_a_shell_and_over_mcp(
    make_app: MakeApp, store: Path, cli: Ask, mcp: Ask
) -> None:
    shown = make_app("search").desk.view
    found = 0
    with StoreView(store / "memtui.db") as view:
        for text in QUERIES:
            query = parse(text, now_ms=NOW)
            hits = hits_of(view, query, shown, None, by_time=False)
            in_app = [named(hit) for hit in hits]
            if text:  # an empty field shows no finds there
                assert cli("search", text) == in_app[:MOST], text
            assert mcp("search", text) == cli("search", text), text
            memories = [m.id for m in view.memories(query, shown, limit=MOST)]
            assert cli("list", text) == memories, text
            assert mcp("recent", text) == memories, text
            found += bool(memories)
            best = query.has_text or query.patterns
            sessions = view.best_sessions(query, shown, BEST) if best else (
                view.sessions(query, shown, limit=MOST)
            )  # fmt: skip
            said = [session.id for session in sessions][:MOST]
            assert cli("sessions", text) == said, text
            assert mcp("recent", text, sessions=True) == said, text
    assert found > len(QUERIES) // 2
