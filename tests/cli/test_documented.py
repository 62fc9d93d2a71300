"""What ``--json`` prints is written down for every verb that has it."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from memtui.cli.root import root

AS_OBSERVATIONS = {"list", "sessions", "show", "searches run"}
"""Whose keys stand above all."""
ACTS = """\
add keep unkeep pin unpin exclude include prune restore retype promote edit merge
supersede scope tag order undo redo compress:accept compress:reject bundle:choose
project:alias project:apart project:merge project:move session:rename"""
"""Who answer with what they did."""


def test_what_every_verb_prints_as_json_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    wanted = set(_verbs(root, ())) - {one.replace(":", " ") for one in ACTS.split()}
    missing = {
        verb
        for verb in wanted - AS_OBSERVATIONS
        if not re.search(rf"`(memtui )?{verb} --json", readme)
    }
    assert missing <= {"search"}  # its own keys stand below those of all
    assert {"doctor", "bundle conflicts", "native"} <= wanted


def _verbs(group: click.Group, before: tuple[str, ...]) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        verb = group.get_command(context, name)
        assert verb is not None
        path = (*before, name)
        if any("--json" in option.opts for option in verb.params):
            yield " ".join(path)
        if isinstance(verb, click.Group):
            yield from _verbs(verb, path)
