"""What git said of a commit: its id, its diff stat, its files.

Read from the output of the commit itself and of ``git show --stat``, ``git diff
--stat`` and ``git status --short`` round it. Where nothing says so, the files are
those that were put into it by name, else those changed since the commit before.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from memtui.clean import clean_line
from memtui.distil.turns import Turn
from memtui.model import RecordKind
from memtui.records import Record

_MADE: Final = re.compile(
    r"^\[[^\]\n]{1,250}? (?:\(root-commit\) )?([0-9a-f]{7,40})\] ", re.M
)
_STAT: Final = re.compile(
    r"^ ?(\d{1,6} files? changed(?:, \d+ insertions?\(\+\))?"
    r"(?:, \d+ deletions?\(-\))?)",
    re.M,
)
_MODE: Final = re.compile(r"^ (?:create|delete) mode \d{6} (\S.{0,300})$", re.M)
_RENAMED: Final = re.compile(r"^ rename (\S.{0,300}) \(\d{1,3}%\)$", re.M)
_BRACED: Final = re.compile(r"\{[^{}]{0,200} => ([^{}]{0,200})\}")
_LINE: Final = re.compile(r"^ (\S[^|\n]{0,300}?) +\| +(?:\d+|Bin)\b", re.M)
_PULL: Final = re.compile(r"https?://[^\s)>\"']+/(?:pull|merge_requests)/\d+")
_ADDED: Final = re.compile(r"\bgit add((?: +(?!&|;|\|)[^\s;&|]+)+)")
_ALL: Final = frozenset({".", "-A", "--all", "-u", "--update", ":/", "*"})
_SHOWS: Final = re.compile(
    r"\bgit\b[^|;&\n]{0,80}\b(?:show|diff|log)\b[^|;&\n]*--stat\b"
)
_HEAD: Final = 20_000
_MOST: Final = 40
"""Files of one commit."""


class Committed(NamedTuple):
    """What is known of a commit or a pull request beside its message."""

    files: tuple[str, ...]
    facts: tuple[str, ...]


def committed(record: Record, turn: Turn) -> Committed:
    """What the turn shows of what ``record`` committed or proposed.

    Args:
        record: the shell call; its output is looked for by its call id.
    """
    near = _round(record, turn)
    said = "".join(
        step.text[:_HEAD] for step in near
        if step.call == record.call and step.kind is RecordKind.TOOL_RESULT
    )  # fmt: skip
    made = _MADE.findall(said)
    stat = _STAT.search(said)
    facts = [f"commit {made[-1]}"] if made else []
    facts += [stat[1]] if stat else []
    facts += _PULL.findall(said)[-1:]
    told = [*_named_in(said), *_shown(near)]
    whole = stat is not None and len(set(told)) >= int(stat[1].split(" ", 1)[0])
    files = told if whole else [*told, *(_added(near) or _written(near))]
    if not files and not made:
        files = list(turn.writes)
    return Committed(tuple(dict.fromkeys(files))[:_MOST], tuple(facts))


def _round(record: Record, turn: Turn) -> Sequence[Record]:
    """The steps between the commit before and the commit after."""
    at = next(i for i, step in enumerate(turn.steps) if step is record)
    others = {id(step) for step in turn.committing} - {id(record)}
    first = next((i for i in range(at, -1, -1) if id(turn.steps[i]) in others), 0)
    after = range(at + 1, len(turn.steps))
    last = next((i for i in after if id(turn.steps[i]) in others), len(turn.steps))
    return turn.steps[first:last]


def _named_in(said: str) -> Iterator[str]:
    """Files that the output of a commit names."""
    for path in _MODE.findall(said):
        yield clean_line(path).strip('"')
    for path in _RENAMED.findall(said):
        yield _renamed(clean_line(path))
    yield from map(_renamed, map(clean_line, _LINE.findall(said)))


def _renamed(path: str) -> str:
    """The newer name where both are told: ``a/{b => c}/d``, ``old => new``."""
    path = _BRACED.sub(r"\1", path).replace("//", "/")
    return path.rsplit(" => ", 1)[-1]


def _shown(near: Iterable[Record]) -> Iterator[str]:
    """Files of a diff stat that was asked for."""
    asked = {s.call for s in near if s.kind is RecordKind.TOOL_USE and s.call
             and _SHOWS.search(s.command)}  # fmt: skip
    if not asked:
        return
    for step in near:
        if step.kind is RecordKind.TOOL_RESULT and step.call in asked:
            yield from map(_renamed, map(clean_line, _LINE.findall(step.text[:_HEAD])))


def _added(near: Iterable[Record]) -> list[str]:
    """Files put in by name; nothing where some were put in otherwise."""
    found: list[str] = []
    for step in near:
        if step.kind is not RecordKind.TOOL_USE or "git add" not in step.command:
            continue
        for words in _ADDED.findall(step.command):
            for word in words.split():
                if word in _ALL or "*" in word:
                    return []
                if not word.startswith("-"):
                    found.append(word.strip("'\""))
    return found


def _written(near: Iterable[Record]) -> list[str]:
    return [path for step in near if not step.failed for path in step.writes]
