"""A project with one session, and a way to run calls in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from memtui.cli import main
from tests.factories import transcript


@dataclass(frozen=True)
class Ran:
    """How a call ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON Lines that were printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def object(self) -> dict[str, Any]:
        """The one object that was printed."""
        (found,) = self.objects
        return found

    @property
    def ids(self) -> list[str]:
        """The first word of every line."""
        return [line.split()[0] for line in self.out.splitlines()]


class Cli(Protocol):
    """Runs ``memtui`` with these words."""

    def __call__(self, *words: str) -> Ran:
        """Run it."""
        ...


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Calls in this process, as the entry point makes them."""

    def run(*words: str) -> Ran:
        capfd.readouterr()
        code = main(words)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A git work tree; one session in it has been read. We stand in it."""
    folder = tmp_path / "harbor-api"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    transcript(home=home, cwd=str(folder), title="Webhook retry storm")
    monkeypatch.chdir(folder)
    assert main(["sync"]) == 0
    return folder


@pytest.fixture
def added(cli: Cli, project: Path) -> Callable[..., str]:
    """Adds a memory by hand and gives its id back."""

    def add(text: str, *more: str, type_: str = "decision") -> str:
        ran = cli("add", text, "--type", type_, "--json", *more)
        assert ran.code == 0, ran.err
        (id_,) = ran.object["ids"]
        return str(id_)

    return add
