"""``memtui project`` and ``memtui session`` from the command line."""

import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.curate.test_regrouping import repository
from tests.factories import START_MS, transcript

REMOTE = "https://example.com/sea/tern.git"


@pytest.fixture
def clones(cli: Cli, home: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two clones of one repository, a session in each; the first is older."""
    folders = (tmp_path / "tern", tmp_path / "my terns")
    for number, folder in enumerate(folders, 1):
        repository(folder, REMOTE)
        transcript(home=home, cwd=str(folder), start_ms=START_MS + number)
    assert cli("sync").code == 0
    return folders


def test_the_list_asks_about_clones_with_calls_that_answer(
    cli: Cli, clones: tuple[Path, Path]
) -> None:
    listed = cli("project", "list")
    assert listed.out.count("1 session") == 2
    assert "has the same remote as" in listed.err
    calls = [line.split("memtui ")[1] for line in listed.err.splitlines()[1:]]
    yes, no = (shlex.split(call) for call in calls)
    assert cli(*no).out.startswith("tern and my terns stay two projects.")
    assert cli("project", "list").err == ""
    cli("undo")
    assert cli(*yes).out.startswith("my terns is now part of tern.")
    (one,) = cli("project", "list", "--json").objects
    assert set(one["roots"]) == set(map(str, clones))
    assert (one["name"], one["sessions"], one["may_be"]) == ("tern", 2, [])


def test_the_list_as_json_names_what_a_project_may_be(
    cli: Cli, clones: tuple[Path, Path]
) -> None:
    newer, older = cli("project", "list", "--json").objects
    assert newer["may_be"] == [{"id": older["id"], "why": "the same remote"}]
    assert older["may_be"] == [{"id": newer["id"], "why": "the same remote"}]


def test_a_merge_is_one_entry_of_the_journal(
    cli: Cli, clones: tuple[Path, Path]
) -> None:
    change = cli("project", "merge", "tern", str(clones[1]), "--json").object
    assert (change["act"], change["count"]) == ("merge projects", 2)
    (entry,) = cli("journal", "--json").objects
    assert [one["id"] for one in entry["about"]] == change["ids"]
    assert [one["title"] for one in entry["about"]] == ["tern", "my terns"]


def test_a_project_moves_and_its_old_folder_stays_its_own(
    cli: Cli, project: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    assert cli("project", "move", "harbor-api", str(there)).code == 1
    there.mkdir()
    assert cli("project", "move", "harbor-api", str(there)).code == 0
    found = cli("project", "list", "--json").object
    assert (found["path"], found["roots"]) == (
        str(there),
        [str(there), str(project)],
    )


def test_a_project_goes_by_a_name_that_was_given_to_it(cli: Cli, project: Path) -> None:
    cli("project", "alias", "harbor-api", "Harbor")
    assert "also harbor" in cli("project", "list").out.lower()
    assert cli("sessions", "project:harbor", "--all").out
    assert cli("project", "alias", "HARBOR", "harbor", "--remove").code == 0
    assert cli("project", "list", "--json").object["aliases"] == []
    assert cli("project", "alias", "harbor-api", "/x", "--remove").code == 2


def test_a_group_is_told_what_is_scoped_to_it(
    cli: Cli, clones: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There is no group yet" in cli("project", "group").err
    older, newer = clones
    (id_,) = cli("add", "Stamp it late", "--type", "decision", "--project", str(older),
                 "--json").object["ids"]  # fmt: skip
    assert cli("project", "group", "birds", str(older), "my terns").code == 0
    assert cli("scope", id_, "group:birds").code == 0
    assert "Stamp it late" in cli("inject", "--project", str(newer)).out
    group = cli("project", "group", "--json").object
    assert group == {"group": "birds", "projects": [str(older), str(newer)]}
    assert cli("project", "list", "--json").objects[0]["groups"] == ["birds"]
    cli("project", "group", "birds", "my terns", "--remove")
    assert cli("project", "group", "birds").out == f"birds  {older}\n"
    assert "Stamp it late" not in cli("inject", "--project", str(newer)).out
    assert cli("project", "group", "fish").code == 1


def test_a_name_that_several_projects_have_is_asked_about(
    cli: Cli, home: Path, tmp_path: Path
) -> None:
    for place in ("one", "two"):
        (tmp_path / place / "app").mkdir(parents=True)
        transcript(home=home, cwd=str(tmp_path / place / "app"))
    cli("sync")
    ran = cli("project", "alias", "app", "mine")
    assert ran.code == 2
    assert "2 projects are called app.\n  Name the folder: " in ran.err
    assert cli("project", "alias", "nothing", "mine").code == 1


def test_a_project_option_takes_a_folder_or_a_name(
    cli: Cli, clones: tuple[Path, Path]
) -> None:
    made = cli("add", "Stamp it late", "--type", "decision", "--project", "my terns")
    assert made.code == 0
    for place in ("my terns", str(clones[1])):
        assert "Stamp it late" in cli("inject", "--project", place).out
    assert cli("inject", "--project", "tern").out == ""
    unknown = cli("inject", "--project", "curlew")
    assert (unknown.code, unknown.out) == (1, "")
    assert "No project is called curlew." in unknown.err


def test_a_session_is_called_as_a_person_calls_it(
    cli: Cli, project: Path, home: Path
) -> None:
    (path,) = (home / ".claude" / "projects").rglob("*.jsonl")
    ran = cli("session", "rename", path.stem[:8], "The retry storm")
    assert ran.out.startswith("Renamed, was “Webhook retry storm”.")
    cli("sync", "--full")
    assert cli("sessions", "--json").object["title"] == "The retry storm"
    assert path.stem in cli("sessions", "THE storm").out
    assert path.stem in cli("sessions", '"retry storm" -webhook').out
    assert cli("sessions", "the storm -retry").out == ""
    again = cli("session", "rename", path.stem, "The retry storm")
    assert again.out == "It has this title already.\n"
    cli("session", "rename", path.stem, "")
    assert cli("sessions", "--json").object["title"] == "Webhook retry storm"


def test_projects_are_listed_with_their_folders(cli: Cli, project: Path) -> None:
    assert str(project) in cli("project", "list").out
    found = cli("project", "list", "--json").object
    assert (found["name"], found["path"]) == ("harbor-api", str(project))


@pytest.mark.parametrize(
    "words",
    [
        ("project", "merge", "a", "b"),
        ("project", "apart", "a", "b"),
        ("project", "move", "a", "."),
        ("project", "alias", "a", "b"),
        ("project", "alias", "a", "/b"),
        ("project", "group", "a", "b"),
        ("session", "rename", "a", "b"),
    ],
)
def test_an_agent_may_not_regroup(
    cli: Cli, project: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    ran = cli(*words)
    assert ran.code == 1
    assert f"may not {' '.join(words[:2])}" in ran.err


def test_a_group_needs_a_name(cli: Cli, project: Path) -> None:
    for words in ([""], ["", "harbor-api"], [" "]):
        ran = cli("project", "group", *words)
        assert (ran.code, ran.err) == (2, "memtui: A group needs a name.\n")
