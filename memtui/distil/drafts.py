"""A draft: an observation before it is weighed, compared and chosen."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from memtui.distil.endings import (
    CONNECTIVES,
    GOES_ON,
    INSTEAD_LEADS,
    LIST_ENDS,
    PAIRS,
    PHRASE_ENDS,
    PLACE_LEADS,
    QUOTES,
    REASON_LEADS,
    RESTRICTED,
    SUBORDINATE,
    TURNED_INTO,
    TURNS,
    WAITS,
    undangled,
)
from memtui.distil.signals import capital
from memtui.distil.text import TITLE_COLUMNS, columns, cut_columns
from memtui.distil.words import TROUBLE_LABELS
from memtui.records import Record

_ASIDE = re.compile(r"\s*\([^()]*\)(?=[\s,.;:]|$)")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:etc|e\.g|i\.e|vs|bzw|z\.B|др|см)$", re.I)
_BREATH = 6
_ENDS = (
    *((mark, 2 * _BREATH) for mark in (". ", "; ", "。", "；")),
    *((mark, _BREATH) for mark in (" – ", " — ", " - ")),
    *((mark, 0) for mark in (": ", "：")),
)
"""Where a title may end, and how many columns that is worth."""
_STOPS = ".;。；"
"""Those at which a clause is over."""
_LEAST_TITLE = 26
"""A head of fewer columns is seldom a complete thought."""
_LEAST_WHOLE = 16
"""The same where nothing but an aside was left out."""
_LEAST_PHRASE = 44
"""The same where a phrase was cut off."""


REPLY = "→ "
"""Opens the line of a body that tells what the agent made of a prompt."""


class Around(Struct, frozen=True, gc=False):
    """What the turn round a draft touched; one for all drafts of the turn."""

    reads: tuple[str, ...] = ()
    """Files read, as the turn spells them."""
    writes: tuple[str, ...] = ()
    """Files changed."""
    counted: str = ""
    """What its last check said it counted, behind the check."""


NOTHING_AROUND: Final = Around()


class Draft(Struct, frozen=True, kw_only=True, gc=False):
    """What one rule makes of one place in the transcript."""

    rule: str
    record: Record
    """The record that shows it best."""
    quote: str
    """The words in it that do, as spelt there. The id is made of them."""
    title: str
    """One sentence; cut to the width of a title when it is chosen."""
    type: str
    details: tuple[str, ...] = ()
    """More sentences in the order they are to be read."""
    signals: frozenset[str] = frozenset()
    shows: tuple[tuple[Record, str], ...] = ()
    """Further evidence."""
    whole: bool = False
    """It stands for all of the record: the one draft with that id, whatever words
    a newer distiller may quote from it."""
    files: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    turn: int = 0
    around: Around = NOTHING_AROUND

    @property
    def text(self) -> str:
        """Title and details as one text, for comparing; a reply is not its own."""
        own = (line for line in self.details if not line.startswith(REPLY))
        return "\n".join((self.title, *own))


def without_records(draft: Draft) -> Draft:
    """The draft without what its records say: a session may have very many."""
    shows = tuple((bare_record(record), quote) for record, quote in draft.shows)
    return replace(draft, record=bare_record(draft.record), shows=shows)


def bare_record(record: Record) -> Record:
    """The record as evidence needs it: without what it says."""
    return replace(
        record, text="", command="", patch="", answers=(), reads=(), writes=()
    )


def title_of(sentence: str) -> tuple[str, str]:
    """``(title, whole)``: a sentence as a title, and itself where words were cut.

    A long sentence loses its asides, then ends at its last clause that fits, so
    that the title is a complete thought; only where there is none does it end in
    an ellipsis. What was cut is read in the body, in its sentence.
    """
    line = _trimmed(_unlabelled(sentence))
    if columns(_without_ticks(line)) <= TITLE_COLUMNS:
        return _without_ticks(line), ""
    line = _led_into(line)
    shorter = _without_asides(line)
    if _LEAST_WHOLE <= columns(_without_ticks(shorter)) <= TITLE_COLUMNS:
        return _without_ticks(shorter), sentence
    title = _thought(shorter)
    if not title and (found := INSTEAD_LEADS.match(shorter)):
        shorter = capital(shorter[found.end() :])
        fits = columns(_without_ticks(shorter)) <= TITLE_COLUMNS
        title = _without_ticks(shorter) if fits else _thought(shorter)
    return title or _cut(shorter), sentence


def _thought(line: str) -> str:
    """The longest head that is a thought; an ellipsis where it holds only under a
    condition that was cut off."""
    head = _head(line, TITLE_COLUMNS)
    clause = _last_clause(head) or _last_phrase(head)
    said = _without_ticks(clause)
    if not (WAITS.match(line, len(clause)) or RESTRICTED.search(clause)):
        return said
    return f"{said}…" if columns(said) < TITLE_COLUMNS else ""


def _cut(line: str) -> str:
    """As many words of a line as fit, and an ellipsis."""
    head = _head(line, TITLE_COLUMNS - 1)
    blank = head.rfind(" ")
    cut = _trimmed(head[:blank] if blank > TITLE_COLUMNS // 2 else head)
    for mark in QUOTES:
        if cut.count(mark) % 2 and cut.rfind(mark) > TITLE_COLUMNS // 2:
            cut = _trimmed(cut[: cut.rfind(mark)])
    tidy = _trimmed(undangled(cut))
    cut = tidy if len(tidy) > _LEAST_TITLE else cut
    return _without_ticks(cut) + "…"


def _without_asides(line: str) -> str:
    """A line without what it says in brackets, unless most of it is said there, part
    by part: then those are the thing."""
    shorter, asides = _ASIDE.subn("", line)
    shorter = _trimmed(shorter)
    most = asides > 1 and 2 * len(shorter) < len(line)
    return line if most or not shorter else shorter


def _unlabelled(sentence: str) -> str:
    """A sentence without the word that says what kind of trouble it tells."""
    label, colon, rest = sentence.partition(": ")
    kind = colon and TROUBLE_LABELS.fullmatch(label)
    return capital(rest) if kind and columns(rest) >= _LEAST_TITLE else sentence


def _led_into(line: str) -> str:
    """A long line without the place that it opens with, and of a reason and what
    follows from it what is told whole."""
    found = PLACE_LEADS.match(line)
    if found:
        return capital(line[found.end() :])
    found = REASON_LEADS.match(line)
    if not found:
        return line
    after = line[found.end() :]
    fits = _LEAST_TITLE <= columns(_without_ticks(after)) <= TITLE_COLUMNS
    return capital(after if fits else found[1])


def _head(line: str, room: int) -> str:
    """The head that takes so many columns without its backticks."""
    while True:
        head = cut_columns(line, room + (ticks := line.count("`")))
        if columns(_without_ticks(head)) <= room or not ticks:
            return head
        line = head[:-1]


def _without_ticks(line: str) -> str:
    return _trimmed(line.replace("`", ""))


def _last_clause(head: str) -> str:
    """The longest head that is a thought; a full stop is worth more than a colon."""
    ends = [(head.rfind(mark) + gain, head.rfind(mark)) for mark, gain in _ENDS]
    ends += [(m.start() + _BREATH, m.start()) for m in CONNECTIVES.finditer(head)]
    for _, end in sorted(ends, reverse=True):
        if end < 0:
            continue
        clause = _trimmed(head[:end])
        if head[end] not in _STOPS:  # before one of them no word waits for another
            clause = _trimmed(undangled(clause))
        if columns(_without_ticks(clause)) >= _LEAST_TITLE and _is_whole(clause):
            return clause
    return ""


def _last_phrase(head: str) -> str:
    """The longest head before a phrase that only adds to it."""
    for found in reversed([*PHRASE_ENDS.finditer(head)]):
        if LIST_ENDS.match(head, found.start()) and "," in head[: found.start()]:
            continue  # what is said of the things listed comes after the last
        phrase = _trimmed(undangled(_trimmed(head[: found.start()])))
        if columns(_without_ticks(phrase)) < _LEAST_PHRASE:
            return ""
        waits = TURNED_INTO.match(head, found.end()) and TURNS.search(phrase)
        if _is_whole(phrase) and not waits and not GOES_ON.search(phrase):
            return phrase
    return ""


def _is_whole(clause: str) -> bool:
    """Whether nothing in it waits for what was cut: a bracket, a mere condition."""
    if not _balanced(clause) or _ABBREVIATED.search(clause):
        return False
    return not SUBORDINATE.match(clause) or ", " in clause or "，" in clause


def _trimmed(text: str) -> str:
    return text.strip().rstrip(" .:;,!-–—(\\。；：，！").strip()


def _balanced(text: str) -> bool:
    """Whether no bracket, quote or name of code is left open."""
    if any(text.count(opens) != text.count(closes) for opens, closes in PAIRS):
        return False
    return not any(text.count(mark) % 2 for mark in QUOTES)


def without_lines(draft: Draft, gone: AbstractSet[str]) -> Draft:
    """The draft without the lines of its body that are told elsewhere."""
    left = tuple(line for line in draft.details if line.removeprefix(REPLY) not in gone)
    return draft if left == draft.details else replace(draft, details=left)


def body_of(sentences: Iterable[str], room: int) -> str:
    """As many whole sentences as there is room for, one to a line.

    The first is cut where even it does not fit; later ones are left out.
    """
    taken: list[str] = []
    for sentence in sentences:
        line = sentence.strip().rstrip(":")
        if not line or any(line in other for other in taken):
            continue
        if line[-1].isalnum() or line[-1] in "`)”\"'":
            line += "."
        if len(line) + 1 > room:
            if taken or room < 80:
                continue
            line = line[: room - 2].rsplit(" ", 1)[0] + "…"
        taken.append(line)
        room -= len(line) + 1
    return "\n".join(taken)
