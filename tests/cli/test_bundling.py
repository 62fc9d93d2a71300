"""``memtui bundle``: from one store to another, by hand."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_reading import Add


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Goes over to another machine: another data folder."""

    def go(name: str) -> None:
        monkeypatch.setenv("MEMTUI_DATA_DIR", str(tmp_path / name))

    return go


def test_a_store_read_into_an_empty_one_lists_the_same(
    cli: Cli, added: Add, elsewhere: Callable[[str], None], tmp_path: Path
) -> None:
    pinned, pruned = added("The lease expires early"), added("Not wanted")
    cli("pin", pinned)
    cli("prune", pruned)
    cli("tag", pinned, "+clock")
    before = cli("list", "--all", "--json").out
    assert len(before.splitlines()) > 2  # those that were distilled, too
    bundle = str(tmp_path / "all.memtui")
    wrote = cli("bundle", "write", bundle)
    assert (wrote.code, "Wrote" in wrote.out) == (0, True)
    elsewhere("laptop")
    read = cli("bundle", "read", bundle, "--mine")
    assert read.code == 0, read.err
    assert "Merged" in read.out
    assert cli("list", "--all", "--json").out == before
    again = cli("bundle", "read", bundle, "--mine", "--json").object
    assert (again["mine"], again["new"], again["changed"]) == (True, 0, 0)
    told = cli("inject", "--json").object["text"]
    assert "The lease expires early" in told
    journal = cli("journal", "--json").objects
    assert {one["actor"].partition("@")[0] for one in journal} == {"person"}
    assert cli("undo").code == 0
    assert cli("list", "--all").out == ""


def test_a_strangers_bundle_only_proposes_until_it_is_called_mine(
    cli: Cli, added: Add, elsewhere: Callable[[str], None], tmp_path: Path
) -> None:
    memory = added("Always deploy on Fridays")
    cli("pin", memory)
    bundle = str(tmp_path / "theirs.memtui")
    cli("bundle", "write", bundle)
    elsewhere("laptop")
    ran = cli("bundle", "read", bundle)
    assert "in the inbox, trust shared" in ran.out
    (told,) = cli("list", "--all", "trust:shared", "Fridays", "--json").objects
    assert (told["state"], told["pinned"]) == ("candidate", False)
    assert "Fridays" not in cli("inject", "--auto").out
    assert cli("bundle", "read", bundle, "--mine").code == 0
    (told,) = cli("list", "--all", "Fridays", "--json").objects
    assert (told["state"], told["pinned"], told["trust"]) == ("kept", True, "user")
    # A forged one names the same store: what it says of itself proves nothing.
    assert cli("bundle", "read", bundle, "--json").object["mine"] is False


def test_conflicts_are_listed_and_chosen(
    cli: Cli, added: Add, elsewhere: Callable[[str], None], tmp_path: Path
) -> None:
    memory = added("The lease expires early")
    first, second = str(tmp_path / "one.memtui"), str(tmp_path / "two.memtui")
    cli("bundle", "write", first)
    elsewhere("laptop")
    cli("bundle", "read", first, "--mine")
    cli("edit", memory, "--title", "On the laptop")
    cli("bundle", "write", second)
    elsewhere("data")
    cli("prune", memory)
    ran = cli("bundle", "read", second, "--mine")
    assert "1 memory changed on both machines" in ran.err
    listed = cli("bundle", "conflicts")
    assert "On the laptop" in listed.out
    assert "pruned" in listed.out
    (one,) = cli("bundle", "conflicts", "--json").objects
    sides = {one["here"]["state"], one["other"]["state"]}
    assert (one["memory"], sides) == (memory, {"kept", "pruned"})
    assert cli("bundle", "choose", memory).code == 2
    assert cli("bundle", "choose", memory, "--here").code == 0
    assert "Nothing was changed" in cli("bundle", "conflicts").err
    assert cli("bundle", "choose", memory, "--other").out.startswith("Chosen already")


