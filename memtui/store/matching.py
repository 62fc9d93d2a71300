"""Records that hold the words of a query as they are written: what a purge takes."""

import sqlite3
from typing import Final

from memtui.search.grammar import Query
from memtui.store.filters import View, turns_where

_FOUND: Final = """
    select distinct r.id from record r join link l on l.record_id = r.id
    join session s on s.id = l.session_id left join place pl on pl.id = r.place_id
    where {where} order by r.id
"""
_HOLDS: Final = "instr(lower(r.text || ' ' || r.detail), lower({})) {} 0"


def records_matching(conn: sqlite3.Connection, query: Query, view: View) -> list[int]:
    """Rows of records with every word and phrase in them; none without words.

    Of any session, subagents' and automated ones too.
    """
    if not query.has_text:
        return []
    where = turns_where(query, view)
    for word in (*query.words, *query.phrases):
        where.add(_HOLDS.format(where.bind(word), ">"))
    for word in query.excluded:
        where.add(_HOLDS.format(where.bind(word), "="))
    return [row[0] for row in conn.execute(where.into(_FOUND), where.params)]
