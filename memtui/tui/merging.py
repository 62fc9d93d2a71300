"""Two memories side by side, and what becomes of them. Pure."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

from memtui.clean import clean, clean_line
from memtui.inject.render import memory_line, units
from memtui.model import Memory
from memtui.tui.format import AGENT_WORDS, plural, short_date, tail, wrap
from memtui.tui.glyphs import kind_of, marks_of
from memtui.tui.lines import Line, clip, ends, width_of
from memtui.tui.look import Look
from memtui.tui.widgets.detail import RUNG_WORDS, state_word

Side = Literal["A", "B"]
Field = Literal["title", "text", "facts"]
BOTH: Final = frozenset[Side]({"A", "B"})
SIDES: Final[tuple[Side, ...]] = ("A", "B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What goes into the result, and where the cursor stands."""

    a: Memory
    """It stays; its id, type and state are the result's."""
    b: Memory
    limit: int
    """Units that one memory may take in the injection."""
    title_of: Side = "A"
    text_of: frozenset[Side] = frozenset({"A"})
    facts_of: frozenset[Side] = BOTH
    own: tuple[str, str] | None = None
    """Title and text as the person wrote them instead."""
    side: Side = "A"
    field: Field = "title"

    @property
    def title(self) -> str:
        """The result's title."""
        if self.own is not None:
            return self.own[0]
        return (self.a if self.title_of == "A" else self.b).title

    @property
    def body(self) -> str:
        """The result's text: of one side, of both, or none."""
        if self.own is not None:
            return self.own[1]
        said = (("A", self.a.body), ("B", self.b.body))
        texts = [text.strip() for side, text in said if side in self.text_of]
        return "\n\n".join(dict.fromkeys(text for text in texts if text))

    @property
    def facts(self) -> tuple[str, ...]:
        """The result's facts, each once."""
        said = (("A", self.a.facts), ("B", self.b.facts))
        of = [fact for side, facts in said if side in self.facts_of for fact in facts]
        return tuple(dict.fromkeys(of))

    @property
    def fields(self) -> tuple[Field, ...]:
        """What can be chosen."""
        known = self.a.facts or self.b.facts
        return ("title", "text", "facts") if known else ("title", "text")

    @property
    def chosen(self) -> Memory:
        """The memory of the side under the cursor."""
        return self.a if self.side == "A" else self.b

    def takes(self, side: Side, field: Field) -> bool:
        """Whether this goes into the result."""
        if field == "title":
            return self.title_of == side
        return side in (self.text_of if field == "text" else self.facts_of)

    def toggled(self) -> "Merge":
        """With or without what is under the cursor; a title is always one of two."""
        if self.field == "title":
            other: Side = "B" if self.title_of == "A" else "A"
            return replace(self, title_of=other, own=None)
        if self.field == "facts":
            return replace(self, facts_of=self.facts_of ^ {self.side})
        return replace(self, text_of=self.text_of ^ {self.side}, own=None)

    def moved(self, side: Side | None = None, step: int = 0) -> "Merge":
        """The cursor on another side or field."""
        at = self.fields.index(self.field) + step
        at = max(0, min(len(self.fields) - 1, at))
        return replace(self, side=side or self.side, field=self.fields[at])


def sides(merge: Merge, width: int, look: Look, *, tight: bool) -> list[Line]:
    """Both memories, every field on the same line of both."""
    half = (width - 1) // 2
    rows: list[tuple[list[Line], list[Line]]] = []
    for about in _PARTS:
        left, right = (about(merge, side, half - 3, look) for side in SIDES)
        if left or right:
            rows.append((left, right))
            rows += [] if tight else [([[]], [[]])]
    lines: list[Line] = []
    for left, right in rows:
        for number in range(max(len(left), len(right))):
            one = left[number] if number < len(left) else []
            other = right[number] if number < len(right) else []
            pad = " " * max(0, half - width_of(one))
            lines.append([*one, (pad, ""), (look.glyphs.edge, "hairline"), *other])
    return lines


