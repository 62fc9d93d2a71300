"""``purge`` and ``redact`` from the command line: asked for twice, and said plainly."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from memtui.store.connect import open_writer
from tests.cli.conftest import Cli
from tests.factories import Say, Turn, transcript
from tests.ingest.remains import remains
from tests.ingest.telling import ask

WORD = "Quagmarine"
ROOT = Path(__file__).resolve().parents[2]
SECRET = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
def session(project: Path, home: Path, cli: Cli) -> Path:
    turns = (
        Turn(f"Always route {WORD} through the blue gateway.", Say("I will.")),
        Turn(f"is {WORD} fast?", Say("It is.")),
    )
    path = transcript(turns=turns, home=home, session="canary", cwd=str(project))
    assert cli("sync").code == 0
    return path


def test_a_dry_run_counts_and_changes_nothing(
    cli: Cli, session: Path, data: Path
) -> None:
    ran = cli("purge", "--session", "canary", "--dry-run")
    assert ran.code == 0
    assert "This goes, and cannot be undone: 1 session" in ran.err
    assert str(session) in ran.err
    found = cli("purge", "--session", "canary", "--dry-run", "--json").object
    assert found["sessions"] == 1
    assert found["sources"] == [str(session)]
    assert remains(data, WORD)


def test_without_the_words_typed_nothing_goes(
    cli: Cli, session: Path, data: Path
) -> None:
    for words in ([], ["--confirm", "yes"], ["--confirm", "purge"]):
        ran = cli("purge", "--session", "canary", *words)
        assert ran.code == 1
        assert "Nothing was changed." in ran.err
    assert "--confirm 'purge " in ran.err
    assert remains(data, WORD)


def confirmed(cli: Cli, *words: str) -> str:
    """The words that a purge asks for."""
    told = cli("purge", *words).err.partition("--confirm '")[2].partition("'")[0]
    assert told.startswith("purge ")
    return told


@pytest.mark.parametrize(
    "what",
    [("--session", "canary"), ("--project", "harbor-api"), ("--where", WORD)],
)
def test_what_is_named_goes(
    cli: Cli, session: Path, data: Path, what: tuple[str, str]
) -> None:
    ran = cli("purge", *what, "--confirm", confirmed(cli, *what), "--json")
    assert ran.code == 0, ran.err
    assert ran.object["wiped"] is True
    assert remains(data, WORD) == []
    cli("sync")
    assert remains(data, WORD) == []


@pytest.mark.parametrize("asked", ["strasse", "STRASSE", "Straße", "STRAẞE", "STRÄSSE"])
def test_what_a_query_finds_goes_in_any_case_and_spelling(
    cli: Cli, home: Path, data: Path, asked: str
) -> None:
    turns = (
        Turn("Always name the Straße first, never the number."),
        Turn("And STRASSE in capitals, as on the sign."),
        Turn("Always keep the harbour open."),
    )
    transcript(turns=turns, home=home)
    cli("sync")
    what = ("--where", asked, "--all")
    ran = cli("purge", *what, "--confirm", confirmed(cli, *what), "--json")
    assert ran.code == 0, ran.err
    for spelled in ("Straße", "STRASSE", "strasse", "straße"):
        assert remains(data, spelled) == []
    assert remains(data, "harbour")


def test_a_memory_goes_by_its_id(cli: Cli, session: Path, data: Path) -> None:
    (mine,) = cli("list", WORD).ids
    assert cli("purge", mine, "--confirm", confirmed(cli, mine)).code == 0
    assert cli("show", mine).code == 1
    assert cli("list", WORD).ids == []
    assert f"Always route {WORD}" not in str(ask(data, "select text from record"))


def test_of_a_project_only_what_is_older_goes(
    cli: Cli, session: Path, data: Path
) -> None:
    what = ("--project", "harbor-api", "--older-than", "2020-01-01")
    assert "nothing of it" in cli("purge", *what).err
    assert cli("purge", "--session", "canary", "--older-than", "9d").code == 2


def test_an_agent_may_not_purge(
    cli: Cli, session: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    for verb in (["purge", "--session", "canary"], ["redact", "--retro"]):
        ran = cli(*verb, "--confirm", "redact")
        assert ran.code == 1
        assert "for a person to decide" in ran.err
    assert remains(data, WORD)


def test_a_person_types_the_words(session: Path, data: Path, cli: Cli) -> None:
    words = confirmed(cli, "--session", "canary")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "memtui", "purge", "--session", "canary"]
    with subprocess.Popen(
        command, stdin=follower, stderr=follower, cwd=ROOT
    ) as process:
        os.write(leader, f"{words}\n".encode())
        assert process.wait() == 0
    os.close(follower)
    os.close(leader)
    assert remains(data, WORD) == []


def test_secrets_that_an_older_version_stored_are_cut_everywhere(
    cli: Cli, session: Path, data: Path
) -> None:
    with open_writer(data / "memtui.db", "curation") as conn:
        conn.execute("update record set text = replace(text, 'blue', ?)", (SECRET,))
        conn.execute(
            "update observation set body = 'by ' || ?, title = title || ?",
            (SECRET, SECRET),
        )
    conn.close()
    (mine,) = cli("list", WORD).ids
    cli("keep", mine)
    assert remains(data, SECRET)
    assert cli("redact", "--retro").code == 1
    assert cli("redact").code == 2
    ran = cli("redact", "--retro", "--confirm", "redact")
    assert ran.code == 0, ran.err
    assert remains(data, SECRET) == []
    assert "[redacted:github-token]" in cli("show", mine, "--json").out
    cli("undo")
    assert remains(data, SECRET) == []
