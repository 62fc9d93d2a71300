"""Which messages were left out with their sessions, known by hashes of their ids.

Another transcript may name such a session by one of them, and its title is to stay out
too. Nothing can be read from a hash.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

from memtui.model import Agent
from memtui.store.purge.tombs import hashed

_KEY: Final = "left out:"
_NOTE: Final = "insert or ignore into meta(key, value) values (?, '')"
_KNOWN: Final = "select key from meta where key glob 'left out:*'"


def name(agent: Agent, native_id: str) -> str:
    """A message as it is known here."""
    return hashed(agent.value, native_id)


def note(conn: sqlite3.Connection, names: Iterable[str]) -> None:
    """Keep the names of messages that were left out."""
    conn.executemany(_NOTE, ((_KEY + one,) for one in names))


def known(conn: sqlite3.Connection) -> set[str]:
    """The names of all of them."""
    return {key.removeprefix(_KEY) for (key,) in conn.execute(_KNOWN)}
