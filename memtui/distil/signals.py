"""What can be seen in a sentence: the names that ``rules`` weighs, not their weight."""

import math
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import repeat

from memtui.distil import words
from memtui.distil.families import families_of
from memtui.distil.patterns import Opener
from memtui.distil.rules import COMMIT_PREFIX
from memtui.distil.text import TITLE_COLUMNS, Unit, columns
from memtui.search.near import CJK, STOP_WORDS

# Each begins with a letter that is soon found, and looks back from there.
_SNAKE = re.compile(r"_(?<=\w_)\w")
_CALL = re.compile(r"\((?<=\w\()\)")
_OPTION = re.compile(r"-(?<!\w-)-?[a-z]\w")
_HUMPED = re.compile(r"(?<!\w)[a-z]+[A-Z]|\b[A-Z]\w*[a-z]\w*[A-Z]")
_PATH = re.compile(r"(?:^|[\s`(\"'])(?:[~.]{0,2}/)?[\w.@-]+/[\w./@*-]+")
_FILE = re.compile(r"\.(?<=[\w-]\.)[a-z]{1,5}\b")
_LINK = re.compile(r"\w+://\S+")
_NUMBER = re.compile(r"\d")
_QUOTED = re.compile(r"\"[^\"\n]{2,}\"|“[^”\n]{2,}”|«[^»\n]{2,}»|「[^」\n]{2,}」")
_NAME = re.compile(r"[A-Z](?:(?<=[\w,;] .)[\w-]*[a-z0-9]|(?<!\w.)[A-Z]+\b)")
_CAMEL = re.compile(r"[A-Z](?<=[a-z].)")
_APART = re.compile(r"[0-9_]")
_DASHED = re.compile(r"-[a-z]")
_QUOTES = "“«「"
_LIKE_NAME = re.compile(r"[._/`(\\-]|[a-z][A-Z]|\d")
_ASKS = re.compile(r".\W*$")
_ASIDE = re.compile(r"^(?:[\w'’]+ ){1,4}[–—] (?=\S.{24})")
"""What a cheer is about, up to its dash: no part of the statement behind it."""
_MASK = re.compile(r"\[redacted[^\]\n]{0,40}\]", re.I)
_NAMING = frozenset({"named", "path", "number", "quoted"})
_IDLE = frozenset({"narration", "offer", "question"})
_IDLE_IF_VAGUE = frozenset({"verified", "address", "short"})
_SUBSTANCE = frozenset(
    {"add", "barrier", "cause", "change", "choice", "contrast", "fix", "limit", "norm"}
    | {"open", "refactor", "security", "standing", "structure", "verified"}
)
_OPENERS = (
    words.JOINED_ON, words.CLAIMED, words.LEAD_INS, words.PLACE_FIRST, COMMIT_PREFIX
)  # fmt: skip
"""What is cut from the front of a statement."""
_OPENING = {
    "narration": words.NARRATION, "pointing": words.POINTING, "address": words.ADDRESS,
    "claimed": words.CLAIMED,
}  # fmt: skip
"""What a sentence opens with, by signal; the last is one of units alone."""
_OF_ANY = frozenset({"narration", "pointing", "address"})
_NOTHING = frozenset[str]()
_LONG = 220
_SHORT = 30


_KEPT_SENTENCES = 4_096
"""Sentences whose signals are remembered: several rules look at the same one."""


def signals_of(text: str) -> set[str]:
    """The signals of one sentence or a few."""
    return set(_signals_of(text))


@lru_cache(maxsize=_KEPT_SENTENCES)
def _signals_of(text: str) -> frozenset[str]:
    if "[redacted" in text:
        text = _MASK.sub(" ", text)
    # what is quoted was said by somebody else
    found = families_of(_QUOTED.sub(" ", text) if '"' in text else text)
    low = text.lower()
    if opens := _opening_of(text)[1]:
        found |= opens & _OF_ANY
    if "planning" in found:
        found.add("narration")
    if _asks(text):
        found.add("question")
    _add_marks(text, low, found)
    if found.isdisjoint(_SUBSTANCE) and _is_understood(text, low):
        found.add("thing")
    size = across = len(text)
    if not text.isascii():
        size, across = _effective_length(text), columns(text)
    if size < _SHORT:
        found.add("short")
    elif size > _LONG:
        found.add("long")
    if across <= TITLE_COLUMNS:
        found.add("fits")
    return frozenset(found)


def _add_marks(text: str, low: str, found: set[str]) -> None:
    """What can be seen by its marks, the cheap look first."""
    # a capital at the head of a sentence is no name
    capitals = text[1:] != low[1:]
    if _is_named(text, capitals=capitals):
        found.add("named")
    if "://" in text:
        text = _LINK.sub(" ", text)
    # the last letter of most sentences is no dot of a file
    if ("." in text[:-1] and _FILE.search(text)) or (
        "/" in text and _PATH.search(text)
    ):
        found.add("path")
    if _NUMBER.search(text):
        found.add("number")
    quotes = '"' in text or (not text.isascii() and any(q in text for q in _QUOTES))
    if quotes and _QUOTED.search(text):
        found.add("quoted")
    if found.isdisjoint(_NAMING) and not (capitals and _NAME.search(text)):
        found.add("vague")


