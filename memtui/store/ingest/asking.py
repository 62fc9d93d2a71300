"""What agents asked for so far, and whether the store has time for more."""

from contextlib import closing
from pathlib import Path
from typing import Final

from memtui.store.connect import open_reader, open_writer
from memtui.store.trouble import busy_is_said

ASKED: Final = """
    select count(*) from journal where act = 'add' and actor = :actor and at > :since
"""
PROPOSED: Final = """
    select other from proposal where memory = :memory and kind = 'supersede'
"""


def wait_at_most(path: Path, milliseconds: int) -> None:
    """Wait until the store can be written, but no longer than this.

    Raises:
        StoreBusy: another process went on writing.
        StoreError: it cannot be written at all.
    """
    with closing(open_writer(path, "curation")) as conn, busy_is_said():
        conn.execute(f"pragma busy_timeout = {int(milliseconds)}")
        conn.execute("begin immediate")
        conn.execute("rollback")


def asked_since(path: Path, actor: str, since: int) -> int:
    """How many memories an actor added after a time (Unix ms)."""
    with closing(open_reader(path)) as conn:
        asked = {"actor": actor, "since": since}
        return int(conn.execute(ASKED, asked).fetchone()[0])


def proposed_instead(path: Path, memory: str) -> set[str]:
    """Which memories were proposed to hold instead of one."""
    with closing(open_reader(path)) as conn:
        return {by for (by,) in conn.execute(PROPOSED, {"memory": memory})}
