"""What is broken and what could not be read, as lines. Pure."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from memtui.clean import clean_line
from memtui.paths import home_path
from memtui.store.queries import StoredFault
from memtui.tui.desk import Trouble
from memtui.tui.format import plural, tail
from memtui.tui.lines import Line, paragraph


def _by_file(faults: Sequence[StoredFault]) -> dict[str, list[StoredFault]]:
    found: dict[str, list[StoredFault]] = {}
    for fault in faults:
        found.setdefault(fault.path, []).append(fault)
    return found


def lines_of(
    findings: Sequence[Trouble], faults: Sequence[StoredFault], home: Path, width: int
) -> list[Line]:
    """Findings with their hints, then faults counted by file."""
    lines: list[Line] = []
    for finding in findings:
        role = "warning" if finding.wrong else "muted"
        lead: Line = [(f"{finding.subject:<12}", f"bold {role}")]
        lines += paragraph(
            home_path(clean_line(finding.message), home), width, lead=lead
        )
        if finding.hint:
            hint = home_path(clean_line(finding.hint), home)
            lines += paragraph(hint, width, "muted", lead=[(" " * 12, "")])
    if findings and faults:
        lines.append([])
    for path, some in _by_file(faults).items():
        name = tail(home_path(clean_line(path), home), width)
        lines.append([(name, "bold muted")])
        for reason, count in Counter(fault.reason for fault in some).most_common(3):
            at = plural(count, "line")
            if count == 1:
                number = next(f.line for f in some if f.reason == reason)
                at = f"line {number}" if number else ""
            before: Line = [(f"  {at:>10}  ", "faint")]
            lines += paragraph(clean_line(reason), width, lead=before)
    return lines or [[("Nothing is broken.", "muted")]]
