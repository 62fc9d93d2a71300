"""Titles that one session's transcript gives to another session.

An agent may write down how a conversation is called in the transcript of the next
one, naming no session but one of its messages. Whichever of the two is read first,
the title is found at the end of the run: a session is called what its latest message
so named is called, unless it names itself.
"""

import json
import sqlite3
from typing import Final

from memtui.store.curate import session_names

RANK: Final = 2
"""Such a title is the client's: see ``SessionFacts``."""
PREFIX: Final = "names:"
"""How the native id of such a title begins."""

NAMED: Final = f"""
    select l.session_id, t.text, max(l.seq) from record t
    cross join record r on r.agent = t.agent
        and r.native_id = json_extract(t.detail, '$.names')
    cross join link l on l.record_id = r.id and l.seq >= 0
    where t.agent = ? and t.native_id >= '{PREFIX}' and t.native_id < 'names;'
        and exists (select 1 from link where record_id = t.id)
    group by l.session_id, t.text
    order by l.session_id, 3, t.text
"""  # noqa: S608 - a constant of our own
_NAME: Final = f"""
    update session set said_title = ?, said_rank = {RANK}
    where id = ? and said_title <> ?
        and (said_rank < {RANK} or said_title in (select value from json_each(?)))
    returning id
"""  # noqa: S608


def name_by_messages(conn: sqlite3.Connection, agent: str) -> set[int]:
    """Give sessions the titles that others' transcripts have for them; which ones."""
    titles: dict[int, list[str]] = {}
    for session, title, _ in conn.execute(NAMED, (agent,)):
        titles.setdefault(session, []).append(title)
    named = set()
    for session, found in titles.items():
        told = (found[-1], session, found[-1], json.dumps(found))
        if conn.execute(_NAME, told).fetchall():
            session_names.show(conn, session)
            named.add(session)
    return named
