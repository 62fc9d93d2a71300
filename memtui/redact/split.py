r"""A secret that a line's end cuts in two: by a terminal's width, a diff, YAML, code.

Round a literal that was found the lines are put together again, and the exact pattern
is asked once more. What stands on the next line belongs to the value only if it looks
drawn by a machine, or is needed to make one: a word, a date, an assignment or another
token begins something else.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from memtui.redact.patterns import Secret
from memtui.redact.scan import Hit
from memtui.redact.strings import BORDER

_END: Final = (
    rb"(?:(?:\\+r)?\\+n|\\+u000[aA]|(?:%0[dD])?%0[aA]|\r?\n|"
    + BORDER
    + rb"|\\+\", ?\\+\")"
)
_QUOTE: Final = rb"\\*[\"'`]"
_COLOUR: Final = rb"(?:\x1b|\\+u001[bB])\[[0-9;]{0,12}m"
_MARKS: Final = (
    rb"(?:[ \t]|\\+t|%09|\+|%20|[-<>|#*]|\d{1,6}(?:\xe2\x86\x92|\\+u2192|[:|])|"
    + _COLOUR
    + b"){0,24}+"
)
_ENDS: Final = b"=?(?:" + _COLOUR + b")?" + _END + _MARKS
_JOINS: Final = (
    _QUOTE + rb"[ \t]{0,4}[+.]?[ \t]{0,4}(?:\\+(?=\\+[nr]))?" + _END
    + rb"(?:[ \t]|\\+t|[-+])*+[+.]?[ \t]{0,4}" + _QUOTE
)  # fmt: skip
_BREAK: Final = b"(?:" + _ENDS + b"|" + _JOINS + b")"
"""A line's end, with what may stand before the next one; or with the quotes of two
strings that code puts together."""
_RUN: Final = rb"(?:[A-Za-z0-9+/_.~@-]|\\+/|%2[bBfF])"
_GOES_ON: Final = re.compile(_BREAK + _RUN)
_TO_END: Final = re.compile(rb"(?:[^\s\"'\\<>{}()\[\]=]++|\\+/|=(?!\\+[nr]|\r?\n))*+")
"""What may be of a value, up to the end of its line."""
_ANY_TO_END: Final = re.compile(rb"(?:[^\"\\\r\n]++|\\+[\"'/])*+")
_CLOSES: Final = re.compile(_BREAK + rb"|\\*[\"']|\Z")
_GIVEN: Final = re.compile(
    rb"(?:" + _QUOTE + rb"?[ :=>]{1,4}(?:[Bb]asic |[Tt]oken )?" + _QUOTE + b"?)?"
)
"""Between what a value is known by and the value."""
_URL: Final = re.compile(
    rb"(?:%2F%2F)?[^\s/:@\"'\\<>{}$|`]{0,64}+(?::|%3A|(?=" + _BREAK + b"))"
)
_IN_WORDS: Final = frozenset({"curl-user", "mysql-password", "session-cookie"})
"""Kinds of which other words stand before the value."""
_NAMED: Final = frozenset(
    {"env-secret", "password-field", "key-field", "database-password"}
)
"""Kinds known by a name alone, behind which a line may end without a value."""
_BREAKS: Final = re.compile(_BREAK)
_NEXT: Final = re.compile(_RUN + rb"{1,512}+")
_ASSIGNS: Final = re.compile(
    rb"[ \t]*(?::|=[ \t]*(?:[A-Za-z0-9$'`{(<\[]|\\+[\"']))|%3[aAdD]|\(|\\*\"\s*:"
)
"""Behind a word that something is given to, or that is called."""
_WORDS: Final = re.compile(
    rb"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_./~+@]+(?:[A-Z]?[a-z]+|[A-Z]+|\d{1,4}))*[-_./~+]*"
)
_NUMBERS: Final = re.compile(rb"[\d.:/+_-]*|\d{4}-\d\d-\d\d.*|v?\d+(?:\.\d+)+.*")
"""Numbers, dates and versions."""
_HEX: Final = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_LAST_RUN: Final = re.compile(rb"[A-Za-z0-9]*\Z")
_TURNS: Final = re.compile(
    rb"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])"
)
_AROUND: Final = 160
"""Bytes before the literal, and behind the last line, that a pattern may look at."""
_MOST: Final = 900
"""Bytes of a value on its first line."""
_MOST_LINES: Final = 64
_DOT: Final = ord(".")
_TRIES: Final = 4
_LEAST_BEFORE: Final = 2
"""Of a value, on the line where it begins."""
_SHORT: Final = 4
"""So few letters may be all alike and yet be a value's end."""
_LONG: Final = 8

Span = tuple[int, int]


class Split:
    """Secrets of one line, each with what a line's end inside of it cuts off."""

    def __init__(self, raw: bytes, hits: Sequence[Hit]) -> None:
        """``hits``: the literals in it, each of which may begin something else."""
        self._raw = raw
        self._hits = hits
        self._others: list[int] = []
        self._values: _Ends | None = None
        self._lines: _Ends | None = None

    def find(self, secret: Secret, start: int, end: int) -> Span | None:
        """What to cut round a literal: what its kind finds, or more of it."""
        raw = self._raw
        found = secret.find(raw, start, end)
        if found is not None and _BREAKS.match(raw, found[1]) is None:
            return found
        first = self._line_end(secret.kind, end)
        if first is None or (found is None and secret.refuses(raw, start)):
            return found
        if not self._others:  # a token of three parts has its literal in two
            self._others = [at for _, at, _ in self._hits if raw[at - 1] != _DOT]
        joined = _Rejoined(raw, (start, end), first, self._others)
        return joined.found(secret, is_known=found is not None) or found

    def _line_end(self, kind: str, end: int) -> int | None:
        """Where the line ends that a literal stands on, if a value may reach it."""
        if kind in _IN_WORDS:
            self._lines = self._lines or _Ends(self._raw, _ANY_TO_END)
            at, last = end, self._lines.behind(end)
        else:
            given = (_URL if kind == "url-password" else _GIVEN).match(self._raw, end)
            if given is None:
                return None
            at = given.end()
            self._values = self._values or _Ends(self._raw, _TO_END)
            last = self._values.behind(at)
        return last if last - at < _MOST and _GOES_ON.match(self._raw, last) else None


