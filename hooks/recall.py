"""What was kept about a prompt, or about a file that a tool is going to touch.

    python3 -I -S recall.py prompt|file DATA_FOLDER [AGENT]

Reads the hook's JSON on stdin and prints its answer: at most three memories that
the person kept, or nothing. Nothing of memtui is imported and nothing is waited
for: on any doubt, on any trouble and after 150 ms it is silent and ``recall`` exits
0. Off unless ``memtui install`` was run with ``prompt_recall`` or ``file_history``
set, and whenever the config says so now: see ``memtui/inject/policy.py``.
"""

# ruff: noqa: S608  questions are put together from our own constants alone

from __future__ import annotations

import os
import signal
import time

SECONDS = 0.13
"""Of the 150 ms that an answer may take, from the start of this process."""
if __name__ == "__main__":
    # First of all, for the imports count too. It ends us whatever is under way: no
    # answer is better than a late one.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    try:
        with open("/proc/self/stat", "rb") as _stat:
            _began = int(_stat.read().rpartition(b")")[2].split()[19])
        _spent = time.clock_gettime(time.CLOCK_BOOTTIME)
        _spent -= _began / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, LookupError, AttributeError):
        _spent = 0.03  # no such files here: what a start of Python takes
    _left = min(max(SECONDS - _spent, 0.001), SECONDS)
    signal.setitimer(signal.ITIMER_REAL, _left)

import json  # noqa: E402
import math  # noqa: E402
import re  # noqa: E402
import sqlite3  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator, Sequence  # noqa: E402
from typing import Any  # noqa: E402

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import prepared  # noqa: E402

ITEMS = 3
TRANSCRIPT_BYTES = 1 << 19
"""Of a transcript's beginning, where its session was told our text."""
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

_ID = re.compile(rb"\[([a-z2-7]{12})\]")
_PIECE = re.compile(r"\w(?:[\w.\-/]*\w)?")
_INNER = re.compile(r"[^\W_]+")

ROOT = """
    select p.id, p.uuid, p.name from project_root g
    join project p on p.id = g.project_id where g.path = :root
"""
MAIN = """
    select t.id, t.uuid, t.name from project p
    left join project_joined j on j.id = p.id
    join project t on t.id = coalesce(j.joined, p.id)
    where p.common_dir in (:root, :root || '/.git')
"""
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


def main() -> None:
    """Answer one hook, or say nothing."""
    kind, data, *named = sys.argv[1:4]
    agent = named[0] if named and named[0] else "claude-code"
    asked = _asked()
    policy = policy_of(data)
    if not policy[kind]:
        return
    place = Place(_folder(asked, agent))
    with_store = sqlite3.connect(f"file:{_quoted(data)}/memtui.db?mode=ro", uri=True)
    with_store.execute("pragma busy_timeout = 20")
    project = project_of(with_store, place)
    if project is None:
        return
    row, uuid, name = project
    groups = [f"group:{one}" for one in policy["groups"].get(uuid, ())]
    bounds = reach(row, ["global", f"agent:{agent}", *groups], policy["never"])
    if kind == "prompt":
        event, ids = "UserPromptSubmit", recalled(with_store, bounds, asked["prompt"])
    else:
        event, ids = "PreToolUse", of_file(with_store, bounds, asked["tool_input"])
    told = Told(data, str(asked.get("session_id", "")))
    known = {*told.ids, *(told_at_start(data, place, agent, asked) if ids else ())}
    ids = [one for one in ids if one not in known][:ITEMS]
    lines = lines_of(with_store, ids)
    if not lines:
        return
    text = prepared.text_of(name, [("Kept about this:", lines)]).text
    output = {"hookEventName": event, "additionalContext": text}
    answer = json.dumps({"hookSpecificOutput": output}).encode("ascii") + b"\n"
    os.write(1, answer)
    told.add(ids)


def reach(
    project: int, scopes: Sequence[str] = ("global",), never: Sequence[str] = ()
) -> dict[str, object]:
    """What may be told, as the questions take it."""
    return {
        "project": project,
        "scopes": json.dumps(list(scopes)),
        "never": json.dumps(list(never)),
    }


