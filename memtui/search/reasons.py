"""Why search found what it found, and why each find stands where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memtui.search import rank

_AT_ONCE = 0.005
"""A factor this near to 1 is not worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtTerm:
    """A word or phrase as the index was asked for it."""

    word: str
    also: tuple[str, ...]
    """Its other spellings, which count the same."""
    rows: int
    """Rows of the index that have it, about."""
    common: bool
    """It stands in too many rows for the index to weigh it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why one find is there and how its score came about."""

    matched: tuple[str, ...]
    """Words and phrases of the query that its best row has."""
    missing: tuple[str, ...]
    relevance: float = 0.0
    """How well that row answers, of the best row 1; some words alone count less."""
    likeness: float = 0.0
    """Cosine to the query's meaning, where that was asked; part of ``score``."""
    kind: str = ""
    """What it is: ``memory``, or the kind of the record."""
    weight: float = 1.0
    """What that kind counts."""
    freshness: float = 1.0
    session: float = 1.0
    """What all finds of its session count, of the best session 1."""
    raised: bool = False
    """A memory that stands where the turn stands that it was distilled from, or where
    a tool of its session has the words as well."""
    said_again: bool = False
    """A turn that says what a better one of its session says, too: it counts less."""
    score: float = 0.0
    """0: nothing was weighed, the newest are first."""

    def line(self) -> str:
        """The same in words."""
        if not self.score:
            return "newest first; nothing was weighed"
        like = f"meaning {self.likeness:.2f}" if self.likeness > 0 else ""
        return "; ".join(filter(None, (self._words(), like, self._sum())))

    def _words(self) -> str:
        if not self.missing and self.matched:
            return f"every word: {', '.join(self.matched)}"
        if not self.matched:
            return f"without {', '.join(self.missing)}"
        said = ", ".join(self.matched)
        return f"some words: {said}, without {', '.join(self.missing)}"

    def _sum(self) -> str:
        parts = [f"relevance {self.relevance:.2f}", f"{self.kind} {self.weight:.1f}"]
        if self.freshness < 1 - _AT_ONCE:
            parts.append(f"age {self.freshness:.2f}")
        if self.session < 1 - _AT_ONCE:
            parts.append(f"session {self.session:.2f}")
        if self.said_again:
            parts.append(f"said again {rank.SAID_AGAIN:.1f}")
        said = " × ".join(parts)
        if self.raised:
            said += ", raised to what it stems from"
        if self.likeness > 0:
            said += ", and meaning"
        return f"{said} = {self.score:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a query was taken for, where it was looked for and what came of it."""

    terms: tuple[SoughtTerm, ...] = ()
    """The rarest first."""
    left_out: tuple[str, ...] = ()
    """Words that tell nothing apart, or hold no letter."""
    as_words: tuple[str, ...] = ()
    """What looks like a field and is none."""
    fields: tuple[str, ...] = ()
    """Fields, dates and expressions, as typed."""
    excluded: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    """What was not looked at, in words."""
    rows: int = 0
    """Rows that the index brought in."""
    hidden: int = 0
    """Of those, what fields and scope do not show."""
    is_cut: bool = False
    """There are more such rows: only the best, or newest, were looked at."""
    from_texts: bool = False
    """Weighed from the rows' own texts: a word was too common for the index."""
    scanned: int = 0
    """Records that an expression alone was held against; 0: all there are."""
    whys: tuple[Why, ...] = ()
    """One for each find, in their order."""

    def lines(self) -> Iterator[str]:
        """The same in words, without ``whys``."""
        for term in self.terms:
            also = f" (also {_joined(term.also)})" if term.also else ""
            common = ", too common to be weighed by the index" if term.common else ""
            rows = f"about {_rows(term.rows)}" if term.rows else "stands nowhere"
            yield f"{term.word}{also}: {rows}{common}"
        if self.left_out:
            yield f"left out: {_joined(self.left_out)}"
        if self.as_words:
            yield f"no fields, counted as words: {_joined(self.as_words)}"
        if self.fields:
            yield f"narrowed by: {' '.join(self.fields)}"
        if self.excluded:
            yield f"without: {_joined(self.excluded)}"
        if self.hides:
            yield f"not looked at: {_joined(self.hides)}"
        yield from self._counts()

    def _counts(self) -> Iterator[str]:
        if self.scanned:
            yield f"held against memories and the newest {_rows(self.scanned)}"
        if not self.terms:
            yield "no words to weigh: the newest first"
            return
        more = ", and there are more" if self.is_cut else ""
        hidden = f", {self.hidden:,} of them not shown" if self.hidden else ""
        yield f"found {_rows(self.rows)}{hidden}{more}"
        if self.from_texts:
            yield "weighed from their own texts"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words)
