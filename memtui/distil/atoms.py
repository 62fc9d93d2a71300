"""Facts of a memory: what in its words and outputs can be checked by itself.

Commands, versions, addresses and ports, environment variables, exit codes, counts of
tests, commits, pull requests, paths outside the project. No sentence is one.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from memtui.clean import clean_line
from memtui.distil.programs import PROGRAMS

MOST: Final = 8
"""Of one memory."""
_LONGEST: Final = 160
_CODE: Final = re.compile(r"`([^`\n]{2,160})`")
_COMMAND: Final = re.compile(
    rf"(?:sudo )?(?:[A-Z_]{{2,40}}=\S+ )*(?:{PROGRAMS}|\.{{1,2}}/\w[\w./-]*"
    r"|/\w[\w.-]*/[\w./-]+) \S"
)
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z][A-Z0-9_]{2,}=\S+")
_ABOUT_VARIABLES: Final = re.compile(
    r"\benv|\bexport\b|environment|umgebung|окружени|环境"
)
_OUTSIDE: Final = re.compile(r"(?:~/|/[\w.-]+/|[A-Za-z]:\\)[\w./\\@+-]{3,}")
_ATOM: Final = re.compile(
    r"(?P<pull>https?://[^\s)>\]\"'`]+/(?:pull|pulls|issues|merge_requests)/\d+"
    r"|\b(?:PR|MR|[Pp]ull request|[Ii]ssue) ?#\d+)"
    r"|(?P<address>(?:https?://)?\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0):\d{2,5}\b"
    r"|\b[Pp]orts? \d{2,5}\b)"
    r"|(?P<variable>\$\{?[A-Z][A-Z0-9_]{2,}\}?|\b[A-Z][A-Z0-9]*_[A-Z0-9_]+=[^\s`,;)]+)"
    r"|(?P<exit>\b[Ee]xit(?:ed|s)?(?: with)?(?: code| status)? \d{1,3}\b"
    r"|\bHTTP(?:/\d(?:\.\d)?)? [1-5]\d\d\b)"
    r"|(?P<count>\b\d+(?:/\d+| of \d+)? (?:(?:unit|integration|e2e) )?tests? "
    r"(?:pass|fail)(?:ed|ing|es|s)?\b|\b\d+ (?:passed|failed)\b)"
    r"|(?P<version>(?:(?<!\w)@?[A-Za-z][\w./+-]{1,40}(?:@|==|>=|~=| ))?(?<![\w.])"
    r"v?\d+\.\d+\.\d+"
    r"(?:[-+][\w.]+)?\b(?![./]?\d))"
    r"|(?P<commit>\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}\b)"
)
_MAY_HOLD: Final = re.compile(r"\d|[$`]")


def atoms_in(texts: Iterable[str]) -> Iterator[str]:
    """The facts that stand in these texts, in order; doubles too."""
    for text in texts:
        if not _MAY_HOLD.search(text):
            continue
        about_variables = bool(_ABOUT_VARIABLES.search(text))
        for code in _CODE.findall(text):
            said = clean_line(code).strip()
            proves = _COMMAND.match(said) or _OUTSIDE.fullmatch(said)
            if proves or (about_variables and _VARIABLE.fullmatch(said)):
                yield said
        # none goes beyond a line, and most lines can hold none
        for line in filter(_MAY_HOLD.search, text.split("\n")):
            for found in _ATOM.finditer(line):
                yield clean_line(found[0])


def facts_of(given: Iterable[str], texts: Iterable[str]) -> tuple[str, ...]:
    """The facts that a rule gave and those that stand in its words, each once.

    A fact that a longer one holds is left out.
    """
    found: list[str] = []
    for fact in (*given, *atoms_in(texts)):
        said = fact.strip(" `").rstrip(".,:;")
        if not said or len(said) > _LONGEST:
            continue
        if any(said in other for other in found):
            continue
        found = [one for one in found if one not in said]
        found.append(said)
    return tuple(found[:MOST])
