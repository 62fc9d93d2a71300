"""Which words of a Gemini ``user`` message the person typed.

The client writes into the person's message what hooks said before it and what
``@`` names after it, and sends messages of its own in the person's name.
"""

import re
from dataclasses import dataclass
from typing import Final

_HOOK: Final = re.compile(r"<hook_context>(.*?)(?:</hook_context>|\Z)\s*", re.S)
_REFERENCED: Final = re.compile(r"\s*--- Content from referenced files ---.*\Z", re.S)
_OTHERS: Final = re.compile(
    r"<(system-reminder|memtui-memory|claude-mem-context)(?: [^<>]*)?>"
    r".*?(?:</\1>|\Z)\s*",
    re.S,
)
_SNAPSHOT: Final = re.compile(r"<state_snapshot>(.*?)(?:</state_snapshot>|\Z)", re.S)
_CLIENT: Final = re.compile(
    r"\s*(?:<(?:session_context|background_output)\b"
    r"|This is the Gemini CLI\. We are setting up the context for our chat"
    r"|Here is the user's editor context as"
    r"|A previously backgrounded execution has completed"
    r"|You are an AI agent that brings the power of Gemini directly into the"
    r"|System: Potential loop detected"
    r"|\[System: You "
    r"|(?:System: )?Please continue\.\s*\Z"
    r")"
)
_COMMAND: Final = re.compile(r"\s*([/?])([a-z][a-z0-9-]*)?(?=\s|\Z)")
_COMMANDS: Final = frozenset(
    re.findall(
        r"\S+",
        """
    about agents auth bug bug-memory chat checkpoints clear commands compress copy
    corgi debug directory dir docs editor exit export-session extensions footer gemma
    help hooks ide inbox init mcp memory model new oncall panel permissions policies
    privacy profile quit restore resume rewind settings setup-github share shells
    shortcuts signin signout skills stats tasks terminal-setup theme tools update
    upgrade vim voice
    """,
    )
)


@dataclass(frozen=True, slots=True)
class Words:
    """What the texts of a user message turned out to be."""

    prompt: str = ""
    """The person's own words."""
    summary: str = ""
    """What the client made of the conversation so far."""
    context: tuple[str, ...] = ()
    """What hooks and the client said in the person's name."""


def sort(content: str, shown: str = "") -> Words:
    """Sort the text of one user message.

    Args:
        content: as the model got it.
        shown: as the client shows it, where that is something else.
    """
    hooks = tuple(unescaped(told) for told in _HOOK.findall(content))
    rest = _HOOK.sub("", content)
    if snapshot := _SNAPSHOT.search(rest):
        return Words(summary=snapshot[1].strip(), context=hooks)
    if _CLIENT.match(rest):
        return Words(context=(*hooks, rest))
    typed = _HOOK.sub("", shown).strip() if shown else ""
    typed = _OTHERS.sub("", typed or _REFERENCED.sub("", rest)).strip()
    if not typed or _steers(typed):
        return Words(context=(*hooks, typed) if typed else hooks)
    return Words(prompt=typed, context=hooks)


def without_hooks(text: str) -> tuple[str, tuple[str, ...]]:
    """A tool's answer, and what hooks put behind it."""
    if "<hook_context>" not in text:
        return text, ()
    told = tuple(unescaped(one) for one in _HOOK.findall(text))
    return _HOOK.sub("", text).rstrip(), told


def unescaped(text: str) -> str:
    """What a hook said; the client takes the angle brackets out of it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").strip()


def _steers(text: str) -> bool:
    """Whether a prompt is a command to the client, not to the model."""
    found = _COMMAND.match(text)
    if not found:
        return False
    return found[1] == "?" or (found[2] or "") in _COMMANDS
