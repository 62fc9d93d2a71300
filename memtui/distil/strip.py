"""What was put into a conversation is taken out before anything is read.

Our own injection and that of other tools, and the client's reminders: a memory
must never be made of a memory.
"""

import re
from collections.abc import Iterable

from memtui.clean import clean
from memtui.distil.near import bag_of
from memtui.model import Record, RecordKind

_INJECTED = (
    "memtui-memory", "claude-mem-context", "system-reminder", "hook_context",
    "hook-context", "user-prompt-submit-hook", "session-start-hook",
    "episodic-memory", "memory-context", "local-command-stdout",
    "local-command-stderr", "local-command-caveat", "bash-input", "bash-stdout",
    "bash-stderr", "command-name", "command-message", "command-args",
    "task-notification", "ide_opened_file", "ide_selection", "environment_context",
    "user_instructions", "instructions", "private", "thinking", "analysis",
)  # fmt: skip
_BLOCK = re.compile(
    rf"<({'|'.join(map(re.escape, _INJECTED))})\b[^>\n]*>.*?(?:</\1\s*>|\Z)",
    re.S | re.I,
)
_INSIGHT = re.compile(
    r"^`?\s*[★☆✦]\s*insight\b.*?^`?[─━-]{10,}`?\s*$", re.I | re.S | re.M
)


_WRAPPER = re.compile(r"<([a-z]+(?:-[a-z]+)+)\b[^>\n]*>.*?</\1\s*>", re.S)


def without_wrappers(text: str) -> str:
    """A prompt without any block of a client's own tag: they have hyphens."""
    text = without_injected(text)
    return _WRAPPER.sub("\n", text) if "-" in text and "</" in text else text


def without_injected(text: str) -> str:
    """The text, cleaned, without what a hook, a tool or the client put in."""
    text = clean(text)
    if "<" in text:
        text = _BLOCK.sub("\n", text)
    if "nsight" in text:
        text = _INSIGHT.sub("\n", text)
    return text


def delivered_sets(records: Iterable[Record]) -> list[frozenset[str]]:
    """The words of each line that was delivered into this session."""
    lines = {
        line.strip()
        for record in records
        if record.kind is RecordKind.CONTEXT
        for line in re.split(r"\n|\\n", record.text)
    }
    return [words for words in map(bag_of, sorted(lines)) if len(words) >= 4]
