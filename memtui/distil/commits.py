"""What was committed or proposed: the message is a changelog line already."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from memtui.clean import clean
from memtui.distil import rules, words
from memtui.distil.committed import committed
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import capital, signals_of
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.records import Record

_COMMIT = re.compile(r"\bgit\b[^|;&\n]{0,200}?\bcommit\b")
_PULL = re.compile(r"\bgh\b\s+pr\s+create\b|\bglab\b\s+mr\s+create\b")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1\n(.*?)\n\s*\2\b", re.S)
_MESSAGE = re.compile(
    r"(?:\s-[a-zA-Z]*m|\s--message|\s--title|\s--body)(?:\s+|=)?"
    r"(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)')",
    re.S,
)
_ITEM = re.compile(r"^\s*(?:[-*•+]|\d+[.)])\s+(?:\[[ x]\]\s+)?", re.I)
_RULER = re.compile(r"^(?:\W*|\|.*\|)$")
_LONGEST_NAME = 56
_STOPS = ".!。！"
_TELLS = rules.LASTING - {"structure", "standing"} | {"limit", "norm", "number"}
"""A line that says more than a name has one of these."""
_HEADING = re.compile(r"^#+\s")
_MOST_DETAILS = 6
_KEPT_COMMANDS = 64
"""Commands whose messages are remembered: of a turn they are asked for twice."""
_PLACE = frozenset({"last_turn", "tooling", "prose_only", "ordered", "reported"})
"""What of the turn round a commit is said of the commit."""


def from_commits(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each commit and pull request that went through."""
    for turn in turns:
        failed = {step.call for step in turn.failures if step.call}
        for record in turn.committing:
            message = message_of(record)
            if message and record.call not in failed:
                draft = _draft(record, message, turn)
                if draft:
                    yield draft


def has_commit(turn: Turn) -> bool:
    """Whether something was committed in this turn."""
    return any(map(message_of, turn.committing))


def message_of(record: Record) -> str:
    """The message in a shell call that commits; empty where there is none."""
    return _message_in(record.command or record.text)


@lru_cache(maxsize=_KEPT_COMMANDS)
def _message_in(command: str) -> str:
    call = _COMMIT.search(command) or _PULL.search(command)
    if not call:
        return ""
    rest = command[call.end() :]
    parts = [a or b for a, b in _MESSAGE.findall(rest)]
    heredoc = _HEREDOC.search(rest)
    if heredoc:
        parts = [p for p in parts if "<<" not in p] + [heredoc[3]]
    return "\n\n".join(p.replace('\\"', '"').strip() for p in parts).strip()


def _draft(record: Record, message: str, turn: Turn) -> Draft | None:
    message = words.BODY_TRAILERS.sub("", clean(message)).strip()
    lines = [line.strip() for line in message.splitlines()]
    if not lines or len(lines[0]) < 8 or "$(" in lines[0]:
        return None
    subject = plain(lines[0])
    prefix = rules.COMMIT_PREFIX.match(subject)
    named = rules.COMMIT_TYPES[prefix[1].lower()] if prefix else ""
    title = capital(subject[prefix.end() :]) if prefix else subject
    details = tuple(_paragraphs(lines[1:]))[:_MOST_DETAILS]
    head = signals_of(title) | ({f"commit_{named}"} if named else set())
    inside = signals_of(" ".join(details)) if details else set()
    place = set(turn.place & _PLACE)
    place.add("bare" if _only_names(details) else "body")
    shown = committed(record, turn)
    return Draft(
        rule="commit", record=record, quote=lines[0], title=title, details=details,
        type=type_of(head, inside, place, "change"),
        signals=frozenset(head | place | {f"body_{name}" for name in inside}),
        files=shown.files, facts=shown.facts, turn=turn.number,
    )  # fmt: skip


def _only_names(details: Sequence[str]) -> bool:
    """Whether most lines are headings or names: they tell no more than the subject."""
    named = sum(
        len(line) <= _LONGEST_NAME
        and line[-1] not in _STOPS
        and _TELLS.isdisjoint(signals_of(line))
        for line in details
    )
    return 2 * named > len(details) or not details


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """List items and re-joined paragraphs of a message body."""
    open_lines: list[str] = []
    for line in [*lines, ""]:
        if _RULER.match(line) or _ITEM.match(line) or _HEADING.match(line):
            if open_lines:
                whole = plain(" ".join(open_lines))
                if not whole.endswith(":"):
                    yield whole
            open_lines = (
                [_ITEM.sub("", line)]
                if _ITEM.match(line) or not (_RULER.match(line) or _HEADING.match(line))
                else []
            )
        else:
            open_lines.append(line)