def _is_named(text: str, *, capitals: bool) -> bool:
    """Whether it holds a name of code: what is soon seen is looked for first."""
    if text.count("`") > 1:
        return True
    if ("_" in text and _SNAKE.search(text)) or ("()" in text and _CALL.search(text)):
        return True
    dashed = "-" in text and _DASHED.search(text)
    if dashed and _OPTION.search(text):
        return True
    if not capitals:
        return False
    if not _CAMEL.search(text):
        # then its humps are apart, by a mark or by a letter that is not ASCII
        marked = dashed or "_" in text or "`" in text or "()" in text
        if not marked or (text.isascii() and not _APART.search(text)):
            return False
    return bool(_HUMPED.search(text))


def _is_understood(text: str, low: str) -> bool:
    """Whether it is in a language of which cues are known: its small words tell."""
    if not text.isascii():
        if CJK.search(text):
            return True
        low = text.casefold()
    return not STOP_WORDS.isdisjoint(low.split())


def unit_signals(unit: Unit) -> frozenset[str]:
    """The signals of a unit, with those of its place in a list."""
    found = _signals_of(unit.text)
    more = [
        name for name, holds in (("item", unit.item), ("label", unit.label)) if holds
    ]
    if "claimed" in _opening_of(unit.text)[1]:
        more.append("claimed")
    return found.union(more) if more else found


def effective_length(text: str) -> int:
    """Characters, a CJK one counting for two and a half letters."""
    return len(text) if text.isascii() else _effective_length(text)


@lru_cache(maxsize=_KEPT_SENTENCES)
def _effective_length(text: str) -> int:
    return len(text) + int(1.5 * sum(map(len, CJK.findall(text))))


def weigh(found: Iterable[str], weights: Mapping[str, float]) -> float:
    """The weights of these signals together, the same in whatever order."""
    return math.fsum(map(weights.get, found, repeat(0.0)))


def says_something(found: AbstractSet[str]) -> bool:
    """Whether such a sentence says what is so, not only what there is."""
    return not found.isdisjoint(_SUBSTANCE)


def is_idle(found: AbstractSet[str]) -> bool:
    """Whether such a sentence narrates, offers or asks: never a fact."""
    if not found.isdisjoint(_IDLE):
        return True
    return "vague" in found and not found.isdisjoint(_IDLE_IF_VAGUE)


def is_idle_at_sight(text: str) -> bool:
    """The same, where its first and last words tell: most sentences need no more."""
    return "narration" in _opening_of(text)[1] or _asks(text)


def _asks(text: str) -> bool:
    last = text.rfind("?") if text.isascii() else max(map(text.rfind, "?？"))
    return last >= 0 and bool(_ASKS.match(text, last))


def opened(text: str) -> str:
    """The sentence without the cheer and interjections in front of it."""
    return _opening_of(text)[0]


@lru_cache(maxsize=_KEPT_SENTENCES)
def _opening_of(text: str) -> tuple[str, frozenset[str]]:
    """``opened``, and the signals of what it opens with."""
    said = text.lstrip("\"'*_ ")
    stated = after_low(words.CHEER, said)
    if stated is not said:
        said = after(_ASIDE, stated)
    said = said.lstrip(" -–—!.,:…")
    begins = said[:2].lower()
    likely = _by_letters().get(begins, ()) if begins.isascii() else [*_OPENING]
    if not likely:
        return said, _NOTHING
    low, found = said.lower(), list[str]()
    for name in likely:
        if _OPENING[name].compiled.match(low if name in _OF_ANY else said):
            found.append(name)
    return said, frozenset(found)


@cache
def _by_letters() -> dict[str, list[str]]:
    """By the first two letters what a sentence may open with: most open with none."""
    found: dict[str, list[str]] = {}
    for name, opener in _OPENING.items():
        for begins in opener.begins:
            found.setdefault(begins, []).append(name)
    return found


def bare(text: str) -> str:
    """The sentence as a statement: no cheer, no claim to have done it."""
    said = opened(text)
    begins = said[:2].lower()
    if begins in _opening_letters() or not begins.isascii():
        for opener in _OPENERS:
            said = after(opener, said)
    return capital(said)


@cache
def _opening_letters() -> frozenset[str]:
    """The two letters that any of the openers begins with: most sentences have none."""
    return frozenset().union(*(opener.begins for opener in _OPENERS))


def after(opener: Opener | re.Pattern[str], text: str) -> str:
    """The text behind an opener, or all of it."""
    found = opener.match(text)
    return text[found.end() :] if found else text


def after_low(opener: Opener, text: str) -> str:
    """The same for an opener in lower case."""
    if not opener.may_open(text):
        return text
    low = text.lower()
    found = opener.match(low if len(low) == len(text) else text)
    return text[found.end() :] if found else text


def capital(text: str) -> str:
    """An upper-case first letter, unless the first word is a name of code."""
    word = text.split(" ", 1)[0]
    plain = word.isalpha() and (len(word) == 1 or word[1:].islower())
    if not plain and _LIKE_NAME.search(word.rstrip(".,:;")):
        return text
    return text[:1].upper() + text[1:]
