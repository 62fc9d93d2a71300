"""What must not come back, known by hashes of its names; and what is no secret.

``tombstone`` holds the ids of purged memories as they are, everything else as a
letter, a colon and a hash: of a session, a record, a transcript's path, a project, a
source line that had no record, or a value that a person had scrubbed. ``ok:`` marks a
value that looks drawn and that the person said is no secret.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from memtui.store.rows import strings_column

_PUT: Final = "insert or ignore into tombstone (id) values (?)"
_DROP: Final = "delete from tombstone where id = ?"
_AMONG: Final = "select id from tombstone where id in (select value from json_each(?))"
_OF_KIND: Final = """
    select substr(id, ?2 + 1) from tombstone where id >= ?1 and id < ?1 || 'g'
"""

SESSION: Final = "s:"
RECORD: Final = "r:"
PATH: Final = "p:"
LINE: Final = "l:"
PROJECT: Final = "j:"
VALUE: Final = "v:"
CLEARED: Final = "ok:"


_OWN_ID: Final = re.compile(rb'"uuid":"([0-9a-f-]{36})"')
"""As Claude Code names each line, also those that tell nothing we record."""


def own_id(line: bytes) -> str:
    """The name that a line has for itself; empty where it has none."""
    found = _OWN_ID.search(line)
    return found[1].decode() if found else ""


def hashed(*names: str | bytes) -> str:
    """Names as one hash, 16 hex digits: nothing can be read from it."""
    raw = (n.encode("utf-8", "surrogatepass") if isinstance(n, str) else n
           for n in names)  # fmt: skip
    import hashlib  # who reads hashes nothing

    return hashlib.blake2b(b"\0".join(raw), digest_size=8).hexdigest()


class Gone(NamedTuple):
    """What a person purged or scrubbed, as ingest asks for it."""

    sessions: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    """``masking.digest`` of each."""

    def has_session(self, agent: str, native_id: str) -> bool:
        """Whether this session was purged."""
        return bool(self.sessions) and hashed(agent, native_id) in self.sessions

    def has_record(self, agent: str, native_id: str) -> bool:
        """Whether what this record says was purged."""
        known = bool(self.records and native_id)
        return known and hashed(agent, native_id) in self.records

    def has_line(self, line: bytes) -> bool:
        """Whether this source line was purged as it is."""
        return bool(self.lines) and hashed(line.rstrip(b"\r\n")) in self.lines


NOTHING: Final = Gone()


def gone(conn: sqlite3.Connection) -> Gone:
    """All of it."""
    kinds = (SESSION, RECORD, LINE, VALUE)
    return Gone(*(of_kind(conn, kind) for kind in kinds))


def of_kind(conn: sqlite3.Connection, kind: str) -> frozenset[str]:
    """The hashes of one kind."""
    rows = conn.execute(_OF_KIND, (kind, len(kind)))
    return frozenset(row[0] for row in rows)


def purged(conn: sqlite3.Connection, memories: Sequence[str]) -> frozenset[str]:
    """Those of these memories (ids) that a person purged."""
    rows = conn.execute(_AMONG, (strings_column(memories),))
    return frozenset(id_ for (id_,) in rows)


def put(conn: sqlite3.Connection, kind: str, hashes: Iterable[str]) -> None:
    """Let these not come back; an empty kind: ids of memories."""
    conn.executemany(_PUT, ((kind + one,) for one in hashes))


def drop(conn: sqlite3.Connection, kind: str, hashes: Iterable[str]) -> None:
    """Take that back."""
    conn.executemany(_DROP, ((kind + one,) for one in hashes))
