"""Which words of a Codex ``user`` message the person typed.

The client sends much in the role of the user: instructions, the environment,
what an editor shows. Newer versions say of each block what it is; for the older
ones ``typed`` goes by the marks the client puts round its own words.
"""

import re
from dataclasses import dataclass

# The client's own first words; the rest of such a text is its own too.
_WRAPPER = re.compile(
    r"\s*(?:# AGENTS\.md instructions"
    r"|<(?:environment_context|user_instructions|INSTRUCTIONS|turn_aborted|skill"
    r"|user_shell_command|user_action|subagent_notification|goal_context"
    r"|codex_internal_context|hook_prompt|memtui-memory|claude-mem-context)\b"
    r"|Warning: (?:apply_patch was requested via|The maximum number of unified exec"
    r"|Your account was flagged)"
    r")"
)
# What a menu entry types for the person: /init, /review.
_MENU = re.compile(
    r"\s*(?:Generate a file named AGENTS\.md that serves as a contributor guide"
    r"|Review the (?:current )?code changes (?:\(staged|introduced by commit|against)"
    r")"
)
# Names like these are the client's, the ones of tomorrow too.
_TAGGED = re.compile(r"\s*<([a-z]+(?:_[a-z]+)+)\b[^<>]*>.*</\1>\s*\Z", re.S)

_SUMMARY = re.compile(
    r"\s*(?:Another language model started to solve this problem and produced a summary"
    r"|You were originally given instructions from a user over one or more turns)"
)
_SUMMARY_LEAD = re.compile(
    r"\s*Another language model started to solve this problem.*?"
    r"assist with your own analysis:",
    re.S,
)

# An editor or the desktop app sets what it knows before what was typed.
_BEFORE_REQUEST = re.compile(
    r"\s*# \S[^\n]*:[ \t]*\n.*?^## My request for Codex:", re.S | re.M
)
_IMAGE = re.compile(r"\s*(?:<image\b[^<>]*>|</image>)\s*\Z")

_GO = re.compile(r"\s*Implement the plan\.\s*\Z")
_PLAN = re.compile(r"<proposed_plan>(.*?)(?:</proposed_plan>|\Z)", re.S)

# Instructions of the client and its maker: the archive has them.
_VENDOR = re.compile(
    r"\s*<(permissions instructions|app-context|collaboration_mode|apps_instructions"
    r"|skills_instructions|plugins_instructions|recommended_plugins|model_switch"
    r"|personality_spec|environment_context|multi_agent_mode|realtime_conversation"
    r"|content_filter_guidance|context_window_guidance|persistent_mode)\b"
)

# What the desktop app draws as buttons and remarks.
_DIRECTIVE = re.compile(r"^::([a-z]+(?:-[a-z]+)*)\{([^\n]*)\}[ \t]*(?:\n|\Z)", re.M)
_SAID = re.compile(r'\b(?:title|body)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Words:
    """What one text of a user message turned out to be."""

    prompt: str = ""
    """The person's own words."""
    summary: str = ""
    """A compaction summary."""
    go: bool = False
    """The proposed plan was accepted in a menu."""
    sent: bool = False
    """The person sent it, be it typed or picked from a menu."""


NOT_TYPED = Words()


def typed(text: str, kind: str = "") -> Words:
    """Sort one text of a user message.

    Args:
        kind: what the client says it is, such as ``user.text``; empty: nothing.
    """
    if _SUMMARY.match(text):
        return Words(summary=summary(text))
    if kind and kind != "unknown" and not kind.startswith("user."):
        return NOT_TYPED
    if _WRAPPER.match(text) or _TAGGED.match(text) or _IMAGE.match(text):
        return NOT_TYPED
    if _GO.match(text):
        return Words(go=True, sent=True)
    if _MENU.match(text):
        return Words(sent=True)
    before = _BEFORE_REQUEST.match(text)
    prompt = text[before.end() if before else 0 :].strip()
    return Words(prompt=prompt, sent=bool(prompt))


def summary(text: str) -> str:
    """A compaction summary without the words that introduce it to a model."""
    lead = _SUMMARY_LEAD.match(text)
    return text[lead.end() if lead else 0 :].strip()


def is_vendors(text: str) -> str:
    """The name of the vendor's own instructions that a text is; else empty."""
    found = _VENDOR.match(text)
    return found[1] if found else ""


def without_directives(text: str) -> str:
    """An answer as it is read: remarks in words, buttons left out."""
    if "::" not in text:
        return text
    return _DIRECTIVE.sub(lambda found: _said(found[2]), text).rstrip()


def _said(attributes: str) -> str:
    words = " ".join(said.replace('\\"', '"') for said in _SAID.findall(attributes))
    return f"- {words}\n" if words else ""


def without_plan(text: str) -> tuple[str, str]:
    """An answer without the plan it proposes, and that plan; empty for none."""
    found = _PLAN.search(text)
    if not found:
        return text, ""
    return (text[: found.start()] + text[found.end() :]).strip(), found[1].strip()
