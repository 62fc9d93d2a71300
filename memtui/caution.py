"""What to look at twice before a memory is kept: hidden letters, and orders.

A page that a tool read may speak to the agent instead of telling it something; what
the agent repeats of it can become a candidate. Pure, and a guess: it warns, and
decides nothing.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from memtui.clean import UNSEEN
from memtui.model import Memory, Trust

ORDER: Final = "reads like an instruction"
_MOST: Final = 4_000
"""Characters of a text that are looked at."""

_AGENTS: Final = r"(?:the |your |an? )?(?:user|human|developer|operator|person|anyone)"
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,30}"
    r"\b(?:instructions?|rules?|prompts?|guidelines?|safety|polic(?:y|ies))\b"
    rf"|\b(?:do not|don['’]t|never|without) (?:tell|telling|inform|informing|ask|asking"
    rf"|alert|alerting|notify|notifying|mention|mentioning|reveal|revealing)\b"
    rf"[^.\n]{{0,20}}\b{_AGENTS}\b"
    r"|\b(?:you|agents?|assistants?|claude|gemini|codex|the (?:model|ai))"
    r" (?:must(?! (?:not )?be)|shall|should (?:always|never)"
    r"|(?:are|is) (?:now|required|instructed)"
    r"|ha(?:ve|s) to)\b"
    r"|\bfrom now on\b|\bnew instructions?\b|\bsystem prompt\b|\bas an ai\b"
    r"|\b(?:important|attention|system|instructions?)\s*:\s*(?:you|always|never|do|run)\b"
    r"|^[^\w\n]{0,8}(?:always|never|please|you)"
    r" (?:run|execute|fetch|download|install|send|post"
    r"|upload|curl|commit|push|delete|remove|disable|call|visit|open|include|add)\b"
    r"|\b(?:curl|wget)\b[^\n|]{0,200}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b"
    r"|\b(?:ignorier|missachte)\w*\b[^.\n]{0,30}\b(?:anweisung|regel)"
    r"|\b(?:ignora|olvida)\b[^.\n]{0,30}\b(?:instruccion|reglas)"
    r"|\b(?:ignore[zr]?|oublie[zr]?)\b[^.\n]{0,30}\b(?:consignes|règles)"
    "|忽略[^。\n]{0,12}(?:指令|指示|规则)|(?:指示|命令)を無視",
    re.IGNORECASE | re.MULTILINE,
)
_TAGS: Final = 0xE0000
_UNSEEN: Final = re.compile(f"[{UNSEEN}]+")
_MOST_SHOWN: Final = 120


def reads_like_an_order(memory: Memory) -> bool:
    """Whether something in a memory that no person said speaks to the agent.

    Orders are what a person gives: of theirs only what was added to their own words
    is looked at.
    """
    quotes = None
    if memory.trust is Trust.USER:
        if not memory.evidence:
            return False  # written by hand
        quotes = tuple(item.quote for item in memory.evidence)
    return _is_order(memory.title, memory.body, quotes)


def is_order(title: str, body: str) -> bool:
    """Whether a text of somebody else's speaks to the agent."""
    return _is_order(title, body, None)


def unseen(texts: Iterable[str]) -> str:
    """What stands hidden in texts, made visible; empty where nothing does.

    Characters by their numbers, ``U+200B``; what is spelled in tags in its letters.
    """
    runs = (run for text in texts for found in _UNSEEN.findall(text)
            for run in _spelled(found))  # fmt: skip
    said = ", ".join(dict.fromkeys(runs))
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"


@lru_cache(maxsize=2_048)  # asked for every row at every key
def _is_order(title: str, body: str, quotes: tuple[str, ...] | None) -> bool:
    lines = f"{title}\n{body}"[:_MOST].splitlines()
    if quotes is not None:
        said = [_words(quote) for quote in quotes]
        lines = [one for one in lines if not any(_words(one) in q for q in said)]
    return bool(_ORDERS.search("\n".join(lines)))


def _spelled(run: str) -> Iterator[str]:
    letters = "".join(
        chr(ord(char) - _TAGS) for char in run if 0x20 <= ord(char) - _TAGS < 0x7F
    )
    if letters:
        yield f"“{letters}”"
    yield from (f"U+{ord(char):04X}" for char in run if ord(char) < _TAGS)


def _words(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .…→>-")
