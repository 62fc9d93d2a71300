"""Every verb: the module that holds it and what it does, by what one wants.

``memtui --help`` prints this without importing a single verb.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of ``--help`` and its verbs: name to (module, summary)."""

    title: str
    verbs: dict[str, tuple[str, str]]


SECTIONS: Final = (
    Section(
        "Read",
        {
            "sync": ("syncing", "Read what is new in every agent's transcripts."),
            "search": ("reading", "Find memories and turns, best first."),
            "list": ("reading", "Print memories that match QUERY, newest first."),
            "sessions": ("reading", "Print sessions that match QUERY, best first."),
            "meaning": ("meaning", "Make what search --meaning needs."),
            "searches": ("saving", "List, save, run and delete saved searches."),
            "show": ("showing", "Print one memory, session or turn."),
            "native": ("native", "Print what agents' own memory files say."),
        },
    ),
    Section(
        "Decide",
        {
            "add": ("adding", "Write a memory by hand; it is kept at once."),
            "keep": ("curating", "Keep memories: from now on sessions are told."),
            "unkeep": ("curating", "Put kept memories back into the inbox."),
            "pin": ("curating", "Pin memories: told first, in your order."),
            "unpin": ("curating", "Take the pin off; the memories stay kept."),
            "exclude": ("curating", "Never inject memories; search still finds them."),
            "include": ("curating", "Take back exclude."),
            "prune": ("curating", "Put memories into the trash; nothing is deleted."),
            "restore": ("curating", "Take memories out of the trash."),
            "retype": ("curating", "Give memories another type."),
            "promote": ("curating", "Move memories one rung up, or to a type."),
            "edit": ("editing", "Change a memory's title and body."),
            "merge": ("relating", "Merge memories into the first."),
            "supersede": ("relating", "Say that another memory holds instead."),
            "scope": ("relating", "Say who is told: project, group, all, one agent."),
            "tag": ("relating", "Add tags to memories (+x) or take them off (-y)."),
            "order": ("relating", "Put pins in this order."),
            "purge": ("purging", "Remove every trace; no undo."),
            "compress": (
                "proposals",
                "Let a model refine what was learnt.",
            ),
            "undo": ("journal", "Take back the last act."),
            "redo": ("journal", "Do again what was just undone."),
            "journal": ("journal", "Print every act, newest first."),
        },
    ),
    Section(
        "Tell",
        {
            "inject": ("injecting", "Print the text that the next session reads."),
            "export": ("injecting", "Write the files that the hooks print."),
            "install": ("installing", "Let clients' new sessions read the exports."),
            "uninstall": ("installing", "Take out of clients what install put in."),
        },
    ),
    Section(
        "Serve",
        {
            "mcp": (
                "serving",
                "Answer agents that look things up, on stdin and stdout.",
            ),
            "serve": ("browsing", "Show the app in a browser on this machine."),
        },
    ),
    Section(
        "Share",
        {
            "team": (
                "team",
                "Share memories with a team, as files in its git repository.",
            )
        },
    ),
    Section(
        "Look after",
        {
            "doctor": ("examining", "Check store, hooks and deliveries."),
            "stats": ("numbers", "Print how much is recorded, by agent."),
            "storage": (
                "storing",
                "Print what takes room, by agent and project.",
            ),
            "secrets": ("secrets", "Print where secrets still stand."),
            "redact": ("purging", "Cut secrets out of what is stored."),
            "bundle": ("bundling", "Take all that is remembered to another machine."),
            "import": ("importing", "Bring in what another memory tool kept."),
            "backup": ("numbers", "Copy the whole store into FILE."),
            "project": ("projects", "List, merge, move, name and group projects."),
            "session": ("sessions", "Say what a session is called."),
            "config": ("configuring", "Show or change the config."),
            "completion": (
                "shells",
                "Print what makes bash, zsh or fish complete verbs, options and ids.",
            ),
            "statusline": (
                "shells",
                "Print what Claude Code's settings need to show counts.",
            ),
        },
    ),
)

MODULES: Final = {
    name: module for s in SECTIONS for name, (module, _) in s.verbs.items()
}
SUMMARIES: Final = {
    name: summary for s in SECTIONS for name, (_, summary) in s.verbs.items()
}
