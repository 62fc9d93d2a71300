"""Which recent sessions are named, and in which of the person's words. Pure.

Nobody looks at these lines before they are sent. So they hold one passage of real
sentences and no code, none twice, none that stands above them already, and none
of a session that the person wants left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final

from memtui.clean import clean
from memtui.inject.render import TYPED_LIMIT, clip
from memtui.inject.values import RecentSession
from memtui.search.near import SAME, bag_of, contained, jaccard
from memtui.search.prepare import is_unspaced

FEWEST_WORDS: Final = 3
"""A passage of fewer words says nothing to a session that reads it later."""
FEWEST_CHARACTERS: Final = 6
"""The same for scripts that put no blanks between words."""
_DISTINCT: Final = 4
"""From so many words of meaning on, most of them standing elsewhere is a repeat."""
_MOST: Final = 0.8
_LETTERS: Final = 0.75
"""This share of a sentence is letters and blanks; code and logs have less."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_PLAIN = re.compile(r"\w+")
_FENCE = re.compile(r"(?:```|~~~)")
_MARKER = re.compile(r"(?:#{1,6}|[-*+•>]|\d{1,2}[.)])\s+")
_PLACEHOLDER = re.compile(r"\[(?:Image|Pasted text)\b[^\]]*\]")
_ADDRESS = re.compile(r"\bhttps?://\S+|\bv?\d+(?:\.\d+)+\b")
"""Addresses and versions: signs and digits, and yet what people type in sentences."""
_MOST_LEAD: Final = 4
"""Words at most that say of a log what is to be done about it."""
_CODE = re.compile(
    r"[;{}]$|^(?:\$ |import |from \S+ import |def |class |const |let |var |function |"
    r"#include|at \S+ ?\(|Traceback )"
)


@lru_cache(maxsize=256)  # a prompt is looked at for each text of its project
def passage(typed: str) -> str:
    """The first real sentences of a prompt, cut after a whole word; '' for none.

    Where a prompt only says "fix this:" of a log, that and the log's words.
    """
    for paragraph in _paragraphs(clean(typed)):
        if _is_said(paragraph):
            return clip(paragraph, TYPED_LIMIT)
        if words := _words_of_log(paragraph):
            return clip(words, TYPED_LIMIT)
    return ""


def tellable(sessions: Iterable[RecentSession]) -> list[RecentSession]:
    """Those that may be named, each with its passages, nothing said twice."""
    found: list[RecentSession] = []
    said: list[_Said] = []
    for session in sessions:
        if session.left_out:
            continue
        news: list[str] = []
        for words in _passages(session):
            own = _Said(words)
            if own.plain and not any(own.repeats(other) for other in said):
                said.append(own)
                news.append(words)
        if news:
            found.append(_of(session, news))
    return found


def untold(
    sessions: Iterable[RecentSession], told: Iterable[str]
) -> list[RecentSession]:
    """Those of ``tellable`` that say more than what is told already."""
    above = [_Said(line) for line in told]
    found: list[RecentSession] = []
    for session in sessions:
        news = [words for words in session.typed if _Said(words).is_news(above)]
        if news:
            found.append(_of(session, news))
    return found


def quieted(
    sessions: Iterable[RecentSession], quiet: Sequence[str]
) -> list[RecentSession]:
    """The sessions without what is not to be told; left out where they open with it.

    Args:
        quiet: what memories say that were pruned, excluded or superseded: the
            title in the first line, the body below.
    """
    unwanted = [(_Said(text), _Said(text.partition("\n")[0])) for text in quiet]

    def speaks(words: str) -> bool:
        own = _Said(words)
        return any(own.stands_in(all_) or title.is_in(own) for all_, title in unwanted)

    return [
        replace(
            one,
            left_out=one.left_out or speaks(one.named or passage(one.prompt)),
            then=tuple(typed for typed in one.then if not speaks(passage(typed))),
        )
        for one in sessions
    ]


def _passages(session: RecentSession) -> list[str]:
    """What a session is named by: its title, else what was typed first."""
    return [session.named] if session.named else list(map(passage, session.typed))


def _of(session: RecentSession, said: Sequence[str]) -> RecentSession:
    return replace(session, prompt=said[0], then=tuple(said[1:]))


@dataclass(frozen=True)
class _Said:
    """A text as its words alone."""

    text: str

    @cached_property
    def plain(self) -> str:
        """Its words in their order, a blank between them."""
        return " ".join(_PLAIN.findall(self.text.casefold()))

    @cached_property
    def bag(self) -> frozenset[str]:
        """Its words of meaning."""
        return bag_of(self.text)

    def is_in(self, other: "_Said") -> bool:
        """Whether the other says it word for word, and it is more than a word."""
        if len(self.plain.split()) >= FEWEST_WORDS:
            return f" {self.plain} " in f" {other.plain} "
        return is_unspaced(self.plain) and self.plain in other.plain

    def stands_in(self, other: "_Said") -> bool:
        """Whether the other says it, also in a different order or with more words."""
        if self.is_in(other) or self.plain == other.plain:
            return True
        if len(self.bag) < _DISTINCT:
            return False
        return contained(self.bag, other.bag) >= _MOST

    def is_news(self, others: Iterable["_Said"]) -> bool:
        """Whether none of the others says it."""
        return not any(self.stands_in(other) for other in others)

    def repeats(self, other: "_Said") -> bool:
        """Whether one of the two is enough."""
        if self.plain == other.plain:
            return True
        if min(len(self.bag), len(other.bag)) < _DISTINCT:
            return False
        return jaccard(self.bag, other.bag) >= SAME


def _paragraphs(text: str) -> Iterator[str]:
    """Runs of lines that belong together, code fences and list markers left out."""
    lines: list[str] = []
    fenced = False
    for raw in [*text.splitlines(), ""]:
        # A client's own line break, and what stands for a picture, are no words.
        line = _PLACEHOLDER.sub("", raw).strip().rstrip("\\").rstrip()
        fence = _FENCE.match(line)
        marker = _MARKER.match(line)
        if lines and (not line or fence or marker):
            yield " ".join(lines)
            lines = []
        if fence:
            opens = len(_FENCE.findall(line)) % 2 == 1
            fenced = fenced is not opens
        elif line and not fenced:
            lines += line[marker.end() if marker else 0 :].split()


def _words_of_log(text: str) -> str:
    """What a paragraph that asks about a line of a log says in words; '' for none."""
    lead, colon, pasted = text.partition(":")
    if not colon or _CODE.search(text) or len(_WORD.findall(lead)) > _MOST_LEAD:
        return ""
    lead = lead.strip()
    words = [word for word in pasted.split() if _is_mostly_letters(word)]
    if len(lead.split()) < 2 or not _WORD.fullmatch(lead.split()[0]) or len(words) < 4:
        return ""
    return f"{lead}: {' '.join(words)}"


def _is_mostly_letters(word: str) -> bool:
    letters = sum(map(str.isalpha, word))
    return letters > 1 and letters >= len(word) * _LETTERS


def _is_said(text: str) -> bool:
    """Whether a paragraph is a person's sentence and no code, log or symbol."""
    if is_unspaced(text):
        enough = sum(map(str.isalpha, text)) >= FEWEST_CHARACTERS
    else:
        enough = len(_WORD.findall(text)) >= FEWEST_WORDS
    plain = _ADDRESS.sub("", text)
    letters = sum(map(str.isalpha, plain)) + plain.count(" ")
    return enough and letters >= len(plain) * _LETTERS and not _CODE.search(text)
