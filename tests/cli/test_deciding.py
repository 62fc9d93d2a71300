"""Deciding from the command line: every act, undo, filters, and who may."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memtui.cli import output
from tests.cli.conftest import Cli
from tests.factories import transcript

Add = Callable[..., str]


@pytest.fixture
def memory(cli: Cli) -> Callable[[str], dict[str, Any]]:
    """What ``show --json`` says of an id."""

    def show(id_: str) -> dict[str, Any]:
        return cli("show", id_, "--json").object

    return show


def candidate(cli: Cli) -> str:
    """The id of something that the distiller proposed."""
    return str(cli("list", "is:candidate", "--limit", "1").ids[0])


@pytest.mark.parametrize(
    ("verbs", "expected"),
    [
        (["keep"], {"state": "kept"}),
        (["keep", "unkeep"], {"state": "candidate"}),
        (["pin"], {"state": "kept", "pinned": True}),
        (["pin", "unpin"], {"state": "kept", "pinned": False}),
        (["exclude"], {"excluded": True}),
        (["exclude", "include"], {"excluded": False}),
        (["prune"], {"state": "pruned"}),
        (["prune", "restore"], {"state": "candidate"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_verb_does_what_it_says_and_undo_takes_it_back(
    cli: Cli,
    project: Path,
    memory: Callable[[str], dict[str, Any]],
    verbs: list[str],
    expected: dict[str, Any],
) -> None:
    id_ = candidate(cli)
    before = memory(id_)
    for verb in verbs:
        ran = cli(verb, id_)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.endswith(".  memtui undo takes it back.\n")
    assert expected.items() <= memory(id_).items()
    for _ in verbs:
        assert cli("undo").code == 0
    assert memory(id_) == before


def test_redo_does_it_again_and_the_journal_tells_all(cli: Cli, added: Add) -> None:
    id_ = added("Stamp the deadline")
    cli("pin", id_)
    cli("undo")
    cli("redo")
    assert cli("list", "is:pinned").ids == [id_]
    acts = [entry["act"] for entry in cli("journal", "--json").objects]
    assert acts == ["redo", "undo", "pin", "add"]
    assert len(cli("journal", "--limit", "2").ids) == 2


def test_the_journal_names_what_each_act_was_about(cli: Cli, added: Add) -> None:
    ids = [added("Stamp the deadline"), added("Name the queue"), added("Two")]
    cli("prune", *ids)
    entry = cli("journal", "--limit", "1", "--json").object
    assert entry["about"] == [
        {"id": ids[0], "title": "Stamp the deadline"},
        {"id": ids[1], "title": "Name the queue"},
        {"id": ids[2], "title": "Two"},
    ]
    line = cli("journal", "--limit", "1").out
    assert line.endswith(f"{ids[0]}  Stamp the deadline and 2 more\n")
    assert cli("undo").out == "Undone: prune “Stamp the deadline” and 2 more.\n"
    assert cli("redo").out.startswith("Redone: prune “Stamp the deadline” and 2 more.")


def test_a_session_is_excluded_from_the_recent_ones_and_included_again(
    cli: Cli, added: Add
) -> None:
    added("Stamp the deadline")
    (session,) = (found["id"] for found in cli("sessions", "--json").objects)
    assert "Recent sessions" in cli("inject").out
    ran = cli("exclude", session[:8])
    assert ran.out.startswith("Excluded from recent sessions. Still found by search.")
    assert "Recent sessions" not in cli("inject").out
    assert cli("sessions", "--json").object["excluded"]
    assert cli("sessions").out.endswith("  excluded\n")
    cli("undo")
    assert "Recent sessions" in cli("inject").out
    cli("redo")
    assert cli("include", session, "--json").object["ids"] == [session]
    assert "Recent sessions" in cli("inject").out


def test_memories_and_sessions_are_not_excluded_in_one_act(
    cli: Cli, added: Add
) -> None:
    id_ = added("Stamp the deadline")
    session = cli("sessions", "--json").object["id"]
    ran = cli("exclude", id_, session)
    assert (ran.code, cli("list", "is:excluded").out) == (2, "")
    assert "not both at once" in ran.err
    assert cli("exclude", "nosuchthing").code == 1


def test_the_type_is_checked_before_a_project_is_looked_for(
    cli: Cli, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = cli("add", "hello", "--type", "bogus")
    assert ran.code == 2
    assert "There is no type bogus." in ran.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("serach", "search"), ("jurnal", "journal"), ("nosuch", ""), ("xyzzy", "")],
)
def test_a_verb_that_is_near_is_offered_and_no_other(
    cli: Cli, typed: str, meant: str
) -> None:
    ran = cli(typed)
    assert ran.code == 2
    assert (f"Did you mean {meant}?" in ran.err) if meant else "mean" not in ran.err


@pytest.mark.parametrize("group", ["project", "config"])
def test_a_verb_of_verbs_alone_shows_its_help(cli: Cli, group: str) -> None:
    ran = cli(group)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"Usage: memtui {group} ")


def test_a_person_who_says_no_is_not_told_how_to_say_yes(
    cli: Cli, added: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("One", type_="progress")
    monkeypatch.setattr(output, "can_ask", lambda: True)
    monkeypatch.setattr(output, "asked", lambda _question: "n")
    ran = cli("prune", "--where", "type:progress is:kept")
    assert ran.code == 1
    assert ran.err.endswith("memtui: Nothing was changed.\n")
    monkeypatch.setattr(output, "can_ask", lambda: False)
    ran = cli("prune", "--where", "type:progress is:kept")
    assert ran.err.endswith("--yes does it.\n")


def test_many_ids_are_one_act(cli: Cli, added: Add) -> None:
    ids = [added("One"), added("Two"), added("Three")]
    ran = cli("pin", *ids, "--json")
    assert ran.object["count"] == 3
    cli("undo")
    assert cli("list", "is:pinned").out == ""


def test_words_are_changed_by_flags(
    cli: Cli, added: Add, memory: Callable[[str], dict[str, Any]]
) -> None:
    id_ = added("Stamp the deadline")
    cli("edit", id_, "--title", "Stamp it late", "--body", "In attempt().")
    found = memory(id_)
    assert (found["title"], found["body"]) == ("Stamp it late", "In attempt().")


def test_words_are_changed_in_the_editor_and_its_file_is_gone(
    cli: Cli,
    added: Add,
    memory: Callable[[str], dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id_ = added("Stamp the deadline")
    seen = tmp_path / "seen"
    editor = tmp_path / "my editor"
    editor.write_text(
        "#!/bin/sh\n"
        f'printf "%s\\n" "$2" >{seen}; ls -l "$2" >>{seen}\n'
        'printf "New title\\n\\nNew body\\n" >"$2"\n'
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"'{editor}' --wait")
    assert cli("edit", id_).code == 0
    path, mode = seen.read_text().splitlines()
    assert mode.startswith("-rw-------")
    assert not Path(path).exists()
    assert memory(id_)["title"] == "New title"
    assert memory(id_)["body"] == "New body"


def test_an_unchanged_text_changes_nothing(
    cli: Cli, added: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = added("Stamp the deadline")
    monkeypatch.setenv("EDITOR", "true")
    before = cli("journal", "--json").out
    assert cli("edit", id_).out == "Not saved: the text came back unchanged.\n"
    assert cli("journal", "--json").out == before


@pytest.mark.parametrize("editor", ["false", "/nonexistent/editor", "'"])
def test_an_editor_that_fails_changes_nothing(
    cli: Cli, added: Add, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    id_ = added("Stamp the deadline")
    monkeypatch.setenv("EDITOR", editor)
    ran = cli("edit", id_)
    assert ran.code == 1
    assert "editor" in ran.err


def test_types_scopes_tags_and_order(
    cli: Cli, added: Add, memory: Callable[[str], dict[str, Any]]
) -> None:
    first, second = added("One", type_="progress"), added("Two")
    cli("retype", first, "--to", "gotcha")
    assert memory(first)["type"] == "gotcha"
    cli("scope", first, second, "global")
    assert memory(second)["scope"] == "global"
    cli("tag", first, "+pattern", "+trade-off")
    cli("tag", first, "-pattern")
    assert memory(first)["tags"] == ["trade-off"]
    cli("pin", first, second)
    cli("order", second, first)
    text = cli("inject").out
    assert text.index("Two") < text.index("One")


def test_promote_goes_one_rung_up_or_to_a_type(
    cli: Cli, added: Add, memory: Callable[[str], dict[str, Any]]
) -> None:
    id_ = added("One", type_="progress")
    cli("promote", id_)
    assert memory(id_)["type"] == "discovery"
    cli("promote", id_, "--to", "architecture")
    assert memory(id_)["type"] == "architecture"


def test_merge_and_supersede(
    cli: Cli, added: Add, memory: Callable[[str], dict[str, Any]]
) -> None:
    old, new, same = added("Old"), added("New"), added("Same as new")
    cli("supersede", old, "--by", new)
    assert memory(old)["superseded_by"] == new
    cli("merge", new, same)
    assert memory(same)["superseded_by"] == new
    assert cli("list", "is:kept").ids == [new]
    assert cli("merge", new).code == 2


def test_a_filter_acts_only_after_the_count_was_shown(cli: Cli, added: Add) -> None:
    added("One", type_="progress")
    added("Two", type_="progress")
    ran = cli("prune", "--where", "type:progress is:kept")
    assert ran.code == 1
    assert "2 memories of harbor-api match" in ran.err
    assert cli("list", "is:trash").out == ""
    assert cli("prune", "--where", "type:progress is:kept", "--yes").code == 0
    assert len(cli("list", "is:trash").ids) == 2
    assert cli("restore", "--where", "type:progress", "--yes").code == 0
    assert cli("list", "is:trash").out == ""


def test_a_filter_reaches_no_other_project(
    cli: Cli, added: Add, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("One", type_="progress")
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    transcript(home=home, cwd=str(other), turns=["hello there"])
    cli("sync")
    monkeypatch.chdir(other)
    ran = cli("prune", "--where", "type:progress is:kept", "--yes")
    assert (ran.code, ran.err) == (
        1,
        "memtui: Nothing matches type:progress is:kept.\n",
    )


def test_outside_every_project_the_count_says_that_it_means_all(
    cli: Cli, added: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("One", type_="progress")
    monkeypatch.chdir(tmp_path)
    ran = cli("prune", "--where", "type:progress is:kept")
    assert "1 memory of all projects matches" in ran.err


def test_a_filter_that_is_half_understood_decides_nothing(cli: Cli, added: Add) -> None:
    added("tpye:progress")
    ran = cli("prune", "--where", "tpye:progress", "--yes")
    assert ran.code == 2
    assert cli("list", "is:trash").out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["keep"],
        ["keep", "abc", "--where", "x"],
        ["retype", "abc"],
        ["retype", "abc", "--to", "nonsense"],
        ["scope", "abc", "everywhere"],
        ["tag", "abc"],
        ["add", "text"],
        ["add", "text", "--type", "nonsense"],
        ["add", "text", "--type", "decision", "--global", "--project", "."],
        ["nonsense"],
        ["--demo", "list"],
        ["export", "--all", "--raw", "x"],
        ["config", "get", "nonsense"],
        ["config", "set", "budget", "abc"],
        ["config", "set", "bugdet", "3000"],
        ["inject", "--budget", "-5"],
        ["supersede", "abc", "--by", "abc"],
    ],
    ids=" ".join,
)
def test_words_that_are_off_exit_with_2_and_say_why(
    cli: Cli, added: Add, words: list[str]
) -> None:
    id_ = added("One")
    ran = cli(*(id_ if word == "abc" else word for word in words))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("memtui: ")


def test_an_id_that_is_no_memory_changes_nothing(cli: Cli, added: Add) -> None:
    id_ = added("One")
    ran = cli("prune", id_, "zzzzzz")
    assert ran.code == 1
    assert cli("list", "is:trash").out == ""


def test_add_needs_a_project_or_global(
    cli: Cli, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("add", "One", "--type", "decision").code == 1
    assert cli("add", "One", "--type", "decision", "--global").code == 0
    ran = cli("add", "Two", "--type", "decision", "--project", str(project))
    assert ran.code == 0


CHANGING = [
    ["keep", "ID"], ["unkeep", "ID"], ["pin", "ID"], ["unpin", "ID"],
    ["exclude", "ID"], ["include", "ID"], ["prune", "ID"], ["restore", "ID"],
    ["retype", "ID", "--to", "gotcha"], ["promote", "ID"], ["merge", "ID", "ID"],
    ["supersede", "ID", "--by", "ID"], ["edit", "ID", "--title", "x"],
    ["scope", "ID", "global"], ["tag", "ID", "+x"], ["order", "ID"], ["undo"],
    ["redo"], ["config", "set", "budget", "3000"], ["config", "edit"],
    ["install", "--yes"], ["uninstall", "--yes"],
    ["prune", "--where", "is:kept", "--yes"],
]  # fmt: skip


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
@pytest.mark.parametrize("mark", ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID"])
def test_an_agent_decides_nothing(
    cli: Cli,
    added: Add,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    mark: str,
    home: Path,
) -> None:
    id_ = added("One")
    before = cli("show", id_, "--json").out, cli("journal", "--json").out
    monkeypatch.setenv(mark, "1")
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setenv("MEMTUI_CURATE_FROM_AGENTS", "true")
    ran = cli(*(id_ if word == "ID" else word for word in words))
    assert (ran.code, ran.out) == (1, "")
    assert (cli("show", id_, "--json").out, cli("journal", "--json").out) == before
    assert not (home / ".config" / "memtui" / "config.toml").exists()


def test_what_an_agent_adds_waits_in_the_inbox(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    (id_,) = cli("add", "Remember me", "--type", "gotcha", "--json").object["ids"]
    found = cli("show", id_, "--json").object
    assert (found["state"], found["trust"]) == ("candidate", "assistant")
    assert "Remember me" not in cli("inject").out


def test_what_an_agent_adds_is_said_to_be_for_the_person_to_decide(
    cli: Cli, added: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("One")
    with monkeypatch.context() as agents:
        agents.setenv("CLAUDECODE", "1")
        said = cli("add", "Remember me", "--type", "gotcha").out
        assert said == "Added to the inbox. The person decides about it in memtui.\n"
        assert cli("undo").code == 1
    assert "One" in cli("undo").out  # what was asked for is passed over


def test_an_agent_may_decide_where_the_file_says_so(
    cli: Cli, added: Add, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = added("One")
    config = home / ".config" / "memtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("curate_from_agents = true\n")
    monkeypatch.setenv("CLAUDECODE", "1")
    assert cli("prune", id_).code == 0


def test_a_variable_that_names_another_file_lets_no_agent_decide(
    cli: Cli, added: Add, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = added("One")
    other = home / "mine.toml"
    other.write_text("curate_from_agents = true\nmcp_all_projects = true\nbudget = 999")
    monkeypatch.setenv("MEMTUI_CONFIG", str(other))
    monkeypatch.setenv("CLAUDECODE", "1")
    assert cli("prune", id_).code == 1
    assert cli("config", "get", "mcp_all_projects").out == "false\n"
    assert cli("config", "get", "budget").out == "999\n"
    usual = home / ".config" / "memtui" / "config.toml"
    usual.parent.mkdir(parents=True)
    usual.write_text("curate_from_agents = true\n")
    assert cli("prune", id_).code == 0


def test_what_was_decided_is_told_at_once(cli: Cli, added: Add, data: Path) -> None:
    id_ = added("Stamp the deadline in attempt()")
    text = cli("inject").out
    assert f"[{id_}]" in text
    exported = [
        json.loads(path.read_text())["hookSpecificOutput"]["additionalContext"]
        for path in (data / "export").rglob("startup.json")
    ]
    assert text in exported


def test_a_preview_says_what_does_not_fit_and_where_it_is_not_what_is_told(
    cli: Cli, home: Path
) -> None:
    cli("sync")
    for word in ("lanterns", "anchors", "ropes"):
        cli("add", f"All about {word} at dusk", "--type", "decision", "--global")
    assert cli("inject").err == ""
    config = home / ".config" / "memtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("budget = 200\n")  # by hand: nothing was exported since
    said = cli("inject").err
    assert "do not fit into 200 units" in said or "does not fit into 200 units" in said
    assert "Sessions are still told another text. Run: memtui export" in said
    cli("export")
    assert "another text" not in cli("inject").err
    assert "another text" not in cli("inject", "--budget", "4000").err  # only supposed


def test_who_has_no_session_yet_is_told_what_a_project_takes(
    cli: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = cli("add", "Use tabs", "--type", "preference")
    assert ran.code == 1
    assert "once a session in it was read" in ran.err
    assert "--global" in ran.err
    assert cli("add", "Use tabs", "--type", "preference", "--global").code == 0
    assert "Use tabs" in cli("inject").out