def _memory(merge: Merge, side: Side) -> Memory:
    return merge.a if side == "A" else merge.b


def _heads(merge: Merge, side: Side, width: int, look: Look) -> list[Line]:
    memory = _memory(merge, side)
    marks = marks_of(memory, look.glyphs) or [(" ", "")]
    agent = f", {AGENT_WORDS[memory.agent]}" if memory.agent else ""
    when = f"{short_date(memory.at, look.now())}{agent}"
    role = "bold primary" if merge.side == side else "bold foreground"
    state = state_word(memory)
    said = "in the inbox" if state == "not decided" else state
    left: Line = [("  ", ""), (side, role), ("  ", ""), marks[0], (f" {said}", "muted")]
    for right in (when, short_date(memory.at, look.now()), ""):
        if width_of(left) + len(right) <= width:
            break
    return [ends(width + 2, left, [(right, "faint")])]


def _field(
    field: Field, merge: Merge, side: Side, width: int, look: Look
) -> list[Line]:
    if field not in merge.fields:
        return []
    memory = _memory(merge, side)
    facts = "\n".join(memory.facts)
    text = {"title": memory.title, "text": memory.body, "facts": facts}[field]
    takes = merge.takes(side, field)
    under = merge.side == side and merge.field == field
    bar = look.glyphs.cursor if under else " "
    lines: list[Line] = [[("  ", ""), (field.capitalize(), "bold muted")]]
    rows = wrap(clean(text).strip(), width - 2) if text.strip() else [f"no {field}"]
    for number, row in enumerate(rows):
        mark = look.glyphs.mark if takes else look.glyphs.left_out
        lead = f"{mark} " if number == 0 else "  "
        role = "" if takes else "muted"
        lines.append([(bar, "primary"), (" ", ""), (lead, "accent"), (row, role)])
    return lines


def _evidence(merge: Merge, side: Side, width: int, look: Look) -> list[Line]:
    memory = _memory(merge, side)
    lines: list[Line] = [[("  ", ""), ("Evidence, both stay", "bold muted")]]
    title = clean_line(memory.session_title)
    lines += [clip([("  ", ""), (title, "muted")], width)] if title else []
    lines += [[("  ", ""), (tail(clean_line(f), width), "muted")]
              for f in memory.files[:3]]  # fmt: skip
    return lines


def result(merge: Merge, width: int, look: Look) -> list[Line]:
    """What will stand, and what it takes in the injection."""
    a = merge.a
    kind = kind_of(a.type, look.types)
    made = replace(a, title=merge.title, body=merge.body, facts=merge.facts)
    now = units(memory_line(made, merge.limit))
    was = [units(memory_line(one, merge.limit)) for one in (a, merge.b)]
    left: Line = [
        ("  Result   ", "bold foreground"),
        (f"{look.glyphs.of_type(kind)} ", kind.role),
        (f"{clean_line(a.type)}, {RUNG_WORDS[kind.rung]}", "muted"),
    ]
    right: Line = [
        (f"{now} units", "bold foreground"),
        (f", was {was[0]} and {was[1]} ", "muted"),
    ]
    lines = [ends(width, left, right)]
    room = width - 4
    lines += [[("  ", ""), (row, "bold foreground")]
              for row in wrap(clean_line(merge.title), room)]  # fmt: skip
    lines += [[("  ", ""), (row, "")] for row in wrap(clean(merge.body).strip(), room)]
    evidence = len({e.record for m in (a, merge.b) for e in m.evidence})
    files = len({f for m in (a, merge.b) for f in m.files})
    told = [plural(evidence, "evidence line")] if evidence else []
    told += [plural(files, "file")] if files else []
    told += [plural(len(merge.facts), "fact")] if merge.facts else []
    return [*lines, [("  ", ""), (", ".join(told), "muted")]]


_PARTS: Final = (
    _heads,
    partial(_field, "title"),
    partial(_field, "text"),
    partial(_field, "facts"),
    _evidence,
)
