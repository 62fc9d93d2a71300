"""Ten million records: looked at, searched, read and copied like few of them."""

import json
import resource
from contextlib import closing
from pathlib import Path

import pytest

from memtui import distil
from memtui.cli import main
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.store.connect import open_writer, transaction
from memtui.store.queries import StoreView
from memtui.store.repair import health
from tests.store.filling import NOON, Filling

FIRST = 1_000
"""Row number of the first made record and session."""
OF_A_SESSION = 2_500
STEP = 50_000
MARK = "Zanzibar"
"""In every hundred-thousandth record."""
ROOM = 256 << 10
"""KiB that questions may take beyond what the process had before them."""

SESSIONS = """
    with recursive n (n) as (select :first union all select n + 1 from n
        where n + 1 < :last)
    insert into session (id, agent, native_id, project_id, started_at, ended_at,
        turns, records, distilled)
    select :base + n, 'claude-code', format('made-%06d', n), :project, :noon - n * 1000,
        :noon - n * 1000, :size, :size, :distiller from n
"""
RECORDS = """
    with recursive n (n) as (select :first union all select n + 1 from n
        where n + 1 < :last)
    insert into record (id, agent, native_id, part, kind, at, text)
    select :base + n, 'claude-code', format('r%08d', n), 0,
        iif(n % 2, 'response', 'prompt'), :noon - n * 10,
        iif(n % 100000 = 0, :mark, 'word') || ' number ' || n from n
"""
LINKS = """
    insert into link (session_id, seq, record_id, turn)
    select :base + (id - :base) / :size, (id - :base) % :size, id,
        (id - :base) % :size / 2 + 1 from record where id >= :base + :first
"""
DOCS = """
    insert into doc (id, record_id, session_id, at)
    select :low + id, id, :base + (id - :base) / :size, at from record
    where id >= :base + :first
"""
WORDS = """
    insert into fts (rowid, body) select :low + id, text from record
    where id >= :base + :first
"""


def fill(data: Path, count: int) -> None:
    """So many records beside one that ingest might have written."""
    with Filling(data) as filling:
        project = filling.project()
        filling.record("first", "The first word", session=filling.session())
    with closing(open_writer(store_path(data), "ingest")) as conn:
        (low,) = conn.execute("select max(id) from doc").fetchone()
        asked = {
            "base": FIRST, "project": project, "noon": NOON, "mark": MARK, "low": low,
            "size": OF_A_SESSION, "distiller": distil.VERSION,
            "first": 0, "last": -(-count // OF_A_SESSION),
        }  # fmt: skip
        conn.execute(SESSIONS, asked)
        for first in range(0, count, STEP):
            some = asked | {"first": first, "last": min(first + STEP, count)}
            with transaction(conn):
                for statement in (RECORDS, LINKS, DOCS, WORDS):
                    conn.execute(statement, some)


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(5_000, id="few"),
        pytest.param(1_000_000, marks=pytest.mark.soak, id="a million"),
        pytest.param(10_000_000, marks=pytest.mark.soak, id="ten million"),
    ],
)
def test_what_may_be_asked_of_a_store_is_answered_whatever_its_size(
    data: Path, home: Path, count: int, capfd: pytest.CaptureFixture[str]
) -> None:
    fill(data, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert health(store_path(data), seconds=0.5).is_sound
    with StoreView(store_path(data)) as view:
        found = view.search(parse(MARK, now_ms=NOON))
        assert len(found) == min(50, -(-count // 100_000))
        assert view.search(parse("word number", now_ms=NOON))
        assert len(view.sessions(limit=50)) == min(50, 1 + -(-count // OF_A_SESSION))
    capfd.readouterr()
    assert main(["stats", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["records"] == count + 1
    for words in (["sync"], ["list"], ["sessions"], ["search", MARK], ["doctor"]):
        assert main(words) == 0, words
    purged = ["purge", "--session", "made-000001", "--dry-run", "--json"]
    capfd.readouterr()
    assert main(purged) == 0
    assert json.loads(capfd.readouterr().out)["records"] == OF_A_SESSION
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < ROOM
