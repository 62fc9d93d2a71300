"""Markdown and prose into plain units: sentences and bullets that stand alone.

A ``Unit`` keeps the words as the record has them (``raw``, which evidence
quotes) beside the words as a person would want to read them (``text``). What
is not prose was left out by ``markdown``.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_letters, digits

import msgspec

from memtui.distil.markdown import LEAD_LEVEL, parts_of

TITLE_COLUMNS = 80
TEXT_LIMIT = 600
"""Characters of title and body together."""
_LEAST_LEAD = 24
_LONGEST_LEAD = 160
UNIT_LIMIT = 600
"""A longer sentence is a log or a list, not a statement."""


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One sentence or list item; a frozen dataclass takes five times as long."""

    raw: str
    text: str
    under: tuple[str, ...] = ()
    """The headings and lead lines it stands under, plain, outermost first."""
    item: bool = False
    """It is a list item."""
    label: str = ""
    """The bold or colon-ended word that opens it: ``Fix`` in ``**Fix:** …``."""
    leads: bool = False
    """It ends in a colon: what follows belongs to it."""
    block: int = 0
    """Number of the innermost of them; 0 under none."""


_CHECKBOX = re.compile(r"^\[[ xX]\]\s*")
_LABEL = re.compile(
    r"^(?:\*\*|__)([^*\n]{2,80}?)(?::(?:\*\*|__)|(?:\*\*|__)\s*(?::|\s[-–—]))\s*"
)
_PLAIN_LABEL = re.compile(r"^([^\W\d_][\w /&'’-]{1,28}):\s+(?=\S)")
_LINK = re.compile(r"!?\[([^\]\n]{1,200})\]\([^)\s]{0,400}(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(
    r"([*_](?<![\w*].)(?:(?<=\*)\*{0,2}|(?<=_)_{1,2}))(?=\S)(.+?)(?<=\S)\1(?![\w*])"
)
_ONE_STAR = re.compile(
    r"(?<![\w*\\/])\*(?=[^\s*/.])([^*\n]{1,120}?)(?<=[^\s*])\*(?![\w*])"
)
_TAG = re.compile(
    r"(?<!`)</?(?:b|i|em|strong|code|br|p|kbd|details|summary)\s*/?>", re.I
)
_PICTURE = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u23e9-\u23fa\ufe0f\u20e3]+"
)
_UNEVEN = re.compile("[^\0-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u21ff]")
"""What may take two columns or none; Latin, Cyrillic, dashes and arrows take one."""
_LONGEST_SHORT = 16
"""An abbreviation and the blank before it take no more."""
_LAST = frozenset(f"{ascii_letters}{digits}.")
"""What most lines end in, markup or not."""
_LETTERS = 4
"""What has fewer says nothing."""
_FOUR_LETTERS = re.compile(r"(?:[^\W\d_][\W\d_]*){4}")
_KEPT_LINES = 1_024
"""Lines whose plain words are remembered: each is asked for a few times at once."""
_KEPT_TEXTS = 64
"""Texts whose units are remembered: an answer is asked for them a few times."""
_SENTENCE_END = re.compile(
    r"[.!?…。！？](?:(?<=[.!?…])[\"'”’)\]*_`]{0,3}\s+|(?<=[。！？])\s*)(?=\S)"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|z\.B|d\.h|bzw|ca|т\.е|т\.д|др|см"
    r"|mr|dr|st)|(?:^|\s)\d{1,3}|(?:^|\s)[A-Z])\.$",
    re.I,
)


