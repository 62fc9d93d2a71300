"""What the interface says after an act: short, plain, present or past, no haste."""

from typing import Final

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
    "undo": "Nothing to undo.",
    "redo": "Nothing to redo.",
}


def memories(count: int) -> str:
    """``1 memory``, ``3 memories``, ``1,204 memories``."""
    return f"{count:,} {'memory' if count == 1 else 'memories'}"


def done(act: str, count: int) -> str:
    """``Kept 3 memories.``"""
    return f"{_PAST[act]} {memories(count)}."


def nothing(act: str) -> str:
    """Why an act changed nothing."""
    return _ALREADY[act]


def taken_back(act: str, undone: str, count: int) -> str:
    """``Undone: prune, 3 memories.``"""
    verb = "Undone" if act == "undo" else "Redone"
    return f"{verb}: {undone}, {memories(count)}."


def a(type_: str) -> str:
    """``a gotcha``, ``an architecture``."""
    return f"{'an' if type_[:1] in 'aeiou' else 'a'} {type_}"
