"""A person's file keeps its protection, its names and its kind."""

import os
from pathlib import Path

import pytest

from memtui.errors import InstallError
from memtui.install import apply, plan_install, plan_uninstall
from memtui.install.client import FileChange
from memtui.install.doctor import examine
from memtui.install.writing import KEPT, back_up
from memtui.model import Agent
from memtui.settings import Settings
from tests.install.test_install import CLAUDE, install, write


def test_a_protected_file_is_left_alone(home: Path, data: Path) -> None:
    path = write(home, '{"a": 1}')
    path.chmod(0o400)
    with pytest.raises(InstallError, match="protected") as caught:
        install(home, data)
    assert caught.value.hint.endswith(f"chmod u+w {path}")
    assert path.read_text() == '{"a": 1}'
    assert not (data / "hooks").exists()


def test_a_file_of_two_names_keeps_both(home: Path, data: Path) -> None:
    path = write(home, '{"a": 1}')
    other = home / "dotfiles.json"
    os.link(path, other)
    install(home, data)
    assert os.path.samefile(path, other)
    assert "hooks" in other.read_text()
    apply(plan_uninstall(CLAUDE, home, data))
    assert os.path.samefile(path, other)
    assert other.read_text() == '{"a": 1}'


@pytest.mark.parametrize("agent", Agent)
def test_a_pipe_is_not_waited_for(agent: Agent, home: Path, data: Path) -> None:
    path = plan_install(agent, home, data, mcp=True).files[-1].path
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    with pytest.raises(InstallError, match="no plain file"):
        plan_install(agent, home, data)
    assert examine(data, Settings(), home=home)


def test_the_newest_backups_of_each_file_are_kept(data: Path, tmp_path: Path) -> None:
    def copy(path: Path, text: bytes) -> None:
        back_up(FileChange(path=path, before=text, after=b""), data, "claude-code")

    copy(tmp_path / "other" / "settings.json", b"other")
    for at in range(KEPT + 5):
        copy(tmp_path / "settings.json", b"%d" % at)
    kept = {path.read_bytes() for path in (data / "backups").iterdir()}
    assert kept == {b"other", *(b"%d" % at for at in range(5, KEPT + 5))}
