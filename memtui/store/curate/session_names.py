"""Names that a person gave to sessions: shown instead of what transcripts say."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from memtui.search.grammar import Query

if TYPE_CHECKING:
    from memtui.store.curate.journal import Change

GIVEN_RANK: Final = 4
"""Above every rank that a reader knows: see ``SessionFacts``."""

KNOWN: Final = "select exists (select 1 from session where native_id = ?)"
GIVEN: Final = "select title, acted_at from session_name where id = ?"
_SHOW: Final = f"""
    update session set
        title = coalesce(
            (select n.title from session_name n where n.id = native_id), said_title),
        title_rank = case when native_id in (select id from session_name)
            then {GIVEN_RANK} else said_rank end
    where id = ?
"""  # noqa: S608 - a constant of our own
_ROWS: Final = "select id from session where native_id = ?"


def changed(
    conn: sqlite3.Connection, session: str, title: str, at: int
) -> "dict[str, Change]":
    """What naming a session (native id) changes; an empty title takes a name back."""
    (known,) = conn.execute(KNOWN, (session,)).fetchone()
    row = conn.execute(GIVEN, (session,)).fetchone()
    before = None if row is None else dict(row)
    if not known or (before or {"title": ""})["title"] == title:
        return {}
    after = {"title": title, "acted_at": at} if title else None
    return {f"session_name:{session}": (before, after)}


def show(conn: sqlite3.Connection, row: int) -> None:
    """Let a session be listed by the name that it has now."""
    conn.execute(_SHOW, (row,))


def show_named(conn: sqlite3.Connection, sessions: Iterable[str]) -> None:
    """The same for sessions by their native ids."""
    for session in sessions:
        for (row,) in conn.execute(_ROWS, (session,)).fetchall():
            show(conn, row)


def called(query: Query, bind: Callable[[str], str]) -> str:
    """A condition: the session (``s``) has a given name that holds a query's words.

    Transcripts do not know that name, so that their index cannot find it.
    """
    holds = "instr(lower(n.title), lower({})) {} 0"
    wanted = [holds.format(bind(word), ">") for word in (*query.words, *query.phrases)]
    wanted += [holds.format(bind(word), "=") for word in query.excluded]
    return (
        "s.native_id in (select n.id from session_name n"  # noqa: S608 - words are bound
        f" where {' and '.join(wanted)})"
    )
