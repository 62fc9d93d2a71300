"""What was put into a conversation is taken out before anything is read.

Our own injection and that of other tools, and the client's reminders: a memory
must never be made of a memory.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from memtui.clean import clean

_INJECTED = (
    "memtui-memory", "claude-mem-context", "system-reminder", "hook_context",
    "hook-context", "user-prompt-submit-hook", "session-start-hook",
    "episodic-memory", "memory-context", "local-command-stdout",
    "local-command-stderr", "local-command-caveat", "bash-input", "bash-stdout",
    "bash-stderr", "command-name", "command-message", "command-args",
    "task-notification", "ide_opened_file", "ide_selection", "environment_context",
    "user_instructions", "instructions", "private", "thinking", "analysis",
)  # fmt: skip
# Hostile text must not cost more than its length: attributes end at any angle
# bracket, and where a block ends is looked up, not searched for at each opening.
_BLOCK = re.compile(
    rf"<({'|'.join(map(re.escape, _INJECTED))})\b[^<>\n]*+>.*?(?:</\1\s*+>|\Z)",
    re.S | re.I,
)
_WRAPPER = re.compile(r"<([a-z]++(?:-[a-z]++)++)\b[^<>\n]*+>")
_WRAPPER_END = re.compile(r"</([a-z]++(?:-[a-z]++)++)\s*+>")
_INSIGHT = re.compile(r"^`?[^\S\n]*+[★☆✦][^\S\n]*+insight\b", re.I | re.M)
_INSIGHT_END = re.compile(r"^`?[─━-]{10,}+`?[^\S\n]*+$", re.M)

_OURS = re.compile(r"^- [\w-]{1,40}: |(?: \([^()]*\))? \[[a-z2-7]{12}\]$")
"""Type, files and id of a line of ours: not its own words, so nobody repeats them."""


def without_wrappers(text: str) -> str:
    """A prompt without any block of a client's own tag: they have hyphens."""
    text = without_injected(text)
    if "-" not in text or "</" not in text:
        return text
    ends: dict[str, list[int]] = {}
    for closing in _WRAPPER_END.finditer(text):
        ends.setdefault(closing[1], []).append(closing.end())
    blocks = ((tag, ends.get(tag[1], ())) for tag in _WRAPPER.finditer(text))
    return _without(text, blocks)


def without_injected(text: str) -> str:
    """The text, cleaned, without what a hook, a tool or the client put in."""
    text = clean(text)
    if "<" in text:
        text = _BLOCK.sub("\n", text)
    if "nsight" in text:
        ends = [rule.end() for rule in _INSIGHT_END.finditer(text)]
        text = _without(text, ((title, ends) for title in _INSIGHT.finditer(text)))
    return text


def _without(text: str, blocks: Iterable[tuple[re.Match[str], Sequence[int]]]) -> str:
    """The text without each block that opens so and ends at the next of these."""
    kept, at = [], 0
    for opening, ends in blocks:
        found = bisect_right(ends, opening.end())
        if opening.start() >= at and found < len(ends):
            kept.append(text[at : opening.start()])
            at = ends[found]
    return "\n".join([*kept, text[at:]])


def delivered_lines(text: str) -> Iterator[tuple[str, str]]:
    """``(line, whole)`` of what was delivered; the same where it is not ours."""
    for line in text.replace("\\n", "\n").split("\n"):
        whole = line.strip()
        ours = whole.startswith("- ") or whole.endswith("]")
        yield _OURS.sub("", whole) if ours else whole, whole
