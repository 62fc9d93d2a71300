"""Whether search finds the session that a text describes, against plain forms.

The product's own path: transcripts, ``sync``, ``search --json``; sessions in the
order in which the rows name them. Beside it, over
the same records and in the same run, what ``research`` recommends (stemmed, rows
with every word first, kinds weighed, a session by its three best rows) and what
people build at first: all words, or any of them, the best row. Real transcripts
are needed and never shipped: see ``--shared``.
"""

import contextlib
import io
import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final
from unittest.mock import patch

from memtui.cli import main
from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.search.match import STOP_WORDS
from memtui.search.prepare import identifiers, spaced
from memtui.settings import Settings
from tests.benchmarks.foresight import home_of
from tests.benchmarks.known import Known, copied_without, cut_out, queries
from tests.benchmarks.measure import Result

ROWS: Final = 200
LESS: Final = 0.01
"""A point: so much below the recipe is good enough."""
KINDS: Final = {"prompt": 1.3, "response": 1.2, "tool_result": 0.8}
RECORDS: Final = """
    select s.native_id, r.kind, r.text, r.detail from session s
    join link l on l.session_id = s.id join record r on r.id = l.record_id
    where s.kind = 'interactive' and r.kind not in ('context', 'title')
"""
NEW: Final = "insert into {table} (rowid, body, ident) values (?, ?, ?)"
ASK: Final = """
    select rowid, -bm25({table}, 1.0, 0.25) from {table}
    where {table} match ? order by bm25({table}, 1.0, 0.25) limit 200
"""
System = Callable[[str], list[str]]
"""Sessions for a query, the best first."""


def results(folder: Path, *, shared: Path) -> Iterator[Result]:
    """Shares of queries, ours against the recipe; others and agents beside them."""
    home, copy = home_of(folder, shared), folder / "copy"
    sync(folder / "whole", Settings(), home=home)
    with closing(sqlite3.connect(store_path(folder / "whole"))) as conn:
        asked = queries(conn)
    copied_without(home, copy, asked)
    data = folder / "data"
    sync(data, Settings(), home=copy)
    with closing(sqlite3.connect(store_path(data))) as conn:
        asked = cut_out(conn, asked)
        plain = _Plain(conn)
    systems: dict[str, System] = {
        "ours": lambda text: _ours(text, copy, data),
        "recipe": plain.recipe,
        "all words": lambda text: plain.best("plain", " ", text.split()),
        "any word": lambda text: plain.best("plain", " OR ", _carrying(text)),
    }
    ranks = {
        name: [_rank(one, system(one.words)) for one in asked]
        for name, system in systems.items()
    }
    for agent in ("", *sorted({one.agent for one in asked})):
        chosen = [n for n, one in enumerate(asked) if agent in ("", one.agent)]
        yield from _shares(agent, {
            name: [ranks[name][n] for n in chosen] for name in systems
        })  # fmt: skip


def _shares(agent: str, ranks: Mapping[str, Sequence[int]]) -> Iterator[Result]:
    figures: dict[str, Callable[[int], float]] = {
        "hit@1": lambda rank: rank == 1,
        "hit@5": lambda rank: 0 < rank <= 5,
        "MRR": lambda rank: 1 / rank if rank else 0,
    }
    count = len(ranks["ours"])
    for name, figure in figures.items():
        share = {who: sum(map(figure, found)) / count for who, found in ranks.items()}
        naive = ", ".join(f"{w} {share[w]:.3f}" for w in ("all words", "any word"))
        yield Result(
            what=f"{name} of {count} known items{', ' + agent if agent else ''}",
            ours=share["ours"], floor=max(1e-9, share["recipe"] - LESS), unit="",
            goal=0, least=0.9999, floor_is=f"the recipe, less a point; {naive}",
        )  # fmt: skip


def _rank(one: Known, found: Sequence[str]) -> int:
    """Place of the right session, from 1; 0: not found."""
    return next((n for n, s in enumerate(found, 1) if s in one.right), 0)


def _ours(text: str, home: Path, data: Path) -> list[str]:
    said = io.StringIO()
    here = {"HOME": str(home), "MEMTUI_DATA_DIR": str(data)}
    with patch.dict(os.environ, here), contextlib.redirect_stdout(said):
        code = main(["search", "--json", "--limit", str(ROWS), "--", text])
    if code:
        raise RuntimeError(f"search ended with {code}: {text}")
    rows = map(json.loads, said.getvalue().splitlines())
    return list(dict.fromkeys(row["session"] for row in rows if "session" in row))


def _by_best_rows(rows: Iterator[tuple[str, float]]) -> list[str]:
    """Sessions by their best row, half the second and a quarter of the third."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for session, score in rows:
        scores[session].append(score)
    total = {
        session: sum(s / 2**n for n, s in enumerate(sorted(own, reverse=True)[:3]))
        for session, own in scores.items()
    }
    return sorted(total, key=lambda session: -total[session])


def _carrying(text: str) -> list[str]:
    words = [w for w in text.split() if w.lower() not in STOP_WORDS]
    return words or text.split()


class _Plain:
    """The same records in indexes of their own."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._index = sqlite3.connect(":memory:")
        for table, how in (("plain", "unicode61"), ("stemmed", "porter unicode61")):
            self._index.execute(
                f"create virtual table {table} using fts5("
                f"body, ident, content='', tokenize='{how} remove_diacritics 2')"
            )
        self._rows: list[tuple[str, float]] = []
        for number, (session, kind, text, detail) in enumerate(conn.execute(RECORDS)):
            self._rows.append((session, KINDS.get(kind, 1.0)))
            tool = kind.startswith("tool")
            body = f"{text[:1_000]}\n{text[-1_000:]}" if tool else text[:6_000]
            if tool and detail:
                body = f"{json.loads(detail).get('command', '')} {body}"
            row = (number, spaced(body), identifiers(body)[:1_500])
            self._index.execute(NEW.format(table="stemmed"), row)
            self._index.execute(NEW.format(table="plain"), (number, text[:6_000], ""))

    def recipe(self, text: str) -> list[str]:
        words = _carrying(text)
        found = dict(self._asked("stemmed", " OR ", words))
        every = dict(self._asked("stemmed", " ", words))
        best = max([*found.values(), *every.values()], default=1.0) or 1.0
        weighed = {row: score / best * 0.8 for row, score in found.items()}
        weighed |= {row: score / best for row, score in every.items()}
        return _by_best_rows(
            (self._rows[row][0], score * self._rows[row][1])
            for row, score in weighed.items()
        )

    def best(self, table: str, by: str, words: Sequence[str]) -> list[str]:
        rows = self._asked(table, by, words)
        return list(dict.fromkeys(self._rows[row][0] for row, _ in rows))

    def _asked(
        self, table: str, by: str, words: Sequence[str]
    ) -> list[tuple[int, float]]:
        said = [spaced(w).replace('"', "") for w in words if re.search(r"[^\W_]", w)]
        asked = by.join(f'"{word}"' for word in said)
        if not asked:
            return []
        return self._index.execute(ASK.format(table=table), (asked,)).fetchall()
