"""Blocks of the README that are made from the code.

``python -m tests.readme`` writes them; ``tests/contracts/test_readme.py`` says
when that was forgotten.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from memtui.cli.reference import verbs_reference
from memtui.model import TYPES, Rung
from memtui.search.grammar import FIELDS, IS_VALUES
from memtui.settings.reference import settings_reference, type_keys_reference
from memtui.tui.actions import ACTIONS, SCREENS

README = Path(__file__).resolve().parents[1] / "README.md"

_FIELD_MEANINGS = {
    "type": "`type:gotcha`, `type:decision,pattern`",
    "project": "a project's name or alias, with `*` as a wildcard, or its folder",
    "agent": "`claude-code` or its beginning, or `cc`",
    "branch": "the git branch, `*` allowed",
    "file": "part of the path of a file that it is about",
    "tag": "a tag",
    "rule": "the distilling rule that made it, or its beginning",
    "trust": "whose word it is: `you`, `agent`, `tool`, `web`, `shared`",
    "scope": "`project`, `group`, `global`, `agent`",
    "is": ", ".join(f"`{value}`" for value in IS_VALUES),
    "session": "a session's id or its beginning",
    "since": "`3w`, `7d`, `2h`, `today`, `tuesday`, `2026-01-31`",
    "until": "the same; the named day itself counts",
}


def blocks() -> dict[str, str]:
    """The text of every block by the name in its markers."""
    made: dict[str, Callable[[], str]] = {
        "keys": _keys,
        "cli": _cli,
        "query": _query,
        "config": _config,
        "types": _types,
    }
    return {name: make() for name, make in made.items()}


def with_blocks(text: str) -> str:
    """The README with every block as the code says it now."""
    for name, block in blocks().items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"README.md must have one block {name!r}")
        made = f"{begin}\n{block.strip()}\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)  # type: ignore[misc]
    return text


def _cli() -> str:
    return "```text\n" + "\n\n".join(verbs_reference()) + "\n```"


def _keys() -> str:
    rows = [
        f"| `{_in_table(action.shown)}` | {action.help} | {_where(action.on)} |"
        for action in ACTIONS
        if action.shown
    ]
    return "\n".join(["| key | does | on |", "|---|---|---|", *rows])


def _in_table(text: str) -> str:
    return text.replace("|", "\\|")


def _where(screens: tuple[str, ...]) -> str:
    return "all" if screens == SCREENS else ", ".join(screens)


def _query() -> str:
    rows = [f"| `{name}:` | {_FIELD_MEANINGS[name]} |" for name in FIELDS]
    return "\n".join(["| field | finds |", "|---|---|", *rows])


def _config() -> str:
    rows = [
        f"| `{item.key}` | {_default(item.default)} | {item.meaning} |"
        for item in settings_reference()
    ]
    keys = [f"| `{key}` | {wanted} |" for key, wanted in type_keys_reference()]
    return "\n".join(
        [
            "| key | default | meaning |",
            "|---|---|---|",
            *rows,
            "",
            "| key of `[types.NAME]` | may be |",
            "|---|---|",
            *keys,
        ]
    )


def _default(value: object) -> str:
    if isinstance(value, Mapping):
        return "" if value != TYPES else "built in"
    return f"`{json.dumps(value)}`"


def _types() -> str:
    lives = {rung: [t for t in TYPES.values() if t.rung is rung] for rung in Rung}
    rows = []
    for rung, types in lives.items():
        days = types[0].half_life_days
        life = f"relevance halves every {days} days" if days else "never fades"
        rows.append(f"| {rung} | {', '.join(t.name for t in types)} | {life} |")
    return "\n".join(["| rung | types | life |", "|---|---|---|", *rows])


if __name__ == "__main__":
    README.write_text(with_blocks(README.read_text("utf-8")), "utf-8")
