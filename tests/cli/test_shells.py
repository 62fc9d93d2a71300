"""What shells and status bars are given: completion, forms, the line of a folder."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from memtui.inject.status import line_of
from memtui.store.rescue.probe import LastDelivery
from tests.cli.conftest import Cli


def completed(words: str, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> list[str]:
    """What bash is offered for these words, the last of which is begun."""
    with monkeypatch.context() as shell:
        shell.setenv("_MEMTUI_COMPLETE", "bash_complete")
        shell.setenv("COMP_WORDS", words)
        shell.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        ran = cli()
    assert ran.code == 0
    return [line.partition(",")[2] for line in ran.out.splitlines() if line]


def test_verbs_options_and_ids_are_completed(
    cli: Cli, project: Path, added: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = added("Stamp deadlines in attempt()")
    assert completed("memtui te", monkeypatch, cli) == ["team"]
    assert completed("memtui team sh", monkeypatch, cli) == ["share"]
    assert "--dry-run" in completed("memtui purge --dr", monkeypatch, cli)
    assert completed(f"memtui keep {mine[:5]}", monkeypatch, cli) == [mine]
    assert mine in completed("memtui show ", monkeypatch, cli)


def test_without_a_store_nothing_is_offered_and_nothing_fails(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert completed("memtui show a", monkeypatch, cli) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_memtui(cli: Cli, shell: str) -> None:
    ran = cli("completion", shell)
    assert ran.code == 0
    assert f"_MEMTUI_COMPLETE={shell}_complete" in ran.out
    assert cli("completion", "tcsh").code == 2
    if shell == "bash":
        checked = subprocess.run(["bash", "-n"], input=ran.out.encode(), check=False)
        assert checked.returncode == 0


def test_a_form_prints_named_fields(
    cli: Cli, project: Path, added: Callable[..., str]
) -> None:
    mine = added("Stamp deadlines", "--body", "two\nlines")
    ran = cli("list", "is:kept", "--format", r"{{{id}}}\t{type:>9.4} {title:.5}|{body}")
    assert ran.out == f"{{{mine}}}\t     deci Stamp|two lines\n"
    assert cli("sessions", "--format", "{title} {turns}").out.startswith(
        "Webhook retry"
    )


@pytest.mark.parametrize(
    "form",
    [
        "{title.__class__}", "{title!r}", "{0}", "{}", "{title[0]}", "{title:{width}}",
        "{self}", "{title:%Y}", "{title:>99999}", "{", "}", "{title", "{__class__}",
    ],
)  # fmt: skip
def test_a_form_can_do_nothing_else(cli: Cli, project: Path, form: str) -> None:
    ran = cli("list", "--format", form)
    assert (ran.code, ran.out) == (2, "")
    assert cli("list", "--format", "{title}", "--json").code == 2


def test_a_status_bar_prints_a_file_of_the_folder_it_is_in(
    cli: Cli, project: Path, added: Callable[..., str], data: Path
) -> None:
    added("Stamp deadlines in attempt()")
    assert not (data / "status").exists()  # only who asks for it
    assert "memtui config set status_line true" in cli("statusline").err
    assert cli("config", "set", "status_line", "true").code == 0
    snippet = json.loads(cli("statusline").out)["statusLine"]
    assert snippet["type"] == "command"
    (project / "deep" / "er").mkdir(parents=True)

    def shown(folder: Path) -> str:
        done = subprocess.run(
            ["sh", "-c", snippet["command"]], cwd=folder, capture_output=True,
            check=True, text=True, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout

    assert shown(project) == "memtui 1 kept, 1 to decide\n"
    assert stat.S_IMODE((data / "status").stat().st_mode) == 0o700
    assert shown(project / "deep" / "er") == shown(project)
    assert shown(data) == ""
    added("Another thing that is worth knowing")
    assert shown(project) == "memtui 2 kept, 1 to decide\n"
    assert cli("config", "set", "status_line", "false").code == 0
    assert shown(project) == ""
    assert not (data / "status").exists()


def test_the_line_says_when_a_session_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memtui.inject.status._local", lambda at: (
        2026, 11, 20, 13, 52, 0, 4, 324, 0))  # fmt: skip
    last = LastDelivery(session="s", export="e", at=1)
    assert line_of(1_200, 0, last) == "memtui 1,200 kept, told 20 Nov 13:52\n"