def policy_of(data: str) -> dict[str, Any]:
    """What the settings say, if they are still those that were read.

    Raises:
        ValueError: the config is another by now.
        OSError: nothing was said yet.
    """
    with open(f"{data}/recall-policy.json", encoding="utf-8") as file:
        policy: dict[str, Any] = json.load(file)
    path, *then = policy["config"]
    try:
        found = os.stat(path)
        now = [found.st_mtime_ns, found.st_size]
    except OSError:
        now = [0, 0]
    if now != then:
        raise ValueError("the config is another by now")
    return policy


class Place:
    """Where a session works, as ``memtui/inject/place.py`` sees it."""

    def __init__(self, folder: str) -> None:
        here = folder.rstrip("/")
        tree = prepared.work_tree(here) if os.path.isdir(folder or "/") else None
        self.roots, self.branch = [here or "/"], ""
        if tree is not None:
            shared = prepared.main_tree(tree.common_dir) or tree.root
            self.roots = [shared or "/", tree.root or "/"]
            head = f"{tree.git_dir}/HEAD" if tree.git_dir else ""
            line = prepared.first_line(head) if head else ""
            if line.startswith("ref: refs/heads/"):
                self.branch = line[len("ref: refs/heads/") :]


def project_of(conn: sqlite3.Connection, place: Place) -> tuple[int, str, str] | None:
    """Row, UUID and name of the project at a place; never a parent's."""
    for root in place.roots:
        for question in (ROOT, MAIN):
            found = conn.execute(question, {"root": root}).fetchone()
            if found:
                return found[0], found[1], found[2]
    return None


def told_at_start(
    data: str, place: Place, agent: str, asked: dict[str, object]
) -> set[str]:
    """Memories that this session was told by us: by its transcript, else those of
    the text that its start prints."""
    path = asked.get("transcript_path")
    said = prepared._start(path, TRANSCRIPT_BYTES) if isinstance(path, str) else b""
    fenced = said.split(b"<memtui-memory")[1:]
    for text in [] if fenced else _printed(data, place, agent):
        fenced = text.split(b"<memtui-memory")[1:]
        break
    return {
        id_.decode("ascii")
        for text in fenced
        for id_ in _ID.findall(text.partition(b"</memtui-memory")[0])
    }


def _printed(data: str, place: Place, agent: str) -> Iterator[bytes]:
    """The text of the first file that ``session-start`` would print."""
    for root in [*place.roots, "/_default"]:
        names = [f"startup@{place.branch}"] if place.branch else []
        for tree in (f"export/_agents/{agent}", "export"):
            for name in [*names, "startup"]:
                path = f"{data}/{tree}{root.rstrip('/')}/{name}.json"
                if found := prepared._start(path, TRANSCRIPT_BYTES):
                    yield found


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
    conn: sqlite3.Connection, bounds: dict[str, object], given: dict[str, object]
) -> list[str]:
    """Memories about the file that a tool is going to read or change."""
    path = given.get("file_path") or given.get("notebook_path")
    if not isinstance(path, str) or not path.startswith("/"):
        return []
    found: list[str] = []
    roots = "select path from project_root where project_id = :project"
    for (root,) in conn.execute(roots, bounds).fetchall():
        if path.startswith(f"{root}/"):
            inner = path[len(root) + 1 :]
            asked = {**bounds, "path": path, "inner": inner, "most": ITEMS}
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


def _asked() -> dict[str, Any]:
    """What the hook is told; nobody waits for the end of an input that is whole."""
    said = b""
    while len(said) < STDIN_BYTES:
        more = os.read(0, 1 << 16)
        said += more
        if not more:
            break
        if said.rstrip().endswith(b"}"):
            try:
                return dict(json.loads(said))
            except ValueError:
                continue  # it goes on
    return dict(json.loads(said))


def _folder(asked: dict[str, object], agent: str) -> str:
    # Another client's, where a session of one runs inside a session of the other.
    own = "" if agent == "codex" else os.environ.get("CLAUDE_PROJECT_DIR", "")
    named = own if own.startswith("/") else str(asked.get("cwd", ""))
    if not named.startswith("/"):
        raise ValueError("no folder")
    return os.path.realpath(named)


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


if __name__ == "__main__":
    try:
        main()
    finally:
        # A hook must not be in the way, whatever went wrong.
        os._exit(0)
