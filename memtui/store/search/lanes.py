"""How the index is asked for ranked rows: few of its postings, and only shown rows.

``bm25`` counts every posting of every word it is given, and reads a row for each
one it scores. So it is given rare words alone, as far as a budget reaches, and
scores only rows that the view may show. Rows with all of the words are asked for
without it, the newest first, wherever a common word is among them.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from memtui.search import match, rank
from memtui.search.grammar import Query
from memtui.search.prepare import LENGTHS, fold, spellings
from memtui.search.words import stems, tokens
from memtui.store.search.docs import ENDS, FIRST_MEMORY
from memtui.store.search.filters import View, Where, turns_where

_FOUND: Final = """
    from fts cross join doc d on d.id = fts.rowid
    left join session s on s.id = d.session_id {more}
    where fts match :match and fts.rowid >= :low and fts.rowid < :high
        and {where} and d.live = 1
"""
_RECORD: Final = """
    cross join record r on r.id = d.record_id left join place pl on pl.id = r.place_id
"""
_OF_RECORD: Final = re.compile(r"\b(?:r|pl)\.")
_COLUMNS: Final = "select name from pragma_table_info('fts')"


def weighed(columns: Iterable[str]) -> str:
    """Asks for the best rows of an index with these columns, in this order."""
    weights = ", ".join(str(rank.BM25[name]) for name in columns)
    chosen = f"select d.id as doc, bm25(fts, {weights}) as rank"
    return f"{chosen}{_FOUND}order by rank limit :limit"


BEST: Final = weighed(rank.BM25)
NEWEST: Final = (
    "select d.id as doc, 0.0 as rank" + _FOUND + "order by fts.rowid desc limit :limit"
)
WINDOW: Final = """
    select min(rowid) from (
        select rowid from fts where fts match :match and rowid >= :low and rowid < :high
        order by rowid desc limit :limit)
"""
LAST_DOC: Final = """
    select max((select max(d.id) from doc d
        where d.session_id = s.id and d.id < :high)), json_group_array(s.id)
    from session s where s.project_id = (select id from project where uuid = :project)
"""
FREQUENCY: Final = """
    select coalesce(sum(df), 0) from term
    where surface >= :low and surface < :high
        and (stem = :stem or stem = '' and surface = :stem)
"""
SESSIONS_OF_PROJECT: Final = """
    with recursive p(id) as (select id from project where uuid = :project),
    said(id) as (
        select min(o.session_id) from p cross join observation o
        where o.project_id = p.id
        union all select (select min(o.session_id) from observation o
            where o.project_id = (select id from p) and o.session_id > said.id)
        from said where said.id is not null),
    own(id) as (
        select id from said
        union select s.id from session s where s.project_id = (select id from p)
        union select c.session_id from p cross join curation c where c.project_id = p.id
        union select c.session_id from curation c
            where c.state = 'kept' and c.scope <> 'project')
    select json_group_array(id) from own where id is not null
"""
"""The sessions that the memories a project shows may come from, found once a search:
a number of each row is compared with them, not the name of its memory."""
OF_SESSIONS: Final = "d.session_id in (select value from json_each(:in_sessions))"
OF_PROJECT: Final = f"({OF_SESSIONS} or d.session_id is null)"
_SESSIONS: Final = WeakKeyDictionary[sqlite3.Connection, dict[tuple[int, str], str]]()
"""By connection: of the project that it looked at last, at its data's version."""
_EVER: Final = 1 << 62
_FORM: Final = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a query, in all its forms, and what asking costs."""

    expression: str
    rows: int
    """Rows that have it, about."""
    cost: int
    """Postings that are read to find them."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the lanes brought in, by row."""

    every: dict[int, float]
    """Rows with every word, and their relevance, the higher the better."""
    some: dict[int, float]
    """Other rows, with some of the words."""
    is_weighed: bool
    """Whether the relevances count; else they are to be found from the texts."""
    is_cut: bool
    """Whether there are more such rows."""
    rare: tuple[Term, ...] = ()
    """The terms that the index could weigh."""

    @property
    def docs(self) -> list[int]:
        """Each row once."""
        return [*self.every, *self.some]

    def __contains__(self, doc: int) -> bool:
        return doc in self.every or doc in self.some


