"""Two people with a clone each of one git repository, and a store each."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from memtui.cli import main
from tests.cli.conftest import Ran, added, cli, project
from tests.factories import transcript

__all__ = ["Seat", "added", "cli", "project", "seats"]


@dataclass(frozen=True)
class Seat:
    """One person: a home, a store and a clone. Everything runs in the clone."""

    name: str
    clone: Path
    home: Path
    data: Path
    capfd: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *words: str) -> Ran:
        """Run memtui."""
        self.patch.setenv("HOME", str(self.home))
        self.patch.setenv("MEMTUI_DATA_DIR", str(self.data))
        self.patch.chdir(self.clone)
        self.capfd.readouterr()
        code = main(words)
        out, err = self.capfd.readouterr()
        return Ran(code, out, err)

    def git(self, *words: str, fails: bool = False) -> str:
        """Run git, as a person does."""
        done = subprocess.run(
            ["git", *words], cwd=self.clone, env=_environment(self.home, self.name),
            capture_output=True, text=True, check=not fails,
        )  # fmt: skip
        assert bool(done.returncode) == fails, done.stderr
        return done.stdout

    def commits_and_pushes(self) -> None:
        """Send what lies in the clone to the other."""
        self.git("add", "-A")
        self.git("commit", "-qm", f"{self.name} shares")
        self.git("push", "-q", "origin", "HEAD:main")

    @property
    def files(self) -> dict[str, str]:
        """What is shared in the clone, by the name of its file."""
        found = sorted((self.clone / ".memtui").glob("*.md"))
        return {f.name: f.read_text() for f in found if f.name != "README.md"}

    def kept(self, text: str, *more: str) -> str:
        """The id of a memory that this person writes and keeps."""
        ran = self("add", text, "--type", "gotcha", "--json", *more)
        assert ran.code == 0, ran.err
        return str(ran.object["ids"][0])

    def titles(self, query: str = "rule:team") -> list[str]:
        """Titles of what was pulled and is not in the trash."""
        return [str(one["title"]) for one in self("list", query, "--json").objects]

    def told(self) -> str:
        """What the next session here reads."""
        return str(self("inject", "--json").object["text"])


@pytest.fixture
def seats(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[Seat, Seat]:
    """Ada, who has worked there, and Bo, who has just cloned."""
    origin = tmp_path / "origin.git"
    _git("init", "-q", "--bare", "-b", "main", str(origin), home=tmp_path)
    both = []
    for name in ("ada", "bo"):
        folder = tmp_path / name
        (folder / "home").mkdir(parents=True)
        (folder / "home" / ".gitconfig").write_text(
            f"[user]\n\tname = {name.title()}\n"
        )
        seat = Seat(
            name=name, clone=folder / "harbor-api", home=folder / "home",
            data=folder / "data", capfd=capfd, patch=monkeypatch,
        )  # fmt: skip
        _git("clone", "-q", str(origin), str(seat.clone), home=seat.home)
        both.append(seat)
    ada, bo = both
    transcript(home=ada.home, cwd=str(ada.clone), title="Webhook retry storm")
    (ada.clone / "main.go").write_text("package main\n")
    ada.git("checkout", "-qB", "main")
    ada.commits_and_pushes()
    bo.git("pull", "-q", "origin", "main")
    assert ada("sync").code == 0
    return ada, bo


def _git(*words: str, home: Path) -> None:
    subprocess.run(
        ["git", *words], env=_environment(home, "Nobody"), check=True,
        capture_output=True,
    )  # fmt: skip


def _environment(home: Path, name: str) -> dict[str, str]:
    """Git without anything of this machine's own."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", f"{name}@example.invalid"))
    }
    return known | who | {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
