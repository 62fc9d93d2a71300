"""What doctor finds, one thing at a time."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    subject: str
    """What it is about: transcripts, store, hooks, mcp, exports, delivery, backup."""
    level: Level
    message: str
    """One sentence."""
    hint: str = ""
    """What to do, where something is to be done."""
    can_repair: bool = False
    """``repair`` puts it right."""


def ok(subject: str, message: str) -> Finding:
    """All is as it should be."""
    return Finding(subject=subject, level=Level.OK, message=message)


def note(subject: str, message: str, hint: str = "") -> Finding:
    """Something to know."""
    return Finding(subject=subject, level=Level.NOTE, message=message, hint=hint)


def wrong(
    subject: str, message: str, hint: str = "", *, can_repair: bool = False
) -> Finding:
    """Something to be done."""
    return Finding(
        subject=subject, level=Level.WRONG, message=message, hint=hint,
        can_repair=can_repair,
    )  # fmt: skip
