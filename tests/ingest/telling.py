"""Two stores compared by what they tell, not by their row numbers."""

import sqlite3
from array import array
from contextlib import closing
from pathlib import Path
from typing import Any

from memtui.ingest.sync import SyncReport, sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.ingest import archive

Told = dict[str, list[Any]]

QUESTIONS = {
    "sessions": """
        select agent, native_id, kind, parent, title, title_rank, said_title,
            said_rank, cwd, branch, started_at, ended_at, turns, records, distilled,
            (select path from project_root where project_id = s.project_id)
        from session s order by agent, native_id""",
    "records": """
        select r.agent, r.native_id, r.part, r.kind, r.at, p.cwd, p.branch, r.text,
            r.detail, (select path from project_root where project_id = p.project_id)
        from record r left join place p on p.id = r.place_id
        order by r.agent, r.native_id, r.part""",
    "links": """
        select s.native_id, l.seq, r.native_id, r.part, l.turn, t.path, l.line
        from link l join session s on s.id = l.session_id
        join record r on r.id = l.record_id
        left join transcript t on t.id = l.transcript_id
        order by s.native_id, l.seq""",
    "observations": """
        select o.id, s.native_id, o.type, o.title, o.body, o.at, o.trust, o.rule,
            o.facts, o.tags, o.files, o.evidence, o.branch, o.distiller_version
        from observation o join session s on s.id = o.session_id order by o.id""",
    "faults": """
        select t.path, f.line, f.reason from fault f
        join transcript t on t.id = f.transcript_id and t.generation = f.generation
        order by t.path, f.line""",
    "transcripts": """
        select path, agent, size, offset, line, tail, gone_at is null, quarantined,
            (select native_id from session where id = session_id)
        from transcript order by path""",
    "searched records": """
        select r.native_id, r.part, d.at from doc d join record r on r.id = d.record_id
        where d.live = 1 order by r.native_id, r.part""",
    "searched memories": """
        select memory, at from doc where live = 1 and memory is not null
        order by memory""",
    "projects": """
        select p.name, p.common_dir, p.remote, p.first_commit, p.resolved, r.path,
            r.first_at, r.last_at
        from project p left join project_root r on r.project_id = p.id
        order by p.name, r.path""",
    "faults of each reason": """
        select t.path, c.reason, c.count, c.last_line from fault_count c
        join transcript t on t.id = c.transcript_id and t.generation = c.generation
        where c.count > 0 order by t.path, c.reason""",
    "histories gone on with": """
        select s.native_id, c.base, c.base_end, c.turns, c.whole
        from continues c join session s on s.id = c.session_id order by 1""",
    "commits told": """
        select t.agent, t.native_id, t.told, t.subject, t.sha, s.native_id
        from commit_told t left join session s on s.id = t.session_id
        order by 1, 2, 3""",
    "files gone": "select memory, path from gone_file order by memory, path",
    "what looks alike": """
        select kind, memory, other, at, share, why from proposal
        order by kind, memory, other""",
    "deliveries": """
        select s.native_id, r.native_id, r.part, d.export, d.at, d.items
        from delivery d join session s on s.id = d.session_id
        join record r on r.id = d.record_id order by 1, 2, 3""",
}


def told(data: Path) -> Told:
    """Everything a store tells, in a fixed order.

    Of a transcript that was replaced, the newest reading: what older readings
    alone hold is kept beside it on purpose.
    """
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        conn.row_factory = sqlite3.Row
        answers: Told = {
            name: [tuple(row) for row in conn.execute(question)]
            for name, question in QUESTIONS.items()
        }
        transcripts = conn.execute(
            "select path, id, generation from transcript order by path"
        )
        answers["words found"] = _words(conn)
        answers["words compared"] = _compared(conn)
        answers["lines"] = [
            (path, b"".join(archive.raw_lines(conn, transcript, generation)))
            for path, transcript, generation in transcripts.fetchall()
        ]
    conn.close()
    return answers


def _words(conn: sqlite3.Connection) -> list[Any]:
    """Each word of the index, with what it finds: text and rows agree."""
    conn.execute("create virtual table temp.v using fts5vocab(main, fts, instance)")
    found = conn.execute("""
        select v.term, v.col, v.offset, coalesce(r.native_id, d.memory), r.part
        from temp.v v join doc d on d.id = v.doc and d.live = 1
        left join record r on r.id = d.record_id order by 4, 5, 2, 3, 1
    """).fetchall()
    conn.execute("drop table temp.v")
    return [tuple(row) for row in found]


def _compared(conn: sqlite3.Connection) -> list[Any]:
    """The word sets of memories, by words: their numbers are by order of meeting."""
    words = dict(conn.execute("select id, word from alike_word").fetchall())
    return sorted(
        (
            row["memory"],
            row["facet"],
            sorted(words[n] for n in array("I", row["words"])),
        )
        for row in conn.execute("select memory, facet, words from alike")
    )


def synced(data: Path, home: Path, settings: Settings | None = None) -> SyncReport:
    """One ordinary sync."""
    return sync(data, settings or Settings(), home=home)


def ask(data: Path, question: str, *values: object) -> list[Any]:
    """Rows of the store, as tuples."""
    conn = sqlite3.connect(store_path(data))
    try:
        return conn.execute(question, values).fetchall()
    finally:
        conn.close()
