"""What can be seen in a sentence: names of ``rules.WEIGHTS``, nothing weighed."""

import re
from collections.abc import Iterable

from memtui.distil import rules
from memtui.distil.text import Unit

_NAMED = re.compile(
    r"`[^`\n]+`|\b[a-z]+[A-Z]\w+|\b\w+_\w+\b|\b[A-Z]\w+[A-Z]\w*\b|\w\(\)|--\w"
)
_PATH = re.compile(
    r"(?:^|[\s`(\"'])(?:[~.]?/)?[\w.@-]+/[\w./@*-]+|\b[\w-]+\.[a-z]{1,4}\b"
)
_CONTRAST = re.compile(
    r"→|->|=>|\binstead\b|\bfrom .{2,40} to\b|\bnot .{2,40} but\b|\brather than\b"
)
_ASKS = re.compile(r"[?？]\W*$")


def cues(text: str) -> set[str]:
    """The cue families that occur."""
    return {name for name, pattern in rules.CUES.items() if pattern.search(text)}


def signals_of(text: str) -> set[str]:
    """The signals of one sentence or a few."""
    found = cues(text)
    opening = text[:40].lstrip("\"'`*_ ")
    if rules.NARRATION.match(rules.CHEER.sub("", opening)):
        found.add("narration")
    if rules.OFFER.search(text):
        found.add("offer")
    if _ASKS.search(text):
        found.add("question")
    if _NAMED.search(text):
        found.add("named")
    if _PATH.search(text):
        found.add("path")
    if _CONTRAST.search(text):
        found.add("contrast")
    size = effective_length(text)
    if size < 30:
        found.add("short")
    elif size > 300:
        found.add("long")
    return found


def effective_length(text: str) -> int:
    """Characters, a CJK one counting for two and a half letters."""
    dense = sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text)
    return len(text) + int(1.5 * dense)


def is_idle(unit: Unit) -> bool:
    """Whether a sentence narrates, offers, asks or cheers: never a fact."""
    found = signals_of(unit.text)
    return bool(found & {"narration", "offer", "question"}) or not bare(unit.text)


def bare(text: str) -> str:
    """The sentence without the cheer in front and the claim to have done it."""
    text = rules.CHEER.sub("", text).lstrip(" -–—!.,:")
    text = rules.CLAIMED.sub("", text)
    return text[:1].upper() + text[1:]


def worth(text: str) -> float:
    """How much a sentence weighs by its own signals."""
    return sum(rules.WEIGHTS.get(name, 0.0) for name in signals_of(text))


def kind_of(found: Iterable[str], default: str) -> str:
    """The type that the cues speak for."""
    cue = set(found)
    if "security" in cue and default in ("gotcha", "bugfix", "decision", "change"):
        return "security" if "limit" not in cue else default
    if default == "decision":
        return "preference" if "standing" in cue else "decision"
    if default in ("change", "discovery"):
        if "fix" in cue:
            return "bugfix"
        if "add" in cue and default == "change":
            return "feature"
        if "limit" in cue and "cause" in cue:
            return "gotcha"
        if "refactor" in cue and default == "change":
            return "refactor"
    return default
