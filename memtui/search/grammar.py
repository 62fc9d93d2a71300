"""The one query language of screens, command line and MCP.

Words, ``"phrases"``, ``-not``, fields such as ``type:gotcha``, dates such as
``since:tuesday`` and regular expressions between slashes. Whatever is typed is a
query: ``parse`` never raises; what it does not know as a field counts as words and
is named in ``Query.unknown``, and an expression that is none in ``Query.wrong``.
"""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from memtui.later import later
from memtui.search import patterns
from memtui.search.dates import span_of

if TYPE_CHECKING:  # nothing is typed yet when the app opens
    from memtui.search import prepare
else:
    prepare = later("memtui.search.prepare")

FIELDS: Final = (
    "type", "project", "agent", "branch", "file", "tag", "rule", "trust", "scope",
    "is", "session", "since", "until",
)  # fmt: skip
IS_VALUES: Final = (
    "candidate", "kept", "pinned", "excluded", "trash", "superseded", "review",
)  # fmt: skip
PATTERN: Final = "/"
"""The field of a filter that is a regular expression; nobody can type that name."""
_SAME_IS: Final = {"pruned": "trash", "inbox": "candidate", "hidden": "excluded"}
LONGEST: Final = 2_000
"""Characters of a query that are read; nobody types more."""

_TOKEN: Final = re.compile(
    r"""
    # Between slashes; with a blank in it only if a sign says that it is no path.
    (?P<without>-)?/(?P<pattern>(?:\\.|[^/\\\s])+
        |(?!\s)(?=[^/]*[\\\[(*+?|^${])(?:\\.|[^/\\\n])+(?<!\s))/(?!\S)
    |
    (?P<minus>-(?=["\w]))?   # not "->", not "--flag": those are words
    (?:(?P<field>[A-Za-z]+):(?=[^\s:]))?   # not std::vector
    (?:"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>[^\s"]+))
    """,
    re.VERBOSE,
)


class PartKind(StrEnum):
    """What one piece of a query's text means."""

    WORD = "word"
    PHRASE = "phrase"
    FILTER = "filter"
    UNKNOWN = "unknown"
    """Looks like a field, counts as words."""


class Part(NamedTuple):
    """One piece of the text as typed, for drawing chips and for completion."""

    kind: PartKind
    start: int
    end: int
    negated: bool = False


