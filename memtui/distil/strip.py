"""What was put into a conversation is taken out before anything is read.

Our own injection and that of other tools, the client's reminders, and what a
person pasted: a memory must never be made of a memory.
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
_FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.S | re.M)
_PASTED = re.compile(
    r"^\s*(?:[\d:.TZ/-]{8,}\s|at .+\(.*:\d+|File \"|Traceback|[$#%❯>] \S|>>> |@@ |=> "
    r"|diff --git|index [0-9a-f]{6,}|[+-]{3} [ab]/|[+-]\s{2,}|\[[+*\d/ .]+\]"
    r"|[│|├└╭╰┌─=*_-]{2,}|\s*\d+\s*[→|:]\s|E   |PASS|FAIL|INFO|WARN|ERROR"
    r"|DEBUG|npm |error\[)"
)
_CODE = re.compile(r"[{}();=<>\[\]\\|&$#@*~^]")
_LINK = re.compile(r"https?://\S{60,}")
_PASTED_LINE = 400
_CODE_SHARE = 0.12


def without_injected(text: str) -> str:
    """The text, cleaned, without what a hook, a tool or the client put in."""
    text = clean(text)
    if "<" in text:
        text = _BLOCK.sub("\n", text)
    if "nsight" in text:
        text = _INSIGHT.sub("\n", text)
    return text


def own_words(text: str) -> tuple[str, bool]:
    """``(what the person typed, whether something pasted was left out)``.

    Logs, diffs and code are pasted: facts of another source. Lines that were
    wrapped by an editor are joined again.
    """
    text = _LINK.sub(" ", without_injected(text))
    lines = _FENCED.sub("\n", text).split("\n")
    kept = [line for line in lines if not _looks_pasted(line)]
    typed = _unwrapped(kept)
    return typed, len(typed) < 0.9 * len(text)


def _looks_pasted(line: str) -> bool:
    if len(line) > _PASTED_LINE or _PASTED.match(line):
        return len(line) > _PASTED_LINE * 4 or bool(_PASTED.match(line))
    bare = line.strip()
    if len(bare) < 8:
        return False
    return len(_CODE.findall(bare)) / len(bare) > _CODE_SHARE or bare.endswith(
        ("{", "};")
    )


def _unwrapped(lines: Iterable[str]) -> str:
    joined: list[str] = []
    for line in lines:
        said = line.strip()
        last = joined[-1] if joined else ""
        if (
            last
            and said
            and len(last) > 45
            and said[0].islower()
            and last[-1] not in ".!?:"
        ):
            joined[-1] = f"{last} {said}"
        else:
            joined.append(said)
    return "\n".join(joined).strip()


def delivered_sets(records: Iterable[Record]) -> list[frozenset[str]]:
    """The words of each line that was delivered into this session."""
    lines = {
        line.strip()
        for record in records
        if record.kind is RecordKind.CONTEXT
        for line in re.split(r"\n|\\n", record.text)
    }
    return [words for words in map(bag_of, sorted(lines)) if len(words) >= 4]
