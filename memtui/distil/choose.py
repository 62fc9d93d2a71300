"""Which drafts are worth a look: weigh, drop what was said again, keep the best."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from msgspec.structs import replace

from memtui.distil import near, rules
from memtui.distil.corrected import STATED, current, is_said
from memtui.distil.drafts import REPLY, Draft, without_lines
from memtui.distil.signals import signals_of, weigh
from memtui.distil.text import TITLE_COLUMNS, columns
from memtui.distil.told import Told
from memtui.model import Trust

_FULL = 3
"""So many more sentences tell the whole of it."""
_FEW = 4
"""A title of so few words is a heading."""
_COVERED = 0.75
"""Share of a draft's words in a better one from which it adds nothing."""
_BESIDE = 3
"""So many lines at most are added to a memory from beside it."""
_LEFT = "open"
"""What is left to do is looked for by itself, and told once: no part of a report."""
_AHEAD = frozenset({_LEFT, "plan", "unpushed"})
_ONE_THING = 0.35
"""Share of the words of two drafts of a turn from which they tell of one thing."""
_OF_ONE_WISH = 0.42
"""Share of a title's words in what the other side said of it in the same turn."""
_OF_ONE_CAUSE = 0.55
"""The same of what tells why: it is more than what came of the wish."""
_MET = 3
"""And so many of them at least."""
_TITLE_COVERED = 0.85
"""The same for the words of its title alone."""


def confidence(draft: Draft) -> float:
    """What it is worth: the chance that a person keeps it, as its signals tell."""
    rule = rules.RULES[draft.rule]
    said = rule.trust is Trust.USER
    weights = rules.SAID_WEIGHTS if said else rules.TOLD_WEIGHTS
    seen = draft.signals | _support(draft)
    odds = rule.base + weigh(seen, weights) - rules.DOUBT
    return round(1 / (1 + math.exp(-odds)), 3)


def calibrated(rule: str, worth: float) -> float:
    """The share of memories of this rule and worth that people kept, 0 to 1."""
    made = rules.RULES[rule]
    points = rules.KEPT[made.trust is Trust.USER]
    share = points[0][1] if worth <= points[0][0] else points[-1][1]
    for (low, least), (high, most) in pairwise(points):
        if low < worth <= high:
            share = least + (most - least) * (worth - low) / (high - low)
    return round(min(max(share + made.kept, 0.05), 0.95), 3)


def _support(draft: Draft) -> set[str]:
    """How much its title and what stands beside it tell."""
    found = set[str]()
    if draft.title.isascii() and len(draft.title.split()) <= _FEW:
        found.add("few_words")
    if not draft.details:
        fits = columns(draft.title) <= TITLE_COLUMNS
        found.update({"single", "alone"} if fits else {"single"})
    elif len(draft.details) >= _FULL:
        found.add("full")
    return found


def choose(
    drafts: Iterable[Draft], told: Told, turns: int
) -> list[tuple[Draft, float]]:
    """The drafts worth showing, best first.

    Args:
        drafts: in any order.
        told: what was delivered into the session: seen again, no news.
        turns: how long the session was.
    """
    news = (_news(draft, told) for draft in current(sorted(drafts, key=_place)))
    ranked = sorted(
        ((draft, confidence(draft)) for draft in news if draft),
        key=lambda pair: (-pair[1], _place(pair[0])),
    )
    most = min(rules.MOST, rules.MOST_BASE + int(rules.MOST_PER_TURN * turns))
    taken: list[tuple[Draft, float]] = []
    bags: list[_Bags] = []
    counts: dict[str, int] = {}
    for draft, chance in ranked:
        least = rules.CONFIDENT + rules.RISING * len(taken)
        if chance < least or len(taken) >= most:
            break
        if counts.get(draft.rule, 0) >= rules.RULES[draft.rule].most:
            continue
        if taken and calibrated(draft.rule, chance) < rules.LEAST_KEPT:
            continue
        bag = _Bags.of(draft)
        if told.is_heard(draft.title) or told.is_heard(draft.text):
            continue
        if any(map(bag.adds_nothing_to, bags)):
            continue
        for index in reversed(range(len(bags))):
            if bags[index].restates(bag):
                del taken[index], bags[index]
        taken.append((draft, chance))
        bags.append(bag)
        counts[draft.rule] = counts.get(draft.rule, 0) + 1
    taken = _filled(taken, ranked, told)
    titles = {draft.title for draft, _ in taken}
    for draft, _ in taken:
        titles.update(draft.details if draft.rule == _LEFT else ())
    return [
        (
            draft if draft.rule == _LEFT else without_lines(draft, titles),
            calibrated(draft.rule, worth),
        )
        for draft, worth in taken
    ]


