"""What the person said: standing orders, corrections, choices, wishes."""

import re
from collections.abc import Iterable, Iterator

from memtui.distil import near, rules, wishes, words
from memtui.distil.drafts import REPLY, Draft
from memtui.distil.endings import PLACE_LEADS
from memtui.distil.families import is_of
from memtui.distil.kinds import type_of
from memtui.distil.signals import after, effective_length, signals_of
from memtui.distil.speech import Speech, speech_of
from memtui.distil.statements import head_of, stated_first, stated_in
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.model import RecordKind
from memtui.records import Record

_AT_ONCE = 160
"""Who gives in does so in the first letters."""
_LEAST_REPLY = 30
_WISHES = frozenset({"wish", "choice", "standing", "question"})
"""Who says how something is without one of these says what is wrong with it."""
_ORDERS = frozenset({"add", "change", "fix", "refactor"})
"""What opens with one of these is to be done."""
_LASTS = frozenset({"standing", "cause", "choice", "contrast"})
"""What goes with a standing order has one of these."""
_OUTRIGHT = frozenset({"standing", "general", "norm"})
"""Whose words hold of all there is: an order, though it names a file."""
_TROUBLE = frozenset({"fix", "limit", "reported"})
_NAMES = frozenset({"named", "path", "quoted"})
"""What has one of these can be read alone."""
_MOST_FILES = 3
_SOON = 2
"""So many statements are what was answered at once."""


