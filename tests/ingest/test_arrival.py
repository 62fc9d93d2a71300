"""The same transcripts give the same memories, in whatever order their parts come."""

import tempfile
from pathlib import Path

from hypothesis import example
from hypothesis import strategies as st

from memtui.distil import VERSION
from tests.factories import START_MS, Bash, Edit, Say, Turn, transcript
from tests.ingest.material import RICH, forked, with_subagent
from tests.ingest.telling import Told, ask, synced, told
from tests.soaking import few_or_many

DAY_MS = 86_400_000
AGAIN = (
    Turn(
        "Never decode as ascii here, always utf-8 with surrogateescape!",
        Say("The cause is that `decode_row` cannot read umlauts in `decode.py`."),
        Edit("importer/decode.py", "raw.decode('utf-8')", "to_text(raw)"),
        Bash("pytest -q tests/importer", "12 passed in 0.44s"),
        Bash('git commit -am "Decode rows as UTF-8"', "[main 5e6f7a8] Decode rows"),
    ),
)
"""Another session says much of what the rich one says."""
OWN = (
    '{"type":"user","uuid":"own-1","timestamp":"2026-12-01T00:00:00.000Z",'
    '"sessionId":"SESSION","cwd":"/home/dev/src/importer","version":"2.1.0",'
    '"userType":"external","entrypoint":"cli","message":{"role":"user",'
    '"content":"From now on, always stream the csv export, never hold it in memory"}}\n'
)
"""What a fork says beyond its history."""
PROPOSED = "select kind, memory, other, at, share, why from proposal order by 2, 3"
COMPARED = ("sessions", "records", "observations", "searched memories", "deliveries")

Arrivals = list[tuple[int, float]]
"""Which transcript grows, and how much of its final text it has then, 0 to 1."""


class Arriving:
    """Transcripts that come bit by bit."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._home = folder, folder / "home"
        rich = transcript("claude-code", RICH, home=self._home, title="Umlauts")
        fork = forked(rich, "f0f0f0f0-0000-4000-8000-00000000f0f0")
        with fork.open("a") as file:
            file.write(OWN.replace("SESSION", fork.stem))
        again = transcript(
            "claude-code", AGAIN, home=self._home, start_ms=START_MS + DAY_MS
        )
        with_subagent(self._home)
        paths = sorted(self._home.rglob("*.jsonl"))
        self._whole = {path: path.read_bytes() for path in paths}
        assert {rich, fork, again} < self._whole.keys()
        self._sizes = dict.fromkeys(paths, 0)
        for path in paths:
            path.unlink()

    def told(self, store: str, arrivals: Arrivals) -> Told:
        """What a store tells that was synced at each arrival, and when all was there.

        Args:
            arrivals: a transcript that would shrink stays as it is.
        """
        data = self._folder / store
        for which, share in arrivals:
            path = list(self._whole)[which % len(self._whole)]
            self._grow(path, round(len(self._whole[path]) * share))
            synced(data, self._home)
        for path, whole in self._whole.items():
            self._grow(path, len(whole))
        synced(data, self._home)
        everything = told(data)
        found = {name: everything[name] for name in COMPARED}
        return found | {"proposals": ask(data, PROPOSED)}

    def _grow(self, path: Path, size: int) -> None:
        before = self._sizes[path]
        if size > before:
            with path.open("ab") as file:
                file.write(self._whole[path][before:size])
            self._sizes[path] = size


ARRIVALS = st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), max_size=8)


@few_or_many(8, 150, ARRIVALS)
@example([(0, 1), (1, 1), (2, 1), (3, 1)])
@example([(3, 1), (2, 1), (1, 1), (0, 1)])
@example([(0, 0.5), (1, 0.7), (2, 0.4), (0, 0.8), (1, 1), (0, 1)])
def test_the_order_in_which_parts_of_transcripts_come_does_not_count(
    arrivals: Arrivals,
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        at_once = Arriving(Path(one)).told("at once", [])
        followed = Arriving(Path(two)).told("followed", arrivals)
        assert _without_folders(followed, two) == _without_folders(at_once, one)
        assert {row[-1] for row in at_once["observations"]} == {VERSION}
        assert at_once["proposals"]


def _without_folders(found: Told, folder: str) -> str:
    return repr(found).replace(folder, "")
