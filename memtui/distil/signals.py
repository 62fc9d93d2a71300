"""What can be seen in a sentence: names of ``rules.WEIGHTS``, nothing weighed."""

import math
import re
from collections.abc import Iterable, Mapping

from memtui.distil import words
from memtui.distil.cues import CUES
from memtui.distil.text import TITLE_COLUMNS, Unit, columns

_NAMED = re.compile(
    r"`[^`\n]+`|(?<!\w)[a-z]+[A-Z]\w*|\w_\w|\b[A-Z]\w*[a-z]\w*[A-Z]\w*|\w\(\)|(?<!\w)--?[a-z]\w+"
)
_PATH = re.compile(
    r"(?:^|[\s`(\"'])(?:[~.]{0,2}/)?[\w.@-]+/[\w./@*-]+|(?<!\w)[\w-]*\.?[\w-]+\.[a-z]{1,5}\b"
)
_NUMBER = re.compile(r"\d")
_QUOTED = re.compile(r"\"[^\"\n]{2,}\"|“[^”\n]{2,}”|«[^»\n]{2,}»|「[^」\n]{2,}」")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w-]*[a-z0-9]|\b[A-Z]{2,}\b")
_CONTRAST = re.compile(
    r"→|->|=>|(?<!\w)(?:instead|from .{2,40} to|not .{2,40} but|rather than)(?!\w)",
    re.I,
)
_ASKS = re.compile(r"[?？]\W*$")
_MASK = re.compile(r"\[redacted[^\]\n]{0,40}\]", re.I)
_LONG = 220
_SHORT = 30


def cues(text: str) -> set[str]:
    """The cue families that occur."""
    low = text.lower()
    return {name for name, pattern in CUES.items() if pattern.search(low)}


def signals_of(text: str) -> set[str]:
    """The signals of one sentence or a few."""
    text = _MASK.sub(" ", text)
    found = cues(text)
    opening = opened(text)
    if words.NARRATION.match(opening):
        found.add("narration")
    if words.POINTING.match(opening):
        found.add("pointing")
    if words.PLANNING.search(text):
        found.add("narration")
    if words.ADDRESS.match(opening):
        found.add("address")
    if words.OFFER.search(text):
        found.add("offer")
    if _ASKS.search(text):
        found.add("question")
    marks = {
        "named": _NAMED, "path": _PATH, "number": _NUMBER, "quoted": _QUOTED,
        "contrast": _CONTRAST,
    }  # fmt: skip
    found |= {name for name, pattern in marks.items() if pattern.search(text)}
    if not found & {"named", "path", "number", "quoted"} and not _NAME.search(text):
        found.add("vague")
    size = effective_length(text)
    if size < _SHORT:
        found.add("short")
    elif size > _LONG:
        found.add("long")
    if columns(text) <= TITLE_COLUMNS:
        found.add("fits")
    return found


def unit_signals(unit: Unit) -> set[str]:
    """The signals of a unit, with those of its place in a list."""
    found = signals_of(unit.text)
    if unit.item:
        found.add("item")
    if unit.label:
        found.add("label")
    if words.CLAIMED.match(opened(unit.text)):
        found.add("claimed")
    return found


def effective_length(text: str) -> int:
    """Characters, a CJK one counting for two and a half letters."""
    if text.isascii():
        return len(text)
    dense = sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text)
    return len(text) + int(1.5 * dense)


def weigh(found: Iterable[str], weights: Mapping[str, float]) -> float:
    """The weights of these signals together, the same in whatever order."""
    return math.fsum(weights.get(name, 0.0) for name in found)


def is_idle(found: set[str]) -> bool:
    """Whether such a sentence narrates, offers or asks: never a fact."""
    if found & {"narration", "offer", "question"}:
        return True
    return "vague" in found and bool(found & {"verified", "address", "short"})


def opened(text: str) -> str:
    """The sentence without the cheer and interjections in front of it."""
    return words.CHEER.sub("", text.lstrip("\"'*_ ")).lstrip(" -–—!.,:…")


def bare(text: str) -> str:
    """The sentence as a statement: no cheer, no claim to have done it."""
    said = words.LEAD_INS.sub("", opened(text))
    return capital(words.CLAIMED.sub("", said))


def capital(text: str) -> str:
    """An upper-case first letter, unless the first word is a name of code."""
    word = text.split(" ", 1)[0]
    if re.search(r"[._/`(\\-]|[a-z][A-Z]|\d", word.rstrip(".,:;")):
        return text
    return text[:1].upper() + text[1:]
