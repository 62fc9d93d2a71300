"""The first broken link, from the client's settings to the exports."""

import json
from pathlib import Path

from memtui.install import apply, plan_install
from memtui.install.wiring import broken_link
from memtui.model import Agent
from memtui.paths import export_dir, store_path
from memtui.store.rescue.probe import LastDelivery, last_delivery
from tests.inject.stores import StoreRows


def test_each_link_is_named_until_the_chain_holds(home: Path, data: Path) -> None:
    assert broken_link(data, home) == "no client reads the exports yet"
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    assert broken_link(data, home) == "nothing is exported yet"
    export_dir(data).mkdir()
    assert broken_link(data, home) == ""


def test_a_lost_hook_is_a_broken_link(home: Path, data: Path) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    (data / "hooks" / "session-start").unlink()
    assert broken_link(data, home) == "the hooks are missing or old"


def test_an_odd_data_folder_is_known_again(home: Path, tmp_path: Path) -> None:
    data = tmp_path / "it's a\nplace" / "data"
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    export_dir(data).mkdir()
    assert broken_link(data, home) == ""


def test_a_moved_data_folder_is_a_broken_link(
    home: Path, data: Path, tmp_path: Path
) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, tmp_path / "old"))
    assert broken_link(data, home) == "the hooks belong to another data folder"


def test_switched_off_hooks_are_a_broken_link(home: Path, data: Path) -> None:
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    path = home / ".claude" / "settings.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "disableAllHooks": True}))
    assert broken_link(data, home) == "the client's hooks are switched off"


def test_the_newest_delivery_is_the_one(data: Path) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.session("s-1", "p", "hello")
        rows.session("s-2", "p", "hello")
        for session, record, at in ((1, 1, 5), (2, 3, 9), (2, 4, 7)):
            rows.conn.execute(
                "insert into delivery(session_id, record_id, export, at)"
                " values (?, ?, 'aaaabbbbcccc', ?)",
                (session, record, at),
            )
    last = last_delivery(store_path(data))
    assert last == LastDelivery(session="s-2", export="aaaabbbbcccc", at=9)


def test_no_delivery_is_none(data: Path) -> None:
    StoreRows(data)
    assert last_delivery(store_path(data)) is None
