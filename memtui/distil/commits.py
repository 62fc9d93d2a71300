"""What was committed: the message is a changelog line that someone wrote."""

import re
from collections.abc import Iterator

from memtui.distil import rules
from memtui.distil.drafts import Draft
from memtui.distil.signals import kind_of, signals_of
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.model import Record, RecordKind, Tool

_COMMIT = re.compile(r"\bgit\b[^|;&\n]{0,200}?\bcommit\b")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1\n(.*?)\n\s*\2\b", re.S)
_MESSAGE = re.compile(
    r"(?:\s-[a-zA-Z]*m|--message)(?:\s+|=)?(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)')", re.S
)
_PREFIX = re.compile(r"^(\w+)(?:\([^)]*\))?!?:\s+(?=\S)")
_ITEM = re.compile(r"^\s*(?:[-*•+]|\d+[.)])\s+")


def from_commits(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each commit that went through."""
    for turn in turns:
        failed = {s.call for s in turn.steps if s.failed and s.call}
        for record in turn.steps:
            message = message_of(record)
            if message and record.call not in failed:
                draft = _draft(record, message, turn)
                if draft:
                    yield draft


def message_of(record: Record) -> str:
    """The commit message in a shell call; empty where there is none."""
    if record.kind is not RecordKind.TOOL_USE or record.tool is not Tool.SHELL:
        return ""
    command = record.command or record.text
    call = _COMMIT.search(command)
    if not call:
        return ""
    rest = command[call.end() :]
    heredoc = _HEREDOC.search(rest)
    if heredoc and rest[: heredoc.start()].rstrip().endswith(
        ("cat", "-F -", "-F-", "(cat")
    ):
        return heredoc[3].strip()
    parts = [a or b for a, b in _MESSAGE.findall(rest)]
    return "\n\n".join(p.replace('\\"', '"').strip() for p in parts).strip()


def _draft(record: Record, message: str, turn: Turn) -> Draft | None:
    message = rules.BODY_TRAILERS.sub("", message).strip()
    lines = [line.strip() for line in message.splitlines()]
    if not lines or not lines[0]:
        return None
    subject = plain(lines[0])
    prefix = _PREFIX.match(subject)
    named = rules.COMMIT_TYPES.get(prefix[1].lower(), "") if prefix else ""
    title = subject[prefix.end() :] if prefix and named else subject
    details = tuple(_paragraphs(lines[1:]))
    found = signals_of(" ".join((subject, *details)))
    if details:
        found.add("body")
    kind = named if named in ("bugfix", "feature", "refactor", "security") else ""
    if kind == "bugfix" and {"limit", "cause"} <= found:
        kind = "gotcha"
    return Draft(
        rule="commit", record=record, quote=lines[0], title=title, details=details,
        type=kind or kind_of(signals_of(subject), "change"),
        signals=frozenset(found | ({"last_turn"} if turn.last else set())),
        files=turn.writes[:12], turn=turn.number,
    )  # fmt: skip


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """List items and re-joined paragraphs of a message body."""
    open_lines: list[str] = []
    for line in [*lines, ""]:
        if not line or _ITEM.match(line):
            if open_lines:
                yield plain(" ".join(open_lines))
            open_lines = [_ITEM.sub("", line)] if line else []
        else:
            open_lines.append(line)
