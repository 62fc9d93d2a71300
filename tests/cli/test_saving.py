"""Saved searches, from the command line and shared with the app."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def test_a_secret_that_was_looked_for_is_not_saved(cli: Cli, project: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 4
    assert cli("searches", "save", f"where {secret} is", secret).code == 0
    assert secret not in searches_path().read_text()
    assert secret not in cli("searches").out


def test_two_who_save_at_once_lose_neither_search(tmp_path: Path) -> None:
    shared = tmp_path / "state" / "searches.json"
    with ThreadPoolExecutor(8) as many:
        for n in range(40):
            many.submit(SavedSearches(shared).save, f"clock {n}", f"lease {n}")
    assert SavedSearches(shared).all() == {
        f"clock {n}": f"lease {n}" for n in range(40)
    }


def test_a_long_search_is_saved_under_its_beginning(tmp_path: Path) -> None:
    saved = SavedSearches(tmp_path / "searches.json")
    long = "lease " * 50
    names = [saved.save_unnamed(one) for one in (long, f"{long} clock", long)]
    assert names[0] == names[2] != names[1]
    assert all(name.startswith("lease lease") for name in names)
    assert list(saved.all().values()) == [long.strip(), f"{long} clock"]
    assert saved.save_unnamed("lease  clock") == "lease clock"


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
    for number in range(MOST - 2):
        SavedSearches(searches_path(), before=state_path()).save(f"n{number}", "x")
    listed = cli("searches", "--json").objects
    assert [one["name"] for one in listed][:2] == [f"n{MOST - 3}", f"n{MOST - 4}"]
    assert len(listed) == MOST
    refused = cli("searches", "save", "more", "lease")
    assert (refused.code, refused.out) == (2, "")
    assert "there is no room for more" in refused.err
    assert cli("searches", "save", "n0", "retry").code == 0
    assert cli("searches", "--json").objects[-1]["name"] == "lease"
    assert searches_path().stat().st_mode & 0o077 == 0


def test_a_name_is_kept_as_a_list_can_show_it(cli: Cli) -> None:
    saved = cli("searches", "save", "two\n  lines\x1b[31m", "lease")
    assert saved.out == "Saved two lines: lease\n"
    assert cli("searches", "--json").object["name"] == "two lines"
    assert cli("searches", "delete", "two lines").out == "Forgotten two lines: lease\n"
    assert cli("searches", "save", "\x1b[31m", "lease").code == 2


def test_what_is_too_long_to_be_read_whole_is_not_saved(cli: Cli) -> None:
    refused = cli("searches", "save", "long", "lease " * 400)
    assert (refused.code, refused.out) == (2, "")
    assert "at most 2,000 characters" in refused.err


def test_a_file_that_is_no_json_is_not_written_over(cli: Cli) -> None:
    searches_path().parent.mkdir(parents=True)
    searches_path().write_text('{"mine": "lease",')
    refused = cli("searches", "save", "new", "retry")
    assert (refused.code, refused.out) == (1, "")
    assert "is no JSON that can be read." in refused.err
    assert searches_path().read_text() == '{"mine": "lease",'


def test_words_like_options_are_saved_behind_the_sign(cli: Cli, added: Add) -> None:
    wanted = added("Push with --force-with-lease only")
    cli("searches", "save", "force", "--", "--force-with-lease")
    assert cli("searches", "run", "force").ids[0] == wanted
