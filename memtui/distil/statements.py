"""What a text states: its sentences without narration, offers, praise and cheer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice

import msgspec

from memtui.distil import near, rules, words
from memtui.distil.endings import undangled
from memtui.distil.families import families_of
from memtui.distil.signals import (
    bare,
    effective_length,
    is_idle,
    is_idle_at_sight,
    says_something,
    signals_of,
    unit_signals,
    weigh,
)
from memtui.distil.strip import without_injected
from memtui.distil.text import Unit, units

_URL = re.compile(r"https?://\S+")
_ONLY_LINK = re.compile(r"^\W*\[[^\]\n]*\]\([^)\n]*\)\W*$")
_CITED = re.compile(r'^"[^"]*$|^"[^"]{40,}"\W*$')
"""The words of somebody else, or a piece of them."""
_COUNT = re.compile(r"^\W*\d{1,2}[.)]\s+")
_FIGURE = re.compile(r"^\W*v?\d[\d.]*\d\b")
"""A value alone: what it is of says its label."""
_LEAST = 16
"""Fewer letters beside a link state nothing."""
_LONGEST_NOTICE = 120
"""What a client says in the agent's place is short."""
_LEAST_HEAD = 30
_LEAST_CUT = 28
"""A lead cut to fewer letters has lost what it leads to."""
_LEAD = 2
"""So many statements are the lead of a text."""
_OF_TITLES = frozenset(rules.TITLE_WEIGHTS)
_SAME_WORDS = 0.8
_LONGEST_NAME = 48
_LONGEST_HEADING = 60
"""A longer one is a sentence of its own."""
_KEPT_TEXTS = 64
"""Texts whose statements are remembered: several rules read the same one."""


class Stated(msgspec.Struct, frozen=True, eq=False):
    """A unit that states something, with what can be seen in it."""

    unit: Unit
    signals: frozenset[str]
    worth: float
    text: str
    """It as a line of a body."""
    is_later: bool
    """It stands in a section of what is still to be done."""
    joined: bool = False
    """What stands right before it states something too: it may point at that."""

    @property
    def labelled(self) -> set[str]:
        """What its label says it is."""
        label = self.unit.label
        if not label:
            return set()
        trouble = words.TROUBLE_LABELS.search(label)
        return families_of(label) | ({"fix"} if trouble else set())

    @property
    def is_status(self) -> bool:
        """Whether it tells how things stand, not what they are: true for a while."""
        explains = "cause" in self.signals and "named" in self.signals
        if ("open" in self.signals and not explains) or self.is_later:
            return True
        passes = not rules.PASSING.isdisjoint(self.signals)
        return passes and rules.LASTING.isdisjoint(self.signals)


def _line_of(unit: Unit) -> str:
    """A unit as a line of a body: with the label it opened with."""
    if unit.label:
        return f"{unit.label}: {unit.text}"
    if unit.leads:
        return bare(undangled(unit.text))
    return bare(unit.text)


def stated_in(text: str, *, later: bool = False) -> list[Stated]:
    """What a text states, outside sections that weigh, praise or offer.

    Args:
        text: Markdown.
        later: sections of what is still to be done count too.
    """
    all_stated = _all_stated(text)
    return [*all_stated] if later else [one for one in all_stated if not one.is_later]


def stated_first(text: str, most: int) -> list[Stated]:
    """The first few statements of the same: the rest of the text is not looked at."""
    stated = _each_stated(units(without_injected(text)))
    return [*islice((one for one in stated if not one.is_later), most)]


@lru_cache(maxsize=_KEPT_TEXTS)
def _all_stated(text: str) -> Sequence[Stated]:
    return [*_each_stated(units(without_injected(text)))]


def _each_stated(each: Sequence[Unit]) -> Iterator[Stated]:
    # one look at all of a text, where most have none of it
    of_client = words.CLIENT.search("\n".join([unit.text for unit in each]))
    under: tuple[str, ...] = ()
    skipped = later = told = False
    for unit in each:
        joined, told = told, False
        if unit.under is not under:
            under = unit.under
            skipped, later = _is_skipped(under), _is_later(under)
        if skipped or (of_client and _is_of_client(unit.text)):
            continue
        if _states_nothing(unit.text) or is_idle_at_sight(unit.text):
            continue
        if "](" in unit.raw and _ONLY_LINK.match(unit.raw):
            continue
        if '"' in unit.text and _CITED.match(unit.text):
            continue
        if unit.label and words.LISTS_FILES.fullmatch(unit.label):
            continue
        signals = unit_signals(unit)
        if not is_idle(signals):
            worth = weigh(signals, rules.UNIT_WEIGHTS)
            told = True
            yield Stated(unit, signals, worth, _line_of(unit), later, joined)


