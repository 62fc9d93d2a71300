"""Which words of an OpenCode user message the person typed."""

import re
from typing import Final

_RUN: Final = re.compile(r'"((?:[^"\\]|\\.)*\s(?:[^"\\]|\\.)*)"\s*', re.S)
_INSERTED: Final = re.compile(
    r"<(system-reminder|memtui-memory|claude-mem-context|hook_context)(?: [^<>]*)?>"
    r".*?(?:</\1>|\Z)\s*",
    re.S,
)
_CLIENT: Final = re.compile(
    r"\s*(?:The following tool was executed by the user"
    r"|Summarize the task tool output above and continue with your task"
    r"|Continue if you have next steps"
    r"|Called the \w+ tool with the following input:"
    r")"
)
_CORRECTED: Final = re.compile(
    r"\s*(?:Error: )?The user rejected permission to use this specific tool call "
    r"with the following feedback: (.*)",
    re.S,
)
_DEFAULT_TITLE: Final = re.compile(r"(?:New|Child) session - \d{4}-\d\d-\d\dT")
_ANSWER: Final = re.compile(r'"([^"]+)"="([^"]*)"')


def typed(text: str) -> str:
    """The person's own words in a text of theirs; empty where there are none."""
    if whole := _RUN.fullmatch(text):  # `opencode run "two words"` keeps the quotes
        text = whole[1].replace('\\"', '"')
    text = _INSERTED.sub("", text).strip()
    return "" if _CLIENT.match(text) else text


def correction(error: str) -> str:
    """What the person typed when refusing a call; empty when nothing."""
    found = _CORRECTED.match(error)
    return found[1].strip() if found else ""


def is_default(title: str) -> bool:
    """Whether a title only says when the session began."""
    return bool(_DEFAULT_TITLE.match(title))


def answers_in(output: str) -> tuple[tuple[str, str], ...]:
    """(question, answer) pairs from the answer to a question, for want of better."""
    return tuple((q, a) for q, a in _ANSWER.findall(output) if a != "Unanswered")
