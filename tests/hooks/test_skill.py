"""The skill teaches what there is: its verbs, tools and fields exist."""

import re
import shlex
from pathlib import Path

import pytest

from memtui.cli import main
from memtui.cli.verbs import MODULES
from memtui.mcp.tools import TOOLS
from memtui.search.grammar import FIELDS, parse

SKILL = Path(__file__).resolve().parents[2] / "skills" / "memtui" / "SKILL.md"
TEXT = SKILL.read_text("utf-8")
CALLS = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]


def test_it_opens_with_what_a_client_needs_to_choose_it() -> None:
    head = TEXT.split("---")[1]
    said = dict(line.split(": ", 1) for line in head.strip().splitlines())
    assert said["name"] == SKILL.parent.name
    assert 100 < len(said["description"]) <= 1_024


def test_the_tools_that_it_names_exist() -> None:
    named = set(re.findall(r"`([a-z_]+)`", TEXT)) & {*TOOLS, "remember", "recall"}
    assert {"search", "get", "timeline", "session", "remember"} <= named
    assert named <= TOOLS.keys()


@pytest.mark.parametrize("call", CALLS)
def test_each_call_in_it_is_one_that_works(
    call: str, capfd: pytest.CaptureFixture[str]
) -> None:
    program, verb, *words = shlex.split(call)
    assert program == "memtui"
    assert verb in MODULES
    # there is no store here: what is wrong with a call is said before (2)
    assert main([verb, *words]) == 1
    assert "There is no store" in capfd.readouterr().err


def test_the_fields_that_it_names_exist() -> None:
    fields = set(re.findall(r"`([a-z]+):[^`\s]*`", TEXT))
    assert len(fields) > 4
    assert fields <= set(FIELDS)
    for example in re.findall(r"`((?:is|since|until):[^`|]+)`", TEXT):
        assert not parse(example, now_ms=0).unknown


def test_it_asks_an_agent_for_nothing_that_is_the_persons() -> None:
    taught = {shlex.split(call)[1] for call in CALLS}
    assert taught <= {"search", "list", "show", "sessions"}
