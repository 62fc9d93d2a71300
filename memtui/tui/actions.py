"""Every action once: footer, help, palette, keymap and README read this table.

An action ``keep`` is answered by the screen's method ``action_keep``. No letter has
two meanings; only plain letters are first keys, Ctrl and F keys are second ways.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from textual.binding import Binding, BindingType

SCREENS: Final = ("timeline", "search", "curate", "injection", "sessions", "stats")
TITLES: Final = {name: name.capitalize() for name in SCREENS}
_MEMORIES: Final = ("timeline", "search", "curate")
_ACTED_ON: Final = (*_MEMORIES, "injection")
_LISTS: Final = (*_MEMORIES, "sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a person can do."""

    name: str
    keys: tuple[str, ...]
    """Textual's names, the first one first."""
    shown: str
    """The key as footer and help draw it; empty: palette only."""
    label: str
    """One or two words for the footer."""
    help: str
    """A line for help and palette, without a full stop."""
    on: tuple[str, ...] = SCREENS
    """Screens where it works."""
    list: bool = False
    """About the list in focus; else it belongs to everywhere."""


def _a(
    name: str,
    keys: str,
    shown: str,
    label: str,
    help_: str,
    on: tuple[str, ...] = SCREENS,
    *,
    list_: bool = False,
) -> Action:
    split = tuple(keys.split(" ")) if keys else ()
    return Action(
        name=name, keys=split, shown=shown, label=label, help=help_, on=on, list=list_
    )


