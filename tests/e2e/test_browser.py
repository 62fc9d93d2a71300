"""``memtui serve`` in a headless Chromium: real key presses, and a picture.

Run with ``pytest -m e2e``; needs the extra ``web``, playwright, and a browser that
``MEMTUI_CHROMIUM`` names. ``MEMTUI_PICTURE`` keeps the picture there.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("textual_serve")
playwright: Any = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("MEMTUI_CHROMIUM", "")
PICTURE = os.environ.get("MEMTUI_PICTURE", "")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM, reason="MEMTUI_CHROMIUM names no browser"),
]
ROOT = Path(__file__).resolve().parents[2]
FAR_MS = 60_000


def test_a_key_keeps_a_memory_in_a_browser(tmp_path: Path, home: Path) -> None:
    packages = [str(ROOT), *(p for p in sys.path if "site" in p)]
    with subprocess.Popen(
        [sys.executable, "-m", "memtui", "serve", "--demo", "--screen", "curate"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(packages)},
        cwd=home, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            _press_and_look(address, tmp_path)
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0


def _press_and_look(address: str, folder: Path) -> None:
    asked: list[str] = []
    base = address.partition("?")[0]
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 760})
        page.on("request", lambda request: asked.append(request.url))
        sent = _Sent(page)
        page.goto(address)
        sent.until("to decide")
        page.keyboard.press("s")
        sent.until("Kept 1 memory.")
        picture = Path(PICTURE) if PICTURE else folder / "browser.png"
        picture.write_bytes(page.screenshot())
        assert {url for url in asked if not url.startswith(base)} == set()
        second = browser.new_context().new_page()
        assert second.goto(address).status == 403
        browser.close()


class _Sent:
    """What the app sent to a page."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._text = ""
        page.on("websocket", lambda socket: socket.on("framereceived", self._received))

    def _received(self, frame: bytes | str) -> None:
        self._text += (
            frame.decode("utf-8", "replace") if isinstance(frame, bytes) else ""
        )

    def until(self, words: str) -> None:
        """Wait for words, and until the page has drawn them."""
        for _ in range(FAR_MS // 50):
            if words in self._text:
                self._page.evaluate("new Promise(requestAnimationFrame)")
                return
            self._page.wait_for_timeout(50)
        raise AssertionError(f"{words!r} never came")
