"""No column can keep what was purged: each is planted, or it is told why it cannot."""

import sqlite3
from contextlib import closing
from pathlib import Path

import zstandard

from memtui.curate import Curator
from memtui.ingest.erase import Target, purge
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.connect import open_writer
from tests.factories import Bash, Say, Turn, transcript
from tests.ingest.remains import remains
from tests.ingest.telling import ask, synced

WORD = "Quagmarine"

PLANTED = {
    "observation": ("type title body trust rule facts tags files evidence branch"),
    "curation": (
        "type title body trust rule facts tags files evidence branch agent session"
        " state was superseded_by scope unlike"
    ),
    "journal": "act actor note about payload",
    "delivery": "export items",
    "proposal": "kind other why",
    "gone_file": "path",
    "named_symbol": "symbol",
    "commit_told": "native_id told sha subject",
    "project": "name common_dir remote first_commit",
    "project_root": "path",
    "project_alias": "id",
    "place": "cwd branch",
    "session": "native_id kind parent title said_title cwd branch",
    "session_name": "id title",
    "hidden_session": "id",
    "transcript": "path head_hash tail_hash state quarantined",
    "block": "data",
    "fault": "reason",
    "fault_count": "reason",
    "record": "native_id kind text detail",
    "continues": "base",
    "compress_item": "subject agent why",
    "compress_request": "why",
    "model_proposal": (
        "type title body facts tags files evidence branch instead holds why agent"
        " session"
    ),
    "bundle_conflict": "said",
}
"""Columns that hold words, or ids that an agent makes up: a word is put into each."""

CANNOT = {
    "observation": {"id": "a hash"},
    "curation": {"id": "a hash"},
    "tombstone": {"id": "hashes: that is what must stay"},
    "doc": {"memory": "a hash; and every row is made anew"},
    "term": {"surface": "made anew with the index", "stem": "made anew"},
    "alike_word": {"word": "words that no memory has any more are removed"},
    "alike": {"memory": "a hash", "words": "numbers"},
    "proposal": {"memory": "a hash"},
    "gone_file": {"memory": "a hash"},
    "named_symbol": {"memory": "a hash"},
    "feedback": {"memory": "a hash"},
    "commit_told": {"agent": "one of four"},
    "project": {"uuid": "drawn by us"},
    "project_apart": {"id": "two UUIDs drawn by us"},
    "session": {"agent": "one of four"},
    "transcript": {"agent": "one of four"},
    "record": {"agent": "one of four"},
    "meta": {
        "key": "names of ours; paths of databases and histories as agents name them",
        "value": "numbers and marks of files; names of rules; what a purge has to do",
    },
    "_sqlite_migrations": {
        "migration_set": "ours",
        "name": "ours",
        "applied_at": "a date",
    },
    "compress_run": dict.fromkeys(
        ("state", "why", "pass", "provider", "host", "model"),
        "our own words, or the config's",
    ),
    "compress_batch": {"remote": "the endpoint's id", "state": "ours"},
    "compress_item": {"kind": "ours", "digest": "a hash", "state": "ours"},
    "compress_request": {
        "provider": "the config's",
        "host": "the config's",
        "model": "the config's",
        "outcome": "ours",
    },
    "model_proposal": {"id": "a hash", "kind": "ours", "model": "the config's"},
    "model_decided": {"id": "a hash"},
    "bundle_version": {"id": "a hash", "memory": "a hash", "past": "hashes"},
    "bundle_conflict": {
        "id": "hashes",
        "memory": "a hash",
        "origin": "what a machine is called",
    },
    "fts_data": {"block": "made anew with the index"},
    "fts_idx": {"term": "made anew with the index", "segid": "", "pgno": ""},
    "fts_docsize": {"sz": "numbers"},
    "fts_config": {"k": "ours", "v": "ours"},
}

