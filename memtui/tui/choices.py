"""What choosers offer. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from memtui.model import Memory, Project
from memtui.settings import Settings
from memtui.tui.actions import ACTIONS
from memtui.tui.format import cut, figure
from memtui.tui.glyphs import Glyphs, kind_of
from memtui.tui.keymap import Keymap
from memtui.tui.look import Look
from memtui.tui.widgets.facet_rail import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose."""

    value: str
    name: str
    note: str = ""
    """What it means; muted, beside the name."""
    right: str = ""
    """What is so now; or the key of an action."""
    glyph: str = ""
    role: str = "primary"
    key: bool = False
    """``right`` is a key."""


def type_choices(
    settings: Settings, rows: Sequence[Memory], glyphs: Glyphs
) -> tuple[list[Choice], str]:
    """Every type, lasting ones first, and the one that most of the rows have now."""
    now = Counter(row.type for row in rows)
    total = sum(now.values())
    choices = [
        Choice(
            value=kind.name,
            name=kind.name,
            note=f"halves in {kind.half_life_days} days"
            if kind.half_life_days
            else "never fades",
            right=_now(now[kind.name], total),
            glyph=glyphs.of_type(kind),
            role=kind.role,
        )
        for kind in settings.types.values()
    ]
    current = now.most_common(1)[0][0] if now else ""
    return choices, current


def _now(count: int, total: int) -> str:
    if not count:
        return ""
    return "now" if total == 1 else f"now, {count} of {total}"


def scope_choices(settings: Settings) -> list[Choice]:
    """Where a memory can be told."""
    choices = [
        Choice(value="project", name="project", note="in its own project"),
        Choice(value="global", name="global", note="in every project"),
    ]
    choices += [
        Choice(value=f"group:{name}", name=f"group {name}", note=", ".join(paths))
        for name, paths in settings.groups.items()
    ]
    choices += [
        Choice(value=f"agent:{name}", name=f"agent {name}", note="by this agent only")
        for name in ("claude-code", "codex", "gemini-cli", "opencode")
    ]
    return choices


def project_choices(
    projects: Sequence[Project], counts: Sequence[int] = ()
) -> list[Choice]:
    """All projects first, then each."""
    choices = [Choice(value="", name="all projects", note="everything that was read")]
    for number, project in enumerate(projects):
        right = figure(counts[number]) if number < len(counts) else ""
        choices.append(
            Choice(value=project.id, name=project.name, note=project.path, right=right)
        )
    return choices


SAVE: Final = "\n save"
FORGET: Final = "\n forget"
"""Values that no search can have: they begin with a line's end."""


def search_choices(text: str, saved: Mapping[str, str]) -> list[Choice]:
    """Saved searches, and what can be done with the present one."""
    offered = []
    if text and text not in saved.values():
        offered.append(Choice(value=SAVE, name="save this one", note=text))
    offered += [
        Choice(value=query, name=name, note=query if query != name else "")
        for name, query in saved.items()
        if query != text
    ]
    if text in saved.values():
        offered.append(Choice(value=FORGET, name="forget this one", note=text))
    return offered


SETTINGS_FILE: Final = "\n file"
"""The choice that opens the file; no key has a line's end."""


def setting_choices(settings: Settings) -> list[Choice]:
    """Every key with what it means and what holds now, and the file itself."""
    from memtui.settings.reference import settings_reference

    offered = [
        Choice(
            value=one.key,
            name=one.key,
            note=one.meaning.replace("`", ""),
            right=_held(getattr(settings, one.key), one.default),
        )
        for one in settings_reference()
    ]
    whole = Choice(
        value=SETTINGS_FILE, name="the file", note="all of it, in your editor"
    )
    return [*offered, whole]


def _held(value: object, default: object) -> str:
    """What holds now, in a word or two."""
    if isinstance(value, Mapping):
        return "as built in" if value == default else "of your own"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return cut(", ".join(value), 20) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def facet_choices(found: Sequence[Facet], look: Look) -> list[Choice]:
    """What would narrow a list, each with the rows that it would leave."""
    return [
        Choice(
            value=facet.query,
            name=facet.name,
            note=facet.group.lower(),
            right=figure(facet.count),
            glyph=_facet_glyph(facet, look),
        )
        for facet in found
    ]


def _facet_glyph(facet: Facet, look: Look) -> str:
    if facet.group != "Type":
        return " "
    return look.glyphs.of_type(kind_of(facet.name, look.types))


def palette_choices(screen: str, keymap: Keymap) -> list[Choice]:
    """Every action that works on the screen, with its key."""
    return [
        Choice(value=a.name, name=a.label, note=a.help, right=keymap.shown(a), key=True)
        for a in ACTIONS
        if screen in a.on and a.name not in ("cursor_down", "cursor_up", "palette")
    ]