def _filled(
    taken: Sequence[tuple[Draft, float]],
    ranked: Iterable[tuple[Draft, float]],
    told: Told,
) -> list[tuple[Draft, float]]:
    """What of a turn is worth no memory of its own is read in the best one of it."""
    left: dict[int, list[Draft]] = {}
    wrong: dict[int, Draft] = {}
    chosen = {id(draft) for draft, _ in taken}
    for draft, chance in ranked:
        if chance < rules.BESIDE:
            break
        if id(draft) in chosen:
            continue
        if draft.rule in STATED:
            left.setdefault(draft.turn, []).append(draft)
        elif "complaint" in draft.signals:
            wrong[draft.turn] = draft
    filled: list[tuple[Draft, float]] = []
    for draft, chance in taken:
        if is_said(draft):
            done = left.get(draft.turn, ())
            if "complaint" in draft.signals:
                draft = _mended(draft, done)
            filled.append((_carried_out(draft, done), chance))
            continue
        beside = left.pop(draft.turn, []) if draft.rule in STATED else []
        if draft.rule in STATED and draft.turn in wrong:
            said = f"“{wrong.pop(draft.turn).title}”"
            draft = replace(draft, details=(said, *draft.details))
        whole, more = near.bag_of(draft.text), list[str]()
        for other in beside:
            bag = near.bag_of(other.title)
            news = near.contained(bag, whole) < _COVERED
            if len(more) < _BESIDE and news and not told.is_heard(other.title):
                more.append(other.title)
                whole |= bag
        filled.append((replace(draft, details=(*draft.details, *more)), chance))
    return filled


def _mended(draft: Draft, told: Sequence[Draft]) -> Draft:
    """What the person complained of with what the agent told at the end."""
    if not told:
        return draft
    done = told[0]
    return replace(
        draft, details=(*draft.details, f"{REPLY}{done.title}", *done.details[:2])
    )


def _carried_out(draft: Draft, told: Sequence[Draft]) -> Draft:
    """The person's words with what the agent told at the end of having done so."""
    said = _Bags.of(draft)
    done = next((one for one in told if _Bags.of(one).tells_of(said)), None)
    if not done:
        return draft
    own = tuple(line for line in draft.details if not line.startswith(REPLY))
    settled = draft.signals & rules.SETTLES or done.type not in rules.CARRIED_OUT
    settled = settled or done.rule == "patch"  # nobody said that it was done
    return replace(
        draft, details=(*own, f"{REPLY}{done.title}", *done.details[:2]),
        type=draft.type if settled else done.type,
    )  # fmt: skip


def _place(draft: Draft) -> tuple[int, int, str, int, int, str, str]:
    """Where it stands; of one record the weightier rule comes last, and so wins."""
    record, ranks = draft.record, {"prompt": 0, "open": 1}
    return (
        record.line or 0, record.at or 0, record.native_id, record.part,
        ranks.get(draft.rule, 2), draft.rule, draft.quote,
    )  # fmt: skip


def _news(draft: Draft, told: Told) -> Draft | None:
    """The draft without what its session was told; None: that was all of it.

    What the person says is theirs, whatever the words: it is looked at elsewhere.
    """
    if told.is_empty or is_said(draft):
        return draft
    again = {line for line in (draft.title, *draft.details) if told.is_told(line)}
    if not again:
        return draft
    left = tuple(line for line in draft.details if line not in again)
    if draft.title not in again:
        return replace(draft, details=left)
    if not left:
        return None
    title, *details = left
    signals = draft.signals - signals_of(draft.title) | signals_of(title)
    return replace(
        draft, title=title, details=tuple(details), quote=title, signals=signals
    )


@dataclass(frozen=True)
class _Bags:
    """The words of a draft, to tell whether two say the same."""

    said: bool
    """They are the person's."""
    complains: bool
    """It says what is wrong: what mended it is more."""
    planned: bool
    """It tells what is to be done, not what was."""
    explains: bool
    """It tells why something was so."""
    left: bool
    """It tells what is still to be done."""
    turn: int
    title: frozenset[str]
    whole: frozenset[str]

    @classmethod
    def of(cls, draft: Draft) -> "_Bags":
        title, whole = near.bag_of(draft.title), near.bag_of(draft.text)
        complains = "complaint" in draft.signals
        planned = complains or draft.rule in _AHEAD
        return cls(
            is_said(draft), complains, planned, draft.rule == "cause",
            draft.rule == _LEFT, draft.turn, title, whole,
        )  # fmt: skip

    def adds_nothing_to(self, better: "_Bags") -> bool:
        """Whether a better one says it; the person's words yield to theirs alone."""
        if self.said and not better.said:
            return self.complains and better.mends(self)
        if self.left and not better.left:
            return near.jaccard(self.title, better.title) >= near.SAME
        return self.tells_of(better) or (
            near.jaccard(self.title, better.title) >= near.SAME
            or near.contained(self.title, better.whole) >= _TITLE_COVERED
            or near.contained(self.whole, better.whole) >= _COVERED
        )

    def restates(self, later: "_Bags") -> bool:
        """Whether it is the agent's word for what the person said, or was mended."""
        if self.complains:
            return later.mends(self)
        if self.said or not later.said:
            return False
        alike = near.jaccard(self.title, later.title) >= near.SAME
        return alike or self.tells_of(later)

    def mends(self, complaint: "_Bags") -> bool:
        """Whether it tells what came of what was wrong."""
        return self.turn == complaint.turn and not (self.said or self.planned)

    def tells_of(self, other: "_Bags") -> bool:
        """Whether both are of one turn and of one thing."""
        if self.turn != other.turn or self.planned or other.planned:
            return False
        if self.said == other.said:
            return near.jaccard(self.whole, other.whole) >= _ONE_THING
        pairs = ((self.title, other.whole), (other.title, self.whole))
        alike = _OF_ONE_CAUSE if self.explains or other.explains else _OF_ONE_WISH
        return any(
            len(title & whole) >= _MET and near.contained(title, whole) >= alike
            for title, whole in pairs
        )