ACTIONS: Final = (
    _a("open", "enter", "enter", "open", "open in the detail pane", list_=True),
    _a("turn", "o", "o", "turn", "open the turn it came from", _LISTS, list_=True),
    _a("keep", "s", "s", "keep", "keep; in the trash: restore", _ACTED_ON, list_=True),
    _a("pin", "p", "p", "pin", "pin, or stop", _ACTED_ON, list_=True),
    _a("exclude", "x", "x", "exclude", "exclude, or include again",
       (*_ACTED_ON, "sessions"), list_=True),
    _a("prune", "d delete", "d d", "prune", "prune to the trash",
       (*_ACTED_ON, "sessions"), list_=True),
    _a("edit", "e", "e", "edit", "edit in your editor", _ACTED_ON, list_=True),
    _a("retype", "t", "t", "type", "change the type", _MEMORIES, list_=True),
    _a("promote", "T", "T", "promote", "promote one rung", _MEMORIES, list_=True),
    _a("merge", "m", "m", "merge", "merge the marked into this", _MEMORIES,
       list_=True),
    _a("supersede", "S", "S", "supersede", "this replaces the marked one",
       _MEMORIES, list_=True),
    _a("not_alike", "X", "X", "not alike", "not alike, two things",
       ("curate",), list_=True),
    _a("scope", "c", "c", "scope", "scope: project, group, global", _MEMORIES,
       list_=True),
    _a("add", "i", "i", "add", "add a memory by hand", (*_MEMORIES, "sessions"),
       list_=True),
    _a("mark", "space", "space", "mark", "mark", _MEMORIES, list_=True),
    _a("mark_range", "v", "v", "range", "mark a range", _MEMORIES, list_=True),
    _a("mark_all", "a", "a", "all", "mark all found", _MEMORIES, list_=True),
    _a("copy", "y", "y", "copy", "copy", list_=True),
    _a("copy_more", "Y", "Y", "copy all", "copy with evidence", _LISTS, list_=True),
    _a("write", "w", "w", "export", "export, or write Markdown",
       ("injection", "sessions"), list_=True),
    _a("diff", "D", "D", "diff", "diff: export, delivery, off", ("injection",),
       list_=True),
    _a("pin_earlier", "less_than_sign", "<", "pin up", "pin earlier", ("injection",),
       list_=True),
    _a("pin_later", "greater_than_sign", ">", "pin down", "pin later", ("injection",),
       list_=True),
    _a("resume", "r", "r", "resume", "resume in the agent", ("timeline", "search",
       "sessions"), list_=True),
    _a("rename", "R", "R", "rename", "rename the session", ("timeline", "search",
       "sessions"), list_=True),
    _a("less", "minus", "-", "less", "less detail", ("sessions",), list_=True),
    _a("more", "equals_sign plus", "=", "more", "more detail", ("sessions",),
       list_=True),
    _a("page", "vertical_line", "|", "pager", "open in your pager", _LISTS, list_=True),
    # Everywhere, in the order of the help.
    *(
        _a(f"show('{name}')", str(number), str(number), TITLES[name],
           f"screen {TITLES[name]}")
        for number, name in enumerate(SCREENS, 1)
    ),
    _a("palette", "colon ctrl+p f2", ":", "palette", "palette"),
    _a("filter", "slash", "/", "filter", "filter or find"),
    _a("next_hit", "n", "n", "next hit", "next hit", ("search", "sessions",
       "injection")),
    _a("previous_hit", "N", "N", "previous", "previous hit", ("search", "sessions",
       "injection")),
    _a("facets", "f", "f", "facets", "narrow by type, agent, state", _MEMORIES),
    _a("searches", "b", "b", "searches", "saved searches", _LISTS),
    _a("order", "O", "O", "order", "best or newest first", ("search",)),
    _a("explain", "W", "W", "why", "why it is found, and stands there", ("search",),
       list_=True),
    _a("drop_chip", "backspace", "backspace", "drop", "drop the last chip", _LISTS),
    _a("project", "P", "P", "project", "choose a project"),
    _a("hidden", "full_stop", ".", "hidden", "show what is hidden", _LISTS),
    _a("cursor_down", "j down", "j", "down", "down"),
    _a("cursor_up", "k up", "k", "up", "up"),
    _a("first", "g home", "g", "first", "first, and what is new"),
    _a("last", "G end", "G", "last", "last"),
    _a("page_down", "pagedown ctrl+d", "ctrl+d", "page", "half a page down"),
    _a("page_up", "pageup ctrl+u", "ctrl+u", "page up", "half a page up"),
    _a("next_group", "J", "J", "group", "next day, project, prompt"),
    _a("previous_group", "K", "K", "group", "previous day, project, prompt"),
    _a("right", "l right tab", "l", "right", "pane to the right"),
    _a("left", "h left shift+tab", "h", "left", "pane to the left"),
    _a("next_tab", "right_square_bracket", "]", "tab", "next tab", ("curate",
       "injection")),
    _a("previous_tab", "left_square_bracket", "[", "tab", "previous tab", ("curate",
       "injection")),
    _a("zoom", "z", "z", "zoom", "give the pane the whole body, or back"),
    _a("compress", "C", "C", "compress", "let a model refine, after an estimate",
       ("curate",)),
    _a("undo", "u", "u", "undo", "undo"),
    _a("redo", "U ctrl+r", "U", "redo", "redo"),
    _a("journal", "H", "H", "journal", "journal of acts"),
    _a("settings", "comma", ",", "settings", "settings"),
    _a("faults", "exclamation_mark", "!", "faults", "faults, and what is broken"),
    _a("help", "question_mark f1", "?", "keys", "keys"),
    _a("back", "escape", "esc", "back", "one step back"),
    _a("quit", "q", "q", "quit", "quit"),
    # Palette only.
    _a("sync", "", "", "sync", "sync now"),
    _a("doctor", "", "", "doctor", "what is broken, and what could not be read"),
    _a("hooks", "", "", "hook", "install the hook, after a diff"),
    _a("unhook", "", "", "unhook", "uninstall the hook, after a diff"),
    _a("related", "", "", "related", "memories that bear on this one", _MEMORIES),
    _a("purge", "", "", "purge", "purge: remove every trace, no undo", _ACTED_ON),
    _a("conflicts", "", "", "two versions", "memories changed on two machines"),
    _a("native", "", "", "agents' files", "what agents remember in files of their own"),
    _a("same_projects", "", "", "same project", "folders that may be one project"),
    _a("merge_projects", "", "", "merge projects", "make two projects one"),
    _a("move_project", "", "", "move project", "say where a project is now"),
    _a("name_project", "", "", "name project", "give a project another name"),
    _a("settings_file", "", "", "settings file", "all settings, in your editor"),
    _a("keymap", "", "", "keymap file", "other keys, in your editor"),
    _a("theme", "", "", "theme", "theme …"),
    _a("glyphs", "", "", "glyphs", "glyphs: Unicode or ASCII"),
    _a("meaning", "", "", "meaning", "search by meaning too, or by words alone",
       ("search",)),
    _a("starter", "", "", "starter", "mark the ten best candidates"),
    _a("welcome", "", "", "welcome", "welcome"),
    _a("about", "", "", "about", "about memtui"),
)  # fmt: skip
BY_NAME: Final = {action.name: action for action in ACTIONS}

