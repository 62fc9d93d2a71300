"""The records of one OpenCode session, from its rows or files in order."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from memtui.model import Agent, RecordKind, SessionKind
from memtui.readers.base import Undone, Words
from memtui.readers.loose_json import decode_any, decode_object
from memtui.readers.opencode.lines import (
    Is,
    Row,
    body_of,
    created,
    decode_row,
    is_told,
    kind_of,
)
from memtui.readers.opencode.parts import (
    Message,
    Part,
    numbered,
    part_number,
    records,
)
from memtui.readers.opencode.told import message_of
from memtui.readers.opencode.words import is_default
from memtui.readers.texts import CONTEXT_CHARS, head
from memtui.readers.told import string
from memtui.readers.tolerant import records_or_fault
from memtui.records import Fault, Record, SessionFacts

_TITLE_CHARS: Final = 120
_Told = Record | Undone | Fault


class OpenCodeParser:
    """Makes records of one session's rows or files, fed in order."""

    def __init__(self, session: str) -> None:
        self._name = session
        self._session = ""
        self._parent = self._directory = self._cwd = ""
        self._title, self._title_rank = "", 0
        self._started_at: int | None = None
        self._ended_at: int | None = None
        self._message: Message | None = None
        self._told_until = 0
        """When the last message was made that has its parts in rows of their own."""
        self._revert = _Revert()

    @property
    def cwd(self) -> str:
        """Where the last parsed message was made."""
        return self._cwd

    def state(self) -> bytes:
        """Nothing: a session is always read from its start."""
        return b""

    def words(self) -> Words:
        """What is remembered of what was said."""
        return {"title": self._title, "title_rank": self._title_rank}

    def go_back(self, words: Words) -> None:
        """Remember only this of what was said."""
        self._title, self._title_rank = words["title"], words["title_rank"]

    def facts(self) -> SessionFacts:
        """What is known of the session after the lines so far."""
        kind = SessionKind.SUBAGENT if self._parent else SessionKind.INTERACTIVE
        return SessionFacts(
            agent=Agent.OPENCODE,
            native_id=self._session,
            kind=kind,
            parent=self._parent,
            title=self._title,
            title_rank=self._title_rank,
            started_at=self._started_at,
            ended_at=self._ended_at,
            cwd=self._directory,
        )

    def parse(self, line: bytes, number: int) -> Iterable[Record | Fault | Undone]:
        """The records of one line; never raises, whatever the bytes."""
        return records_or_fault(line, number, self._told)

    def finish(self) -> Iterator[Record | Fault | Undone]:
        """What the last message comes to as a whole."""
        yield from self._close()

    def _told(self, raw: bytes, number: int) -> Iterator[_Told]:
        row = decode_row(raw)
        kind = kind_of(row)
        told = kind in (Is.MESSAGE, Is.PART, Is.TOLD)
        body = body_of(row, raw) if told else {}
        if told and not body and not is_told(row):
            yield Fault(line=number, reason="not readable: its data is no JSON object")
        match kind:
            case Is.SESSION:
                yield from self._begin(row, number)
            case Is.MESSAGE:
                yield from self._close()
                yield from self._open(row, body, number)
            case Is.PART if self._message and self._message.id == row.message:
                yield from self._part(row, body, number)
            case Is.PART:
                yield Fault(line=number, reason="a part without its message")
            case Is.TOLD:
                yield from self._whole(row, body, number)

    def _begin(self, row: Row, number: int) -> Iterator[_Told]:
        """The session's own row or file."""
        self._session = row.id or self._name
        self._parent = row.parent_id or row.parentID or ""
        self._directory = self._cwd = row.directory or ""
        self._note(created(row))
        self._revert = _Revert.told(row.revert)
        title = " ".join((row.title or "").split())[:_TITLE_CHARS]
        if title and not is_default(title):
            self._title, self._title_rank = title, 2
            yield Record(
                native_id=f"title:{self._session}",
                kind=RecordKind.TITLE,
                at=self._started_at,
                text=title,
                line=number,
                cwd=self._cwd,
            )

    def _open(
        self, row: Row, body: dict[str, Any], number: int, *, is_whole: bool = False
    ) -> Iterator[_Told]:
        """A message; its parts follow."""
        self._session = self._session or self._name
        path = body.get("path")
        cwd = string(path, "cwd") if isinstance(path, dict) else ""
        self._cwd = cwd or self._directory
        at = created(row, body)
        self._note(at)
        if not is_whole:
            self._told_until = max(self._told_until, at or 0)
        self._message = message = Message(
            id=row.id or "",
            role=string(body, "role") or "assistant",
            at=at or self._ended_at,
            cwd=self._cwd,
            number=number,
            is_summary=body.get("summary") is True,
            spoken=not self._parent,
        )
        self._revert.meet(message.id)
        error = body.get("error")
        if isinstance(error, dict):
            said = error.get("data")
            text = string(said, "message") if isinstance(said, dict) else ""
            text = ": ".join(filter(None, (string(error, "name"), text)))
            message.failed = True
            yield message.record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))

    def _part(self, row: Row, body: dict[str, Any], number: int) -> Iterator[_Told]:
        message = self._message
        assert message is not None
        self._revert.meet(message.id, row.id or "")
        yield from self._records(Part(message, body, part_number(row.id or ""), number))

    def _records(self, part: Part) -> Iterator[Record]:
        for record in records(part):
            self._note(record.at)
            self._revert.note(record)
            if record.kind is RecordKind.PROMPT or self._parent:
                self._entitle(record.text)
            yield record

    def _whole(self, row: Row, told: dict[str, Any], number: int) -> Iterator[_Told]:
        """A message with its parts, unless an older table tells of that time."""
        yield from self._close()
        if (created(row, told) or 0) <= self._told_until:
            return
        info, bodies = message_of(row.type or "", told)
        yield from self._open(row, info, number, is_whole=True)
        message = self._message
        assert message is not None
        for index, body in enumerate(bodies):
            part = Part(message, body, numbered(index), number)
            yield from self._records(part)

    def _close(self) -> Iterator[_Told]:
        """No more parts of this message: every one gives at least one record."""
        message, self._message = self._message, None
        if message is None:
            return
        if not message.told:
            user = message.role == "user"
            yield message.record(
                RecordKind.CONTEXT if user else RecordKind.RESPONSE, ""
            )
        elif not message.failed:  # it may have been met before it had any parts
            yield Undone(message.id, 0, is_void=True)
        yield from self._revert.undone(message.id)

    def _entitle(self, text: str) -> None:
        first = " ".join(text.strip().split("\n", 1)[0].split())[:_TITLE_CHARS]
        if first and not self._title_rank:
            self._title, self._title_rank = first, 1

    def _note(self, at: int | None) -> None:
        if at:
            self._started_at = min(at, self._started_at or at)
            self._ended_at = max(at, self._ended_at or at)


class _Revert:
    """From which message, or which part of it on, the person took all back."""

    def __init__(self, message: str = "", part: str = "") -> None:
        self._from_message = message
        self._from_part = part
        self._whole = self._partly = False
        self._parts: list[int] = []

    @classmethod
    def told(cls, raw: bytes) -> "_Revert":
        """As the session's file has it, or its column as a string."""
        told = decode_any(raw)
        if isinstance(told, str):
            told = decode_object(told.encode("utf-8", "replace"))
        if not isinstance(told, dict):
            return cls()
        return cls(string(told, "messageID"), string(told, "partID"))

    def meet(self, message: str, part: str = "") -> None:
        """A message begins, or a part of it."""
        if not self._from_message:
            return
        if not part:
            self._whole |= self._partly
            self._whole |= message == self._from_message and not self._from_part
        elif message == self._from_message and part == self._from_part:
            self._partly = True

    def note(self, record: Record) -> None:
        """A record of the part just met."""
        if self._partly and not self._whole:
            self._parts.append(record.part)

    def undone(self, message: str) -> list[Undone]:
        """What of a message is taken back, at its end."""
        parts, self._parts = self._parts, []
        if self._whole:
            return [Undone(message)]
        return [Undone(message, part) for part in parts]
