"""What each shared file said when it was last shared or pulled here.

One small JSON file beside the store: project, memory, digest. It tells an edit of the
person's from one of the team's. Without it both count as changed, and nothing is lost.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.files import locked, replace_file

NAME: Final = "team.json"
GONE: Final = "gone"
"""Instead of a digest: the file went, and what was pulled of it went to the trash."""


def seen(data: Path, project: str) -> dict[str, str]:
    """Digests by the id in the file, of one project (UUID); never raises."""
    known = _all(data).get(project)
    return dict(known) if isinstance(known, dict) else {}


def note(data: Path, project: str, changed: Mapping[str, str | None]) -> None:
    """Note digests; None: nothing is known of that file any more.

    Raises:
        OSError: it cannot be written.
    """
    paths.make_private_dir(data)
    with locked(data / f"{NAME}.lock"):
        known = _all(data)
        now: dict[str, str | None] = {**seen(data, project), **changed}
        known[project] = {id_: said for id_, said in now.items() if said}
        replace_file(data / NAME, json.dumps(known, indent=1).encode() + b"\n")


def _all(data: Path) -> dict[str, object]:
    try:
        found = json.loads((data / NAME).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
