"""After a sync: some more of a new full-text index, where one is due."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import MemtuiError
from memtui.ingest.report import Progress
from memtui.store.search.renewing import Renewal

_log = logging.getLogger(__name__)

STEPS: Final = 25
"""Of one sync, some seconds; the next one that reads something goes on."""


def renew_index(
    data: Path,
    progress: Callable[[Progress], None] | None,
    stop: threading.Event,
    *,
    whole: bool = False,
) -> None:
    """Index rows anew, if too many are masked or they are prepared otherwise now.

    Args:
        whole: do not leave anything of it to the next sync.
    """
    try:
        with Renewal(paths.store_path(data)) as renewal:
            total = renewal.left()
            steps = 0
            more = renewal.step if total else renewal.join
            while not stop.is_set() and (whole or steps < STEPS) and more():
                steps += 1
                if total and progress is not None:
                    left = renewal.left()
                    progress(_how_far(total - left, total))
            if steps:
                renewal.rest()
    except MemtuiError as error:
        _log.warning("Cannot make the search index anew: %s", error)


def _how_far(done: int, total: int) -> Progress:
    return Progress(
        files=0, files_total=0, bytes=0, bytes_total=0, sessions=0, observations=0,
        indexed=done, to_index=total,
    )  # fmt: skip
