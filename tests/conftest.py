"""Every test has a home of its own, no network, and no agent around it."""

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

AGENT_MARKS = ("CLAUDE", "CODEX", "GEMINI", "OPENCODE", "CURSOR", "AI_AGENT")
"""First words of the variables by which agents are known."""

settings.register_profile(
    "memtui",
    deadline=None,  # the machines that run this are shared
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
settings.load_profile("memtui")


def pytest_configure() -> None:
    """Let a run that is ended by ``kill`` or ``timeout`` tidy up as by Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for temporary files of this process and those that it starts."""
    folder = tmp_path_factory.mktemp("scratch", numbered=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", None)  # looked up anew
        yield folder
    assert os.listdir(folder) == [], "left behind by a process that outlived its test"


@pytest.fixture(autouse=True)
def nothing_left(scratch: Path) -> Iterator[None]:
    """A test puts away what it made, and so does what it ran."""
    yield
    left = os.listdir(scratch)
    for name in left:  # the next test is not to blame for it
        (scratch / name).rename(scratch.with_name(f"left-{name}"))
    assert left == [], "left in the folder for temporary files"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; nothing of the real one can be read or written."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in list(os.environ):
        ours = name.startswith("MEMTUI_") and name != "MEMTUI_SHARED"
        if ours or name.startswith(("XDG_", *AGENT_MARKS)):
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "VISUAL", "EDITOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("MEMTUI_DATA_DIR", str(tmp_path / "data"))
    return folder


@pytest.fixture
def data(tmp_path: Path, home: Path) -> Path:
    """The data folder of this test; nothing has made it yet."""
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting anywhere but to this machine fails the test."""
    if request.node.get_closest_marker("e2e"):
        return
    connect: Callable[[socket.socket, Any], None] = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        away = self.family in (socket.AF_INET, socket.AF_INET6)
        if away and not _is_loopback(address):
            pytest.fail(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


def _is_loopback(address: object) -> bool:
    host = address[0] if isinstance(address, tuple) else ""
    return host in ("127.0.0.1", "::1", "localhost")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real transcripts and clients, or a skip that says so.

    ``MEMTUI_SHARED`` names it, else it is looked for beside the checkout.
    """
    named = os.environ.get("MEMTUI_SHARED")
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(named) if named else beside
    if not folder.is_dir():
        pytest.skip("no shared folder here (MEMTUI_SHARED does not name one)")
    return folder
