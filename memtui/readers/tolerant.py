"""What a line gives, whatever its bytes: records, or one fault."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from memtui.readers.loose_json import Unreadable
from memtui.records import Fault

Told = TypeVar("Told")
"""Records, and what else a format can tell."""


def records_or_fault(
    line: bytes, number: int, make: Callable[[bytes, int], Iterable[Told]]
) -> list[Told | Fault]:
    """The records that ``make`` finds in a line; never raises.

    Args:
        line: one line, with or without its newline.
        number: its place in the transcript, from 1.
        make: takes the line without blanks round it; raises what
            ``Unreadable`` names where it cannot be read.
    """
    raw = line.strip(b"\n\r\t \x00")
    told: list[Told | Fault] = []
    if not raw:
        if line.strip():
            told.append(Fault(line=number, reason="only zero bytes"))
        return told
    try:
        told += make(raw, number)  # what came before a trouble stays
    except Unreadable as error:
        told.append(Fault(line=number, reason=f"not readable: {_why(error)}"))
    except Exception as error:  # noqa: BLE001 - our own mistake about one line
        # of a drifting format must not cost the rest of the transcript
        told.append(Fault(line=number, reason=f"not understood: {error!r:.120}"))
    return told


def _why(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:120]