class _Ends:
    """Where what matches a pattern ends: each place is looked at once."""

    def __init__(self, raw: bytes, pattern: re.Pattern[bytes]) -> None:
        self._raw = raw
        self._match = pattern.match
        self._begin, self._end = 0, -1

    def behind(self, at: int) -> int:
        """Where it ends that goes on here."""
        if not self._begin <= at <= self._end:
            found = self._match(self._raw, at)
            self._begin, self._end = at, found.end() if found else at
        return self._end


class _Rejoined:
    """The bytes round a literal, with the lines behind it put together."""

    def __init__(
        self, raw: bytes, literal: Span, first: int, others: Sequence[int]
    ) -> None:
        """Put together what goes on behind a literal.

        Args:
            first: where the line ends that it stands on.
            others: where literals begin, in order: what holds one is another value.
        """
        self._raw = raw
        self._base = max(0, literal[0] - _AROUND)
        self._literal = (literal[0] - self._base, literal[1] - self._base)
        self._first = raw[self._base : first]
        self._lines: list[bytes] = []
        self._starts: list[int] = []
        """Where each next line begins in ``raw``."""
        at = first
        while len(self._lines) < _MOST_LINES and (broken := _BREAKS.match(raw, at)):
            line = _NEXT.match(raw, broken.end())
            if line is None:
                break
            near = bisect_left(others, line.start())
            if near < len(others) and others[near] < line.end():
                break
            self._starts.append(broken.end())
            self._lines.append(line[0])
            at = line.end()

    def found(self, secret: Secret, *, is_known: bool) -> Span | None:
        """The span of a value that goes on over a line's end; None if none does.

        Args:
            is_known: what stands before the line's end is a value already.
        """
        first, most = len(self._first), len(self._lines)
        for count in range(most, max(most - _TRIES, 0), -1):
            got = secret.find(self._joined(count), *self._literal)
            if got is None:
                continue
            if got[1] <= first:  # what follows it decided
                return None if is_known else self._back(got)
            if first - got[0] < _LEAST_BEFORE and secret.kind in _NAMED:
                return None
            if got[0] >= first + sum(map(len, self._lines[:count])):
                return self._back(got)  # the break was among the words before it
            reached = self._reached(got[1] - first)
            if reached == count and self._belong(count, got[0], is_known=is_known):
                return self._back(got)
        return None

    def _reached(self, size: int) -> int:
        """On how many of the lines so many bytes stand."""
        for count, line in enumerate(self._lines, 1):
            size -= len(line)
            if size <= 0:
                return count
        return len(self._lines)

    def _joined(self, count: int) -> bytes:
        """So many next lines put together, and what stands behind them."""
        end = self._starts[count - 1] + len(self._lines[count - 1])
        behind = self._raw[end : end + _AROUND]
        return b"".join((self._first, *self._lines[:count], behind))

    def _back(self, got: Span) -> Span:
        """Where that stands in the line itself."""
        return self._at(got[0], is_end=False), self._at(got[1], is_end=True)

    def _at(self, place: int, *, is_end: bool) -> int:
        place -= len(self._first)
        if place < 0 or (is_end and place == 0):
            return self._base + len(self._first) + place
        for start, line in zip(self._starts, self._lines, strict=True):
            if place < len(line) or (is_end and place == len(line)):
                return start + place
            place -= len(line)
        return self._starts[-1] + len(self._lines[-1]) + place

    def _belong(self, count: int, begin: int, *, is_known: bool) -> bool:
        """Whether these next lines are all parts of the value."""
        *middle, last = self._lines[:count]
        is_hex = _HEX.fullmatch(self._first[max(begin, len(self._first) - _LONG) :])
        if middle and (
            len({*map(len, middle)}) > 1
            or len(last) > len(middle[0])
            or not all(_is_drawn(line, is_hex=bool(is_hex)) for line in middle)
        ):
            return False
        end = self._starts[count - 1] + len(last)
        if _ASSIGNS.match(self._raw, end):
            return False
        if is_known and not (
            middle and len(last) <= _SHORT and _CLOSES.match(self._raw, end)
        ):
            return _is_drawn(last, is_hex=bool(is_hex))
        if len(last) > _LONG and _HEX.fullmatch(last):
            return self._is_hex_so_far()
        return len(last) <= _SHORT or _is_no_word(last)

    def _is_hex_so_far(self) -> bool:
        """Whether a sum may go on with what stands behind the literal: no word may."""
        run = _LAST_RUN.search(self._first, self._literal[1])
        return not run or not run[0] or bool(_HEX.fullmatch(run[0]))


def _is_no_word(line: bytes) -> bool:
    return not (_WORDS.fullmatch(line) or _NUMBERS.fullmatch(line))


def _is_drawn(line: bytes, *, is_hex: bool) -> bool:
    """Whether a line looks like a part of a value, all by itself."""
    if len(line) < _LONG or not _is_no_word(line):
        return False
    if _HEX.fullmatch(line) and len(line) > _LONG:
        return is_hex
    return len(_TURNS.findall(line)) >= 2