class Filter(NamedTuple):
    """One field of a query; any of the values will do."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. The empty one asks for everything, newest first."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    """Words and phrases that must not be there."""
    filters: tuple[Filter, ...] = ()
    since: int | None = None
    """Unix ms, from here on."""
    until: int | None = None
    """Unix ms, up to here, itself out."""
    unknown: tuple[str, ...] = ()
    """Fields that do not exist, or values that one does not take, as typed."""
    wrong: tuple[str, ...] = ()
    """What is between slashes and no regular expression, and why, as a sentence."""
    parts: tuple[Part, ...] = ()
    text: str = ""
    is_cut: bool = False
    """More was typed than is read: enough to look by, too little to decide by."""
    now_ms: int = field(default=0, compare=False)
    """When it was asked: what ``is:review`` holds a person's dates against."""

    @property
    def is_empty(self) -> bool:
        """Does it ask for everything?"""
        timed = self.since is not None or self.until is not None
        return not (self.has_text or self.excluded or self.filters or timed)

    @property
    def has_text(self) -> bool:
        """Does it name words that must be there?"""
        return bool(self.words or self.phrases)

    @property
    def marks(self) -> bool:
        """Does it name anything that can be pointed at in a text?"""
        return self.has_text or bool(self.patterns)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The regular expressions that must match."""
        return self.values(PATTERN)

    def without_text(self) -> "Query":
        """The same fields and dates, no words."""
        return replace(self, words=(), phrases=(), excluded=())

    def values(self, field: str) -> tuple[str, ...]:
        """Every value asked of a field, none of the negated ones."""
        return tuple(
            value
            for one in self.filters
            if one.field == field and not one.negated
            for value in one.values
        )


EVERYTHING: Final = Query()


def parse(text: str, *, now_ms: int) -> Query:
    """Read a query. Any text is one.

    Args:
        now_ms: what ``since:3d`` and ``until:yesterday`` count from.
    """
    reading = _Reading(now_ms)
    typed = text[:LONGEST]
    for match in _TOKEN.finditer(typed):
        reading.take(match)
    return replace(reading.query(typed), is_cut=len(text) > LONGEST)


def why_words(typed: str) -> str:
    """What became of one of ``Query.unknown`` and why, as a sentence."""
    return f"{typed} counts as words. {why_not(typed)}"


def why_not(typed: str) -> str:
    """Why one of ``Query.unknown`` is no field, as a sentence."""
    field, _, value = typed.removeprefix("-").partition(":")
    field = field.lower()
    if field in ("since", "until") and typed.startswith("-"):
        return f"{field}: takes no minus."
    if field in ("since", "until"):
        return f"{field}: knows no date {value}."
    if field == "is":
        return f"is: takes {', '.join(IS_VALUES)}."
    if field in FIELDS:
        return f"{field}: takes a value."
    return f"There is no field {field}:."


class _Reading:
    """A query while its pieces are read."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._words: list[str] = []
        self._phrases: list[str] = []
        self._excluded: list[str] = []
        self._filters: list[Filter] = []
        self._unknown: list[str] = []
        self._wrong: list[str] = []
        self._parts: list[Part] = []
        self._since: int | None = None
        self._until: int | None = None

    def take(self, match: re.Match[str]) -> None:
        if match["pattern"] is not None:
            self._take_pattern(match)
            return
        negated = match["minus"] is not None
        quoted = match["quoted"] is not None
        value = prepare.sound(match["quoted"] if quoted else match["bare"]).strip()
        kind = PartKind.PHRASE if quoted else PartKind.WORD
        field = (match["field"] or "").lower()
        if field and self._takes(field, value, negated):
            kind = PartKind.FILTER
        elif field:
            kind = PartKind.UNKNOWN if field not in ("http", "https") else kind
            if kind is PartKind.UNKNOWN:
                self._unknown.append(match[0])
            self._say(prepare.sound(f"{match['field']}:{value}"), negated, quoted)
        elif value:
            self._say(value, negated, quoted)
        self._parts.append(Part(kind, match.start(), match.end(), negated))

    def query(self, text: str) -> Query:
        return Query(
            words=tuple(self._words),
            phrases=tuple(self._phrases),
            excluded=tuple(self._excluded),
            filters=tuple(self._filters),
            since=self._since,
            until=self._until,
            unknown=tuple(self._unknown),
            wrong=tuple(self._wrong),
            parts=tuple(self._parts),
            text=text,
            now_ms=self._now_ms,
        )

    def _take_pattern(self, match: re.Match[str]) -> None:
        negated = match["without"] is not None
        # The slash is the language's own sign here; in an expression it is none.
        pattern = match["pattern"].replace("\\/", "/")
        kind = PartKind.FILTER
        if why := patterns.trouble(pattern):
            self._wrong.append(f"{match[0]} is no regular expression: {why}.")
            kind = PartKind.UNKNOWN
        self._filters.append(Filter(PATTERN, (pattern,), negated))
        self._parts.append(Part(kind, match.start(), match.end(), negated))

    def _say(self, value: str, negated: bool, quoted: bool) -> None:
        into = self._phrases if quoted else self._words
        (self._excluded if negated else into).append(value)

    def _takes(self, field: str, value: str, negated: bool) -> bool:
        if field in ("since", "until"):
            return not negated and self._takes_date(field, value)
        if field not in FIELDS or not value:
            return False
        values = tuple(part for part in value.split(",") if part)
        if field == "is":
            values = tuple(_SAME_IS.get(v.lower(), v.lower()) for v in values)
            if not set(values) <= set(IS_VALUES):
                return False
        if field in ("type", "agent", "trust", "tag", "rule"):
            values = tuple(v.lower() for v in values)
        if not values:
            return False
        self._filters.append(Filter(field, values, negated))
        return True

    def _takes_date(self, field: str, value: str) -> bool:
        span = span_of(value, now_ms=self._now_ms)
        if span is None:
            return False
        first, after = span
        # Of two dates the narrower one holds, in any order.
        if field == "since":
            self._since = max(first, self._since or first)
        else:
            self._until = min(after, self._until or after)
        return True
