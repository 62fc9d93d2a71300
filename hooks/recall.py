"""What was kept about a prompt, or about a file that a tool is going to touch.

    python3 -I -S recall.py prompt|file DATA_FOLDER [AGENT]

Reads the hook's JSON on stdin and prints its answer: at most three memories that
the person kept, or nothing. Nothing of memtui is imported and nothing is waited
for: on any doubt, on any trouble and after 150 ms it is silent and ``recall`` exits
0. Off unless ``memtui install`` was run with ``prompt_recall`` or ``file_history``
set, and whenever the config says so now: see ``memtui/inject/policy.py``.
"""

from __future__ import annotations

import os
import signal
import time

SECONDS = 0.13
"""Of the 150 ms that an answer may take, from the start of the shell round us."""
_SHELLS = (b"(sh)", b"(recall)")


def left(now: float, *stats: bytes) -> float:
    """Seconds that an answer may still take; a thousandth where there are none.

    Args:
        now: seconds since the machine started.
        stats: what ``/proc/PID/stat`` says of us, and of the shell that started us.
    """
    ticks = os.sysconf("SC_CLK_TCK")
    own, *round_us = stats
    counted = [own, *(one for one in round_us if one.split(b" ")[1] in _SHELLS)]
    began = [int(one.rpartition(b")")[2].split()[19]) / ticks for one in counted]
    return min(max(SECONDS - (now - min(began)), 0.001), SECONDS)


def _stat(process: object) -> bytes:
    with open(f"/proc/{process}/stat", "rb") as file:
        return file.read()


if __name__ == "__main__":
    # First of all, for the imports count too. It ends us whatever is under way: no
    # answer is better than a late one.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    try:
        _now = time.clock_gettime(time.CLOCK_BOOTTIME)
        _left = left(_now, _stat("self"), _stat(os.getppid()))
    except (OSError, ValueError, LookupError, AttributeError):
        _left = SECONDS - 0.03  # no such files here: what a start of Python takes
    signal.setitimer(signal.ITIMER_REAL, _left)

import json  # noqa: E402
import re  # noqa: E402
import sqlite3  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import prepared  # noqa: E402
from about import ITEMS, lines_of, of_file, reach, recalled  # noqa: E402

STDIN_BYTES = 1 << 20

TRANSCRIPT_BYTES = 1 << 19
"""Of a transcript's beginning, where its session was told our text."""

_ID = re.compile(rb"\[([a-z2-7]{12})\]")
_ANSWERED = b'"assistant"'
"""Stands in each transcript from the first answer on, and in no prompt's JSON."""

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


def main() -> None:
    """Answer one hook, or say nothing."""
    kind, data, *named = sys.argv[1:4]
    agent = named[0] if named and named[0] else "claude-code"
    asked = _asked()
    policy = policy_of(data)
    if not policy[kind]:
        return
    place = prepared.locate(_folder(asked, agent))
    if place is None:
        return
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
        event, given = "PreToolUse", asked["tool_input"]
        ids = of_file(with_store, bounds, given, place.roots)
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


def project_of(
    conn: sqlite3.Connection, place: prepared.Place
) -> tuple[int, str, str] | None:
    """Row, UUID and name of the project at a place; never a parent's."""
    for root in place.roots:
        for question in (ROOT, MAIN):
            found = conn.execute(question, {"root": root}).fetchone()
            if found:
                return found[0], found[1], found[2]
    return None


def told_at_start(
    data: str, place: prepared.Place, agent: str, asked: dict[str, object]
) -> set[str]:
    """Memories that this session was told by us: by its transcript, else those of
    the text that its start prints."""
    path = asked.get("transcript_path")
    said = prepared._start(path, TRANSCRIPT_BYTES) if isinstance(path, str) else b""
    fenced = said.split(b"<memtui-memory")[1:]
    # Before the first answer the start may not be written yet; after it, all that
    # it told is: what was kept since then was not.
    for text in [] if fenced or _ANSWERED in said else _printed(data, place, agent):
        fenced = text.split(b"<memtui-memory")[1:]
        break
    return {
        id_.decode("ascii")
        for text in fenced
        for id_ in _ID.findall(text.partition(b"</memtui-memory")[0])
    }


def _printed(data: str, place: prepared.Place, agent: str) -> Iterator[bytes]:
    """The text of the first file that ``session-start`` would print."""
    for name in prepared.looked_for(place, "startup", agent):
        if found := prepared._start(f"{data}/export{name}", TRANSCRIPT_BYTES):
            yield found


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
