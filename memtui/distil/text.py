"""Markdown and prose into plain units: sentences and bullets that stand alone.

A ``Unit`` keeps the words as the record has them (``raw``, which evidence
quotes) beside the words as a person would want to read them (``text``). What
is not prose is left out: code, tables, drawings, rulers, quoted tool output.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

TITLE_COLUMNS = 80
TEXT_LIMIT = 600
"""Characters of title and body together."""
_LEAST_LEAD = 24
_LONGEST_LEAD = 160
UNIT_LIMIT = 600
"""A longer sentence is a log or a list, not a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence or list item."""

    raw: str
    text: str
    heading: str = ""
    """The heading or lead line it stands under, plain."""
    item: bool = False
    """It is a list item."""
    label: str = ""
    """The bold or colon-ended word that opens it: ``Fix`` in ``**Fix:** …``."""
    leads: bool = False
    """It ends in a colon: what follows belongs to it."""
    depth: int = 0
    """Indent of a list item in columns."""
    block: int = 0
    """Number of the heading it stands under, from 0."""


_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BOLD_LINE = re.compile(r"^\s*(?:\d+[.)]\s+)?(?:\*\*|__)([^*_]+?)(?:\*\*|__)\s*:?\s*$")
_ITEM = re.compile(
    r"^(\s*)(?:(?:[-*•+–·◦▪✓✔✗✘☑☐►▸→]|\(?\d{1,2}[.)])\s+"
    r"|(?:\*\*)?[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff]\ufe0f?\s+(?=\S))(.*)$"
)
_CHECKBOX = re.compile(r"^\[[ xX]\]\s*")
_LABEL = re.compile(
    r"^(?:\*\*|__)([^*\n]{2,80}?)(?::(?:\*\*|__)|(?:\*\*|__)\s*(?::|\s[-–—]))\s*"
)
_PLAIN_LABEL = re.compile(r"^([^\W\d_][\w /&'’-]{1,28}):\s+(?=\S)")
_LINK = re.compile(r"!?\[([^\]\n]{1,200})\]\([^)\s]{0,400}(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{2,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_ONE_STAR = re.compile(
    r"(?<![\w*\\/])\*(?=[^\s*/.])([^*\n]{1,120}?)(?<=[^\s*])\*(?![\w*])"
)
_TAG = re.compile(
    r"(?<!`)</?(?:b|i|em|strong|code|br|p|kbd|details|summary)\s*/?>", re.I
)
_PICTURE = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u23e9-\u23fa\ufe0f\u20e3]+"
)
_BLANKS = re.compile(r"\s+")
_DRAWING = re.compile(r"[│┌┐└┘├┤┬┴┼─━═║╔╗╚╝╭╮╰╯▶▼█]")
_TABLE = re.compile(r"^\s*\|.*\|\s*$")
_QUOTE = re.compile(r"^\s*>\s?")
_RULER = re.compile(r"^\s*[-=_*~─━]{3,}\s*$")
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”’)\]*_`]{0,3}\s+(?=\S)|(?<=[。！？])\s*(?=\S)"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|z\.B|d\.h|bzw|ca|т\.е|т\.д|др|см"
    r"|mr|dr|st)|(?:^|\s)\d{1,3}|(?:^|\s)[A-Z])\.$",
    re.I,
)


def plain(text: str) -> str:
    """Words without Markdown, pictures and doubled blanks; backticks stay."""
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    text = _ONE_STAR.sub(r"\1", text)
    text = _PICTURE.sub(" ", text)
    text = text.replace("**", "").replace("\u200b", "")
    return _BLANKS.sub(" ", text).strip()


def units(text: str) -> list[Unit]:
    """The sentences and list items of a Markdown text, in order."""
    found: list[Unit] = []
    heading, block = "", 0
    for kind, indent, raw in _lines(text):
        if kind == "heading":
            heading, block = plain(raw).rstrip(":").strip(), block + 1
            continue
        if kind == "item":
            found.extend(_item(raw, indent, heading, block))
            continue
        parts = [*sentences(raw)]
        for part in parts:
            said = plain(part)
            if said.endswith(":") and part is parts[-1] and len(said) <= _LONGEST_LEAD:
                heading, block = said.rstrip(":").strip(), block + 1
                if len(heading) >= _LEAST_LEAD:
                    found.append(_lead(part, heading, block))
            elif _says_something(said):
                found.append(Unit(raw=part, text=said, heading=heading, block=block))
    return found


def _lead(raw: str, text: str, block: int) -> Unit:
    return Unit(raw=raw, text=text, heading=text, leads=True, block=block)


def _item(raw: str, indent: int, heading: str, block: int) -> Iterator[Unit]:
    raw = _CHECKBOX.sub("", raw)
    label, rest = split_label(raw)
    said = plain(rest)
    if not _says_something(said) and label:
        label, said = "", plain(raw)
    if _says_something(said):
        yield Unit(
            raw=raw, text=said, heading=heading, item=True, label=label,
            depth=indent, block=block,
        )  # fmt: skip


def split_label(raw: str) -> tuple[str, str]:
    """``(label, rest)`` of a line that opens with a bold or short label."""
    raw = _PICTURE.sub(" ", raw).strip()
    found = _LABEL.match(raw) or _PLAIN_LABEL.match(raw)
    if not found:
        return "", raw
    return plain(found[1]).rstrip(":").strip(), raw[found.end() :].lstrip(":–— -")


def _says_something(said: str) -> bool:
    return len(said) <= UNIT_LIMIT and sum(map(str.isalpha, said)) >= 4


def _lines(text: str) -> Iterator[tuple[str, int, str]]:
    """``(kind, indent, raw)`` of headings, items and paragraphs outside code."""
    fenced, paragraph = False, list[str]()
    open_item: tuple[int, list[str]] | None = None

    def flush() -> Iterator[tuple[str, int, str]]:
        nonlocal paragraph, open_item
        if open_item:
            yield "item", open_item[0], " ".join(open_item[1])
        if paragraph:
            yield "text", 0, " ".join(paragraph)
        paragraph, open_item = [], None

    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            yield from flush()
            continue
        if fenced:
            continue
        line = _QUOTE.sub("", line)
        drawn = _TABLE.match(line) or _RULER.match(line) or _DRAWING.search(line)
        if not line.strip() or drawn:
            yield from flush()
            continue
        title = _HEADING.match(line) or _BOLD_LINE.match(line)
        item = _ITEM.match(line)
        if title:
            yield from flush()
            yield "heading", 0, title[1]
        elif item:
            yield from flush()
            open_item = (len(item[1]), [item[2]])
        elif open_item and line[:1].isspace():
            open_item[1].append(line.strip())
        else:
            if open_item:
                yield from flush()
            paragraph.append(line.strip())
    yield from flush()


def sentences(text: str) -> Iterator[str]:
    """The sentences of one paragraph, as they are spelt."""
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        head = text[start : gap.start()]
        if _ABBREVIATED.search(head):
            continue
        whole = text[start : gap.end()].strip()
        if whole:
            yield whole
        start = gap.end()
    rest = text[start:].strip()
    if rest:
        yield rest


def columns(text: str) -> int:
    """How many terminal columns a text takes."""
    if text.isascii():
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
