"""Text as the full-text index holds it, the same for index and query.

FTS5's ``porter unicode61`` splits on everything that is no letter or digit and
stems English. Two kinds of text need help first: scripts without spaces between
words (their runs become overlapping pairs, asked for as phrases), and
identifiers (``parseConfig`` gets its parts, ``parse_config`` its joined form).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise
from typing import Final, NamedTuple

from memtui.model import RecordKind, Tool

VERSION: Final = 4
"""Raised when prepared text or its columns change: the index is then made anew."""

_WORDS_CAP: Final = 6_000
_THINKING_CAP: Final = 3_000
_TOOL_CAP: Final = 1_000
_FILE_CAP: Final = 300
_CONTEXT_CAP: Final = 600
_IDENT_CAP: Final = 1_500
"""Characters; beyond them more text finds little and weighs much (measured). Of a
tool's output a thousand find as many sessions as two thousand, and the right one
first a little more often: 383 titles, summaries and commit subjects of real ones.
What was read of a file is known by its first lines: the file has the others."""

_SAYS_NOTHING: Final = frozenset({Tool.EDIT, Tool.TODO})
"""Tools whose answer is a fixed phrase, or shows again what they were told."""

_CAPS: Final = {
    RecordKind.PROMPT: _WORDS_CAP,
    RecordKind.RESPONSE: _WORDS_CAP,
    RecordKind.SUMMARY: _WORDS_CAP,
    RecordKind.TITLE: _WORDS_CAP,
    RecordKind.THINKING: _THINKING_CAP,
    RecordKind.TOOL_USE: _TOOL_CAP,
    RecordKind.TOOL_RESULT: _TOOL_CAP,
}
"""Kinds that are searched. Not ``CONTEXT``: what we injected is no find."""

_UNSPACED: Final = re.compile(
    "[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_DIACRITICS: Final = re.compile("[\u0300-\u036f]+")
_MOST_PARTS: Final = 10
_IDENT: Final = re.compile(
    r"[A-Za-z][a-z]*+(?!\w|[-.$]\w)"  # a plain word: nine of ten, and not caught
    r"|([^\W\d_](?:\w|[-.$](?=\w))*)"
)
_CAMEL: Final = re.compile(
    r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+(?=[A-Z][a-z])|\d+|[^\W\dA-Za-z_]+"
)
_WORD: Final = re.compile(r"[^\W_]+")

MARKS: Final = re.compile(
    "[\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2300-\u23f3\u2500-\u26ff\u2701-\u2775\u2794-\u27bf"
    "\u2900-\u297f\u2b00-\u2b4c]+"
)
"""Quotes, dashes, arrows, boxes, pictures: in no word, and in most texts all there
is beyond ASCII. With blanks in their place such a text is ASCII, and that is fast."""

_APART: Final = bytes(
    code if code > 127 or chr(code).isalnum() or chr(code) in "_.$-" else 32
    for code in range(256)
)
"""Bytes of UTF-8 that may stand in an identifier as they are, all others a blank."""

_JOINTS: Final = b"_.$-"
_ONLY_WORDS: Final = bytes(c if chr(c).isalnum() else 32 for c in range(128)) * 2
_APART_AT_JOINTS: Final = bytes(32 if c in _JOINTS else c for c in range(256))
LENGTHS: Final = range(2, 41)
"""Letters of a word that is worth completing."""

Pieces = AbstractSet[bytes]
"""The different pieces of a text between blanks and most punctuation."""


class Prepared(NamedTuple):
    """One row of the index, column by column."""

    title: str
    body: str
    context: str
    ident: str
    pieces: Pieces
    """Of all but the context, as it was before ``spaced``."""


def memory_text(
    title: str,
    body: str,
    *,
    facts: Iterable[str] = (),
    tags: Iterable[str] = (),
    files: Iterable[str] = (),
    context: str = "",
) -> Prepared:
    """A memory as the index holds it; ``context`` is what stood round it."""
    said = "\n".join((title, body, *facts))
    named = " ".join((*tags, *files))
    cut = cut_apart(_without_marks(f"{said} {named}"))
    pieces = set(cut)
    return Prepared(
        title=spaced(title),
        body=spaced("\n".join((body, *facts))[:_WORDS_CAP]),
        context=spaced(context[:_CONTEXT_CAP]),
        ident=spaced(_ident(named, cut, pieces)),
        pieces=pieces,
    )


def record_text(
    kind: RecordKind,
    text: str,
    *,
    command: str = "",
    files: Sequence[str] = (),
    context: str = "",
    tool: Tool | None = None,
    failed: bool = False,
) -> Prepared | None:
    """A record as the index holds it; None where there is nothing to search in it.

    Args:
        tool: whose call or answer it is. The answer to a call that did not fail is
            found by its own words alone: command and files are in the call's row.
        failed: the call did.
    """
    cap = _CAPS.get(kind)
    if cap is None:
        return None
    if kind is RecordKind.TOOL_RESULT and not failed:
        if tool in _SAYS_NOTHING:
            return None
        command, files = "", ()
        text = text[:_FILE_CAP] if tool is Tool.READ else text
    has_ends = kind in (RecordKind.TOOL_USE, RecordKind.TOOL_RESULT)
    said = f"{command}\n{text}" if command and command not in text else text
    body = _without_marks(_ends(said, cap) if has_ends else said[:cap])
    if not body.strip() and not files:
        return None
    title = body if kind is RecordKind.TITLE else ""
    named = " ".join(name for name in files if name not in body)
    cut = cut_apart(f"{body} {named}" if named else body)
    pieces = set(cut)
    return Prepared(
        title=spaced(title) if title else "",
        body="" if title else spaced(body),
        context=spaced(context[:_CONTEXT_CAP]) if context else "",
        ident=spaced(_ident(named, cut, pieces)),
        pieces=pieces,
    )


def _without_marks(text: str) -> str:
    return text if text.isascii() else MARKS.sub(" ", text)


def spaced(text: str) -> str:
    """The text with every run of an unspaced script as overlapping pairs."""
    if text.isascii():
        return text.replace("\0", " ")
    plain = fold(sound(text))
    return _UNSPACED.sub(lambda run: f" {' '.join(pairs(run[0]))} ", plain)


def sound(text: str) -> str:
    """The text in one Unicode form, free of what SQLite cannot hold."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return unicodedata.normalize("NFKC", whole)


