"""``memtui doctor``: whether everything works, from transcripts to deliveries."""

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import json_option, settings
from memtui.curate import guard
from memtui.install.doctor import Finding, Level, examine, repair

_MARKS = {
    Level.OK: ("ok   ", output.GOOD),
    Level.NOTE: ("note ", output.QUIET),
    Level.WRONG: ("WRONG", output.BAD),
}


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Put right what needs no decision.")
@json_option
def doctor_verb(fix: bool, as_json: bool) -> int:
    """Check store, hooks and deliveries.

    Exits with 1 where something is wrong.
    """
    known = settings()
    if fix:
        guard(known, "repair")  # it writes the hooks that sessions run
        for done in repair(paths.data_dir(), known, home=paths.home()):
            output.note(done)
    findings = examine(paths.data_dir(), known, home=paths.home())
    if as_json:
        output.emit(map(_as_object, findings))
    else:
        for finding in findings:
            _say(finding)
    return int(any(finding.level is Level.WRONG for finding in findings))


def _say(finding: Finding) -> None:
    hint = f"  {finding.hint}" if finding.hint else ""
    output.say_styled(
        _MARKS[finding.level], f"  {finding.subject:<12} {finding.message}{hint}"
    )


def _as_object(finding: Finding) -> dict[str, object]:
    return {
        "subject": finding.subject,
        "level": finding.level,
        "message": finding.message,
        "hint": finding.hint,
        "can_repair": finding.can_repair,
    }