def from_prompts(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each prompt that says something."""
    for turn in turns:
        for record in turn.prompts:
            draft = _draft(record, turn)
            if draft:
                yield draft


def _draft(record: Record, turn: Turn) -> Draft | None:
    speech = speech_of(record.text)
    if not speech:
        return None
    place = {*turn.place, *speech.manner}
    if conceded(turn):
        place.add("conceded")
    head = signals_of(speech.wish)
    around = signals_of(" ".join(speech.others)) if speech.others else set()
    if "path" in head:
        place.add("at_a_file")  # the code there will tell
    rule = _rule(head, place)
    says_how = _says_how(head, place)
    if not says_how and rule != "correction":
        return None
    others = tuple(one for one in speech.others if _goes_with(one, rule))
    reply = reply_to(turn)
    if not conceded(turn) and not _is_about(reply, (speech.wish, *others)):
        reply = ""
    answered = [f"{REPLY}{reply}"] if reply else []
    means = [*_means(record, speech, turn), *answered]
    if says_how and _was_asked(speech, turn):
        return None
    if says_how and not means and _hangs(record, speech):
        return None
    title, details = speech.wish, (*others, *means)
    if says_how and turn.writes and _complains(speech.wish, head, place):
        place.add("complaint")
        details = (*others, *(means or [_changed(turn)]))
    if not says_how:
        reply = first_reply(turn)
        if not reply or not _is_news(reply):
            return None
        # the question makes no title, what was found at once does
        title, details = reply, (f"“{plain(speech.best)}”", *others)
        head = signals_of(reply)
    return Draft(
        rule=rule, record=record, quote=speech.best, whole=True, title=title,
        details=details, type=_type(rule, head, around, place),
        signals=frozenset(head | place | {f"body_{name}" for name in around}),
        turn=turn.number,
    )  # fmt: skip


def _hangs(record: Record, speech: Speech) -> bool:
    """Whether a wish can be read with what was said before it alone."""
    if wishes.CHOSEN.match(record.text):
        return True
    said = signals_of(plain(" ".join((speech.best, *speech.others))))
    return bool(wishes.HANGS.search(speech.wish)) and said.isdisjoint(_NAMES)


def _was_asked(speech: Speech, turn: Turn) -> bool:
    """Whether a mere question would be told as a wish: nothing was done about it."""
    said = plain(speech.best)
    if "question" not in signals_of(said) or not wishes.ASKS_WHETHER.match(said):
        return False
    if "question" in signals_of(speech.wish):
        return False
    return not (conceded(turn) or turn.of(RecordKind.TOOL_USE))


def _means(record: Record, speech: Speech, turn: Turn) -> list[str]:
    """What such a wish stands for: the line of the list that it takes, else the files
    that were changed for it."""
    chosen = wishes.CHOSEN.match(record.text)
    if chosen:
        return _line_of(chosen["one"], turn)
    if not turn.writes or not _hangs(record, speech):
        return []
    return [_changed(turn)]


def _changed(turn: Turn) -> str:
    """The files that were changed for a wish, as a line of a body."""
    return f"{REPLY}{', '.join(f'`{path}`' for path in turn.writes[:_MOST_FILES])}"


def _line_of(one: str, turn: Turn) -> list[str]:
    """What the agent had listed under a letter or a number."""
    if not turn.before:
        return []
    listed = re.compile(
        rf"^\W*(?:\w+ )?{re.escape(one)}\W*[.):–—-]\W*(\S.*)$", re.M | re.I
    )
    found = listed.search(turn.before.text)
    return [f"“{plain(found[1])}”"] if found else []


def _goes_with(sentence: str, rule: str) -> bool:
    """Whether a sentence of the prompt belongs to what is remembered of it.

    A question was answered; behind a standing order a task of the moment is done.
    """
    found = signals_of(sentence)
    if "question" in found:
        return bool(found & {"contrast", "limit", "cause"})
    return rule != "standing" or bool(found & _LASTS)


def _is_about(reply: str, said: Iterable[str]) -> bool:
    """Whether a reply takes up a word of what was said."""
    words = near.bag_of(reply)
    return any(words & near.bag_of(one) for one in said)


def _complains(wish: str, head: set[str], place: set[str]) -> bool:
    """Whether the person says what is wrong, not how it is to be."""
    if head & _WISHES or "order" in place or not _TROUBLE & (head | place):
        return False
    return not is_of(after(PLACE_LEADS, wish).split(" ", 1)[0], _ORDERS)


def _type(rule: str, head: set[str], around: set[str], place: set[str]) -> str:
    """What it is for; who asks so that the agent gives in has named a trap."""
    if rule == "correction" and head & _WISHES == {"question"}:
        return "gotcha"
    return type_of(head, around, place, rules.RULES[rule].type)


def _rule(head: set[str], place: set[str]) -> str:
    if "order" in place:
        return "standing"
    # how the agent is to work; what is said of a file is said of the program
    outright = head >= _OUTRIGHT
    other = {"question", "wall"} if outright else {"question", "wall", "path"}
    if "standing" in head and not other & (head | place):
        return "standing"
    if "conceded" in place and "first" not in place:
        return "correction"
    return "prompt"


def _says_how(head: set[str], place: set[str]) -> bool:
    """Whether it says how things are to be, not what is wrong or is to be done now."""
    if "order" in place or {"contrast", "conceded"} <= head | place:
        return True
    if "question" in head and "choice" not in head:
        return False
    return bool(head & rules.SAYS_HOW)


def _is_news(reply: str) -> bool:
    """Whether a reply states something that can be read without what came before."""
    found = signals_of(reply)
    named = bool(found & {"named", "path", "quoted"}) and "thing" not in found
    return named and not found & {"perhaps", "pointing", "question", "offer", "address"}


def conceded(turn: Turn) -> bool:
    """Whether the agent gave in at once."""
    first = next((r.text for r in turn.responses), "")
    return bool(words.CONCEDES.search(first[:_AT_ONCE]))


def reply_to(turn: Turn) -> str:
    """What the agent answered at once in a sentence; else how the turn ended."""
    said = first_reply(turn)
    if said:
        return said
    stated = stated_in(turn.answer.text) if turn.answer else []
    return head_of(stated).text if stated else ""


def first_reply(turn: Turn) -> str:
    """The first sentence that states something in the agent's first words."""
    for record in turn.responses[:1]:
        for one in stated_first(record.text, _SOON):
            clear = conceded(turn) or "vague" not in one.signals
            long_enough = effective_length(one.text) >= _LEAST_REPLY
            if clear and long_enough and not one.unit.item:
                return one.text
    return ""
