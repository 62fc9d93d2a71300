"""Ten million records: looked at, searched, read and copied like few of them.

Run with ``-s``, the soaks print what each step took.
"""

import json
import os
import re
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from memtui import distil
from memtui.cli import main
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.connect import open_writer, transaction
from memtui.store.ingest.seen import RULES_OFF, rules_column
from memtui.store.queries import StoreView
from memtui.store.rescue.repair import health
from tests.factories import transcript
from tests.store.filling import NOON, Filling
from tests.tui.terminal import Terminal

CHECKOUT = Path(distil.__file__).resolve().parents[2]
FIRST = 1_000
"""Row number of the first made record and session."""
OF_A_SESSION = 2_500
STEP = 50_000
MARK = "Zanzibar"
"""In every hundred-thousandth record."""
ROOM = 256 << 10
"""KiB of its own that the process may have at any time; what it maps of the store,
which is in memory only as long as nobody needs the room, does not count."""

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
        format('%s number %d w%d w%d w%d w%d w%d w%d w%d w%d w%d',
            iif(n % 100000 = 0, :mark, 'word'), n, n * 7919 % 50000, n * 6007 % 49999,
            n % 41017, n * 31 % 30011, n * 127 % 20011, n * 8191 % 10007,
            n * 3 % 5003, n % 1009, n % 101) from n
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
NEWEST_DOC = "select max(id) from doc where record_id is not null"
TERMS = """
    with recursive n (n) as (select 0 union all select n + 1 from n where n < 50000)
    insert or replace into term (surface, stem, df)
        select 'w' || n, '', max(1, :count / 5000) from n
        union values ('word', '', :count), ('number', '', :count),
            (lower(:mark), '', 1 + :count / 100000)
"""
"""How often each word stands there: a search for common ones weighs the newest."""
ASKED = ("--screen", "search", "--filter", MARK)
NOTHING_DUE = "insert or replace into meta (key, value) values (?, ?)"


def fill(data: Path, count: int) -> None:
    """So many records beside one that ingest might have written, each in words."""
    with Filling(data) as filling:
        project = filling.project()
        session = filling.session()
        filling.record("first", "The first word", session=session)
        for number in range(min(2_000, count // 500)):
            filling.observation(
                f"m{number}", session=session, project=project, at=NOON - number,
                title=f"Lease {number} of pier {number % 97} begins at the quay",
            )  # fmt: skip
        off = rules_column(Settings().disabled_rules)
        filling.conn.execute(NOTHING_DUE, (RULES_OFF, off))
        filling.conn.execute("update session set distilled = ?", (distil.VERSION,))
    with closing(open_writer(store_path(data), "ingest")) as conn:
        (low,) = conn.execute(NEWEST_DOC).fetchone()
        asked = {
            "base": FIRST, "project": project, "noon": NOON, "mark": MARK, "low": low,
            "size": OF_A_SESSION, "distiller": distil.VERSION,
            "first": 0, "last": -(-count // OF_A_SESSION),
        }  # fmt: skip
        with transaction(conn):
            conn.execute(SESSIONS, asked)
            conn.execute(TERMS, {"count": count, "mark": MARK})
        for first in range(0, count, STEP):
            some = asked | {"first": first, "last": min(first + STEP, count)}
            with transaction(conn):
                for statement in (RECORDS, LINKS, DOCS, WORDS):
                    conn.execute(statement, some)


Step = Callable[[str], AbstractContextManager[None]]
"""Says what a step took."""


class Own(threading.Thread):
    """The most memory of its own that this process has had (Linux), in KiB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.before = self.most = self._now()
        """What other tests left is not this one's."""
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.05):
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        status = Path("/proc/self/status")
        if not status.exists():
            return 0
        found = re.search(r"RssAnon:\s+(\d+)", status.read_text())
        return int(found[1]) if found else 0

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self.join()


@pytest.fixture
def own() -> Iterator[Own]:
    watching = Own()
    watching.start()
    yield watching
    watching.end()


@pytest.fixture
def told(
    request: pytest.FixtureRequest, own: Own, capfd: pytest.CaptureFixture[str]
) -> Iterator[Step]:
    """Figures of a soak, printed at its end for who runs it with ``-s``."""
    figures: list[str] = []

    @contextmanager
    def step(what: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), _spent()
        yield
        wall, cpu = time.perf_counter() - wall, _spent() - cpu
        figures.append(
            f"{what:45} {wall:8.2f} s, CPU {cpu:8.2f} s, {own.most >> 10} MB at most"
        )

    yield step
    if request.config.getoption("capture") == "no":
        with capfd.disabled():
            print("", *figures, sep="\n")  # noqa: T201


def _spent() -> float:
    """Seconds of CPU of this process and of those that it started and that ended."""
    mine, others = map(resource.getrusage, (0, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + others.ru_utime + others.ru_stime


@pytest.mark.tui
@pytest.mark.parametrize(
    "count",
    [
        pytest.param(5_000, id="few"),
        pytest.param(1_000_000, marks=pytest.mark.soak, id="a million"),
        pytest.param(10_000_000, marks=pytest.mark.soak, id="ten million"),
    ],
)
def test_what_may_be_asked_of_a_store_is_answered_whatever_its_size(
    data: Path,
    home: Path,
    count: int,
    told: Step,
    own: Own,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with told(f"{count:,} records made"):
        fill(data, count)
    with told("pages and index, half a second"):
        assert health(store_path(data), seconds=0.5).is_sound
    with StoreView(store_path(data)) as view:
        with told("a search for a rare word"):
            found = view.search(parse(MARK, now_ms=NOON))
        assert len(found) == min(50, -(-count // 100_000))
        with told("a search for words of every record"):
            assert view.search(parse("word number", now_ms=NOON))
        with told("the sessions"):
            some = view.sessions(limit=50)
        assert len(some) == min(50, 1 + -(-count // OF_A_SESSION))
    _look(home, data, told)
    capfd.readouterr()
    for words in (["sync"], ["list"], ["sessions"], ["search", MARK], ["doctor"]):
        with told(" ".join(words)):
            assert main(words) == 0, words
    transcript(home=home)
    with told("sync of one transcript"):
        assert main(["sync"]) == 0
    _is_counted(count, told, capfd)
    assert own.most - own.before < ROOM


def _look(home: Path, data: Path, told: Step) -> None:
    """Open the app, and once more with a search: each shows what the store has."""
    env = {
        "HOME": str(home), "MEMTUI_DATA_DIR": str(data), "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8", "TERM": "xterm-256color",
        "TZ": "UTC",
    }  # fmt: skip
    for what, text, words in (
        ("the app's first picture", "of pier 0 begins", ()),
        ("the app, opened with a search", f"{MARK} number 0", ASKED),
    ):
        command = [sys.executable, "-m", "memtui", "--all", *words]
        with Terminal(command, env, home) as app:
            with told(what):
                app.wait_for(text, seconds=120)
            app.settle()
            with told(f"its end; until now it took {app.cpu():.2f} s CPU"):
                app.signal(signal.SIGTERM)
                assert app.wait_end(seconds=60) == 128 + signal.SIGTERM


def _is_counted(count: int, told: Step, capfd: pytest.CaptureFixture[str]) -> None:
    with told("stats, what a purge would take"):
        capfd.readouterr()
        assert main(["stats", "--json"]) == 0
        assert json.loads(capfd.readouterr().out)["records"] > count
        purged = ["purge", "--session", "made-000001", "--dry-run", "--json"]
        assert main(purged) == 0
        assert json.loads(capfd.readouterr().out)["records"] == OF_A_SESSION
