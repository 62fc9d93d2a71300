"""The schema, as an append-only list of migrations.

Never edit one that was released: add the next. ``sqlite_utils`` is imported
only here, and this module only when ``user_version`` differs (see
``connect``), because it costs as much start-up as half of Textual.

How the tables hang together::

    project ─< project_root          a UUID, its path history, its git identity
    transcript ─< block              checkpoint; zstd blocks of its lines
    transcript ─1 session ─< link >─ record    a record once, linked to each session
    observation                      what the distiller says now: ingest writes it
    curation, hidden_session, journal   what a person decided: ingest cannot write it
    project_joined, project_alias, project_apart, session_name     the same
    doc ─ fts                        contentless full text; a new text is a new doc
    alike ─< alike_place, proposal   word sets, and what looks alike or corrected

``memory`` is the view everything reads: the frozen curation row where there is
one, else the observation.
"""

import sqlite3
from pathlib import Path
from textwrap import indent

from sqlite_utils import Database, Migrations

SCHEMA_VERSION = 4
"""What ``user_version`` says once every migration below is applied."""

migrations = Migrations("memtui")

FROZEN_COLUMNS = """
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


@migrations()
def m001_first_schema(db: Database) -> None:
    """Everything of the first release."""
    _run(db, _released("m001_sources", depth=8))
    _run(db, _released("m001_memories", depth=8))
    _run(db, _released("m001_search", depth=4))
    _run(db, _released("m001_views", depth=8))


@migrations()
def m002_regrouping(db: Database) -> None:
    """Projects that a person joined or named, sessions that they renamed."""
    _run(db, _released("m002_regrouping", depth=8))


@migrations()
def m003_feedback(db: Database) -> None:
    """What came of a memory in the sessions that were told it."""
    _run(db, _released("m003_feedback", depth=8))


@migrations()
def m004_symbols(db: Database) -> None:
    """Names of code that memories name, and when they went."""
    _run(db, _released("m004_symbols", depth=8))


def _released(name: str, *, depth: int) -> str:
    """The script ``schema/NAME.sql``, as frozen as the migration that runs it.

    Args:
        depth: how many blanks its lines are moved by: ``sqlite_master`` keeps a
            statement as it was written, and a new store is to equal an older one.
    """
    path = Path(__file__).with_name("schema") / f"{name}.sql"
    script = indent(path.read_text("utf-8"), " " * depth)
    return script.replace("{frozen}", FROZEN_COLUMNS)


def _run(db: Database, script: str) -> None:
    """Each statement of a script, a line at a time.

    ``db.executescript`` looks for their ends a character at a time, which takes
    three times as long as all else that a first start does to the store.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        raise ValueError(f"no whole statement: {statement.strip()}")
