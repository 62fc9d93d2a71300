"""Titles that a transcript gives to the session of another one.

Such a line names a message of that session. It is left out where the message was,
for what an ignored folder holds is told nowhere. As long as nobody knows the message,
its transcript may be still to be read: then the one that names it is read later.
"""

from collections.abc import Iterable

from memtui.model import Agent
from memtui.readers.base import is_conversation
from memtui.records import Record
from memtui.store.ingest import left_out
from memtui.store.ingest.writes import Store


class TooEarly(Exception):
    """What a transcript names may stand in one that is not read yet."""


class Foreign:
    """What is known of the messages that titles name."""

    def __init__(self) -> None:
        self._store: Store | None = None
        self._left_out: set[str] = set()
        self.is_all_read = False
        """Nothing is to come that could know a message."""

    def begin(self, store: Store) -> None:
        """Ask this store from now on."""
        self._store, self._left_out = store, store.left_out()

    def leave_out(self, agent: Agent, records: Iterable[Record]) -> set[str]:
        """These are left out with their session; their names, for the store."""
        names = {
            left_out.name(agent, record.native_id)
            for record in records
            if is_conversation(record.native_id)
        }
        self._left_out |= names
        return names

    def is_left_out(self, agent: Agent, records: Iterable[Record]) -> bool:
        """Whether one of these is a title for a session that was left out.

        Raises:
            TooEarly: nobody knows yet.
        """
        for record in records:
            if not record.names:
                continue
            if left_out.name(agent, record.names) in self._left_out:
                return True
            if self.is_all_read or self._store is None:
                continue
            if not self._store.has_record(agent, record.names):
                raise TooEarly(record.names)
        return False