def fold(text: str) -> str:
    """The text in lower case, without diacritics.

    The index does so by itself, but for the scripts and letters that its Unicode
    knows; done here, what is typed and what is held agree whatever the script.
    """
    if text.isascii():
        return text.lower()
    apart = _DIACRITICS.sub("", unicodedata.normalize("NFKD", text)).lower()
    if not unicodedata.is_normalized("NFKD", apart) or _DIACRITICS.search(apart):
        apart = _DIACRITICS.sub("", unicodedata.normalize("NFKD", apart))
    return unicodedata.normalize("NFC", apart)


def pairs(run: str) -> list[str]:
    """Overlapping pairs of a run: three characters give two; one gives itself."""
    letters = [c for c in run if unicodedata.category(c) not in ("Mn", "Mc")]
    if len(letters) < 2:
        return letters
    return [a + b for a, b in pairwise(letters)]


def is_unspaced(text: str) -> bool:
    """Does the text hold a script that puts no space between its words?"""
    return not text.isascii() and _UNSPACED.search(text) is not None


def cut_apart(text: str) -> list[bytes]:
    """The text cut at every character that no identifier holds.

    In bytes: that is several times as fast as any pattern. No word and no
    identifier of the text reaches over two pieces.
    """
    return text.encode("utf-8", "replace").translate(_APART).split()


def identifiers(text: str) -> str:
    """The other spellings of the identifiers in a text, each once.

    ``parseConfig`` gives ``parse config``, ``parse_config`` gives
    ``parseconfig``; plain words give nothing.
    """
    cut = cut_apart(text)
    return _other_spellings(cut, set(cut))


def _other_spellings(cut: Sequence[bytes], pieces: set[bytes]) -> str:
    # most have none: those are passed over before anything is made of them
    others = pieces.difference(_spelt.alone)
    if not others:
        return ""
    found = map(_spelt.__getitem__, filter(others.__contains__, cut))
    return " ".join(dict.fromkeys(chain.from_iterable(found)))


