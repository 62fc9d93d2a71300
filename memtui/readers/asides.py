"""Transcripts that stand beside a conversation and hold none.

What an agent put apart because it was too long for a line, and the names that it
keeps of its sessions in an index. Their lines belong to the session and go into
the archive; of what they say only a title counts.
"""

from collections.abc import Callable, Iterator
from typing import Final

from memtui.model import Agent
from memtui.readers.base import Words
from memtui.readers.loose_json import decode_object
from memtui.records import Fault, Record, SessionFacts

Named = tuple[str, int]
"""A title and its rank, as ``SessionFacts`` has them."""

_TITLE_CHARS: Final = 120
NO_NAME: Final[Named] = ("", 0)


def name_of(text: str, rank: int) -> Named:
    """A title of this rank, if there are any words."""
    title = " ".join(text.split())[:_TITLE_CHARS]
    return (title, rank) if title else NO_NAME


class AsideParser:
    """Makes no records: says to which session the lines belong."""

    cwd = ""

    def __init__(
        self,
        agent: Agent,
        session: str,
        name: Callable[[dict[str, object]], Named] | None = None,
    ) -> None:
        """``name``: what an entry of an index calls the session."""
        self.is_text = name is None
        """Its lines are those of one text, not each a thing of its own."""
        self._agent = agent
        self._session = session
        self._name = name
        self._named = NO_NAME

    def parse(self, line: bytes, number: int) -> Iterator[Record | Fault]:
        """Nothing; never raises, whatever the bytes."""
        if self._name is not None:
            self._named = self._name(decode_object(line))
        return iter(())

    def facts(self) -> SessionFacts:
        """The session, and its title where there is one."""
        title, rank = self._named
        return SessionFacts(
            agent=self._agent,
            native_id=self._session,
            title=title,
            title_rank=rank,
            is_aside=True,
        )

    def words(self) -> Words:
        """The title."""
        return {"named": self._named}

    def go_back(self, words: Words) -> None:
        """Remember only this title."""
        self._named = words["named"]

    def state(self) -> bytes:
        """Nothing is to be remembered."""
        return b""

    def finish(self) -> Iterator[Record | Fault]:
        """Nothing."""
        return iter(())
