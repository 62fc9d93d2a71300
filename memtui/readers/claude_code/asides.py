"""What stands beside the conversation in a Claude Code transcript, as records.

Recaps, titles, what hooks put in. All other kinds of lines give nothing; the archive
has them.
"""

from collections.abc import Iterator

from memtui.model import RecordKind
from memtui.readers.base import Undone
from memtui.readers.claude_code import queued, words
from memtui.readers.claude_code.context import Context
from memtui.readers.claude_code.lines import decode_attachment
from memtui.readers.loose_json import decode_any, flat_text
from memtui.readers.texts import CONTEXT_CHARS, head
from memtui.records import Record

_TITLE_CHARS = 120
_RECAP_HINT = " (disable recaps in /config)"
_TELLING = frozenset((None, "away_summary", "informational"))
# Plain output of the other events never reaches the model.
_HEARD = frozenset((None, "SessionStart", "UserPromptSubmit", "UserPromptExpansion"))
_HOOK_OUTPUT = frozenset(
    ("hook_success", "hook_additional_context", "async_hook_response")
)


def system(context: Context) -> Iterator[Record]:
    """A recap of the time the person was away; a hook's output in old versions."""
    subtype = context.line.subtype
    if subtype not in _TELLING:
        return
    context.identify("system:")
    text = flat_text(context.line.content)
    if subtype == "away_summary":
        text = text.removesuffix(_RECAP_HINT)
        yield context.record(RecordKind.SUMMARY, head(text))
    elif words.is_hook_output(text):
        yield context.record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))


def attachment(context: Context) -> Iterator[Record | Undone]:
    """What a hook put before the model; a prompt handed over in mid-turn."""
    attached = decode_attachment(context.line.attachment)
    if attached.type == "queued_command":
        context.identify("attachment:")
        text = flat_text(attached.prompt) or flat_text(attached.content)
        if (attached.commandMode or "prompt") == "prompt":
            yield from queued.handed_over(context, text)
    elif attached.type in _HOOK_OUTPUT:
        if attached.type == "hook_success" and attached.hookEvent not in _HEARD:
            return
        context.identify("attachment:")
        # A hook that answered in JSON has its context in a record of its own.
        text = flat_text(attached.content)
        text = text or words.hook_answer(decode_any(attached.response))
        if text.strip():
            said, output = head(text, CONTEXT_CHARS), context.output_in(text)
            yield context.record(RecordKind.CONTEXT, said, output=output)


def ai_title(context: Context) -> Iterator[Record]:
    """The client's title."""
    return _title(context, context.line.aiTitle, 2)


def custom_title(context: Context) -> Iterator[Record]:
    """The person's title."""
    return _title(context, context.line.customTitle, 3)


def summary(context: Context) -> Iterator[Record]:
    """The title of old versions; most name another session, by its last message."""
    leaf, text = context.line.leafUuid, context.line.summary or ""
    if not leaf or words.is_no_title(text):
        return
    if leaf == context.state.last_uuid:
        yield from _title(context, text, 2)
    elif title := _one_line(text):
        yield context.title_of(leaf, title)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())[:_TITLE_CHARS]


def _title(context: Context, text: str | None, rank: int) -> Iterator[Record]:
    title = _one_line(text)
    if title and context.state.name(title, rank):
        context.identify("line:")
        yield context.record(RecordKind.TITLE, title)
