"""Shell commands as they are compared, and what their outputs say."""

import re
from functools import lru_cache
from itertools import islice

from memtui.clean import clean
from memtui.distil import words
from memtui.distil.turns import Turn
from memtui.records import Record

_LEADING = re.compile(r"^\s*(?:cd\s+(?:\"[^\"]*\"|'[^']*'|[^&;|]*?)\s*(?:&&|;)\s*)+")
_TRAILING = re.compile(
    r"\s*(?:2>&1|\d?>\s*/dev/null|\|\s*(?:tail|head|grep|tee|less|cat)\b.*|;?\s*echo\b.*)\s*$",
    re.S,
)
_TRIMMED = (">", "|", "echo")
"""What is trimmed has one of these."""
_KEPT_COMMANDS = 64
"""Commands whose short form is remembered: of a turn it is asked for twice."""
_VERDICT = 60
"""A longer line tells more than how many failed."""
TAIL = 20_000
"""Letters at the end of an output in which what failed is named."""
_MOST_FAILED = 3
_LONGEST_LINE = 160
_STATUS = re.compile(r"^(?:exit code|command|directory|output|error)\b.{0,12}$", re.I)
"""Lines of a client's frame round an output."""
_COUNT = re.compile(
    r"\d+ (?:passed|failed|passing|failing|tests? (?:passed|failed))"
    r"(?:, \d+ (?:passed|failed|skipped|deselected))*"
)
HEAD = 2_000
"""What went wrong is said in the first letters."""


def command_of(result: Record, turn: Turn) -> str:
    """What was run for a result."""
    return result.command or turn.commands.get(result.call, "")


@lru_cache(maxsize=_KEPT_COMMANDS)
def shortened(command: str) -> str:
    """The command without changing folder first and trimming output after."""
    line = clean(command).strip()
    if line.startswith("cd"):
        line = _LEADING.sub("", line)
    while any(map(line.__contains__, _TRIMMED)):
        cut = _TRAILING.sub("", line)
        if cut == line:
            break
        line = cut
    return line if "\n" not in line else ""


def error_line(text: str) -> str:
    """The line of an output that says what went wrong."""
    if words.TOOL_MECHANICS.search(text[:400]):
        return ""
    lines = (line.strip(" \t=_*") for line in clean(text[:4000]).splitlines())
    told = (x for x in lines if 12 <= len(x) <= 300 and words.SAYS_ERROR.search(x))
    return next(told, "")


def counted(checker: str, text: str) -> str:
    """A check with the last count in its output; empty: it counts nothing."""
    said = text[-HEAD:]
    # every count has one of these; most outputs have neither
    found = _COUNT.findall(said) if "pass" in said or "fail" in said else None
    return f"{checker}: {found[-1]}" if found else ""


def verdict(text: str) -> str:
    """The last line of an output that counts what failed; empty: none does."""
    for line in reversed(clean(text[-HEAD:]).splitlines()):
        said = line.strip(" =-*✖✗×")
        if len(said) <= _VERDICT and words.COUNTS_FAILED.search(said):
            return said
    return ""


def failed_in(text: str) -> tuple[str, ...]:
    """The lines of an output that name what failed, the first few."""
    lines = (" ".join(line.split()) for line in clean(text[-TAIL:]).splitlines())
    named = (x for x in lines if len(x) <= _LONGEST_LINE and words.FAILED_ONE.match(x))
    return tuple(islice(dict.fromkeys(named), _MOST_FAILED))


def first_line(text: str) -> str:
    """The first line of an output that says something."""
    if words.TOOL_MECHANICS.search(text[:400]):
        return ""
    lines = (line.strip() for line in clean(text[:HEAD]).splitlines())
    told = (x for x in lines if 12 <= len(x) <= 300 and not _STATUS.match(x))
    return next(told, "")