def _ident(named: str, cut: Sequence[bytes], pieces: set[bytes]) -> str:
    return f"{named} {_other_spellings(cut, pieces)}".strip()[:_IDENT_CAP]


class _ByPiece(dict[bytes, tuple[str, ...]]):
    """What was made of each piece: a project says the same few things all day."""

    _MOST: Final = 50_000
    _LONGEST: Final = 64

    def __init__(self, make: Callable[[bytes], Iterable[str]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, piece: bytes) -> tuple[str, ...]:
        made = tuple(self._make(piece))
        if len(piece) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[piece] = made
        return made


class _Spelt(_ByPiece):
    """The other spellings of each piece that has some."""

    def __init__(self) -> None:
        super().__init__(_spellings_in)
        self.alone: Final[set[bytes]] = set()
        """Those without: a set of them is taken from another one at once."""

    def __missing__(self, piece: bytes) -> tuple[str, ...]:
        if piece in self.alone:
            return ()
        made = () if is_plain(piece) else tuple(_spellings_in(piece))
        if len(piece) <= self._LONGEST:
            if len(self) + len(self.alone) >= self._MOST:
                self.clear()
                self.alone.clear()
            if made:
                self[piece] = made
            else:
                self.alone.add(piece)
        return made


def _spellings_in(piece: bytes) -> Iterable[str]:
    """How else the identifiers in a piece of text may be written."""
    core = piece.strip(_JOINTS)
    if is_plain(core) or core.translate(None, _JOINTS).isdigit():
        return ()
    if words := _joined(core):
        one = len(words) <= 4 and b"." not in core
        return (b"".join(words).decode().lower(),) if one else ()
    names = filter(None, _IDENT.findall(piece.decode("utf-8", "replace")))
    return dict.fromkeys(chain.from_iterable(map(spellings, names)))


def _words_in(piece: bytes) -> Iterable[str]:
    """Each word that the index holds for a piece of text."""
    core = piece.strip(_JOINTS)
    if is_plain(core):
        return (core.decode().lower(),) if len(core) in LENGTHS else ()
    if piece.isascii():
        said = piece.translate(_ONLY_WORDS).decode().lower().split()
        found = dict.fromkeys((*said, *" ".join(_spelt[piece]).split()))
    else:
        text = " ".join((piece.decode("utf-8", "replace"), *_spelt[piece]))
        found = dict.fromkeys(_WORD.findall(spaced(text).lower()))
    return [word for word in found if len(word) in LENGTHS]


def is_plain(core: bytes) -> bool:
    """Is it but one word, or a number, with no other spelling?"""
    if core.isalpha():
        return core[1:].islower() or core.isupper() or len(core) == 1
    return core.isdigit()


def _joined(core: bytes) -> list[bytes]:
    """The plain words in a name with one sign between two; none for any other."""
    words = core.translate(_APART_AT_JOINTS).split()
    if len(words) < 2 or len(core) != sum(map(len, words)) + len(words) - 1:
        return []
    return words if all(word.isalpha() and is_plain(word) for word in words) else []


_spelt: Final = _Spelt()
words_in: Final = _ByPiece(_words_in)
"""The words of a piece, lower case, as far as they are worth completing."""


def spellings(name: str) -> tuple[str, ...]:
    """How else one identifier may be written, lower case."""
    if name.isalpha() and (name.islower() or name.istitle() or name.isupper()):
        return ()
    pieces = _WORD.findall(name)
    parts = [part.lower() for piece in pieces for part in _CAMEL.findall(piece)]
    if len(parts) > _MOST_PARTS:
        return ()  # a hash or another number: nobody types it in parts
    found: list[str] = []
    if len(parts) > max(1, len(pieces)):
        found.append(" ".join(parts))
    if len(parts) > 1 and 1 < len(pieces) <= 4 and "." not in name:
        found.append("".join(parts))
    return tuple(found)


def _ends(text: str, cap: int) -> str:
    """Head and tail: a tool's output says most at its two ends."""
    if len(text) <= cap:
        return text
    return f"{text[: cap // 2]}\n{text[-(cap // 2) :]}"
