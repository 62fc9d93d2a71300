"""What holds the words of a query as they are written: what a purge takes.

Letters count as the same in any case and with any accent, also where one letter is
two in capitals: ``Straße`` is in ``STRASSE``. The index is asked beside this, and not
instead: it holds stems, and no word that stands for several spellings.
"""

import sqlite3
from collections.abc import Callable
from typing import Final

from memtui.search.grammar import Query
from memtui.search.prepare import fold
from memtui.store.search.filters import View, memories_where, turns_where

_RECORDS: Final = """
    select distinct r.id from record r join link l on l.record_id = r.id
    join session s on s.id = l.session_id left join place pl on pl.id = r.place_id
    where {where} order by r.id
"""
_MEMORIES: Final = "select m.id from memory m where {where} order by m.id"
_RECORD_HOLDS: Final = "holds(r.text, r.detail)"
_MEMORY_HOLDS: Final = (
    "holds(m.title, m.body || ' ' || m.facts || ' ' || m.tags || ' ' || m.files)"
)


def records_matching(conn: sqlite3.Connection, query: Query, view: View) -> list[int]:
    """Rows of records with every word and phrase in them; none without words.

    Of any session, subagents' and automated ones too.
    """
    if not query.has_text:
        return []
    where = turns_where(query, view)
    where.add(_RECORD_HOLDS)
    conn.create_function("holds", 2, _holder(query))
    return [row[0] for row in conn.execute(where.into(_RECORDS), where.params)]


def memories_matching(conn: sqlite3.Connection, query: Query, view: View) -> list[str]:
    """Ids of memories with every word and phrase in them; none without words."""
    if not query.has_text:
        return []
    where = memories_where(query.without_text(), view)
    where.add(_MEMORY_HOLDS)
    conn.create_function("holds", 2, _holder(query))
    return [row[0] for row in conn.execute(where.into(_MEMORIES), where.params)]


def _holder(query: Query) -> Callable[[str, str], bool]:
    wanted = [_alike(word) for word in (*query.words, *query.phrases)]
    unwanted = [_alike(word) for word in query.excluded]

    def holds(text: str, more: str) -> bool:
        said = _alike(f"{text} {more}")
        return all(word in said for word in wanted) and not any(
            word in said for word in unwanted
        )

    return holds


def _alike(text: str) -> str:
    return fold(text if text.isascii() else text.casefold())
