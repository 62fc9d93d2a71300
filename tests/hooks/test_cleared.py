"""A session that Gemini CLI cleared is told with its first prompt, and once."""

from pathlib import Path

import pytest

from tests.hooks.shells import SHELLS, run_hook
from tests.hooks.test_session_start import put

SESSION = "615f0bcb-8b20-4627-a44c-c4f85967974c"
OTHER = "d299af66-a66f-4fbd-8710-7c430f68f283"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


@pytest.fixture
def fired(data: Path) -> Path:
    folder = data / "fired"
    folder.mkdir(parents=True)
    return folder


def hook(
    shell: list[str], word: str, data: Path, cwd: Path, session: str = SESSION
) -> bytes:
    done = run_hook(
        shell, "cleared", word, cwd=cwd, data=data,
        environ={"GEMINI_SESSION_ID": session, "CLAUDE_PROJECT_DIR": str(cwd)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_it_is_told_with_the_next_prompt_and_with_that_alone(
    shell: list[str], data: Path, fired: Path, tmp_path: Path
) -> None:
    answer = put(data, tmp_path, "startup")
    assert hook(shell, "tell", data, tmp_path) == b""  # nothing was cleared
    assert hook(shell, "mark", data, tmp_path) == b""
    assert hook(shell, "tell", data, tmp_path, OTHER) == b""
    assert hook(shell, "tell", data, tmp_path) == answer
    assert hook(shell, "tell", data, tmp_path) == b""
    assert list(fired.iterdir()) == []


@pytest.mark.parametrize("session", ["", "../../x", "a/b", "a b", "$(id)", "*"])
def test_a_session_of_an_odd_name_leaves_nothing(
    session: str, shell: list[str], data: Path, fired: Path, tmp_path: Path
) -> None:
    put(data, tmp_path, "startup")
    (fired / f"cleared.{SESSION}").touch()
    before = sorted(tmp_path.rglob("*"))
    assert hook(shell, "mark", data, tmp_path, session) == b""
    assert hook(shell, "tell", data, tmp_path, session) == b""
    assert sorted(tmp_path.rglob("*")) == before


def test_where_nothing_can_be_marked_nothing_is_said(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    put(data, tmp_path, "startup")
    for word in ("mark", "tell", "else"):
        assert hook(shell, word, data, tmp_path) == b""
