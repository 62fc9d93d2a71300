"""Names of code in memories, and which of them a file still holds.

In no language but that of names: what has an underscore or a capital inside, or
stands before brackets. A file is asked for whole words in its bytes, so that any
language of code will do, and never read beyond a bound.
"""

import os
import re
from collections.abc import Collection
from typing import Final

from memtui.readers.regular import open_regular

MOST: Final = 6
"""Names looked for of one memory, those of its title first."""
LARGEST: Final = 1 << 20
"""Bytes of a file; a larger one is data, and what it holds is not known."""

_NAME: Final = re.compile(
    r"(?<![\w/\\.-])(?:[^\W\d]\w{0,60}\.){0,8}("
    r"[^\W\d]\w{2,60}(?=\(\))|_{0,2}[^\W\d_]\w{0,40}_\w{1,60}"
    r"|_{0,2}[a-z]\w{0,40}[A-Z]\w{0,60}|[A-Z]\w{0,30}[a-z]\w{0,30}[A-Z]\w{0,60}"
    r")(?![\w/\\-]|\.[^\W\d_])"
)
"""Bounded everywhere, so that no word, however long, costs more than its length."""


def symbols_of(text: str) -> tuple[str, ...]:
    """The names of code in a text, each once, in order; no paths and no file names."""
    return tuple(dict.fromkeys(_NAME.findall(text)))[:MOST]


def held(path: str, symbols: Collection[str]) -> set[str] | None:
    """Which of these names a file holds.

    Returns:
        None where that is not known: no regular file, too large, not readable.
    """
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > LARGEST:
                return None
            text = file.read(LARGEST)
    except (OSError, ValueError):  # ``NotRegular`` is one
        return None  # it may hold them: it cannot be looked at
    return {symbol for symbol in symbols if _stands_in(symbol.encode(), text)}


def _stands_in(word: bytes, text: bytes) -> bool:
    return word in text and bool(
        re.search(rb"(?<![A-Za-z0-9_])" + re.escape(word) + rb"(?![A-Za-z0-9_])", text)
    )
