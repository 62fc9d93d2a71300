"""What a tool showed and the session then relied on: addresses served, versions.

A version that was asked for and never spoken of again is a state of the machine that
nobody needs; one that words or commands after it name was relied on.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from msgspec import Struct

from memtui.clean import clean, clean_line
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.shell import command_of, shortened
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool
from memtui.records import Record

_SERVES: Final = re.compile(
    r"(?:listening|serving|running|ready|started|available|local)\b[^\n]{0,40}?"
    r"((?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):\d{2,5})",
    re.I,
)
_MAY_SERVE: Final = ("localhost:", "127.0.0.1:", "0.0.0.0:", "[::")
_ASKS: Final = re.compile(
    r"(?:^|[;&|]\s*|\s)([\w./-]*[a-zA-Z][\w.-]*)\s+(?:--version|-V|version)\s*(?:$|[;&|])"
)
_VERSION: Final = re.compile(
    r"(?<![\w.])v?(\d{1,4}\.\d{1,4}(?:\.\d{1,6})?[\w.+-]{0,24})"
)
_QUOTES: Final = re.compile(r"[\"']")
_HEAD: Final = 4_000
_LONGEST: Final = 60
_MOST: Final = 20
"""Of each kind are remembered until they are relied on."""
_SPOKEN: Final = frozenset(
    {RecordKind.PROMPT, RecordKind.RESPONSE, RecordKind.TOOL_USE}
)


class _Seen(Struct, frozen=True, kw_only=True, gc=False):
    """Something that a command showed."""

    record: Record
    rule: str
    command: str
    what: str
    """What is relied on if it is spoken of again: an address, a version."""
    title: str
    turn: int


class Shown:
    """What tools showed in a session, and what of it was relied on."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Seen] = {}
        self._relied: dict[str, _Seen] = {}

    def take(self, turn: Turn) -> None:
        """What one more turn showed, and what it relied on."""
        for step in turn.steps:
            if self._waiting and step.kind in _SPOKEN:
                self._hear(step.command or step.text)
            if step.tool is Tool.SHELL and step.kind is RecordKind.TOOL_RESULT:
                for seen in _seen_in(step, turn):
                    if len(self._waiting) < _MOST:
                        self._waiting.setdefault(seen.what, seen)

    def _hear(self, said: str) -> None:
        for what in [what for what in self._waiting if what in said]:
            self._relied[what] = self._waiting.pop(what)

    def drafts(self) -> Iterator[Draft]:
        """One draft of each address and of each version."""
        for seen in islice(self._relied.values(), _MOST):
            yield Draft(
                rule=seen.rule, record=seen.record, quote=seen.what, type="discovery",
                title=seen.title, facts=(seen.command, seen.what), turn=seen.turn,
                signals=frozenset({"number"}),
                details=(f"`{seen.command}`",),
            )  # fmt: skip


def _seen_in(step: Record, turn: Turn) -> Iterable[_Seen]:
    if step.failed:
        return
    whole, head = command_of(step, turn), step.text[:_HEAD]
    serves = any(map(head.__contains__, _MAY_SERVE))
    asks = "version" in whole or " -V" in whole
    if not (serves or asks):
        return  # most do neither
    command = shortened(whole)
    if not command or len(command) > _LONGEST or _QUOTES.search(command):
        return  # what is quoted runs elsewhere, or is only printed
    if serves:
        served = _SERVES.search(clean(head))
        if served:
            yield _Seen(
                rule="served", record=bare_record(step), command=command,
                what=served[1],
                title=f"{command} serves {clean_line(served[1])}", turn=turn.number,
            )  # fmt: skip
    asked = _ASKS.search(command) if asks else None
    if asked:
        first = next((x for x in clean(head).splitlines() if _VERSION.search(x)), "")
        found = _VERSION.search(first)
        if found and len(first) <= 2 * _LONGEST:
            name = asked[1].rsplit("/", 1)[-1]
            yield _Seen(
                rule="version", record=bare_record(step), command=command,
                what=found[1],
                title=f"{name} {found[1]} is installed", turn=turn.number,
            )  # fmt: skip
