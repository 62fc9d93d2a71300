"""A merge or rebase that git itself called unfinished when the session ended.

Git's words for it are looked for in what commands printed: they are the state of the
work tree, whoever ran the command and whatever was said of it.
"""

import re
from collections.abc import Iterator
from typing import Final

from memtui.clean import clean, clean_line
from memtui.distil import rules
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.shell import command_of
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool
from memtui.records import Record

_HEAD: Final = 8_000
_STARTED: Final = re.compile(
    r"^(?:.*?\byou are (?:still|currently) (merg|rebas|cherry-pick|revert|bisect)\w*"
    r"|(?:interactive )?(rebas)e in progress\b"
    r"|automatic (merge) failed\b|you have (unmerged) paths\b"
    r"|error: could not (?:apply|(revert)) [0-9a-f]{7,40})",
    re.I | re.M,
)
_MAY_BE: Final = ("ou are ", "in progress", "merge failed", "unmerged", "ould not ")
_NAMES: Final = {
    "merg": "merge", "merge": "merge", "unmerged": "merge", "rebas": "rebase",
    "cherry-pick": "cherry-pick", "revert": "revert", "bisect": "bisect",
}  # fmt: skip
_ENDED: Final = re.compile(
    r"^(?:\[[^\]\n]{1,250} [0-9a-f]{7,40}\] |successfully rebased\b|merge made by\b"
    r"|fast-forward$|already up.to.date\b|nothing to commit\b|HEAD is now at )",
    re.I | re.M,
)
_TAKEN_BACK: Final = re.compile(
    r"\bgit\b[^|;&\n]{0,120}(?:--abort|--quit|\breset\b[^|;&\n]*--hard|bisect reset)"
)
_CONFLICT: Final = re.compile(r"^CONFLICT \([^)\n]+\):.*? in (\S.{0,200})$", re.M)
_DIVERGED: Final = re.compile(
    r"^Your branch and '([^'\n]{1,200})' have diverged,\n"
    r"and have (\d+) and (\d+) different commits each",
    re.M,
)
_MOST: Final = 5


class Halfway:
    """What git said last of a work tree that is amid something."""

    def __init__(self) -> None:
        self._said: tuple[Record, str, str, int] | None = None
        """Where it stands, what is unfinished, git's words, and the turn."""

    def take(self, turn: Turn) -> None:
        """What one more turn began or brought to its end."""
        for step in turn.steps:
            if step.tool is not Tool.SHELL:
                continue
            if step.kind is RecordKind.TOOL_RESULT:
                command = command_of(step, turn)
                if "git" in command:
                    self._hear(step, command, turn.number)
            elif self._said and _TAKEN_BACK.search(step.command):
                self._said = None

    def _hear(self, step: Record, command: str, turn: int) -> None:
        head = step.text[:_HEAD]
        may = any(map(head.__contains__, _MAY_BE))  # most say nothing of the kind
        found = _STARTED.search(head) if may else None
        if found:
            amid = "rebas" if "rebase" in f"{command}\n{head}" else "cherry-pick"
            word = next(filter(None, found.groups()), amid)
            self._said = bare_record(step), _NAMES[word.lower()], head, turn
        elif self._said and _ENDED.search(head):
            self._said = None

    def drafts(self) -> Iterator[Draft]:
        """At most one draft."""
        if not self._said:
            return
        record, what, said, turn = self._said
        said = clean(said)
        apart = _DIVERGED.search(said)
        files = [clean_line(path) for path in _CONFLICT.findall(said)][:_MOST]
        title = f"{rules.UNFINISHED}: {what}"
        details = []
        if apart:
            title += f" with {apart[1]}"
            details.append(f"{apart[2]} and {apart[3]} different commits")
        details += [f"Conflict in `{path}`" for path in files]
        found = _STARTED.search(said)
        yield Draft(
            rule="open", record=record, quote=found[0].strip() if found else title,
            title=title, type="progress", details=tuple(details), files=tuple(files),
            signals=frozenset({"interrupted", "last_turn", "named"}), turn=turn,
        )  # fmt: skip
