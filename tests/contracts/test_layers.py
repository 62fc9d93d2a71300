"""The layers of the house, by the import graph and by what a process loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from memtui.cli.verbs import MODULES

ROOT = Path(__file__).resolve().parents[2]

MODELS = frozenset({"anthropic", "openai", "httpx", "httpx2", "keyring"})
"""What asks a model: loaded by a run that a person agreed to, and by nothing else."""
HEAVY = (
    "textual", "rich", "watchdog", "sqlite_utils", "click", "mcp", *MODELS
)  # fmt: skip
"""Packages that cost a start-up much; whoever needs one imports it late."""

HEADLESS = (
    "memtui", "memtui.model", "memtui.errors", "memtui.paths", "memtui.settings",
    "memtui.clean", "memtui.redact", "memtui.search.grammar", "memtui.readers",
    "memtui.distil", "memtui.store.queries", "memtui.store.ingest.writes",
    "memtui.inject", "memtui.inject.export", "memtui.curate", "memtui.ingest",
    "memtui.install", "memtui.compress.carrying", "memtui.compress.anthropic_api",
    "memtui.compress.openai_api", "memtui.demo", "memtui.mcp.tools", "memtui.cli",
)  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """Top-level packages that a fresh process has loaded after ``code``."""
    tail = "\nimport sys, json\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + tail],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_import_graph_keeps_the_layers() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", HEADLESS)
def test_the_core_loads_nothing_heavy(module: str) -> None:
    assert not loaded_after(f"import {module}") & set(HEAVY)


def test_the_app_opens_without_what_only_verbs_need() -> None:
    loaded = loaded_after("from memtui.cli import main; main([])")
    assert "memtui.cli.app" in loaded
    assert not loaded & {"click", "sqlite3", "memtui.cli.root", "memtui.store.queries"}


def test_the_version_is_told_without_loading_anything() -> None:
    loaded = loaded_after("from memtui.cli import main; main(['--version'])")
    ours = {name for name in loaded if name.startswith("memtui")}
    assert ours == {"memtui", "memtui.cli"}
    assert not loaded & {*HEAVY, "sqlite3", "msgspec", "platformdirs"}


QUICK_VERBS = (
    ["--help"], ["list"], ["search", "lease"], ["sessions"], ["show", "abc"],
    ["journal"], ["inject"], ["stats", "--json"], ["project", "list"],
    ["config", "get", "budget"], ["keep", "abc"], ["compress", "--estimate"],
    ["compress", "proposals"], ["compress", "ledger"],
)  # fmt: skip


@pytest.mark.parametrize("words", QUICK_VERBS, ids=lambda words: words[0])
def test_a_verb_loads_neither_the_app_nor_what_others_need(words: list[str]) -> None:
    loaded = loaded_after(f"from memtui.cli import main; main({words!r})")
    assert not loaded & {"textual", "rich", "watchdog", "mcp", *MODELS}
    assert "memtui.tui" not in loaded
    assert "memtui.cli.root" in loaded


@pytest.mark.parametrize("verb", MODULES)
def test_the_help_of_a_verb_loads_nothing_heavy(verb: str) -> None:
    loaded = loaded_after(f"from memtui.cli import main; main([{verb!r}, '--help'])")
    assert not loaded & ({*HEAVY, "mcp"} - {"click"})


@pytest.mark.parametrize(
    "code",
    [
        "from memtui.cli import main; main(['sync'])",
        "from memtui.cli import main; main(['doctor'])",
        "import memtui.tui.app, memtui.tui.screens.curate",
        "import memtui.ingest.watcher, memtui.inject.export",
    ],
)
def test_nothing_but_a_run_loads_what_asks_a_model(code: str) -> None:
    assert not loaded_after(code) & MODELS


def test_a_sync_that_only_reads_once_needs_no_observer() -> None:
    loaded = loaded_after("from memtui.cli import main; main(['sync'])")
    assert "watchdog" not in loaded
    assert "textual" not in loaded


def test_a_sync_that_finds_nothing_loads_no_way_to_ask_or_to_curate() -> None:
    loaded = loaded_after("from memtui.cli import main; main(['sync'])")
    assert "memtui.cli.syncing" in loaded
    assert not loaded & {"memtui.store.queries", "memtui.curate", "memtui.distil.cues"}