@dataclass(frozen=True, slots=True)
class _Side:
    """Memories or records: their range of rows and which of them are shown."""

    low: int
    high: int
    more: str
    where: Where

    def asked(self, sql: str) -> str:
        return self.where.into(sql.replace("{more}", self.more))


def terms(conn: sqlite3.Connection, query: Query) -> list[Term]:
    """The query's words and phrases, the rarest first.

    Another spelling of a name that would have to be put together from common words
    is left out where the name itself is known: the index holds that spelling too.
    """
    found = []
    for expression in match.terms(query):
        forms = _forms(expression)
        known = [_known(conn, form) for form in forms]
        if known and known[0][0]:
            kept = [k for k in known if k is known[0] or k[1] <= rank.SPELLING]
        else:
            kept = known
        if len(kept) < len(known):
            said = [f for f, k in zip(forms, known, strict=True) if k in kept]
            expression = match.any_of(map(match.phrase, said))
        rows, cost = sum(k[0] for k in kept), sum(k[1] for k in kept)
        found.append(Term(expression, rows, cost))
    return sorted(found, key=lambda term: (term.cost, term.rows))


def forms(term: Term) -> list[str]:
    """How a term may be spelt, first as it was typed."""
    return _forms(term.expression)


def _forms(expression: str) -> list[str]:
    return [form.replace('""', '"') for form in _FORM.findall(expression)]


def through(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    wanted: Sequence[Term],
    size: int,
) -> Found:
    """Ask each lane for up to ``size`` rows of memories and as many of records."""
    # An index that is still to be made anew may have them in another order.
    best = weighed(name for (name,) in conn.execute(_COLUMNS))
    rows = row_count(conn)
    rare = _within(wanted, rank.budget(rows))
    every: dict[int, float] = {}
    some: dict[int, float] = {}
    whole = len(rare) == len(wanted)
    cut = False
    for side in _sides(conn, query, view):
        bounds: dict[str, object] = {"low": side.low, "high": side.high, "limit": size}
        if not rare:
            bounds |= _window(conn, wanted[0], side)
        of_all = match.every([term.expression for term in wanted], query)
        sql = side.asked(best if whole else NEWEST)
        near = _near(conn, wanted[len(rare) :], rows, side) if rare else {}
        all_of = _rows(conn, sql, side, bounds | {"match": of_all} | near)
        every |= all_of
        cut |= len(all_of) >= size
        if len(wanted) == 1 or (len(all_of) >= size and not whole):
            # So many rows with every word: those with some would stand behind them.
            continue
        asked = rare or list(wanted[:1])
        of_some = match.some([term.expression for term in asked], query)
        sql = side.asked(best if rare else NEWEST)
        any_of = _rows(conn, sql, side, bounds | {"match": of_some})
        cut |= len(any_of) >= size
        some |= {doc: score for doc, score in any_of.items() if doc not in every}
    return Found(every, some, whole, cut, tuple(rare))


def frequency(conn: sqlite3.Connection, text: str) -> int:
    """In how many rows the rarest word of a text stands, about."""
    return _known(conn, text)[0]


def row_count(conn: sqlite3.Connection) -> int:
    """How many rows the index has, about."""
    ranges = ((0, FIRST_MEMORY - 1), (FIRST_MEMORY, _EVER))
    ends = [conn.execute(ENDS, {"low": a, "high": b}).fetchone() for a, b in ranges]
    return sum(high - low + 1 for low, high in ends if low is not None)


