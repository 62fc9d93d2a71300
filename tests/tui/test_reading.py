"""The thread that reads while the app is open."""

import queue
from pathlib import Path

from memtui.settings.live import LiveSettings
from memtui.tui.reading import Reading
from tests.factories import transcript
from tests.ingest.telling import ask

PATIENCE = 20.0
"""Seconds until it gives up: less than there are between two sweeps."""


def test_a_root_that_is_named_while_the_app_is_open_is_read(
    data: Path, home: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    old = transcript(home=tmp_path / "old", turns=["from long ago"])
    transcript(home=home)
    told: queue.Queue[object] = queue.Queue()
    live = LiveSettings(config)
    reading = Reading(data, live, home, told.put)
    reading.start()
    try:
        while not getattr(told.get(timeout=PATIENCE), "changed", False):
            continue
        config.write_text(f'[roots]\nclaude-code = ["{old.parent}"]\n')
        while ("from long ago",) not in ask(data, "select text from record"):
            told.get(timeout=PATIENCE)
    finally:
        reading.stop()
        reading.join(PATIENCE)
    assert not reading.is_alive()
    assert live.changed()  # the screen hears of it too
