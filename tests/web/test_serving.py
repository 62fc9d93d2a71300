"""``memtui serve`` over HTTP and its socket, as a browser speaks to it.

Needs the extra ``web``; without it the tests are passed over. The same in a browser,
with keys and a picture, is ``tests/e2e/test_browser.py``.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import added, cli, project

__all__ = ["added", "cli", "project"]

pytest.importorskip("textual_serve")
aiohttp: Any = pytest.importorskip("aiohttp")

ROOT = Path(__file__).resolve().parents[2]
FAR = 60.0
"""A limit for what never comes, in seconds; nothing waits for it that comes."""


@pytest.fixture
async def address(project: Path, added: Callable[..., str]) -> AsyncIterator[str]:
    """Of a server of the project's store, to be looked at only."""
    added("Stamp deadlines in attempt()")
    packages = [str(ROOT), *(p for p in sys.path if "site" in p)]
    with subprocess.Popen(
        [sys.executable, "-m", "memtui", "serve", "--read-only"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(packages)},
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(FAR) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


async def shown(socket: Any, words: str) -> str:
    """What the page was sent, up to these words."""
    seen = ""
    async with asyncio.timeout(FAR):
        async for message in socket:
            data = message.data
            seen += data.decode("utf-8", "replace") if isinstance(data, bytes) else data
            if words in seen:
                return seen
    raise AssertionError(f"the socket closed before {words!r}")


async def test_one_browser_sees_the_app_and_changes_nothing(
    address: str, data: Path
) -> None:
    base, _, _ = address.partition("?")
    origin = base.split("/")[2]
    before = (data / "memtui.db").read_bytes()
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as browser:
        async with browser.get(base) as refused:
            assert refused.status == 403
        async with browser.get(address) as page:
            assert (page.status, str(page.url)) == (200, base)
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            text = await page.text()
        assert "https://" not in text
        assert f'"ws://{origin}/' in text
        async with aiohttp.ClientSession() as other, other.get(address) as second:
            assert (second.status, await second.text()) == (
                403, "This address was used already. Start memtui serve again.\n",
            )  # fmt: skip
        foreign = browser.ws_connect(
            f"{base}ws", headers={"Origin": "http://e.invalid"}
        )
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await foreign
        own = {"Origin": f"http://{origin}"}
        size = "width=120&height=36"
        async with browser.ws_connect(f"{base}ws?{size}", headers=own) as socket:
            await shown(socket, "Stamp deadlines")
            await socket.send_json(["stdin", "d"])
            await socket.send_json(["stdin", "d"])
            await shown(socket, "opened to be looked at")
    assert (data / "memtui.db").read_bytes() == before
