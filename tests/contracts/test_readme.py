"""What the README says about the code is what the code says."""

import re
from pathlib import Path

from click.testing import CliRunner

from memtui.cli.root import root
from memtui.cli.verbs import SUMMARIES
from tests.readme import README, with_blocks

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_blocks_are_up_to_date() -> None:
    text = README.read_text("utf-8")
    assert with_blocks(text) == text, "run: python -m tests.readme"


def test_ci_finds_the_command_that_sets_up_and_runs_the_tests() -> None:
    text = README.read_text("utf-8")
    found = re.findall(r"<!-- ci: tests -->\n+```sh\n(.*?)```", text, re.DOTALL)
    assert len(found) == 1
    assert "pytest" in found[0]
    assert found[0].startswith("python3 -m venv")


def test_every_file_and_picture_that_the_readme_names_is_there() -> None:
    text = README.read_text("utf-8")
    named = re.findall(r"\]\((?!https?:|#)([^)#]+)\)|src=\"(?!https?:)([^\"]+)\"", text)
    paths = {first or second for first, second in named}
    assert paths
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_the_map_names_folders_and_modules_that_exist() -> None:
    text = README.read_text("utf-8")
    named = set(re.findall(r"`((?:memtui|tests|hooks)/[\w/.-]*)`", text))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_help_sums_a_verb_up_as_the_verb_does() -> None:
    with root.make_context("memtui", ["stats"], resilient_parsing=True) as ctx:
        for name, summary in SUMMARIES.items():
            command = root.get_command(ctx, name)
            assert command is not None
            assert (command.help or "").replace("\n", " ").startswith(summary[:-1])


def test_help_needs_no_verb_to_be_imported() -> None:
    shown = CliRunner().invoke(root, ["--help"]).output
    assert [name for name in SUMMARIES if f"  {name} " not in shown] == []
