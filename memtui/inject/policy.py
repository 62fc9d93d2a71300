"""What the person's settings say to ``hooks/recall``, which imports none of ours.

One small JSON file beside the store: which of its two hooks are on, the types that
are told nowhere, the groups of each project, and the state of the config that all
this was read from. Where the config is another by now, the hook is silent until
the next export, so that nothing is told that was just forbidden.
"""

import json
from contextlib import suppress
from pathlib import Path

from memtui.errors import SettingsError
from memtui.inject import as_of
from memtui.inject.files import replace_if_changed
from memtui.inject.gather import groups_at_place
from memtui.settings import InjectWhen, load
from memtui.store.queries import StoreView


def write_policy(data: Path, view: StoreView, state: as_of.State) -> None:
    """Write it by what the settings are now; none where they cannot be read.

    Args:
        state: of the config before the exported settings were read: what changes
            meanwhile shows.

    Raises:
        OSError: it cannot be written.
    """
    try:
        known = load()
    except SettingsError:
        with suppress(FileNotFoundError):
            (data / as_of.NAME).unlink()
        return
    never = [n for n in known.types if known.injects(n) is InjectWhen.NEVER]
    groups = {}
    for place in view.places() if known.groups else ():
        if names := groups_at_place(place, known.groups):
            groups[place.project.id] = list(names)
    policy = {
        "prompt": known.prompt_recall,
        "file": known.file_history,
        "never": never,
        "groups": groups,
        "config": state,
    }
    replace_if_changed(data / as_of.NAME, json.dumps(policy).encode())
