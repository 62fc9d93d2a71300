"""``memtui doctor``: whether everything works, from transcripts to deliveries."""

from collections.abc import Iterator
from contextlib import suppress

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import json_option, settings
from memtui.compress import readiness
from memtui.curate import guard
from memtui.errors import MemtuiError
from memtui.install.doctor import Finding, Level, examine, repair
from memtui.settings import Settings
from memtui.store.queries import StoreView

_MARKS = {
    Level.OK: ("ok   ", output.GOOD),
    Level.NOTE: ("note ", output.QUIET),
    Level.WRONG: ("WRONG", output.BAD),
}


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Put right what needs no decision.")
@click.option("--endpoint", is_flag=True, help="Also ask whoever compress would ask.")
@json_option
def doctor_verb(fix: bool, endpoint: bool, as_json: bool) -> int:
    """Check store, hooks and deliveries.

    Exits with 1 where something is wrong.
    """
    known = settings()
    if fix:
        guard(known, "repair")  # it writes the hooks that sessions run
        for done in repair(paths.data_dir(), known, home=paths.home()):
            output.note(done)
    findings = examine(paths.data_dir(), known, home=paths.home())
    findings += _of_models(known, endpoint=endpoint)
    if as_json:
        output.emit(map(_as_object, findings))
    else:
        for finding in findings:
            _say(finding)
    return int(any(finding.level is Level.WRONG for finding in findings))


def _of_models(known: Settings, *, endpoint: bool) -> Iterator[Finding]:
    """What bears on compress, for who uses it; the endpoint only when asked for."""
    data, store = paths.data_dir(), paths.store_path()
    said: list[readiness.Said] = []
    used = False
    with suppress(MemtuiError):  # what is wrong with the store is said above
        with StoreView(store) as view:
            used = view.ledger_totals().runs > 0
            said += readiness.runs(view, data)
    if used or endpoint or known.compress_url or known.compress_model:
        said += readiness.configured(known, data)
    for one in said:
        yield _finding("compress", one, Level.NOTE)
    if endpoint:
        guard(known, "ask the endpoint")
        for one in readiness.answers(known, data, from_environment=True):
            yield _finding("endpoint", one, Level.WRONG)


def _finding(subject: str, said: readiness.Said, amiss: Level) -> Finding:
    level = Level.OK if said.well else amiss
    return Finding(subject=subject, level=level, message=said.message, hint=said.hint)


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
