"""What was released stays: a store made today equals one made then."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from memtui.ingest.erase import Target, purge
from memtui.settings import Settings
from memtui.store import migrations
from memtui.store.connect import SCHEMA_STAMP, open_writer
from memtui.store.ingest import archive

FIRST_SCHEMA = "41b5e9418752acb466be6b86641c777db93864fc7181d63bce3d8c228a3bdc93"
"""Of all that the first migration writes into ``sqlite_master``."""

STATEMENTS = """
select type, name, tbl_name, sql from sqlite_master
where name not like 'fts\\_%' escape '\\' order by rowid
"""
"""Without the tables in which SQLite keeps the full text: they are its own."""


def test_the_first_schema_is_what_was_released_to_the_byte() -> None:
    db = Database(memory=True)
    migrations.m001_first_schema(db)
    made = db.execute(STATEMENTS).fetchall()
    db.close()
    assert len(made) == 75
    assert hashlib.sha256(repr(made).encode()).hexdigest() == FIRST_SCHEMA


def test_a_new_store_is_what_all_migrations_make_of_an_empty_one(
    tmp_path: Path,
) -> None:
    whole = "select type, name, tbl_name, sql from sqlite_master order by rowid"
    noted = "select id, migration_set, name from _sqlite_migrations"
    db = Database(memory=True)
    migrations.migrations.apply(db)
    with closing(open_writer(tmp_path / "memtui.db", "ingest")) as new:
        assert list(map(tuple, new.execute(whole))) == db.execute(whole).fetchall()
        assert list(map(tuple, new.execute(noted))) == db.execute(noted).fetchall()
    with closing(sqlite3.connect(tmp_path / "memtui.db")) as again:
        assert migrations.migrations.pending(Database(again)) == []
    db.close()


def test_making_a_new_store_imports_nothing_that_brings_older_ones_up_to_date(
    tmp_path: Path,
) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from memtui.store.connect import open_writer;"
        "open_writer(Path(sys.argv[1]), 'ingest').close();"
        "assert 'sqlite_utils' not in sys.modules"
    )
    path = str(tmp_path / "memtui.db")
    subprocess.run([sys.executable, "-c", code, path], check=True)


def test_a_store_of_the_first_release_keeps_its_sessions_and_their_titles() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m002_regrouping")
    db.execute("insert into project(uuid, name, created_at) values ('u', 'app', 1)")
    db.execute("""
        insert into session(agent, native_id, title, title_rank, project_id)
        values ('codex', 's1', 'The first one', 2, 1)
    """)
    migrations.migrations.apply(db)
    session = "select title, title_rank, said_title, said_rank, project_id from session"
    assert db.execute(session).fetchall() == [
        ("The first one", 2, "The first one", 2, 1)
    ]
    project = "select uuid, name, first_commit from project"
    assert db.execute(project).fetchall() == [("u", "app", None)]
    db.close()


def test_a_store_of_the_second_schema_has_room_for_what_came_of_memories() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m003_feedback")
    db.execute("insert into session(agent, native_id) values ('codex', 's1')")
    migrations.migrations.apply(db)
    db.execute("insert into feedback(session_id, memory, at) values (1, 'm', 7)")
    row = "select at, looked_up, touched, reused from feedback"
    assert db.execute(row).fetchall() == [(7, 0, 0, 0)]
    assert db.execute("select native_id from session").fetchall() == [("s1",)]
    db.close()


def test_a_store_of_the_third_schema_has_room_for_the_names_of_code() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m004_symbols")
    db.execute("insert into gone_file values ('m', 'a.py', 7)")
    migrations.migrations.apply(db)
    db.execute("insert into named_symbol(memory, symbol) values ('m', 'lease_clock')")
    row = "select symbol, gone_at from named_symbol"
    assert db.execute(row).fetchall() == [("lease_clock", None)]
    assert db.execute("select path from gone_file").fetchall() == [("a.py",)]
    db.close()


def test_a_store_of_the_sixth_schema_gets_the_index_of_what_a_sweep_asks() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m007_sweep")
    db.execute("insert into transcript(agent, path) values ('codex', 'a.jsonl')")
    migrations.migrations.apply(db)
    indexes = [row[1] for row in db.execute("pragma index_list(transcript)")]
    assert "transcript_swept" in indexes
    assert db.execute("select path from transcript").fetchall() == [("a.jsonl",)]
    db.close()


def test_a_store_of_the_seventh_schema_gets_the_index_of_what_is_masked() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m008_masked")
    db.execute("insert into doc(id, live) values (7, 0)")
    migrations.migrations.apply(db)
    indexes = [row[1] for row in db.execute("pragma index_list(doc)")]
    assert "doc_masked" in indexes
    assert db.execute("select id from doc where live = 0").fetchall() == [(7,)]
    db.close()


def test_a_store_of_the_eighth_schema_keeps_its_full_text_if_it_has_any() -> None:
    columns = "select name from pragma_table_info('fts')"
    for rows, first in ((0, "body"), (1, "title")):
        db = Database(memory=True)
        migrations.migrations.apply(db, stop_before="m009_body_first")
        for number in range(rows):
            db.execute("insert into doc(id) values (?)", (number,))
            db.execute("insert into fts(rowid, body) values (?, 'harbour')", (number,))
        migrations.migrations.apply(db)
        assert db.execute(columns).fetchone() == (first,)
        found = db.execute("select rowid from fts where fts match 'harbour'")
        assert found.fetchall() == [(number,) for number in range(rows)]
        db.close()


def test_a_store_of_the_fourth_schema_gets_the_index_of_who_said_what() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m005_sessions_said")
    db.execute("insert into gone_file values ('m', 'a.py', 7)")
    migrations.migrations.apply(db)
    indexes = [row[1] for row in db.execute("pragma index_list(observation)")]
    assert "observation_said" in indexes
    assert db.execute("select path from gone_file").fetchall() == [("a.py",)]
    db.close()


def test_a_store_of_the_fifth_schema_gets_the_index_of_what_replaced_what() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m006_replaced")
    db.execute("""
        insert into curation(
            id, type, title, body, at, trust, rule, confidence, state, acted_at)
        values ('old', 'gotcha', 'Leases begin', '', 7, 'user', 'hand', 1, 'kept', 8)
    """)
    migrations.migrations.apply(db)
    indexes = [row[1] for row in db.execute("pragma index_list(curation)")]
    assert "curation_replaced" in indexes
    assert db.execute("select id from curation").fetchall() == [("old",)]
    db.close()


def test_a_store_of_the_ninth_schema_gets_the_index_of_what_is_not_in_the_trash() -> (
    None
):
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m010_open")
    db.execute("insert into doc(id, live) values (7, 1)")
    migrations.migrations.apply(db)
    indexes = [row[1] for row in db.execute("pragma index_list(curation)")]
    assert "curation_open" in indexes
    assert db.execute("select id from doc").fetchall() == [(7,)]
    db.close()


def test_a_store_of_the_tenth_schema_has_room_for_what_a_model_proposes() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m011_compress")
    db.execute("insert into project(uuid, name, created_at) values ('u', 'app', 1)")
    migrations.migrations.apply(db)
    there = {
        "compress_run", "compress_batch", "compress_item", "compress_request",
        "model_proposal", "model_decided",
    }  # fmt: skip
    assert there <= set(db.table_names())
    assert db.execute("select uuid from project").fetchall() == [("u",)]
    db.close()


def test_a_store_of_the_eleventh_schema_has_room_for_what_bundles_bring() -> None:
    db = Database(memory=True)
    migrations.migrations.apply(db, stop_before="m012_bundles")
    db.execute("insert into tombstone values ('abcdefghijkl')")
    migrations.migrations.apply(db)
    assert {"bundle_version", "bundle_conflict"} <= set(db.table_names())
    assert db.execute("select id from tombstone").fetchall() == [("abcdefghijkl",)]
    db.close()


def test_a_purge_leaves_nothing_in_a_store_of_any_released_schema(
    tmp_path: Path,
) -> None:
    noted = "select name from _sqlite_migrations"
    made = Database(memory=True)
    migrations.migrations.apply(made)
    _, *later = [name for (name,) in made.execute(noted).fetchall()]
    made.close()
    assert later[0] == "m002_regrouping"
    for before in later:
        data = tmp_path / before
        data.mkdir()
        db = Database(data / "memtui.db")
        migrations.migrations.apply(db, stop_before=before)
        with db.conn:
            fill_with(db, WORD)
        db.close()
        assert purge(data, Settings(), Target(sessions=("s-1",))).is_wiped
        with closing(sqlite3.connect(data / "memtui.db")) as conn:
            assert conn.execute("pragma user_version").fetchone() == (SCHEMA_STAMP,)
            assert conn.execute("select count(*) from block").fetchone() == (0,)
        kept = b"".join(one.read_bytes() for one in data.rglob("*") if one.is_file())
        assert WORD.encode() not in kept, before


WORD = "quokkazanzibar"


def fill_with(db: Database, word: str) -> None:
    """A session with a line, a memory and their full text, as any schema holds them."""
    db.execute("insert into project(uuid, name, created_at) values ('u', 'app', 1)")
    db.execute(
        """insert into session(agent, native_id, title, project_id, ended_at)
        values ('codex', 's-1', ?, 1, 9)""", (word,),
    )  # fmt: skip
    db.execute(
        "insert into transcript(agent, path, session_id, gone_at) values (?, ?, 1, 9)",
        ("codex", f"/gone/{word}.jsonl"),
    )
    archive.append(db.conn, archive.Place(1, 0), 1, [f"{word}\n".encode()])
    db.execute(
        """insert into curation(id, type, title, body, at, trust, rule, confidence,
            state, acted_at, session_id, agent, session)
        values ('abcdefghijkl', 'gotcha', ?1, ?1, 7, 'user', 'hand', 1, 'kept', 8, 1,
            'codex', 's-1')""", (word,),
    )  # fmt: skip
    db.execute("insert into doc(id, memory) values (1, 'abcdefghijkl')")
    db.execute("insert into fts(rowid, title) values (1, ?)", (word,))
    if "session_name" in db.table_names():
        db.execute("insert into session_name values ('s-1', ?, 9)", (word,))
