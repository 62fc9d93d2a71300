"""What a person types about a memory, made fit to be stored.

Secrets are cut as in transcripts, control characters go, and types and scopes
are those that the config knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from memtui.clean import clean, clean_line
from memtui.errors import UsageError
from memtui.model import Agent
from memtui.redact import Redactor
from memtui.settings import Settings

_TITLE: Final = 80
"""Characters; a longer first line goes on in the body."""


@dataclass(frozen=True, slots=True)
class Words:
    """A memory's title and body."""

    title: str
    body: str


def split(text: str, body: str = "") -> Words:
    """Title and body of a text: its first line, and what follows it.

    Raises:
        UsageError: there is no first line.
    """
    first, _, rest = said(text).partition("\n")
    head, whole = _cut(title(first))
    parts = (whole, rest.strip(), said(body))
    return Words(head, "\n".join(part for part in parts if part))


def title(text: str) -> str:
    """A title, on one line.

    Raises:
        UsageError: nothing is left of it.
    """
    found = line(text)
    if not found:
        raise UsageError("A memory needs a title.")
    return found


def said(text: str) -> str:
    """A text of any number of lines."""
    return clean(_redactor().text(text)).strip()


def line(text: str) -> str:
    """A text of one line."""
    return clean_line(said(text)).strip()


def lines(texts: Sequence[str]) -> list[str]:
    """Each text on one line, the empty ones left out."""
    return [one for one in map(line, texts) if one]


def tags(texts: Sequence[str]) -> list[str]:
    """Tags: one line, lower case."""
    return [one.lower() for one in lines(texts)]


def known_type(settings: Settings, type_: str) -> str:
    """The type, if the config knows it.

    Raises:
        UsageError: it does not.
    """
    if type_ not in settings.types:
        known = ", ".join(settings.types)
        raise UsageError(f"There is no type {type_}.", hint=f"Types: {known}")
    return type_


def known_scope(settings: Settings, scope: str) -> str:
    """The scope, if there is such a group or agent.

    Raises:
        UsageError: there is not.
    """
    kind, _, name = scope.partition(":")
    if scope in ("project", "global"):
        return scope
    if kind == "group" and name in settings.groups:
        return scope
    if kind == "agent" and name in {agent.value for agent in Agent}:
        return scope
    if kind == "group":
        raise UsageError(
            f"There is no group {name}.", hint="Groups are named in [groups]."
        )
    raise UsageError(
        f"There is no scope {scope}.",
        hint="Scopes: project, group:NAME, global, agent:NAME",
    )


@cache
def _redactor() -> Redactor:
    return Redactor()


def _cut(title: str) -> tuple[str, str]:
    """A title of at most 80 characters, and the whole of a longer one."""
    if len(title) <= _TITLE:
        return title, ""
    head = title[: _TITLE - 1].rsplit(" ", 1)[0]
    return f"{head}…", title
