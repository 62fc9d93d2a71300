"""What a tool was told, as text for a person: the parts all agents share."""

from collections.abc import Mapping
from typing import Any

import msgspec

from memtui.readers.texts import PATCH_CHARS


def string(told: Mapping[str, Any], key: str) -> str:
    """A field that should be a string; empty where it is none."""
    value = told.get(key)
    return value if isinstance(value, str) else ""


def dicts(value: object) -> list[dict[str, Any]]:
    """The objects of what should be a list of them."""
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def fields(told: Mapping[str, Any], *keys: str, between: str = "\n") -> str:
    """The strings under these keys, as far as there are any."""
    return between.join(filter(None, (string(told, key) for key in keys)))


def questions(told: Mapping[str, Any]) -> str:
    """Questions to the person, each with what can be picked."""
    lines = []
    for question in dicts(told.get("questions")):
        lines.append(string(question, "question"))
        lines.extend(
            f"- {string(option, 'label')}: {string(option, 'description')}"
            for option in dicts(question.get("options"))
        )
    return "\n".join(lines)


def anything(told: Mapping[str, Any]) -> str:
    """``key: value`` lines of the plain values, JSON of the others."""
    lines = []
    for key, value in told.items():
        if not isinstance(value, str):
            value = msgspec.json.encode(value).decode()
        lines.append(f"{key}: {value}")
    return "\n".join(lines)


def whole_lines(patch: str) -> str:
    """A patch within its cap, cut at the end of a line."""
    if len(patch) <= PATCH_CHARS:
        return patch
    end = patch.rfind("\n", 0, PATCH_CHARS)
    return patch[: end if end > 0 else PATCH_CHARS]
