"""Our counts and those of an oracle that shares no code with us."""

import json
import shutil
from pathlib import Path
from typing import Any

from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView, View
from tests.factories import Session
from tests.ingest.material import forked, rich_session, with_subagent
from tests.oracle import ORACLES

FIXTURES = Path(__file__).parents[1] / "fixtures"


def both(home: Path, data: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the sync says it found and what the store says it holds."""
    report = sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        return report.agents, view.stats()


def agree(home: Path, data: Path) -> None:
    """Sync, store and oracle give the same numbers for every agent."""
    found, held = both(home, data)
    for name, counts in held["by_agent"].items():
        oracle = ORACLES[name](home)
        assert counts["native_ids"] == len(oracle.native_ids), name
        assert found[name].sessions == counts["sessions"] == oracle.sessions, name
        assert found[name].faults == counts["faults"] == oracle.faults, name
    assert held["sessions"] == sum(a["sessions"] for a in held["by_agent"].values())


def test_sessions_are_transcripts_in_which_something_was_said(
    home: Path, tmp_path: Path
) -> None:
    fork = rich_session(home)
    forked(fork, "77777777-0000-4000-8000-000000000000")
    with_subagent(home)
    only_context = Session(home, session="88888888-0000-4000-8000-000000000000")
    only_context.interrupt()
    only_title = Session(home, session="99999999-0000-4000-8000-000000000000")
    only_title.title("Nothing was said")
    Session(home, session="99999999-0000-4000-8000-000000000001")  # empty

    agree(home, tmp_path / "data")
    with StoreView(store_path(tmp_path / "data")) as view:
        listed = {session.id for session in view.sessions()}
        everything = {session.id for session in view.sessions(view=View.everything())}
    assert only_title.session not in listed
    assert only_title.session in everything


def test_a_last_line_without_newline_counts(home: Path, tmp_path: Path) -> None:
    path = rich_session(home)
    whole = path.read_bytes().rstrip(b"\n")
    path.write_bytes(whole[: whole.rindex(b'{"parentUuid"')].rstrip(b"\n"))

    agree(home, tmp_path / "data")


def test_every_shape_of_the_fixtures_of_claude_code_is_counted(
    home: Path, tmp_path: Path
) -> None:
    projects = home / ".claude" / "projects" / "-home-dev-src-harbor-api"
    shutil.copytree(FIXTURES / "claude-code", projects)

    agree(home, tmp_path / "data")


def test_a_session_is_new_only_once(home: Path, tmp_path: Path) -> None:
    session = Session(home)
    session.title("Not begun yet")
    first, _ = both(home, tmp_path / "data")
    session.prompt("now begin")
    second, _ = both(home, tmp_path / "data")
    session.say("Begun.")
    third, held = both(home, tmp_path / "data")

    counted = [r["claude-code"].sessions for r in (first, second, third)]
    assert counted == [0, 1, 0]
    assert held["sessions"] == 1


def test_the_oracle_reads_what_the_clients_write(home: Path) -> None:
    path = rich_session(home)
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    said = [ln for ln in lines if ln["type"] in ("user", "assistant")]

    assert len(ORACLES["claude-code"](home).native_ids) == len(said) > 20
