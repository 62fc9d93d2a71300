"""A store with a session, a client of the SDK, and no process beside this one."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent

from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.mcp.fresh import Freshness
from memtui.mcp.server import make_server
from memtui.mcp.tools import Desk
from memtui.settings import load
from memtui.settings.live import LiveSettings
from memtui.store.queries import StoreView
from tests.factories import transcript

Connect = Callable[..., Any]


class Caller:
    """Calls tools and reads their answers."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __call__(self, name: str, **given: object) -> dict[str, Any]:
        """The answer of a call that succeeds."""
        result = await self.client.call_tool(name, given)
        assert not result.is_error, said(result)
        found: dict[str, Any] = json.loads(said(result))
        return found

    async def refused(self, name: str, **given: object) -> str:
        """What a call is told that fails."""
        result = await self.client.call_tool(name, given)
        assert result.is_error, said(result)
        return said(result)


def said(result: Any) -> str:
    """The text of an answer."""
    assert isinstance(result, CallToolResult)
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text


@pytest.fixture
def project(home: Path, data: Path, tmp_path: Path) -> Path:
    """A git work tree; one session in it has been read."""
    return made_project(home, data, tmp_path / "harbor-api")


def made_project(home: Path, data: Path, folder: Path) -> Path:
    """A git work tree with a session that was read."""
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    transcript(home=home, cwd=str(folder), title="Webhook retry storm")
    sync(data, load(), home=home)
    return folder


@pytest.fixture
def connect(home: Path, data: Path) -> Connect:
    """Opens a client whose session works in a folder."""

    @asynccontextmanager
    async def opened(folder: Path, **more: Any) -> AsyncIterator[Caller]:
        live = LiveSettings()
        reading = Freshness(
            data, home, read=lambda: sync(data, live.current, home=home)
        )
        desk = Desk(data, folder, live, reading, **more)
        try:
            async with Client(make_server(desk)) as client:
                yield Caller(client)
        finally:
            desk.close()

    return opened


@pytest.fixture
def added(data: Path) -> Callable[..., str]:
    """Keeps a memory by hand and gives its id back."""

    def add(text: str, folder: Path | None = None, **more: Any) -> str:
        with StoreView(data / "memtui.db") as view:
            where = view.project_at(folder) if folder else None
        with Curator(data, load(), actor="person") as curator:
            change = curator.add(
                text, type=more.pop("type", "decision"), project=where,
                scope=more.pop("scope", "project" if where else "global"), **more,
            )  # fmt: skip
        (id_,) = change.ids
        return id_

    return add
