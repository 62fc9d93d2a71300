"""What was committed and never pushed, or changed and never committed, at the end.

Only of sessions that show by themselves that more was to come: the agent had pushed
before, went on changing files, or left a check that fails.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from memtui.distil import rules
from memtui.distil.commits import message_of
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.signals import after, capital
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.model import RecordKind
from memtui.records import Record

_PUSHES: Final = re.compile(
    r"\bgit\b[^|;&\n]{0,120}\bpush\b|\bgh\b +pr +(?:create|merge)\b|\bglab\b +mr\b"
)
_TOLD_TO: Final = ("push", "merge", "deploy", "пуш", "推送")
_COUNTED: Final = re.compile(r"(\d{1,6}) files? changed")
_FAILED: Final = re.compile(r"\d fail")
_MOST: Final = 4


class Unpushed:
    """The commits since the last push, and the files changed since the last commit."""

    def __init__(self) -> None:
        self._made: list[tuple[Record, str, int]] = []
        self._changed: dict[str, None] = {}
        self._counted = ""
        self._pushes = False

    def take(self, turn: Turn, counted: str) -> None:
        """One more turn; ``counted``: what its last check counted."""
        self._counted = counted or self._counted
        asked = "\n".join([prompt.text for prompt in turn.prompts]).lower()
        if any(map(asked.__contains__, _TOLD_TO)):
            self._made.clear()  # the person did it, or will
        failed = {step.call for step in turn.failures if step.call}
        for step in turn.steps:
            if step.writes and not step.failed:
                self._changed.update(dict.fromkeys(step.writes))
            elif step.kind is RecordKind.TOOL_USE and step.call not in failed:
                self._hear(step, turn.number)

    def _hear(self, step: Record, turn: int) -> None:
        command = step.command
        pushes = "push" in command or "gh" in command or "glab" in command
        message = message_of(step) if "commit" in command else ""
        if message:
            self._changed.clear()
            subject = capital(plain(message.splitlines()[0]))
            subject = capital(after(rules.COMMIT_PREFIX, subject))
            self._made.append((bare_record(step), subject, turn))
        if pushes and _PUSHES.search(command):
            self._made.clear()
            self._pushes = True

    def with_files(self, commit: Draft) -> Draft:
        """A commit with the files changed in the turns before, where git counted as
        many; to be asked before the turn of the commit is taken."""
        counted = next(filter(None, map(_COUNTED.match, commit.facts)), None)
        if commit.files or not counted or int(counted[1]) != len(self._changed):
            return commit
        return replace(commit, files=tuple(self._changed))

    def drafts(self) -> Iterator[Draft]:
        """At most one draft, where the session itself shows that more was to come."""
        left_open = self._pushes or self._changed or _FAILED.search(self._counted)
        if not self._made or not left_open:
            return
        record, subject, turn = self._made[-1]
        subjects = [said for _, said, _ in reversed(self._made[-_MOST:])]
        changed = ", ".join(f"`{path}`" for path in [*self._changed][:_MOST])
        left = (f"{rules.UNCOMMITTED}: {changed}",) if changed else ()
        where = f"{rules.UNPUSHED} ({record.branch or 'HEAD'})"
        many = f"{len(self._made)} commits" if len(self._made) > 1 else subject
        yield Draft(
            rule="unpushed", record=record, quote=subject, type="progress",
            title=f"{where}: {many}",
            details=(*subjects, *left, *filter(None, [self._counted])),
            files=tuple(self._changed), turn=turn,
            signals=frozenset({"interrupted", "last_turn"}),
        )  # fmt: skip
