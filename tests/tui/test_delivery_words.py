"""The status line tells of each wired client what is known of its deliveries."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from memtui.inject.export import export_projects
from memtui.install import apply, plan_install
from memtui.model import Agent
from memtui.paths import fired_dir, store_path
from memtui.settings import Settings
from memtui.store.ingest.writes import Store
from memtui.tui.desk import Desk
from memtui.tui.following import delivery_of
from memtui.tui.format import moment

AT = 1_750_000_000_000


def said(home: Path, data: Path) -> tuple[str, bool]:
    desk = cast("Desk", SimpleNamespace(home=home, data=data, demo=False))
    return delivery_of(desk, AT)


def wire(agent: Agent, home: Path, data: Path) -> None:
    apply(plan_install(agent, home, data))
    export_projects(data, Settings())


def fired(agent: Agent, data: Path) -> None:
    mark = fired_dir(data) / agent
    mark.touch()
    os.utime(mark, (AT / 1000, AT / 1000))


def test_each_wired_client_has_its_word(home: Path, data: Path) -> None:
    Store(store_path(data)).close()
    assert said(home, data) == ("hook not installed", True)
    (home / ".gemini").mkdir()
    wire(Agent.GEMINI_CLI, home, data)
    assert said(home, data) == ("", False)
    wire(Agent.OPENCODE, home, data)
    assert said(home, data) == ("delivered gm never, oc never", False)
    for agent in (Agent.GEMINI_CLI, Agent.OPENCODE):
        fired(agent, data)
    when = moment(AT, AT)
    assert said(home, data) == (f"delivered gm fired {when}, oc sent {when}", False)


def test_a_broken_link_goes_before_all_and_names_its_client(
    home: Path, data: Path
) -> None:
    Store(store_path(data)).close()
    wire(Agent.OPENCODE, home, data)
    wire(Agent.CODEX, home, data)
    assert said(home, data) == ("codex: the hooks are not trusted yet", True)