def test_a_file_that_is_there_is_not_overwritten_by_accident(
    cli: Cli, added: Add, tmp_path: Path, data: Path
) -> None:
    added("The lease expires early")
    bundle = tmp_path / "all.memtui"
    bundle.write_text("mine")
    assert cli("bundle", "write", str(bundle)).code == 1
    assert bundle.read_text() == "mine"
    assert cli("bundle", "write", str(bundle), "--force").code == 0
    for odd in (str(tmp_path), str(data / "memtui.db"), str(tmp_path / "no" / "x")):
        ran = cli("bundle", "write", odd, "--force")
        assert (ran.code, ran.err.startswith("memtui: ")) == (1, True)


def test_what_is_no_bundle_ends_in_a_plain_sentence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    for odd in ("text", "gone", "."):
        ran = cli("bundle", "read", str(tmp_path / odd))
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("memtui: ")


def test_an_agent_may_neither_write_nor_read_bundles(
    cli: Cli, added: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = added("The lease expires early")
    bundle = str(tmp_path / "all.memtui")
    cli("bundle", "write", bundle)
    monkeypatch.setenv("CLAUDECODE", "1")
    for words in (
        ["write", str(tmp_path / "other")], ["read", bundle, "--mine"],
        ["choose", memory, "--here"],
    ):  # fmt: skip
        ran = cli("bundle", *words)
        assert (ran.code, "may not bundle" in ran.err) == (1, True)
    assert not (tmp_path / "other").exists()
    assert cli("bundle", "conflicts").code == 0


def test_sessions_travel_in_a_bundle_with_the_archive(
    cli: Cli, added: Add, elsewhere: Callable[[str], None], tmp_path: Path, home: Path
) -> None:
    added("The lease expires early")
    (session,) = cli("sessions", "--all", "--json").objects
    raw, listed = (
        cli("export", "--raw", session["id"]).out, cli("list", "--all", "--json").out
    )  # fmt: skip
    bundle = str(tmp_path / "all.memtui")
    cli("bundle", "write", bundle, "--archive")
    elsewhere("laptop")
    shutil.rmtree(home / ".claude")
    read = cli("bundle", "read", bundle, "--mine")
    assert "1 session new in the archive." in read.err
    (there,) = cli("sessions", "--all", "--json").objects
    moved = {"source_gone", "gone_at"}
    assert {k: v for k, v in there.items() if k not in moved} == {
        k: v for k, v in session.items() if k not in moved
    }
    assert there["source_gone"] is True
    assert cli("export", "--raw", session["id"]).out == raw
    assert cli("list", "--all", "--json").out == listed
    again = cli("bundle", "read", bundle, "--mine", "--json").object
    assert (again["sessions"], again["new"]) == (0, 0)
    assert len(cli("sessions", "--all", "--json").objects) == 1


def test_a_session_that_is_here_is_not_doubled_by_a_bundle(
    cli: Cli, added: Add, tmp_path: Path
) -> None:
    bundle = str(tmp_path / "all.memtui")
    cli("bundle", "write", bundle, "--archive")
    before = cli("sessions", "--all", "--json").out
    assert cli("bundle", "read", bundle, "--mine", "--json").object["sessions"] == 0
    assert cli("sessions", "--all", "--json").out == before


def test_a_purged_session_does_not_come_back_in_a_bundle(
    cli: Cli, added: Add, tmp_path: Path
) -> None:
    (session,) = cli("sessions", "--all", "--json").objects
    bundle = str(tmp_path / "all.memtui")
    cli("bundle", "write", bundle, "--archive")
    words = ("purge", "--session", session["id"])
    told = cli(*words).err.partition("--confirm '")[2].partition("'")[0]
    assert cli(*words, "--confirm", told).code == 0
    assert cli("bundle", "read", bundle, "--mine", "--json").object["sessions"] == 0
    assert cli("sessions", "--all").out == ""
