"""What of the store is looked through for secrets: every line, and a person's words."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from memtui.later import later
from memtui.masking import let_through
from memtui.store.connect import open_reader, open_writer, transaction
from memtui.store.purge import tombs
from memtui.store.trouble import explained

if TYPE_CHECKING:  # who shows what is cleared unpacks no line
    from memtui.store.ingest import archive
else:
    archive = later("memtui.store.ingest.archive")

_TRANSCRIPTS: Final = "select id, path from transcript order by path"
_DECIDED: Final = """
    select id, title, body, facts, tags, files, evidence from curation order by id
"""
_BESIDE: Final = """
    select 'memory ' || memory as place, said as words from bundle_conflict
    union all select 'session ' || id, title from session_name
    union all select 'proposal ' || id, title || char(10) || body from model_proposal
    order by place
"""
"""What lost against another machine's words, names of sessions, what models propose."""


class Held(NamedTuple):
    """Some lines of one transcript in a row, or the words of one memory."""

    place: str
    """A path, or ``memory ID``, ``session ID``, ``proposal ID``."""
    first_line: int | None
    """None where there are no lines."""
    lines: list[bytes]


def held(path: Path) -> Iterator[Held]:
    """All that the store keeps word for word, a block at a time.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with explained(path), closing(open_reader(path)) as conn:
        for transcript, name in conn.execute(_TRANSCRIPTS).fetchall():
            for generation in archive.generations(conn, transcript):
                for part in archive.stretches(
                    conn, archive.Place(transcript, generation)
                ):
                    yield Held(name, part.first_line, part.lines)
        for memory, *words in conn.execute(_DECIDED):
            yield Held(f"memory {memory}", None, ["\n".join(words).encode()])
        for place, words in conn.execute(_BESIDE):
            yield Held(place, None, [words.encode()])


def clear(path: Path, values: list[str], *, take_back: bool) -> None:
    """Note that these values (``masking.digest``) are no secrets, or are after all.

    Raises:
        StoreError: the store cannot be written.
    """
    with explained(path), closing(open_writer(path, "curation")) as conn:
        with transaction(conn):
            change = tombs.drop if take_back else tombs.put
            change(conn, tombs.CLEARED, values)
        show_cleared(conn)


def cleared(path: Path) -> frozenset[str]:
    """Values that a person said are no secrets: ``masking.digest`` of each.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with explained(path), closing(open_reader(path)) as conn:
        return tombs.of_kind(conn, tombs.CLEARED)


def show_cleared(conn: sqlite3.Connection) -> None:
    """Mask no more, in this process, what a person said is no secret."""
    let_through(tombs.of_kind(conn, tombs.CLEARED))
