"""From a memory back to the source lines it stands on."""

import sqlite3
from typing import Final

from memtui.model import Evidence
from memtui.store.ingest import archive

LINE_OF: Final = """
    select l.transcript_id, l.generation, abs(l.line) as line
    from record r
    join link l on l.record_id = r.id
    join session s on s.id = l.session_id
    where r.agent = s.agent and r.native_id = :record and s.native_id = :session
        and l.transcript_id is not null and l.line is not null
    order by r.part <> :part, l.seq limit 1
"""


def raw_line_of(conn: sqlite3.Connection, evidence: Evidence) -> bytes | None:
    """The archived line of a piece of evidence, without its newline.

    Of a source without lines, the message or row. None where it is not kept.
    """
    asked = {
        "record": evidence.record,
        "part": evidence.part,
        "session": evidence.session,
    }
    row = conn.execute(LINE_OF, asked).fetchone()
    if row is None:
        return None
    return archive.raw_line(conn, row["transcript_id"], row["generation"], row["line"])
