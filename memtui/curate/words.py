"""What the interface says after an act: short, plain, present or past, no haste."""

from collections.abc import Sequence
from typing import Final

from memtui.inject.render import clip
from memtui.store.curate.changes import (
    ACCEPT,
    ALIAS,
    APART,
    MERGE,
    MOVE,
    ON_PROJECTS,
    ON_PROPOSALS,
    ON_SESSIONS,
    REJECT,
    RENAME,
)
from memtui.store.curate.hidden import HIDE, SHOW
from memtui.store.curate.journal import Named

TITLE_UNITS: Final = 60
"""A title takes at most so much of a sentence."""

DECIDES: Final = "The person decides about it in memtui."
"""What is said of what an agent asked for."""

_PAST: Final = {
    "keep": "Kept",
    "unkeep": "Put back into the inbox:",
    "pin": "Pinned",
    "unpin": "Unpinned",
    "exclude": "Excluded",
    "include": "Included",
    "prune": "Pruned",
    "restore": "Restored",
    "retype": "Retyped",
    "promote": "Promoted",
    "edit": "Changed",
    "merge": "Merged",
    "supersede": "Superseded",
    "scope": "Rescoped",
    "tag": "Tagged",
    "order": "Ordered",
    "review": "Set for review:",
    "confirm": "Still true:",
    "not alike": "Not alike:",
    "add": "Added",
    "import": "Brought in",
    "pull": "Pulled",
    "bundle": "Merged",
    "choose": "Chosen:",
    HIDE: "Excluded",
    SHOW: "Included",
    RENAME: "Renamed",
    MERGE: "Merged",
    MOVE: "Moved",
    ALIAS: "Named",
    APART: "Told apart",
    ACCEPT: "Accepted",
    REJECT: "Rejected",
}
_ALREADY: Final = {
    "keep": "Already kept.",
    "unkeep": "Not kept, so there is nothing to take back.",
    "pin": "Already pinned.",
    "unpin": "Not pinned.",
    "exclude": "Already excluded.",
    "include": "Not excluded.",
    "prune": "In the trash already.",
    "restore": "Not in the trash.",
    "retype": "Of this type already.",
    "promote": "Lasting already, there is no higher rung.",
    "edit": "Not saved: the text came back unchanged.",
    "merge": "Nothing to merge.",
    "supersede": "Superseded already.",
    "scope": "Told there already.",
    "tag": "Tagged so already.",
    "order": "In this order already.",
    "review": "Set so already.",
    "confirm": "Nothing to confirm.",
    "not alike": "Told apart already.",
    "add": "Added already.",
    "import": "Nothing new to bring in.",
    "pull": "Nothing to pull.",
    "bundle": "Nothing new in it.",
    "choose": "Chosen already.",
    HIDE: "Excluded already.",
    SHOW: "Not excluded.",
    RENAME: "It has this title already.",
    MERGE: "One project already.",
    MOVE: "It is there already.",
    ALIAS: "Nothing changed: the project goes by this name, or does not.",
    APART: "Told apart already.",
    ACCEPT: "Decided already, or not proposed.",
    REJECT: "Decided already, or not proposed.",
    "undo": "Nothing to undo.",
    "redo": "Nothing to redo.",
}


def memories(count: int) -> str:
    """``1 memory``, ``3 memories``, ``1,204 memories``."""
    return f"{count:,} {'memory' if count == 1 else 'memories'}"


def sessions(count: int) -> str:
    """``1 session``, ``3 sessions``."""
    return f"{count:,} {'session' if count == 1 else 'sessions'}"


def projects(count: int) -> str:
    """``1 project``, ``3 projects``."""
    return f"{count:,} {'project' if count == 1 else 'projects'}"


def proposals(count: int) -> str:
    """``1 proposal``, ``3 proposals``."""
    return f"{count:,} {'proposal' if count == 1 else 'proposals'}"


def done(act: str, count: int) -> str:
    """``Kept 3 memories.``"""
    many = memories
    for acts, of in (
        (ON_SESSIONS, sessions), (ON_PROJECTS, projects), (ON_PROPOSALS, proposals),
    ):  # fmt: skip
        many = of if act in acts else many
    return f"{_PAST[act]} {many(count)}."


def nothing(act: str) -> str:
    """Why an act changed nothing."""
    return _ALREADY[act]


def taken_back(act: str, undone: str, about: Sequence[Named], count: int) -> str:
    """``Undone: prune “The lease expires” and 2 more.``"""
    verb = "Undone" if act == "undo" else "Redone"
    return f"{verb}: {undone} {named(about, count)}."


def named(about: Sequence[Named], count: int) -> str:
    """What an act was about: the first by its title, else id, and how many more."""
    if not about:
        return memories(count)
    first = f"“{short(about[0].title)}”" if about[0].title else about[0].id
    return f"{first} and {count - 1:,} more" if count > 1 else first


def short(title: str) -> str:
    """A title, cut to its part of a sentence."""
    return clip(title, TITLE_UNITS)


def a(type_: str) -> str:
    """``a gotcha``, ``an architecture``."""
    return f"{'an' if type_[:1] in 'aeiou' else 'a'} {type_}"
