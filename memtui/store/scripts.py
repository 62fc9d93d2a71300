"""The released scripts of the schema, and a new store made of them at once.

A new store is what all migrations make of an empty one, to the byte (a test keeps
it so), down to the table in which ``sqlite_utils`` notes what it applied. Only an
older store is brought up to date by the migrations themselves: importing what runs
them takes longer than all that they do.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent
from typing import Final

FROZEN_COLUMNS: Final = """
    id text primary key,
    session_id integer references session(id) on delete set null,
    project_id integer references project(id) on delete set null,
    type text not null,
    title text not null,
    body text not null,
    at integer not null,
    trust text not null,
    rule text not null,
    confidence real not null,
    facts text not null default '[]',
    tags text not null default '[]',
    files text not null default '[]',
    evidence text not null default '[]',
    branch text not null default ''
"""
"""What an observation says; a curation row holds the same, frozen."""

MIGRATION_SET: Final = "memtui"
MIGRATIONS: Final = {
    "m001_first_schema": (
        ("m001_sources", 8), ("m001_memories", 8), ("m001_search", 4),
        ("m001_views", 8),
    ),
    "m002_regrouping": (("m002_regrouping", 8),),
    "m003_feedback": (("m003_feedback", 8),),
    "m004_symbols": (("m004_symbols", 8),),
    "m005_sessions_said": (("m005_sessions_said", 8),),
    "m006_replaced": (("m006_replaced", 8),),
    "m007_sweep": (("m007_sweep", 8),),
    "m008_masked": (("m008_masked", 8),),
    "m009_body_first": (("m009_body_first", 8),),
    "m010_open": (("m010_open", 8),),
    "m011_compress": (("m011_compress", 8),),
    "m012_bundles": (("m012_bundles", 8),),
}  # fmt: skip
"""Names of all migrations, in order: their scripts ``schema/NAME.sql``, and how many
blanks the lines of each are moved by. ``sqlite_master`` keeps a statement as it was
written, and a new store is to equal an older one."""

_NOTES: Final = """CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
"""
_NOTE: Final = """
    insert into _sqlite_migrations (migration_set, name, applied_at) values (?, ?, ?)
"""


def make(conn: sqlite3.Connection, version: int) -> None:
    """All of the schema in an empty database, stamped; one transaction."""
    now = str(datetime.now(UTC))
    conn.execute("begin immediate")
    run(conn.execute, _NOTES)
    for name in MIGRATIONS:
        apply(conn.execute, name)
        conn.execute(_NOTE, (MIGRATION_SET, name, now))
    conn.execute(f"pragma user_version = {version}")
    conn.execute("commit")


def apply(execute: Callable[[str], object], migration: str) -> None:
    """All statements of one migration."""
    for name, depth in MIGRATIONS[migration]:
        path = Path(__file__).with_name("schema") / f"{name}.sql"
        script = indent(path.read_text("utf-8"), " " * depth)
        run(execute, script.replace("{frozen}", FROZEN_COLUMNS))


def run(execute: Callable[[str], object], script: str) -> None:
    """Each statement of a script, a line at a time.

    ``executescript`` of ``sqlite_utils`` looks for their ends a character at a time,
    which takes three times as long as all else that a first start does to the store.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            execute(statement)
            statement = ""
    if statement.strip():
        raise ValueError(f"no whole statement: {statement.strip()}")
