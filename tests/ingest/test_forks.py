"""Sessions that share history: whichever is read first, the store is the same."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from memtui.ingest.sync import sync
from memtui.settings import Settings
from tests.ingest.telling import ask

HISTORY = (
    ("user", "From now on, always use tabs in this repository, never spaces"),
    ("assistant", "Understood. I will use tabs."),
    ("user", "We decided to use postgres instead of mysql because of json columns"),
    ("assistant", "Root cause: mysql json indexes are slow. Fixed by switching."),
    ("user", "remember that the deploy script needs VPN on"),
)
Line = dict[str, Any]
TOLD = (
    """select o.id, s.native_id, p.name, o.type, o.title, o.body, o.at, o.confidence,
        o.evidence, o.branch, o.files from observation o
        join session s on s.id = o.session_id
        left join project p on p.id = o.project_id order by 1""",
    """select r.native_id, r.part, r.kind, r.at, r.text, l.cwd, l.branch, p.name
        from record r left join place l on l.id = r.place_id
        left join project p on p.id = l.project_id order by 1, 2""",
    """select s.native_id, s.title, s.cwd, s.branch, s.turns, s.records, s.started_at,
        s.ended_at, p.name from session s left join project p on p.id = s.project_id
        order by 1""",
    """select s.native_id, l.seq, r.native_id, l.turn, l.line from link l
        join session s on s.id = l.session_id
        join record r on r.id = l.record_id order by 1, 2""",
    """select r.native_id, r.part, s.native_id from doc d
        join record r on r.id = d.record_id join session s on s.id = d.session_id
        where d.live = 1 order by 1, 2""",
)


def line(session: str, nth: int, kind: str, text: str, cwd: str, branch: str) -> Line:
    content = text if kind == "user" else [{"type": "text", "text": text}]
    uuid = f"shared-{nth}" if nth <= len(HISTORY) else f"{session}-{nth}"
    return {
        "type": kind, "uuid": uuid, "timestamp": f"2026-11-01T00:00:{nth:02}.000Z",
        "sessionId": session, "cwd": cwd, "gitBranch": branch, "version": "2.1.0",
        "userType": "external", "entrypoint": "cli",
        "message": {"id": f"m-{uuid}", "role": kind, "content": content},
    }  # fmt: skip


def shown(
    session: str, cwd: str, branch: str, own: str, first: int, at: int
) -> list[Line]:
    """A session that shows the history from a place in it on, and then its own."""
    told = [
        line(session, nth, kind, text, cwd, branch)
        for nth, (kind, text) in enumerate(HISTORY, 1)
        if nth >= first
    ]
    return [*told, line(session, at, "user", own, cwd, branch)]


SESSIONS = {
    "aaa": shown("aaa", "/w/one", "main", "Never commit directly to main", 1, 50),
    "bbb": shown("bbb", "/w/two", "feat", "Always run the tests before a push", 1, 51),
    # resumed elsewhere, with the tail of the history alone
    "abc": shown("abc", "/w/two/sub", "fix", "Prefer ripgrep over grep in here", 3, 52),
}


def read(
    base: Path, *rounds: tuple[str, ...], full: bool = False
) -> list[list[tuple[Any, ...]]]:
    """What the store holds once these sessions appeared one round after the other."""
    data, home = base / "data", base / "home"
    folder = home / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    for names in rounds:
        for name in names:
            lines = (json.dumps(one) + "\n" for one in SESSIONS[name])
            (folder / f"{name}.jsonl").write_text("".join(lines))
        sync(data, Settings(), home=home)
    if full:
        sync(data, Settings(), home=home, full=True)
    return [ask(data, query) for query in TOLD]


@pytest.mark.parametrize("full", [False, True])
def test_forks_give_the_same_store_in_every_order(tmp_path: Path, full: bool) -> None:
    orders = list(permutations(SESSIONS))
    told = [
        read(tmp_path / "-".join(order), *((name,) for name in order), full=full)
        for order in orders
    ]
    at_once = read(tmp_path / "at-once", tuple(SESSIONS), full=full)
    assert at_once[0] != []
    for order, store in zip(orders, told, strict=True):
        assert store == at_once, order


def test_the_first_of_two_forks_says_where_a_record_was_made(tmp_path: Path) -> None:
    _, records, *_ = read(tmp_path, ("abc",), ("bbb",), ("aaa",))
    made = {(cwd, branch) for name, *_, cwd, branch, _ in records if "shared" in name}
    assert made == {("/w/one", "main")}
