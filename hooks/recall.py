"""What was kept about a prompt, or about a file that a tool is going to touch.

    python3 -I -S recall.py prompt|file DATA_FOLDER

Reads the hook's JSON on stdin and prints its answer: at most three memories that
the person kept, or nothing. Nothing of memtui is imported and nothing is waited
for: on any doubt, on any trouble and after 150 ms it is silent and exits 0. Off
unless ``memtui install`` was run with ``prompt_recall`` or ``file_history`` set.
"""

# ruff: noqa: S608  questions are put together from our own constants alone

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import prepared  # noqa: E402

SECONDS = 0.12
"""Of the 150 ms that an answer may take; a start of Python takes the rest."""
ITEMS = 3
ITEM_UNITS = 400
PROMPT_CHARS = 6_000
STDIN_BYTES = 1 << 20
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

ROOTS = """
    select g.project_id, p.name, g.path from project_root g
    join project p on p.id = g.project_id
    where g.path in (select value from json_each(?))
    order by length(g.path) desc limit 1
"""
TOLD = """c.state = 'kept' and c.excluded = 0 and c.superseded_by = ''
    and (c.scope = 'global' or c.project_id = ? and c.scope = 'project')"""
COUNT = f"select count(*) from curation c where {TOLD}"
FREQUENT = """
    select surface, df from term where surface in (select value from json_each(?))
"""
MATCHING = f"""
    select c.id from fts join doc d on d.id = fts.rowid
    join curation c on c.id = d.memory
    where fts match ? and fts.rowid >= ? and d.live = 1 and {TOLD} limit ?
"""
CHOSEN = """
    select id, type, title, body, files from curation
    where id in (select value from json_each(?))
"""
OF_FILE = f"""
    select c.id from curation c, json_each(c.files) f
    where {TOLD} and (f.value = ? or f.value = ?)
    order by c.pinned desc, c.at desc, c.id limit ?
"""


def main() -> None:
    """Answer one hook, or say nothing."""
    kind, data = sys.argv[1:3]
    asked = json.loads(sys.stdin.buffer.read(STDIN_BYTES))
    with_store = sqlite3.connect(f"file:{_quoted(data)}/memtui.db?mode=ro", uri=True)
    with_store.execute("pragma busy_timeout = 20")
    project = project_of(with_store, _folder(asked))
    if project is None:
        return
    if kind == "prompt":
        event, ids = "UserPromptSubmit", recalled(with_store, project, asked["prompt"])
    else:
        event, ids = "PreToolUse", of_file(with_store, project, asked["tool_input"])
    told = Told(data, str(asked.get("session_id", "")))
    ids = [one for one in ids if one not in told.ids][:ITEMS]
    lines = lines_of(with_store, ids)
    if not lines:
        return
    text = prepared.text_of(project[1], [("Kept about this:", lines)]).text
    output = {"hookEventName": event, "additionalContext": text}
    answer = json.dumps({"hookSpecificOutput": output}).encode("ascii") + b"\n"
    os.write(1, answer)
    told.add(ids)


def project_of(conn: sqlite3.Connection, folder: str) -> tuple[int, str] | None:
    """Row and name of the project at a folder or the nearest one above it."""
    above = [folder]
    while folder not in ("", "/") and len(above) < 64:
        if os.path.exists(f"{folder}/.git"):
            break  # what lies above a work tree is another's
        folder = os.path.dirname(folder)
        above.append(folder)
    row = conn.execute(ROOTS, (json.dumps(above),)).fetchone()
    return (row[0], row[1]) if row else None


def recalled(
    conn: sqlite3.Connection, project: tuple[int, str], prompt: str
) -> list[str]:
    """Memories that a prompt is about, best first; on doubt none."""
    return [
        id_
        for id_, words, _, share in scored(conn, project, prompt)
        if words > 1 and share >= LEAST_SHARE.get(words, SHARE_OF_MORE)
    ]


def scored(
    conn: sqlite3.Connection, project: tuple[int, str], prompt: str
) -> list[tuple[str, int, float, float]]:
    """``(id, words, score, share)``, the best first.

    A word weighs what it tells: one that stands in a single memory 1, one that
    stands in all of them nearly nothing. ``share`` is of the weight of all.
    """
    (count,) = conn.execute(COUNT, (project[0],)).fetchone()
    if not count:
        return []
    most = _weight(count, 1)
    scores: dict[str, tuple[int, float]] = {}
    whole = 0.0
    for expression in terms(conn, prompt):
        asked = (expression, FIRST_MEMORY, project[0], ROWS + 1)
        ids = {row[0] for row in conn.execute(MATCHING, asked)}
        if len(ids) > ROWS:
            continue
        weight = _weight(count, max(1, len(ids))) / most
        whole += weight
        if not ids:
            continue
        asked = (f"title : {expression}", FIRST_MEMORY, project[0], ROWS + 1)
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
    conn: sqlite3.Connection, project: tuple[int, str], given: dict[str, object]
) -> list[str]:
    """Memories about the file that a tool is going to read or change."""
    path = given.get("file_path") or given.get("notebook_path")
    if not isinstance(path, str) or not path.startswith("/"):
        return []
    found: list[str] = []
    roots = "select path from project_root where project_id = ?"
    for (root,) in conn.execute(roots, (project[0],)):
        if path.startswith(f"{root}/"):
            asked = (project[0], path, path[len(root) + 1 :], ITEMS)
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


class Told:
    """What a session was told by us already: nothing is told twice."""

    KEPT = 50
    """Sessions that are remembered."""

    def __init__(self, data: str, session: str) -> None:
        self._path, self._session = f"{data}/recalled.json", session
        try:
            with open(self._path, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            found = {}
        self._known = found if isinstance(found, dict) else {}
        ids = self._known.get(session)
        self.ids = ids if isinstance(ids, list) else []

    def add(self, ids: list[str]) -> None:
        """Remember these, the latest session last; a file beside, then in place."""
        self._known.pop(self._session, None)
        self._known[self._session] = [*self.ids, *ids]
        kept = dict(list(self._known.items())[-self.KEPT :])
        made = f"{self._path}.{os.getpid()}"
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.replace(made, self._path)


def _weight(count: int, rows: int) -> float:
    return math.log(1 + (count - rows + 0.5) / (rows + 0.5))


def _folder(asked: dict[str, object]) -> str:
    named = os.environ.get("CLAUDE_PROJECT_DIR") or str(asked.get("cwd", ""))
    return os.path.realpath(named) if named.startswith("/") else ""


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


if __name__ == "__main__":
    # Whatever is under way then: no answer is better than a late one.
    late = threading.Timer(SECONDS, os._exit, (0,))
    late.daemon = True
    late.start()
    try:
        main()
    finally:
        # A hook must not be in the way, whatever went wrong.
        os._exit(0)
