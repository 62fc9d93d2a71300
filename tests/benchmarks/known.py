"""Known-item queries: what describes a session, taken out of what is searched.

What describes a session is its titles, the subjects of its commits, lines of its
compaction summaries and lines of its answers. Each is cut out of a copy of the
transcripts wherever it stands word for word, so that the session is found by the
rest of what was said in it.
"""

import json
import random
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, MatchKind

WORDS: Final = range(8, 26)
"""Words of a line of a summary or an answer."""
LEAST_WORDS: Final = 3
"""Words of a title or a subject."""
EACH: Final = 4
"""Lines of each kind and session, at first."""
ENOUGH: Final = 200
"""Queries of each agent, where its sessions have them: of fifty one is two points."""

SAID: Final = """
    select s.native_id as session, s.agent, r.kind, r.text
    from session s join link l on l.session_id = s.id
    join record r on r.id = l.record_id
    where s.kind = 'interactive' and r.kind in ('title', 'summary', 'response')
    order by s.id, l.seq
"""
TITLES: Final = """
    select native_id as session, agent, 'title' as kind, title as text from session
    where kind = 'interactive' and title_rank >= 2 order by id
"""
COMMITS: Final = """
    select s.native_id as session, s.agent, 'commit' as kind, c.subject as text
    from commit_told c join session s on s.id = c.session_id
    where s.kind = 'interactive' and c.subject <> '' order by s.id, c.sha
"""
LEFT: Final = "select 1 from record where instr(text, ?) limit 1"
SHOWN_BY: Final = """
    select s.native_id from session s where s.kind = 'interactive' and exists (
        select 1 from link l join link o on o.record_id = l.record_id
        join session t on t.id = o.session_id
        where l.session_id = s.id and t.native_id = ?)
"""
_FILES: Final = frozenset({".jsonl", ".json"})


@dataclass(frozen=True, slots=True)
class Known:
    """A query whose right session is known."""

    text: str
    """Word for word as it stood in the transcript."""
    kind: str
    agent: str
    right: frozenset[str]
    """Native ids of the session and of those that share its history."""

    @property
    def words(self) -> str:
        """What is typed: words alone, nothing that a query language reads."""
        return " ".join(
            re.sub(r"[\"*]|(?<!\S)-+|(?<=\w):(?=\S)", " ", self.text).split()
        )


def queries(conn: sqlite3.Connection, seed: int = 3) -> list[Known]:
    """What describes the sessions of a store; a text of two sessions is left out."""
    found: dict[str, Known] = {}
    twice: set[str] = set()
    for one in _described(conn, random.Random(seed)):
        known = found.setdefault(one.text, one)
        if known.right != one.right:
            twice.add(one.text)
    kept = [one for text, one in found.items() if text not in twice]
    return [
        replace(one, right=one.right.union(_sharing(conn, one.right))) for one in kept
    ]


def copied_without(home: Path, copy: Path, asked: Sequence[Known]) -> None:
    """Copy the transcripts of a home, these texts cut out wherever they stand."""
    forms = list({form: None for one in asked for form in _written(one.text)})
    automaton = BytesAhoCorasick(forms, matchkind=MatchKind.LeftmostLongest)
    for path in home.rglob("*"):
        if path.suffix in _FILES and path.is_file():
            told = path.read_bytes()
            pieces, last = [], 0
            for _, start, end in automaton.find_matches_as_indexes(told):
                pieces.append(told[last:start])
                last = end
            target = copy / path.relative_to(home)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"".join([*pieces, told[last:]]))


def cut_out(conn: sqlite3.Connection, asked: Iterable[Known]) -> list[Known]:
    """Those whose text stands nowhere any more in what was stored."""
    return [one for one in asked if conn.execute(LEFT, (one.text,)).fetchone() is None]


def _described(conn: sqlite3.Connection, chance: random.Random) -> Iterator[Known]:
    for sql in (TITLES, COMMITS):
        for session, agent, kind, text in conn.execute(sql):
            if len(text.split()) >= LEAST_WORDS:
                yield Known(text, kind, agent, frozenset({session}))
    lines: dict[tuple[str, str, str], list[str]] = {}
    for session, agent, kind, text in conn.execute(SAID):
        here = lines.setdefault((session, agent, kind), [])
        if kind == "title":
            here += [text] if len(text.split()) >= LEAST_WORDS else []
            continue
        for line in text.splitlines():
            said = line.strip(" -*#>|`")
            if len(said.split()) in WORDS:
                here.append(said)
    drawn = {agent: _drawn(agent, lines) for _, agent, _ in lines}
    for (session, agent, kind), texts in lines.items():
        for text in chance.sample(texts, min(drawn[agent], len(texts))):
            yield Known(text, kind, agent, frozenset({session}))


def _drawn(agent: str, lines: Mapping[tuple[str, str, str], Sequence[str]]) -> int:
    """How many lines of each kind and session make enough queries of an agent."""
    counts = [len(texts) for (_, of, _), texts in lines.items() if of == agent]
    each = EACH
    while each < max(counts) and sum(min(each, n) for n in counts) < ENOUGH:
        each += 1
    return each


def _sharing(conn: sqlite3.Connection, sessions: frozenset[str]) -> set[str]:
    return {row[0] for one in sessions for row in conn.execute(SHOWN_BY, (one,))}


def _written(text: str) -> Iterator[bytes]:
    """How a text may stand in a line of JSON, also within JSON in a string."""
    for ascii_only in (False, True):
        once = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield once.encode("utf-8", "replace")
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "replace")
