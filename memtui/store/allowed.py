"""Who may write which tables: SQLite itself refuses the rest."""

import sqlite3
from typing import Final

_WRITES: Final = {
    sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE
}  # fmt: skip
PERSON_ONLY: Final = frozenset(
    {
        "curation", "hidden_session", "journal", "tombstone", "purging",
        "project_joined", "project_alias", "project_apart", "session_name",
        "model_decided", "bundle_version", "bundle_conflict",
    }
)  # fmt: skip
"""Tables that hold what a person decided. Ingest has no write path to them."""
COMPRESS_ONLY: Final = frozenset(
    {
        "compress_run", "compress_batch", "compress_item", "compress_request",
        "model_proposal",
    }
)  # fmt: skip
"""The only tables that compressing writes: none holds what was read or decided."""


def refuse_person_tables(
    action: int, table: str | None, _2: str | None, _db: str | None, source: str | None
) -> int:
    """What ingest may do, as SQLite asks it."""
    # A trigger (source) may set observation.touched; nothing may write these.
    if action in _WRITES and table in PERSON_ONLY:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def refuse_all_but_compress(
    action: int, table: str | None, _2: str | None, _db: str | None, _by: str | None
) -> int:
    """What a run of a model may do."""
    if action in _WRITES and table not in COMPRESS_ONLY:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
