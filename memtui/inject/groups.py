"""Groups: named sets of projects, each named in the config by one of its folders."""

import os
from collections.abc import Collection, Iterable, Mapping

from memtui.paths import home


def members_at(roots: Collection[str], members: Iterable[str]) -> list[str]:
    """Those of a group's members that name one of these folders."""
    return [member for member in members if _expanded(member) in roots]


def groups_at(
    roots: Collection[str], groups: Mapping[str, Iterable[str]]
) -> tuple[str, ...]:
    """Names of the groups that one of these folders is in."""
    return tuple(name for name, members in groups.items() if members_at(roots, members))


def _expanded(member: str) -> str:
    if member == "~" or member.startswith("~/"):
        member = f"{home()}{member[1:]}"
    return os.path.normpath(member)