_WIDE: Final = {
    "timeline": "open turn keep pin prune edit filter help",
    "search": "open next_hit keep pin facets order filter help",
    "curate": "keep pin exclude prune retype edit merge help",
    "injection": "write diff pin_earlier pin exclude open copy help",
    "sessions": "open next_group less filter turn write help",
    "stats": "open project copy faults next_group help",
}
_NARROW: Final = {
    "timeline": "open keep pin prune retype filter help",
    "search": "open next_hit keep facets order filter help",
    "curate": "keep pin exclude prune retype edit help",
    "injection": "write diff pin_earlier pin exclude copy help",
    "sessions": "open next_group less turn copy filter help",
    "stats": "open project copy faults next_group help",
}
_PAIRED: Final = {
    "pin_earlier": ("< >", "pins up, down"),
    "less": ("- =", "detail"),
    "next_group": ("J K", "prompts"),
}
_OWN_WORDS: Final = {
    ("search", "open"): "open turn",
    ("curate", "edit"): "edit as text",
    ("injection", "open"): "why",
    ("sessions", "open"): "unfold",
    ("sessions", "turn"): "memories",
    ("sessions", "write"): "write",
    ("sessions", "filter"): "find",
    ("stats", "next_group"): "section",
}


class Key(NamedTuple):
    """One entry of the footer."""

    action: str
    shown: str
    label: str


def footer(screen: str, *, wide: bool) -> list[Key]:
    """The footer's keys of a screen, most useful first, the help last."""
    names = (_WIDE if wide else _NARROW)[screen].split()
    return [_key(screen, name) for name in names]


def _key(screen: str, name: str) -> Key:
    action = BY_NAME[name]
    shown, label = _PAIRED.get(name, (action.shown.split(" ")[0], action.label))
    return Key(name, shown, _OWN_WORDS.get((screen, name), label))


def bindings(screen: str) -> list[BindingType]:
    """The bindings of a screen."""
    return [
        Binding(",".join(a.keys), a.name, a.label, show=False, id=f"{screen}.{a.name}")
        for a in ACTIONS
        if a.keys and screen in a.on
    ]


def help_columns(screen: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(key, what) of the screen's own list, and of everywhere; pairs are joined."""
    here = [(a.shown, a.help) for a in ACTIONS if a.list and a.shown and screen in a.on]
    return here, [(shown, what) for shown, what, on in EVERYWHERE if screen in on]


EVERYWHERE: Final = (
    ("1 to 6", "screens", SCREENS),
    (":", "palette", SCREENS),
    ("/", "filter or find", SCREENS),
    ("n N", "next, previous hit", ("search", "sessions", "injection")),
    ("f", "facets", _MEMORIES),
    ("b", "saved searches", _LISTS),
    ("backspace", "drop a chip", _LISTS),
    ("P", "choose a project", SCREENS),
    ("j k", "down, up", SCREENS),
    ("g G", "first, last", SCREENS),
    ("J K", "next, previous day", SCREENS),
    ("h l", "pane left, right", SCREENS),
    ("[ ]", "tabs", ("curate", "injection")),
    ("C", "compress", ("curate",)),
    ("z", "zoom the pane", SCREENS),
    ("u U", "undo, redo", SCREENS),
    (".", "show what is hidden", _LISTS),
    (",", "settings", SCREENS),
    ("! H", "faults, journal", SCREENS),
    ("esc", "one step back", SCREENS),
    ("q", "quit", SCREENS),
)
"""The right column of the help: the same keys, those that belong together joined."""
