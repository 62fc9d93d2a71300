"""What a transcript itself proves that a session received.

The clients write what a hook said into their own transcripts. Our text carries
its id, and the id is a function of the text: so a delivery is not only seen but
known to be whole. Pure; ``Store`` keeps what is found.
"""

import re
from dataclasses import dataclass
from typing import Final

from memtui.inject.render import FENCE
from memtui.inject.values import Section
from memtui.model import ObservationId, text_id

_FENCED: Final = re.compile(
    rf'<{FENCE}(?P<name>(?: project="[^"<>\n]*")?) export="(?P<export>[a-z2-7]{{12}})">'
    rf"(?:\n(?P<inner>.*?)\n</{FENCE}>)?",
    re.DOTALL,
)
_ITEM: Final = re.compile(r"^- .*\[([a-z2-7]{12})\]$", re.MULTILINE)
_RECENT: Final = f"\n\n{Section.RECENT}\n"
_NAMED: Final = re.compile(r' project="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One of our texts, found where a client says what it received."""

    export: str
    items: tuple[ObservationId, ...]
    """Memories in it, in the text's order."""
    project: str
    """Name of the project that the text was made for."""
    whole: bool
    """Its id fits its bytes: nothing was cut or changed on the way."""


def find(text: str) -> tuple[Delivery, ...]:
    """Every text of ours inside what a client recorded; usually none or one.

    A fence without its end was cut by the client: it is found, and not whole.
    """
    if f"<{FENCE}" not in text:
        return ()
    return tuple(_delivery(match) for match in _FENCED.finditer(text))


def without(text: str) -> str:
    """The text without ours in it, so that nothing is learnt from it again."""
    return _FENCED.sub("", text) if f"<{FENCE}" in text else text


def _delivery(match: re.Match[str]) -> Delivery:
    name, inner = match["name"], match["inner"]
    named = _NAMED.fullmatch(name)
    seen = inner if inner is not None else match.string[match.end() :]
    seen = seen.partition(f"<{FENCE}")[0].partition(_RECENT)[0]
    made = f'<{FENCE}{name} export="">\n{inner}'
    return Delivery(
        export=match["export"],
        items=tuple(ObservationId(found) for found in _ITEM.findall(seen)),
        project=named[1] if named else "",
        whole=inner is not None and text_id(made) == match["export"],
    )
