"""Text for the screen: widths in cells, times in the local zone, figures. Pure."""

import time
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from rich.cells import cell_len, set_cell_size

from memtui.model import Agent, Trust

DAY_MS: Final = 86_400_000


class _Short(dict[Agent, str]):
    """Short for agents; one that nobody thought of goes by its own name."""

    def __init__(self, known: Mapping[Agent, str], length: int) -> None:
        super().__init__(known)
        self._length = length

    def __missing__(self, agent: Agent) -> str:
        """The beginning of its name."""
        return agent.value[: self._length]


AGENT_WORDS: Final = _Short(
    {
        Agent.CLAUDE_CODE: "claude",
        Agent.CODEX: "codex",
        Agent.GEMINI_CLI: "gemini",
        Agent.OPENCODE: "opencode",
    },
    length=10,
)
AGENT_CODES: Final = _Short(
    {
        Agent.CLAUDE_CODE: "cc",
        Agent.CODEX: "cx",
        Agent.GEMINI_CLI: "gm",
        Agent.OPENCODE: "oc",
    },
    length=2,
)
TRUST_WORDS: Final = {
    Trust.USER: "you",
    Trust.ASSISTANT: "agent",
    Trust.TOOL: "tool",
    Trust.WEB: "web",
    Trust.SHARED: "shared",
}
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def fit(text: str, width: int, *, right: bool = False, more: str = "…") -> str:
    """Exactly ``width`` cells; what does not fit ends in an ellipsis."""
    if width <= 0:
        return ""
    size = cell_len(text)
    if size > width:
        text = set_cell_size(text, width - 1).rstrip() + more
        size = cell_len(text)
    pad = " " * (width - size)
    return pad + text if right else text + pad


def cut(text: str, width: int, *, more: str = "…") -> str:
    """At most ``width`` cells, without padding."""
    return text if cell_len(text) <= width else fit(text, width, more=more).rstrip()


def tail(path: str, width: int, *, more: str = "…") -> str:
    """A path that is too long loses its head: one looks for the file name."""
    if cell_len(path) <= width:
        return path
    shown = path
    while shown and cell_len(shown) > width - 1:
        shown = shown[1:]
    return more + shown


def wrap(text: str, width: int, *, hang: int = 0) -> list[str]:
    """Lines of at most ``width`` cells, broken at blanks where there are any.

    Args:
        hang: cells by which what a line goes on with is indented.
    """
    lines: list[str] = []
    width = max(1, width)
    for paragraph in text.split("\n"):
        said = paragraph.expandtabs(4).rstrip()
        lines += _wrapped(said, width, min(hang, width - 1))
    return lines


def _wrapped(text: str, width: int, hang: int) -> Iterable[str]:
    if cell_len(text) <= width:
        yield text
        return
    indent = text[: len(text) - len(text.lstrip())]
    line, size = indent if cell_len(indent) < width else "", cell_len(indent)
    started = False
    for word in text.split():
        room = width - size - (1 if started else 0)
        wide = cell_len(word)
        if wide > room and started:
            yield line
            line, size, started = " " * hang, hang, False
            room = width - hang
        while wide > room:  # longer than a line: broken where it must be
            head = _head(word, room)
            yield line + head
            word, wide = word[len(head) :], wide - cell_len(head)
            line, size, room = " " * hang, hang, width - hang
        if not word:
            continue
        line += (" " if started else "") + word
        size, started = cell_len(line), True
    if started:
        yield line


def _head(word: str, room: int) -> str:
    """The beginning that fills ``room`` cells, a character at least.

    Never looks at much more than that: a text without blanks (Chinese has none) is
    one word of any length.
    """
    seen = max(1, room) + 1
    while seen < len(word) and cell_len(word[:seen]) <= room:
        seen *= 2  # of characters that take no cell of their own
    return set_cell_size(word[:seen], room).rstrip() or word[:1]


def one_line(text: str) -> str:
    """The text on one line, runs of blanks as one."""
    return " ".join(text.split())


def figure(number: int) -> str:
    """``18,311``."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """``1 memory``, ``3 memories``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def capped(number: int, most: int, one: str, many: str = "") -> str:
    """The same where counting stopped at ``most``: ``200+ turns``."""
    words = plural(number, one, many)
    return words.replace(" ", "+ ", 1) if number >= most else words


def memories(number: int) -> str:
    """``1 memory``, ``3 memories``."""
    return plural(number, "memory", "memories")


def size(number: int) -> str:
    """Bytes as a person reads them: ``412 MB``."""
    value = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            digits = 0 if unit == "B" or value >= 10 else 1
            return f"{value:.{digits}f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def local(at: int) -> datetime:
    """The local time of UTC milliseconds."""
    try:
        return datetime.fromtimestamp(at / 1000, tz=UTC).astimezone()
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, tz=UTC)


def clock(at: int) -> str:
    """``14:41``, local."""
    return local(at).strftime("%H:%M")


def age(at: int, now: int) -> str:
    """``8m 3h 2d 5w 2mo 1y``: at most three cells, four for months."""
    minutes = max(0, now - at) // 60_000
    if minutes < 60:
        return f"{minutes}m"
    hours = minutes // 60
    if hours < 24:
        return f"{hours}h"
    days = hours // 24
    if days < 7:
        return f"{days}d"
    if days < 60:
        return f"{days // 7}w"
    return f"{days // 30}mo" if days < 365 else f"{days // 365}y"


def date(at: int, now: int) -> str:
    """``Thu 19 November``, with the year when it is another one."""
    when = local(at)
    year = "" if when.year == local(now).year else f" {when.year}"
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}{year}"


def short_date(at: int, now: int) -> str:
    """``Thu 19 Nov``."""
    when = local(at)
    year = "" if when.year == local(now).year else f" {when.year}"
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1][:3]}{year}"


def day_name(at: int, now: int) -> str:
    """``Today``, ``Yesterday`` or nothing."""
    days = (local(now).date() - local(at).date()).days
    return {0: "Today", 1: "Yesterday"}.get(days, "")


def moment(at: int, now: int) -> str:
    """A time of today as a clock, else with its date."""
    same = local(at).date() == local(now).date()
    return clock(at) if same else f"{short_date(at, now)} {clock(at)}"


def now_ms() -> int:
    """The present, in UTC milliseconds."""
    return int(time.time() * 1000)


def is_latin_letter(character: str) -> bool:
    """Whether the character is one that our keys are made of."""
    return unicodedata.name(character, "").startswith("LATIN")