def _known(conn: sqlite3.Connection, text: str) -> tuple[int, int]:
    """Rows with all words of a text, at most; postings of all of them."""
    words = tokens(text)
    if len(words) == 1 and spellings(text):
        words = [fold(text)]
    pairs = zip(words, stems(words), strict=True)
    rows = [_rows_with(conn, word, stem) for word, stem in pairs]
    return min(rows, default=0), sum(rows)


def _rows_with(conn: sqlite3.Connection, word: str, stem: str) -> int:
    if len(word) < min(LENGTHS):
        # nobody counts single letters and digits, of which texts are full
        return row_count(conn) // rank.OF_LETTERS
    # Surfaces of one stem begin alike but for its last letter (happy, happi).
    beginning = stem[:-1] if len(stem) > 3 else word
    bounds = {"low": beginning, "high": beginning + "\U0010ffff", "stem": stem}
    return int(conn.execute(FREQUENCY, bounds).fetchone()[0])


def _within(wanted: Iterable[Term], budget: int) -> list[Term]:
    """The rarest terms, as many as the budget of postings allows."""
    found: list[Term] = []
    for term in wanted:
        budget -= term.cost
        if budget < 0:
            break
        found.append(term)
    return found


def _sides(conn: sqlite3.Connection, query: Query, view: View) -> Iterator[_Side]:
    memories = Where()
    if view.project is not None and not query.values("is"):
        memories.add(OF_PROJECT, in_sessions=_sessions_of(conn, view.project))
    if not view.hidden:
        memories.add("(s.id is null or s.kind = 'interactive')")
    yield _Side(FIRST_MEMORY, _EVER, "", memories)
    records, high = turns_where(query, view), FIRST_MEMORY
    if view.project is not None:
        asked = {"project": view.project, "high": FIRST_MEMORY}
        last, own = conn.execute(LAST_DOC, asked).fetchone()
        high = 0 if last is None else last + 1
        # Most rows are another project's: these need no look at their session.
        records.clauses.insert(0, OF_SESSIONS)
        records.params["in_sessions"] = own
    if "0" not in records.clauses:
        # Of most views the session decides: then no record is read for it.
        more = _RECORD if _OF_RECORD.search(" ".join(records.clauses)) else ""
        records.add("d.record_id is not null")
        yield _Side(0, high, more, records)


def _sessions_of(conn: sqlite3.Connection, project: str) -> str:
    """What ``SESSIONS_OF_PROJECT`` finds; asked again only once the store changed."""
    (version,) = conn.execute("pragma data_version").fetchone()
    known = _SESSIONS.setdefault(conn, {})
    if (version, project) not in known:
        (own,) = conn.execute(SESSIONS_OF_PROJECT, {"project": project}).fetchone()
        known.clear()
        known[version, project] = own
    return known[version, project]


def _window(conn: sqlite3.Connection, term: Term, side: _Side) -> dict[str, object]:
    """The newest rows of a term that is too common to look at all of them."""
    asked = {
        "match": term.expression, "low": side.low, "high": side.high,
        "limit": rank.NEWEST,
    }  # fmt: skip
    (first,) = conn.execute(WINDOW, asked).fetchone()
    return {"low": side.high if first is None else first}


def _near(
    conn: sqlite3.Connection, common: Iterable[Term], rows: int, side: _Side
) -> dict[str, object]:
    """The newest rows, where common terms would be gone through in too many."""
    walked = sum(min(term.cost, rows) for term in common)
    if walked <= rank.WALKED:
        return {}
    asked = {"low": side.low, "high": side.high - 1}
    oldest, newest = conn.execute(ENDS, asked).fetchone()
    if oldest is None:
        return {}
    return {"low": newest - (newest - oldest) * rank.WALKED // walked}


def _rows(
    conn: sqlite3.Connection, sql: str, side: _Side, bounds: dict[str, object]
) -> dict[int, float]:
    # bm25 is better the lower it is.
    rows = conn.execute(sql, side.where.params | bounds)
    return {row["doc"]: -row["rank"] for row in rows}
