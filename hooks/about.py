"""Which of the memories that a person kept a prompt is about, or a file.

For ``recall.py``, of the standard library and ``prepared`` alone. Every question is
asked of a connection that only reads.
"""

# ruff: noqa: S608  questions are put together from our own constants alone

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
from collections.abc import Sequence

import prepared

ITEMS = 3
ITEM_UNITS = 400
PROMPT_CHARS = 6_000
TERMS = 16
"""The rarest words of a prompt; more find little and cost time."""
PIECES = 60
ROWS = 400
"""A word that stands in more memories tells none of them apart."""
COMMON = 30_000
"""A word that stands in more rows of the index is not even asked for."""
FIRST_MEMORY = 1 << 40
"""Rows of the index from here on are memories: see ``memtui/store/docs.py``."""

LEAST_SHARE = {2: 0.5, 3: 0.22}
"""By the number of a prompt's words that a memory holds: of all that they could
say so much. Chosen by ``python -m tests.benchmarks recall`` on real sessions."""
SHARE_OF_MORE = 0.05
TITLE = 1.5
"""How much more a word in a title says."""

_PIECE = re.compile(r"\w(?:[\w.\-/]*\w)?")
_INNER = re.compile(r"[^\W_]+")

TOLD = """c.state = 'kept' and c.excluded = 0 and c.superseded_by = ''
    and (c.scope in (select value from json_each(:scopes))
        or c.project_id = :project and c.scope = 'project')
    and c.type not in (select value from json_each(:never))"""
COUNT = f"select count(*) from curation c where {TOLD}"
FREQUENT = """
    select surface, df from term where surface in (select value from json_each(?))
"""
MATCHING = f"""
    select c.id from fts join doc d on d.id = fts.rowid
    join curation c on c.id = d.memory
    where fts match :words and fts.rowid >= {FIRST_MEMORY} and d.live = 1 and {TOLD}
    limit {ROWS + 1}
"""
CHOSEN = """
    select id, type, title, body, files from curation
    where id in (select value from json_each(?))
"""
OF_FILE = f"""
    select c.id from curation c, json_each(c.files) f
    where {TOLD} and (f.value = :path or f.value = :inner)
    order by c.pinned desc, c.at desc, c.id limit :most
"""


def reach(
    project: int, scopes: Sequence[str] = ("global",), never: Sequence[str] = ()
) -> dict[str, object]:
    """What may be told, as the questions take it."""
    return {
        "project": project,
        "scopes": json.dumps(list(scopes)),
        "never": json.dumps(list(never)),
    }


def recalled(
    conn: sqlite3.Connection, bounds: dict[str, object], prompt: str
) -> list[str]:
    """Memories that a prompt is about, best first; on doubt none."""
    return [
        id_
        for id_, words, _, share in scored(conn, bounds, prompt)
        if words > 1 and share >= LEAST_SHARE.get(words, SHARE_OF_MORE)
    ]


def scored(
    conn: sqlite3.Connection, bounds: dict[str, object], prompt: str
) -> list[tuple[str, int, float, float]]:
    """``(id, words, score, share)``, the best first.

    A word weighs what it tells: one that stands in a single memory 1, one that
    stands in all of them nearly nothing. ``share`` is of the weight of all.
    """
    (count,) = conn.execute(COUNT, bounds).fetchone()
    if not count:
        return []
    most = _weight(count, 1)
    scores: dict[str, tuple[int, float]] = {}
    whole = 0.0
    for expression in terms(conn, prompt):
        asked = {**bounds, "words": expression}
        ids = {row[0] for row in conn.execute(MATCHING, asked)}
        if len(ids) > ROWS:
            continue
        weight = _weight(count, max(1, len(ids))) / most
        whole += weight
        if not ids:
            continue
        asked = {**bounds, "words": f"title : {expression}"}
        titled = {row[0] for row in conn.execute(MATCHING, asked)}
        for id_ in ids:
            words, score = scores.get(id_, (0, 0.0))
            more = weight * (TITLE if id_ in titled else 1.0)
            scores[id_] = (words + 1, score + more)
    found = [(i, w, s, s / whole) for i, (w, s) in scores.items()]
    return sorted(found, key=lambda one: (-one[2], one[0]))


def terms(conn: sqlite3.Connection, prompt: str) -> list[str]:
    """The rarest words of a prompt, as the index asks for them."""
    said = prepared.spaced(prompt[:PROMPT_CHARS])
    pieces: dict[str, str] = {}
    for piece in _PIECE.findall(said):
        name = piece.rpartition("/")[2] or piece
        low = prepared.fold(name)
        if low in prepared.STOP_WORDS or (len(low) < 3 and low.isascii()):
            continue
        if low.isdecimal() and len(low) < 4:
            continue
        pieces.setdefault(low, name)
        if len(pieces) >= PIECES:
            break
    plain = [low for low in pieces if _INNER.fullmatch(low)]
    known = dict(conn.execute(FREQUENT, (json.dumps(plain),)))
    rare = sorted(
        (low for low in pieces if known.get(low, 0) <= COMMON),
        key=lambda low: known.get(low, 0),
    )
    asked = [prepared.word(pieces[low]) for low in rare[:TERMS]]
    return [one for one in dict.fromkeys(asked) if one]


def of_file(
    conn: sqlite3.Connection,
    bounds: dict[str, object],
    given: dict[str, object],
    places: Sequence[str] = (),
) -> list[str]:
    """Memories about the file that a tool is going to read or change.

    Args:
        places: folders of the project that it may not be known by: a new worktree.
    """
    path = given.get("file_path") or given.get("notebook_path")
    if not isinstance(path, str) or not path.startswith("/"):
        return []
    found: list[str] = []
    named = "select path from project_root where project_id = :project"
    roots = [*places, *(root for (root,) in conn.execute(named, bounds))]
    # A client names the file as its session found the folder, by a link, too.
    folder, _, name = path.rpartition("/")
    paths = dict.fromkeys((path, f"{os.path.realpath(folder or '/')}/{name}"))
    for root, one in ((root, one) for root in dict.fromkeys(roots) for one in paths):
        if one.startswith(f"{root}/"):
            inner = one[len(root) + 1 :]
            asked = {**bounds, "path": one, "inner": inner, "most": ITEMS}
            found += [row[0] for row in conn.execute(OF_FILE, asked)]
    return list(dict.fromkeys(found))


def lines_of(conn: sqlite3.Connection, ids: list[str]) -> list[str]:
    """Each memory as the export has it, in this order."""
    rows = {row[0]: row for row in conn.execute(CHOSEN, (json.dumps(ids),))}
    lines = []
    for id_ in ids:
        if id_ in rows:
            _, type_, title, body, files = rows[id_]
            names = tuple(json.loads(files))
            line = prepared._memory_line(type_, title, body, names, id_, ITEM_UNITS)
            lines.append(line)
    return lines


def _weight(count: int, rows: int) -> float:
    return math.log(1 + (count - rows + 0.5) / (rows + 0.5))