@lru_cache(maxsize=_KEPT_LINES)
def plain(text: str) -> str:
    """Words without Markdown, pictures and doubled blanks; backticks stay."""
    if "[" in text:
        text = _LINK.sub(_first, text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "*" in text or "__" in text:
        for _ in range(2):
            text, found = _EMPHASIS.subn(_second, text)
            if not found or ("*" not in text and "_" not in text):
                break
        if "*" in text:
            text = _ONE_STAR.sub(_first, text).replace("**", "")
    if not text.isascii():
        text = _PICTURE.sub(" ", text).replace("\u200b", "").replace("’", "'")
    if text.isprintable() and "  " not in text and " " not in (text[:1], text[-1:]):
        return text
    return " ".join(text.split())


def _first(found: re.Match[str]) -> str:
    return found[1]


def _second(found: re.Match[str]) -> str:
    return found[2]


@lru_cache(maxsize=_KEPT_TEXTS)
def units(text: str) -> Sequence[Unit]:
    """The sentences and list items of a Markdown text, in order."""
    outline, found = _Outline(), list[Unit]()
    for kind, level, raw in parts_of(text):
        if kind == "heading":
            outline.enter(level, raw)
        elif kind == "item":
            _add_item(level, raw, outline, found)
        else:
            _add_paragraph(raw, outline, found)
    return found


class _Outline:
    """Under which headings we are; a lead sentence and a bare item count as one."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str, int]] = []
        self._entered = 0
        self.under: tuple[str, ...] = ()
        """The headings, outermost first."""
        self.block = 0
        """Number of the innermost heading; 0 outside of any."""

    def enter(self, level: int, raw: str) -> None:
        """A heading of this level; those of the same or a deeper one end."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._entered += 1
        self._open.append((level, plain(raw).rstrip(":").strip(), self._entered))
        self._moved()

    def leave(self, level: int) -> None:
        """What stands at this level or deeper has ended."""
        if self._open and self._open[-1][0] >= level:
            while self._open and self._open[-1][0] >= level:
                self._open.pop()
            self._moved()

    def _moved(self) -> None:
        self.under = tuple(name for _, name, _ in self._open)
        self.block = self._open[-1][2] if self._open else 0


def _add_paragraph(text: str, outline: _Outline, found: list[Unit]) -> None:
    outline.leave(LEAD_LEVEL)
    said_parts = sentences(text)
    for raw in said_parts:
        said = plain(raw)
        leads = said[-1:] == ":" and raw is said_parts[-1]
        if leads and len(said) <= _LONGEST_LEAD:
            outline.enter(LEAD_LEVEL, raw)
            if len(said) > _LEAST_LEAD:
                found.append(Unit(
                    raw=raw, text=said.rstrip(": "), leads=True, under=outline.under,
                    block=outline.block,
                ))  # fmt: skip
        elif _says_something(said):
            found.append(
                Unit(raw=raw, text=said, under=outline.under, block=outline.block)
            )


def _add_item(level: int, raw: str, outline: _Outline, found: list[Unit]) -> None:
    outline.leave(level)
    if raw[:1] == "[":
        raw = _CHECKBOX.sub("", raw)
    if ":" in raw and len(raw) <= _LONGEST_LEAD and _ends_in_colon(raw):
        outline.enter(level, raw)
        return
    label, rest = split_label(raw)
    said = plain(rest)
    if label and not _says_something(said):
        label, said = "", plain(raw)
    if _says_something(said):
        found.append(Unit(
            raw=raw, text=said, item=True, label=label, under=outline.under,
            block=outline.block,
        ))  # fmt: skip


def _ends_in_colon(raw: str) -> bool:
    """Whether a line ends so once its markup is gone: most end in a letter."""
    return raw[-1] not in _LAST and plain(raw)[-1:] == ":"


def split_label(raw: str) -> tuple[str, str]:
    """``(label, rest)`` of a line that opens with a bold or short label."""
    raw = (raw if raw.isascii() else _PICTURE.sub(" ", raw)).strip()
    found = _LABEL.match(raw) if raw[:2] in ("**", "__") else None
    if not found and ":" in raw:
        found = _PLAIN_LABEL.match(raw)
    if not found:
        return "", raw
    return plain(found[1]).rstrip(":").strip(), raw[found.end() :].lstrip(":–— -")


def _says_something(said: str) -> bool:
    if len(said) > UNIT_LIMIT or len(said) < _LETTERS:
        return False
    return said[:_LETTERS].isalpha() or bool(_FOUR_LETTERS.search(said))


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph, as they are spelt."""
    found: list[str] = []
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        end = gap.start() + 1
        if _is_short(text, start, end) or _is_quoted(text, start, gap):
            continue
        whole = text[start : gap.end()].strip()
        if whole:
            found.append(whole)
        start = gap.end()
    rest = text[start:].strip()
    if rest:
        found.append(rest)
    return found


def _is_short(text: str, start: int, end: int) -> bool:
    """Whether a sentence would end in an abbreviation: its last word tells."""
    near = max(start, end - _LONGEST_SHORT)
    blank = text.rfind(" ", near, end)
    if blank < 0:
        return bool(_ABBREVIATED.search(text, near, end))
    return _is_abbreviation(text[blank:end])


@lru_cache(maxsize=_KEPT_LINES)
def _is_abbreviation(word: str) -> bool:
    return bool(_ABBREVIATED.search(word))


def _is_quoted(text: str, start: int, gap: re.Match[str]) -> bool:
    """Whether a full stop stands in code or in a quote, and the sentence goes on."""
    if "`" in gap[0] or '"' in gap[0]:
        return text[gap.end()].islower()
    if gap[0][0] == "…" or text.startswith("..", gap.start() - 2):
        return text[gap.end()].islower()  # something was left out
    return "`" in text and text.count("`", start, gap.start()) % 2 == 1


def columns(text: str) -> int:
    """How many terminal columns a text takes."""
    if text.isascii() or not _UNEVEN.search(text):
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    bare = sum(unicodedata.combining(c) > 0 for c in text)
    return len(text) + wide - bare


def cut_columns(text: str, limit: int) -> str:
    """The longest head of ``text`` within ``limit`` columns."""
    taken = 0
    for index, char in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if taken > limit:
            return text[:index]
    return text
