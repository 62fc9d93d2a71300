"""A draft: an observation before it is scored, compared and chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from memtui.distil.text import TITLE_COLUMNS, Unit, columns, cut_columns
from memtui.model import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one rule makes of one place in the transcript."""

    rule: str
    record: Record
    """The record that shows it best."""
    quote: str
    """The words in it that do, as spelt there. The id is made of them."""
    title: str
    """One sentence; cut to the width of a title when it is chosen."""
    details: tuple[str, ...] = ()
    """More sentences, best order first; as many are taken as there is room."""
    type: str = ""
    """Empty: the cues decide."""
    signals: frozenset[str] = frozenset()
    shows: tuple[tuple[Record, str], ...] = ()
    """Further evidence."""
    files: tuple[str, ...] = ()
    turn: int = 0
    units: tuple[Unit, ...] = field(default=())

    @property
    def text(self) -> str:
        """Title and details as one text, for comparing."""
        return " ".join((self.title, *self.details))


def title_of(sentence: str) -> tuple[str, bool]:
    """``(title, whole)``: a sentence as a title, and whether all of it fits.

    A long sentence ends at its last clause that fits, so that the title is a
    complete thought; only where there is none does it end in an ellipsis.
    """
    line = sentence.replace("`", "").strip().rstrip(".:;,。；：，").strip()
    line = line[:1].upper() + line[1:]
    if columns(line) <= TITLE_COLUMNS:
        return line, True
    head = cut_columns(line, TITLE_COLUMNS)
    for mark in (". ", "; ", " – ", " — ", " - ", ": ", ", ", " (", "，", "；"):
        at = head.rfind(mark)
        if at >= 28 and _balanced(head[:at]):
            return head[:at].rstrip(" ,;:-–—("), False
    head = cut_columns(line, TITLE_COLUMNS - 1)
    at = head.rfind(" ")
    return (head[:at] if at > 40 else head).rstrip(" ,;:-–—(") + "…", False


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0


def body_of(sentences: Iterable[str], room: int) -> str:
    """As many whole sentences as there is room for; the first is cut if it must."""
    taken: list[str] = []
    for sentence in sentences:
        line = sentence.strip()
        if not line or any(line in other for other in taken):
            continue
        if line[-1].isalnum() or line[-1] in "`)”\"'":
            line += "."
        if len(line) + 1 > room:
            if taken or room < 80:
                continue
            line = line[: room - 1].rsplit(" ", 1)[0] + "…"
        taken.append(line)
        room -= len(line) + 1
    return "\n".join(taken)
