"""Prompts typed while the model is at work: they wait, and are written down twice.

A prompt is a record as soon as it waits, for nobody knows whether the session gets to
it. Once a line says it, that line has the record, and the first one is void; so it is
if the prompt goes back to the editor.
"""

import re
from collections.abc import Iterator
from typing import Final

from memtui.model import RecordKind
from memtui.readers.base import Undone
from memtui.readers.claude_code import words
from memtui.readers.claude_code.context import Context, Waiting
from memtui.readers.loose_json import flat_text
from memtui.readers.texts import head
from memtui.records import Record

_COMPARED: Final = 4_000
"""Characters of a prompt by which it is known again."""
_REMEMBERED: Final = 64
_PASTED: Final = re.compile(r"\[(?:Pasted text|Image) #\d+[^\]\n]*\]")
"""Stands in the queue for what was pasted."""
_COMMAND: Final = re.compile(r"/\S+")
"""Without anything behind it: what it expands to is no prompt."""

Told = Iterator[Record | Undone]


def operation(context: Context) -> Told:
    """A prompt that is put into the queue, or taken off it."""
    state, content = context.state, flat_text(context.line.content)
    context.identify("queue:")
    match context.line.operation:
        case "enqueue":
            yield from _wait(context, content)
        case "dequeue" if state.queue:  # comes again as a user line
            state.dequeued.append(state.queue.pop(0))
            del state.dequeued[:-_REMEMBERED]
        case "popAll":  # back to the editor, not said yet
            yield from _void(state.queue)
            state.queue = []
        case "remove":  # said in mid-turn; versions before the attachment
            text = content or (state.queue[0].text if state.queue else "")
            yield from _void(_taken_off(state.queue, text))
            yield from handed_over(context, text)


def handed_over(context: Context, text: str) -> Told:
    """A prompt said in mid-turn: an attachment and the queue may both tell it."""
    state, key = context.state, _key(text)
    if key in state.steered:
        state.steered.remove(key)
        return
    prompt = words.typed(text).prompt
    if not _is_persons(context, prompt):
        return
    state.steered.append(key)
    del state.steered[:-_REMEMBERED]
    for waiting in state.queue:
        if waiting.text == key:  # it stays in the queue until that says so
            yield from _void([waiting])
            state.queue[state.queue.index(waiting)] = Waiting(key)
            break
    context.hear(prompt)
    yield context.record(RecordKind.PROMPT, head(prompt))


def said(context: Context, text: str) -> Iterator[Undone]:
    """What waited and is said now, in these words."""
    left = _in_lines(text)
    for waits in (context.state.dequeued, context.state.queue):
        for waiting in tuple(waits):
            lines = _in_lines(waiting.text)
            if lines in left:
                left = left.replace(lines, "", 1)  # who said it twice has it twice
            elif not _is_known_by_parts(waiting.text, text):
                continue
            waits.remove(waiting)
            yield from _void([waiting])


def _wait(context: Context, content: str) -> Told:
    prompt, queue = words.typed(content).prompt, context.state.queue
    told = ""
    if _is_persons(context, prompt) and not _COMMAND.fullmatch(prompt):
        record = context.record(RecordKind.PROMPT, head(prompt))
        told = record.native_id
        yield record
    queue.append(Waiting(_key(content), told))
    del queue[:-_REMEMBERED]


def _is_persons(context: Context, prompt: str) -> bool:
    """Whether a person typed it, and not to steer the client."""
    if not prompt or not context.is_typed(prompt):
        return False
    return not all(map(_steers, prompt.splitlines()))


def _steers(line: str) -> bool:
    """Whether it is a command to the client, with or without words behind it."""
    line = line.strip()
    name = line[1:].split(" ", 1)[0] if line.startswith("/") else line
    return words.is_client_command(name)


def _taken_off(queue: list[Waiting], text: str) -> list[Waiting]:
    key = _key(text)
    for at, waiting in enumerate(queue):
        if waiting.text == key:
            return [queue.pop(at)]
    return []


def _void(waited: list[Waiting]) -> Iterator[Undone]:
    for waiting in waited:
        if waiting.told:
            yield Undone(waiting.told, 0, is_void=True)


def _is_known_by_parts(waiting: str, text: str) -> bool:
    """Whether it is all there but for what was pasted or is not remembered."""
    if len(waiting) < _COMPARED and not _PASTED.search(waiting):
        return False
    return all(part.strip() in text for part in _PASTED.split(waiting))


def _in_lines(text: str) -> str:
    lines = filter(None, map(str.strip, text.splitlines()))
    return "".join(f"\n{line}\n" for line in lines)


def _key(text: str) -> str:
    """What a person typed of it, else all of it; its beginning."""
    return (words.typed(text).prompt or text.strip())[:_COMPARED]
