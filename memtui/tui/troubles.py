"""What is broken and what could not be read, as lines. Pure."""

from collections.abc import Sequence
from pathlib import Path

from memtui.clean import clean_line
from memtui.store.queries import StoredFault
from memtui.tui.desk import Trouble
from memtui.tui.format import home_path, tail
from memtui.tui.lines import Line, paragraph


def lines_of(
    findings: Sequence[Trouble], faults: Sequence[StoredFault], home: Path, width: int
) -> list[Line]:
    """Findings with their hints, then faults under their files."""
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
    before = ""
    for fault in faults:
        if fault.path != before:
            before = fault.path
            name = tail(home_path(clean_line(fault.path), home), width)
            lines.append([(name, "bold muted")])
        at = f"line {fault.line}  " if fault.line else ""
        lines += paragraph(clean_line(fault.reason), width, lead=[(f"  {at}", "faint")])
    return lines or [[("Nothing is broken.", "muted")]]
