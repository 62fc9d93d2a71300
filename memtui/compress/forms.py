"""The form that an answer must have to be looked at: JSON, field by field."""

import re
from typing import Final, TypeVar

import msgspec

from memtui.errors import MemtuiError

T = TypeVar("T")

_THOUGHT: Final = re.compile(r"\A\s*<think>.*?</think>", re.S)


class WrongForm(MemtuiError):
    """An answer is no JSON, or not of the form that was asked for."""


class Observation(msgspec.Struct):
    """One thing that a session shows."""

    type: str
    title: str
    evidence: list[int]
    body: str = ""
    facts: list[str] = []
    files: list[str] = []
    replaces: list[str] = []
    why: str = ""


class Summary(msgspec.Struct):
    """What a session was about."""

    request: str
    investigated: str = ""
    learned: str = ""
    completed: str = ""
    next_steps: str = ""
    evidence: list[int] = []


class OfSession(msgspec.Struct):
    """All of an answer about a session."""

    observations: list[Observation]
    summary: Summary | None = None


class Merge(msgspec.Struct):
    """Several memories as one."""

    ids: list[str]
    type: str
    title: str
    body: str = ""
    why: str = ""


class Supersede(msgspec.Struct):
    """One memory holds instead of another."""

    old: str
    new: str
    why: str = ""


class Promotion(msgspec.Struct):
    """A memory of a higher rung."""

    id: str
    type: str
    why: str = ""


class OfProject(msgspec.Struct):
    """All of an answer about a project's memories."""

    merges: list[Merge] = []
    supersedes: list[Supersede] = []
    promotions: list[Promotion] = []


def decoded(text: str, form: type[T]) -> T:
    """An answer, be there words, thoughts or a fence of Markdown round it.

    Servers that know no forms have models that talk.

    Raises:
        WrongForm: it is no JSON, or has another form.
    """
    said = _THOUGHT.sub("", text)
    begin, end = said.find("{"), said.rfind("}") + 1
    try:
        return msgspec.json.decode(said[begin:end] if begin >= 0 else said, type=form)
    except msgspec.ValidationError as error:
        raise WrongForm(f"The answer has another form than asked: {error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise WrongForm("The answer is no whole JSON.") from error
