"""The schema, as an append-only list of migrations.

Never edit one that was released: add the next, here and in ``scripts``, of which
a new store is made. ``sqlite_utils`` is imported only here, and this module only
for an older store (see ``connect``), because it costs as much start-up as half of
Textual.

How the tables hang together::

    project ─< project_root          a UUID, its path history, its git identity
    transcript ─< block              checkpoint; zstd blocks of its lines
    transcript ─1 session ─< link >─ record    a record once, linked to each session
    observation                      what the distiller says now: ingest writes it
    curation, hidden_session, journal   what a person decided: ingest cannot write it
    project_joined, project_alias, project_apart, session_name     the same
    doc ─ fts                        contentless full text; a new text is a new doc
    alike ─< alike_place, proposal   word sets, and what looks alike or corrected
    compress_run ─< compress_item ─< compress_request    what a model was asked
    model_proposal ─1 model_decided  what it proposes, and what a person said to it
    bundle_version, bundle_conflict  what came from other machines, and what lost

``memory`` is the view everything reads: the frozen curation row where there is
one, else the observation.
"""

from sqlite_utils import Database, Migrations

from memtui.store import scripts

SCHEMA_VERSION = 12
"""What ``user_version`` says once every migration below is applied."""

migrations = Migrations(scripts.MIGRATION_SET)


@migrations()
def m001_first_schema(db: Database) -> None:
    """Everything of the first release."""
    scripts.apply(db.execute, "m001_first_schema")


@migrations()
def m002_regrouping(db: Database) -> None:
    """Projects that a person joined or named, sessions that they renamed."""
    scripts.apply(db.execute, "m002_regrouping")


@migrations()
def m003_feedback(db: Database) -> None:
    """What came of a memory in the sessions that were told it."""
    scripts.apply(db.execute, "m003_feedback")


@migrations()
def m004_symbols(db: Database) -> None:
    """Names of code that memories name, and when they went."""
    scripts.apply(db.execute, "m004_symbols")


@migrations()
def m005_sessions_said(db: Database) -> None:
    """An index of the sessions that a project's candidates come from."""
    scripts.apply(db.execute, "m005_sessions_said")


@migrations()
def m006_replaced(db: Database) -> None:
    """An index of what each memory replaced."""
    scripts.apply(db.execute, "m006_replaced")


@migrations()
def m007_sweep(db: Database) -> None:
    """An index of the marks by which a sweep knows what it read."""
    scripts.apply(db.execute, "m007_sweep")


@migrations()
def m008_masked(db: Database) -> None:
    """An index of the masked rows of the full text."""
    scripts.apply(db.execute, "m008_masked")


@migrations()
def m009_body_first(db: Database) -> None:
    """The full text with its longest column first.

    A store that has rows keeps the index it has until syncs have made it anew, which
    they do bit by bit: see ``renewing``.
    """
    (has_rows,) = db.execute("select exists (select 1 from doc)").fetchone()
    if not has_rows:
        scripts.apply(db.execute, "m009_body_first")


@migrations()
def m010_open(db: Database) -> None:
    """An index of what was decided and is not in the trash."""
    scripts.apply(db.execute, "m010_open")


@migrations()
def m011_compress(db: Database) -> None:
    """Runs of a model, what they cost, and what they propose."""
    scripts.apply(db.execute, "m011_compress")


@migrations()
def m012_bundles(db: Database) -> None:
    """Versions of memories that came in bundles, and those that lost."""
    scripts.apply(db.execute, "m012_bundles")
