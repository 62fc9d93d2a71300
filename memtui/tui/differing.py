"""A memory as it is here and as another machine left it, in lines."""

from dataclasses import dataclass

from memtui.bundle.lines import Said
from memtui.clean import clean_line
from memtui.masking import safe, safe_line
from memtui.model import Memory
from memtui.store.queries import StoreView
from memtui.tui.difference import differences
from memtui.tui.lines import Line, paragraph

_ROLES = {"": "muted", "-": "", "+": "accent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One conflict, as a person sees it."""

    id: str
    name: str
    """What the memory is called here, else there."""
    origin: str
    here: tuple[str, ...]
    """What is so here, a line for each thing."""
    other: tuple[str, ...]

    @property
    def note(self) -> str:
        """Whose the other version is."""
        return f"also changed on {self.origin}"

    def lines(self, width: int) -> list[Line]:
        """What is here behind a minus, what is there behind a plus."""
        lines: list[Line] = []
        for change in differences("\n".join(self.here), "\n".join(self.other)):
            lead: Line = [(f"{change.sign or ' '} ", "bold")]
            lines += paragraph(change.text, width, _ROLES[change.sign], lead=lead)
        return lines


def read(view: StoreView) -> list[Differing]:
    """All conflicts that nobody has chosen yet, the newest first."""
    found = view.conflicts()
    memories = view.memories_by_id([one.memory for one in found])
    here = {str(memory.id): memory for memory in memories}
    made = []
    for one in found:
        now = here.get(one.memory)
        named = now or one.said
        made.append(
            Differing(
                id=one.id, name=safe_line(named.title) if named else one.memory,
                origin=clean_line(one.origin) or "another machine",
                here=_told(now), other=_told(one.said),
            )
        )  # fmt: skip
    return made


def _told(one: Memory | Said | None) -> tuple[str, ...]:
    if one is None:
        return ("nothing was decided",)
    flags = [
        word
        for word, is_so in (
            ("pinned", one.pinned),
            ("excluded", one.excluded),
            ("superseded", one.superseded_by),
        )
        if is_so
    ]
    state = ", ".join([str(one.state), one.type, *flags])
    tags = ", ".join(one.tags)
    told = [state, one.title, one.body, *one.facts, f"tags: {tags}" if tags else ""]
    told += [f"told: {one.scope}"] if one.scope != "project" else []
    return tuple(safe(line) for part in told if part for line in part.splitlines())