_ROWS = """
    insert into purging values (1);
    insert into session_name values ('x', 'x', 1);
    insert into project_alias values ('x', 1, 1);
    insert into gone_file select id, 'x', 1 from memory;
    insert into named_symbol(memory, symbol) select id, 'x' from memory;
    insert into proposal select 'duplicate', id, 'x', 0, 1, 0.5, 'x' from memory;
    insert into feedback(session_id, memory, at)
        select (select id from session), id, 1 from memory;
    insert into delivery select s.id, (select min(id) from record), 'x', 1, '[]'
        from session s;
    insert into compress_run (id, at, state, pass, provider, host, model, budget)
        values (1, 1, 'done', 'sessions', 'x', 'x', 'x', 1);
    insert into compress_item (run_id, kind, subject, session_id, part, parts, digest,
        state) select 1, 'session', 'x', id, 1, 1, 'x', 'done' from session;
    insert into compress_request (run_id, item_id, at, provider, host, model, bound,
        why) select 1, id, 1, 'x', 'x', 'x', 1, 'x' from compress_item;
    insert into model_proposal (id, kind, session_id, project_id, type, title, body, at,
        model, confidence, proposed_at)
        select 'abcdefghijkl', 'new', (select min(id) from session),
            (select min(id) from project), 'x', 'x', 'x', 1, 'x', 0.5, 1;
    insert into bundle_conflict (id, memory, said, origin, at)
        select id || ':x', id, 'x', 'x', 1 from memory;
    insert into continues(session_id, base, base_end) select id, 'x', 1 from session;
    insert into fault(transcript_id, reason) select id, 'x' from transcript;
    insert into fault_count(transcript_id, reason, count)
        select id, 'x', 1 from transcript;
    insert into commit_told select agent, native_id, 'x', '', 'x',
        (select id from session) from record;
"""


def columns(data: Path) -> dict[str, set[str]]:
    """Of every table, the columns that can hold text or bytes."""
    found: dict[str, set[str]] = {}
    for (table,) in ask(data, "select name from sqlite_master where type = 'table'"):
        for _, name, kind, *_ in ask(data, f"pragma table_info('{table}')"):
            if "int" not in kind.lower() and kind.lower() != "real":
                found.setdefault(table, set()).add(name)
    return found


def test_every_column_is_planted_or_cannot_hold_words(data: Path) -> None:
    open_writer(store_path(data), "ingest").close()
    there = columns(data)
    del there["fts"]  # stands for its own tables
    told = {
        table: {*PLANTED.get(table, "").split(), *CANNOT.get(table, {})}
        for table in PLANTED.keys() | CANNOT.keys()
    }
    told = {t: names & there.get(t, set()) for t, names in told.items()}
    assert told == there


def test_what_is_planted_in_every_column_is_gone_after_a_purge(
    data: Path, home: Path
) -> None:
    output = "[main 1c2d3e4] Route it blue\n 1 file changed"
    turns = (
        Turn(f"Always route {WORD} traffic blue.", Bash("git commit", output)),
        Turn(f"Never route {WORD} traffic red.", Say("No.")),
    )
    path = transcript(turns=turns, home=home, session="canary")
    synced(data, home)
    ids = [row[0] for row in ask(data, "select id from memory")]
    with Curator(data, Settings()) as curator:
        curator.keep(ids)
        curator.exclude_sessions([path.stem])
    ((uuid,),) = ask(data, "select uuid from project")
    plant(data)
    before = remains(data, WORD)
    for table, names in PLANTED.items():
        for name in names.split():
            assert f"{table}.{name}" in before, f"{table}.{name}"
    assert {"term.surface", "alike_word.word"} <= set(before)

    purge(data, Settings(), Target(project=uuid))
    assert remains(data, WORD) == []


def plant(data: Path) -> None:
    """A word in every column of every row."""
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        conn.create_function("packed", 1, _packed)
        conn.executescript(_ROWS)
        ((payload,),) = conn.execute(_FIRST_PAYLOAD).fetchall()
        whole = zstandard.ZstdDecompressor().decompress(payload)
        planted = whole.replace(b'"title":"', b'"title":"' + WORD.encode())
        for table, names in PLANTED.items():
            for name in names.split():
                value = _AS.get(f"{table}.{name}") or _AS.get(name, f"'{WORD}'")
                change = f"update or ignore {table} set {name} = {value}"
                conn.execute(
                    change, {"payload": planted} if ":payload" in value else {}
                )
        conn.execute("delete from purging")


def _packed(value: bytes | str) -> bytes:
    return zstandard.compress(value if isinstance(value, bytes) else value.encode())


_FIRST_PAYLOAD = "select payload from journal order by id limit 1"
_LIST = f"""'["{WORD}"]'"""
_AS = {
    **dict.fromkeys(("facts", "tags", "files", "unlike", "items", "instead"), _LIST),
    "evidence": f"""'[["{WORD}", "{WORD}", 0, null, "{WORD}"]]'""",
    "bundle_conflict.said": f"""'{{"title": "{WORD}"}}'""",
    "journal.about": f"""'[["{WORD}", "{WORD}"]]'""",
    "journal.payload": "packed(:payload)",
    "record.detail": f"""'{{"patch": "{WORD}"}}'""",
    "record.native_id": f"'{WORD}' || rowid",
    "transcript.path": f"'{WORD}' || rowid",
    "place.cwd": f"'{WORD}' || rowid",
    "block.data": f"packed('\"{WORD}\"' || char(10))",
}
"""What stands for the word where a column has a form, or must differ from others."""
