"""``--format``: a line for each row, from named fields and nothing else.

``{title}``, ``{id:<14}``, ``{{`` and ``}}``: no attribute, index, conversion or call
can be spelled, so a form from anywhere prints fields and can do no more.
"""

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, Final

from memtui.clean import clean_line
from memtui.cli.lines import local_time, state_word
from memtui.errors import UsageError
from memtui.model import Memory, Session

_SPEC: Final = re.compile(r"(?:[<>^]?[1-9]\d{0,2})?(?:\.\d{1,3})?")
_ESCAPES: Final = {"\\t": "\t", "\\n": "\n"}

MEMORY: Final[Mapping[str, Callable[[Memory], object]]] = {
    "id": lambda m: m.id,
    "type": lambda m: m.type,
    "title": lambda m: m.title,
    "body": lambda m: m.body,
    "project": lambda m: m.project.name if m.project else "",
    "path": lambda m: m.project.path if m.project else "",
    "session": lambda m: m.session,
    "agent": lambda m: m.agent or "",
    "branch": lambda m: m.branch,
    "time": lambda m: local_time(m.at).strip(),
    "at": lambda m: m.at,
    "state": state_word,
    "scope": lambda m: m.scope,
    "trust": lambda m: m.trust,
    "rule": lambda m: m.rule,
    "confidence": lambda m: f"{m.confidence:.2f}",
    "tags": lambda m: " ".join(m.tags),
    "files": lambda m: " ".join(m.files),
}
SESSION: Final[Mapping[str, Callable[[Session], object]]] = {
    "id": lambda s: s.id,
    "title": lambda s: s.title,
    "project": lambda s: s.project.name if s.project else "",
    "path": lambda s: s.project.path if s.project else "",
    "agent": lambda s: s.agent,
    "kind": lambda s: s.kind,
    "branch": lambda s: s.branch,
    "time": lambda s: local_time(s.started_at).strip(),
    "at": lambda s: s.started_at,
    "turns": lambda s: s.turns,
    "records": lambda s: s.records,
}


def line_maker(
    form: str, fields: Mapping[str, Callable[[Any], object]], *, as_json: bool = False
) -> Callable[[object], str]:
    """From a row to its line.

    Raises:
        UsageError: the form names what is no field, or asks for more than one; or
            JSON was asked for, too.
    """
    if as_json:
        raise UsageError("Say --format or --json, not both.")
    parts: list[tuple[str, str | None, str]] = []
    try:
        for text, name, spec, conversion in Formatter().parse(form):
            if name is not None and name not in fields:
                known = ", ".join(fields)
                raise UsageError(f"There is no field {name!r}.", hint=f"Known: {known}")
            if conversion or not _SPEC.fullmatch(spec or ""):
                raise UsageError(
                    f"{spec or conversion} is no width.", hint="Such as {title:<40.40}"
                )
            for spelled, meant in _ESCAPES.items():
                text = text.replace(spelled, meant)
            parts.append((text, name, spec or ""))
    except ValueError as error:
        raise UsageError(
            f"{form} is no form: {error}.", hint="Such as {title}"
        ) from error

    def line(row: object) -> str:
        made = []
        for text, name, spec in parts:
            made.append(text)
            if name is not None:
                made.append(format(clean_line(str(fields[name](row))), spec))
        return "".join(made)

    return line
