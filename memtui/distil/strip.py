"""What was put into a conversation is taken out before anything is read.

Our own injection and that of other tools, the client's reminders, and text that
a person pasted: a memory must never be made of a memory.
"""

import re
from collections.abc import Iterable

from memtui.distil.near import words_of
from memtui.model import Record, RecordKind

_INJECTED = (
    "memtui-memory", "claude-mem-context", "system-reminder", "hook_context",
    "hook-context", "user-prompt-submit-hook", "episodic-memory", "memory-context",
    "local-command-stdout", "local-command-caveat", "command-name",
    "command-message", "command-args", "task-notification", "ide_opened_file",
    "ide_selection", "environment_context", "user_instructions", "INSTRUCTIONS",
    "private", "session-start-hook", "antml:thinking", "thinking",
)  # fmt: skip
_BLOCK = re.compile(
    rf"<({'|'.join(map(re.escape, _INJECTED))})\b[^>]*>.*?(?:</\1\s*>|\Z)", re.S | re.I
)
_INSIGHT = re.compile(
    r"^`?\s*[★☆✦]\s*insight\b.*?^`?[─━-]{10,}`?\s*$", re.I | re.S | re.M
)
_FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.S | re.M)
_MARK = re.compile(
    r"^\s*(?:[\d:.TZ-]{8,}\s|at .+\(.*:\d+|File \"|Traceback|\$ |>>> |[+\-]{3} |@@ "
    r"|[│|├└╭╰┌]|\s*\d+[→|:]\s|E   |PASSED|FAILED|INFO|WARN|ERROR|DEBUG)"
)
_PASTED_LINE = 400
_PASTED_LINES = 12


def without_injected(text: str) -> str:
    """The text without the blocks that a hook, a tool or the client put in."""
    if "<" in text:
        text = _BLOCK.sub("\n", text)
    if "nsight" in text:
        text = _INSIGHT.sub("\n", text)
    return text


def own_words(text: str) -> tuple[str, bool]:
    """``(what the person typed, whether something pasted was left out)``.

    Logs, diffs, code and walls of lines are pasted: facts of another source.
    """
    text = without_injected(text)
    typed = _FENCED.sub("\n", text)
    lines = typed.splitlines()
    kept = [
        line for line in lines if len(line) <= _PASTED_LINE and not _MARK.match(line)
    ]
    if len(lines) > 1 and len(kept) < len(lines):
        typed = "\n".join(kept)
    return typed.strip(), len(typed) < 0.9 * len(text)


def delivered_sets(records: Iterable[Record]) -> list[frozenset[str]]:
    """The words of each line that was delivered into this session."""
    lines = {
        line.strip()
        for record in records
        if record.kind is RecordKind.CONTEXT
        for line in re.split(r"\n|\\n", record.text)
    }
    return [words for words in map(words_of, sorted(lines)) if len(words) >= 4]
