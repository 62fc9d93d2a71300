"""A query as the index asks it: expressions of FTS5's match language.

Every piece is quoted, so nothing that a person types is syntax. A word asks for
its other spellings too (``parseConfig`` finds ``parse_config``).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from memtui.search.grammar import Query
from memtui.search.prepare import is_unspaced, sound, spaced, spellings

_COMMON: Final = (
    "a about after all also am an and any are as at be because been before being but "
    "by can could did do does doing done for from had has have having he her here him "
    "his how i if in into is it its just let me more most my no not now of off on once "
    "only or other our out over own please same she should so some such than that the "
    "their them then there these they this those through to too under until up us very "
    "was we were what when where which while who whom why will with would you your"
)
STOP_WORDS: Final = frozenset(_COMMON.split())
"""Words that stand in so many rows that they tell none apart."""

_MARKED: Final = re.compile(
    "([a-z0-9_.-]{2,}|[\uac00-\ud7a3]{2,}?)(?:에서는|에서도|에서|에게|한테|으로|까지|부터"
    "|처럼|보다|은|는|이|가|을|를|에|의|로|와|과|도|만)",
    re.IGNORECASE,
)
"""A Korean word with what says its part in the sentence written behind it."""
_SOLID: Final = re.compile(r"[^\W_]")


def terms(query: Query) -> list[str]:
    """One expression for each word and phrase, stop words left out.

    Stop words stay where nothing else was asked. Words without a letter or
    digit have no place in the index and are left out too.
    """
    words = [w for w in query.words if w.lower() not in STOP_WORDS]
    if not words and not query.phrases:
        words = list(query.words)
    said = [*map(phrase, query.phrases), *map(word, words)]
    return [expression for expression in dict.fromkeys(said) if expression]


def left_out(query: Query) -> tuple[str, ...]:
    """Words of the query that ``terms`` does not ask for."""
    told = [w for w in query.words if w.lower() not in STOP_WORDS and word(w)]
    if not told and not query.phrases:
        return tuple(w for w in query.words if not word(w))
    return tuple(w for w in query.words if w not in told)


def every(wanted: Sequence[str], query: Query) -> str:
    """All of the terms, none of the query's excluded words; '' without terms."""
    return _joined(" AND ", wanted, query)


def some(wanted: Sequence[str], query: Query) -> str:
    """At least one of the terms, none of the query's excluded words."""
    return _joined(" OR ", wanted, query)


def excluded(query: Query) -> str:
    """What a query that only excludes must not find; '' where nothing."""
    return " OR ".join(filter(None, map(phrase, query.excluded)))


def phrase(text: str) -> str:
    """The words of a text in this order; '' if it has none."""
    if not _SOLID.search(text):
        return ""
    quoted = f'"{spaced(text).strip().replace(chr(34), chr(34) * 2)}"'
    # One character of an unspaced script is in the index only within pairs.
    return f"{quoted}*" if len(text.strip()) == 1 and is_unspaced(text) else quoted


def word(text: str) -> str:
    """A word in each of its spellings; '' if it holds no letter or digit."""
    forms = [text, *spellings(text), *unmarked(text)]
    return any_of(map(phrase, forms))


def unmarked(text: str) -> tuple[str, ...]:
    """A Korean word without its particle: ``캐시를`` gives ``캐시``; else nothing."""
    found = None if text.isascii() else _MARKED.fullmatch(sound(text))
    return (found[1],) if found else ()


def beginning(text: str, completions: Iterable[str] = ()) -> str:
    """A word still being typed: as a prefix, or as one of its completions."""
    whole = word(text)
    if not whole:
        return ""
    exact = [] if whole.endswith("*") else [f"{phrase(text)}*"]
    return any_of([*exact, whole, *map(phrase, completions)])


def any_of(forms: Iterable[str]) -> str:
    """One of the expressions; '' if there is none."""
    different = list(dict.fromkeys(filter(None, forms)))
    if len(different) < 2:
        return "".join(different)
    return f"({' OR '.join(different)})"


def _joined(by: str, wanted: Sequence[str], query: Query) -> str:
    solid = [one for one in wanted if one]
    return f"({by.join(solid)}){_without(query)}" if solid else ""


def _without(query: Query) -> str:
    return "".join(f" NOT {e}" for e in map(phrase, query.excluded) if e)