@lru_cache(maxsize=_KEPT_TEXTS)
def _is_later(under: tuple[str, ...]) -> bool:
    return any(map(words.LATER_HEADINGS.match, under))


@lru_cache(maxsize=_KEPT_TEXTS)
def _is_skipped(under: tuple[str, ...]) -> bool:
    return any(map(words.SKIP_HEADINGS.match, under))


def _is_of_client(text: str) -> bool:
    return len(text) < _LONGEST_NOTICE and words.CLIENT.search(text)


def _states_nothing(text: str) -> bool:
    """Whether a unit is a line of a list or a log, or hardly more than a link."""
    return bool(
        (":" in text and rules.COMMIT_PREFIX.match(text.lstrip("`\"'")))
        or words.NO_STATEMENT.match(text)
        or words.UNCHANGED.search(text)
        or effective_length(_without_links(text)) < _LEAST
    )


def _without_links(text: str) -> str:
    return _URL.sub("", text) if "://" in text else text


def head_of(stated: Sequence[Stated]) -> Stated:
    """The statement that makes the best title of them."""
    ranked = enumerate(stated)
    return max(ranked, key=lambda pair: _title_worth(pair[1], pair[0]))[1]


def _title_worth(one: Stated, index: int) -> float:
    found = set(_OF_TITLES & one.signals)
    if one.unit.leads:
        left = len(undangled(one.unit.text))
        cut = left < len(one.unit.text)
        if cut and ("claimed" not in one.signals or left < _LEAST_CUT):
            found.add("dangling")
    elif not one.unit.item:
        found.add("prose" if index >= _LEAD else "lead_prose")
    if effective_length(one.text) < _LEAST_HEAD:
        found.add("too_short")
    if one.unit.label and _FIGURE.match(one.unit.text):
        found.add("figure")
    gained = one.worth + weigh(found, rules.TITLE_WEIGHTS)
    if one.unit.leads and "claimed" in one.signals:
        gained += rules.LEADS_AND_CLAIMED
    return gained - rules.LATER_LOSS * min(index, 8)


def details_of(stated: Sequence[Stated], head: Stated, most: int) -> list[Stated]:
    """The weightiest other statements, in the order they were made."""
    said, best = near.bag_of(head.text), list[Stated]()
    for one in sorted(stated, key=lambda one: -one.worth):
        if len(best) == most or one.worth <= rules.LEAST_DETAIL:
            break
        if one is head or one.unit.leads:
            continue
        if near.contained(near.bag_of(one.text), said) < _SAME_WORDS:
            best.append(one)
    return _joined_on(stated, head, [one for one in stated if one in best])


def _joined_on(
    stated: Sequence[Stated], head: Stated, chosen: list[Stated]
) -> list[Stated]:
    """Those that point at what was said before, with it; without what they point at,
    because it stands in another section, they say nothing."""
    before = dict(zip(map(id, stated[1:]), stated, strict=False))
    kept: list[Stated] = []
    for one in chosen:
        if words.REFERS_BACK.match(one.text.lower()):
            last = before.get(id(one))
            if last is None or last.unit.block != one.unit.block or not one.joined:
                continue
            if last is not (kept[-1] if kept else head):
                kept += () if last is head or last in kept else (last,)
        kept.append(one)
    return kept


def texts_of(stated: Iterable[Stated]) -> tuple[str, ...]:
    """The statements as lines of a body; mere names as one, below their heading."""
    lines: list[str] = []
    for block, some in groupby(stated, lambda o: o.unit.block if _names(o) else -1):
        if block < 0:
            lines += (one.text for one in some)
            continue
        named = [*some]
        under = named[0].unit.under
        heading = _COUNT.sub("", under[-1]) if under else ""
        told = "; ".join(one.text.rstrip(".;, ") for one in named)
        fits = 0 < len(heading) <= _LONGEST_HEADING and heading not in lines
        lines.append(f"{heading}: {told}" if fits else told)
    return tuple(lines)


def _names(one: Stated) -> bool:
    """Whether it only names something: an item of a few words without a verb."""
    if not one.unit.item or one.unit.label or says_something(one.signals):
        return False
    return effective_length(one.text) <= _LONGEST_NAME


def signals_in(stated: Sequence[Stated]) -> frozenset[str]:
    """What can be seen in any of them."""
    return frozenset().union(*(one.signals for one in stated))


def asks_back(text: str) -> bool:
    """Whether a text ends in a question: it proposes, it does not report."""
    last = units(text)[-2:]
    return any({"question", "offer"} & signals_of(unit.text) for unit in last)
