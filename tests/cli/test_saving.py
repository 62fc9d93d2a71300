"""Saved searches, from the command line and shared with the app."""

import json

import pytest

from memtui.paths import searches_path, state_path
from memtui.settings.searches import MOST, SavedSearches
from tests.cli.conftest import Cli
from tests.cli.test_reading import Add


def test_a_search_is_saved_listed_run_and_deleted(cli: Cli, added: Add) -> None:
    wanted = added("The lease clock starts at the first attempt")
    assert "No search is saved yet." in cli("searches").err
    saved = cli("searches", "save", "clocks", "lease", "-retry", "type:decision")
    assert saved.out == "Saved clocks: lease -retry type:decision\n"
    assert cli("searches", "--json").object == {
        "name": "clocks", "query": "lease -retry type:decision",
    }  # fmt: skip
    assert cli("searches", "run", "clocks").ids[0] == wanted
    first, *_ = cli("searches", "run", "clocks", "--json", "--explain").objects
    assert first["id"] == wanted
    assert first["why"]["matched"] == ["lease"]
    assert cli("searches", "delete", "clocks").code == 0
    gone = cli("searches", "run", "clocks")
    assert (gone.code, gone.out) == (1, "")
    assert "No search is saved as clocks." in gone.err


def test_what_is_no_search_is_not_saved(cli: Cli, added: Add) -> None:
    added("The lease clock starts")
    assert cli("searches", "save", "bad", "/(/").code == 2
    assert cli("searches", "save", "  ", "lease").code == 2
    assert cli("searches").out == ""


def test_an_agent_may_run_a_search_and_not_change_one(
    cli: Cli, added: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("The lease clock starts")
    cli("searches", "save", "clocks", "lease")
    monkeypatch.setenv("CLAUDECODE", "1")
    assert cli("searches", "run", "clocks").code == 0
    assert cli("searches", "save", "clocks", "retry").code == 1
    assert cli("searches", "delete", "clocks").code == 1
    assert cli("searches", "--json").object["query"] == "lease"


def test_what_an_older_app_saved_is_there_and_the_newest_are_first(
    cli: Cli, home: str
) -> None:
    state_path().parent.mkdir(parents=True)
    state_path().write_text(json.dumps({"searches": ["type:gotcha", "lease"]}))
    assert cli("searches").out.split() == ["type:gotcha", "lease"]
    for number in range(MOST):
        SavedSearches(searches_path(), before=state_path()).save(f"n{number}", "x")
    listed = cli("searches", "--json").objects
    assert [one["name"] for one in listed][:2] == [f"n{MOST - 1}", f"n{MOST - 2}"]
    assert len(listed) == MOST
    assert searches_path().stat().st_mode & 0o077 == 0
