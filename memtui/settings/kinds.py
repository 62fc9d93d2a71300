"""Types of memories as the config says them, and words for what is wrong.

``[types.NAME]`` changes a built-in type or adds one; a new type looks like
the others of its rung until the file says otherwise.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from memtui.errors import SettingsError, nearest
from memtui.model import TYPES, ObservationType, Rung


class InjectWhen(StrEnum):
    """Which memories of a type the next session may be told."""

    NEVER = "never"
    CURATED = "curated"
    """Those that a person kept."""
    AUTO = "auto"
    """Kept ones, and candidates of at least ``auto_confidence``."""


_LOOKS: Final = {
    Rung.PERMANENT: ("◆", "#", "primary", None, 0.9),
    Rung.WORK: ("○", "o", "secondary", 60, 0.6),
    Rung.EPHEMERAL: ("·", ".", "muted", 7, 0.4),
}
_ROLES: Final = (
    "primary", "secondary", "accent", "warning", "error", "success", "muted",
)  # fmt: skip
_AGE: Final = re.compile(r"[1-9]\d{0,3}(?:d|w|mo|y)")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")


def types_from(value: object, where: str) -> dict[str, Any]:
    """``types`` and ``inject`` of ``Settings`` from the ``[types]`` table.

    Raises:
        SettingsError: names ``where``, the key and what is allowed.
    """
    if not isinstance(value, Mapping):
        raise wrong_value("types", "tables, as [types.decision]", value, where)
    types, inject = dict(TYPES), {}
    for name, table in value.items():
        key = f"types.{name}"
        if not _NAME.fullmatch(name):
            raise wrong_value(key, "a name of a to z, digits and -", name, where)
        if not isinstance(table, Mapping):
            raise wrong_value(key, f"a table, as [{key}]", table, where)
        for part in table:
            if part not in TYPE_KEYS:
                raise unknown_key(part, tuple(TYPE_KEYS), where, inside=key)
        found = {}
        for part, part_value in table.items():
            wanted, check = TYPE_KEYS[part]
            if isinstance(part_value, bool) or not check(part_value):
                raise wrong_value(f"{key}.{part}", wanted, part_value, where)
            found[part] = part_value
        if "inject" in found:
            inject[name] = InjectWhen(found.pop("inject"))
        types[name] = _type_with(name, found)
    return {"types": types, "inject": inject}


def _type_with(name: str, found: dict[str, Any]) -> ObservationType:
    if "rung" in found:
        found["rung"] = Rung(found["rung"])
    if "half_life_days" in found:
        found["half_life_days"] = found["half_life_days"] or None
    base = TYPES.get(name) or new_type(name, found.get("rung", Rung.WORK))
    return replace(base, **found)


def new_type(name: str, rung: Rung) -> ObservationType:
    """A type that looks and fades like the others of its rung."""
    glyph, ascii_glyph, role, half_life, weight = _LOOKS[rung]
    return ObservationType(
        name=name, rung=rung, glyph=glyph, ascii_glyph=ascii_glyph, role=role,
        half_life_days=half_life, weight=weight,
    )  # fmt: skip


def _is_glyph(value: object) -> bool:
    if not (isinstance(value, str) and len(value) == 1 and value.isprintable()):
        return False
    wide = unicodedata.east_asian_width(value) in "WF"
    return not (wide or value.isspace() or unicodedata.combining(value))


def _is_number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and low <= value <= high


TYPE_KEYS: Final[dict[str, tuple[str, Callable[[Any], bool]]]] = {
    "rung": (f"one of {', '.join(Rung)}", lambda v: v in tuple(Rung)),
    "inject": (f"one of {', '.join(InjectWhen)}", lambda v: v in tuple(InjectWhen)),
    "weight": ("0 to 2: how much it counts against others", _is_number(0, 2)),
    "half_life_days": (
        "a whole number of days; 0: never fades",
        lambda v: isinstance(v, int) and 0 <= v <= 36_500,
    ),
    "glyph": ("one character one cell wide", _is_glyph),
    "ascii_glyph": ("one ASCII character", lambda v: _is_glyph(v) and v.isascii()),
    "role": (f"one of {', '.join(_ROLES)}", lambda v: v in _ROLES),
    "short": (
        "at most 8 characters, shown in rows",
        lambda v: isinstance(v, str) and len(v) <= 8 and v.isprintable(),
    ),
}
"""Keys of ``[types.NAME]``: what is allowed, in words and as a test."""


BUDGET_SOURCES: Final = ("startup", "compact")
"""Texts that memories are told in, and so have a budget."""


def prices_from(value: object, where: str) -> dict[str, tuple[float, ...]]:
    """``prices`` of ``Settings`` from the ``[prices]`` table.

    Raises:
        SettingsError: names ``where``, the key and what is allowed.
    """
    if not isinstance(value, Mapping):
        raise wrong_value("prices", "a table, as [prices]", value, where)
    for name, pair in value.items():
        if not (
            isinstance(pair, list | tuple)
            and len(pair) == 2
            and all(_is_price(number) for number in pair)
        ):
            wanted = "two numbers, dollars for a million tokens read and written"
            raise wrong_value(f"prices.{name}", wanted, pair, where)
    return {name: tuple(map(float, pair)) for name, pair in value.items()}


def budgets_from(value: object, where: str) -> dict[str, int]:
    """``budgets`` of ``Settings`` from the ``[budgets]`` table.

    Raises:
        SettingsError: names ``where``, the key and what is allowed.
    """
    if not isinstance(value, Mapping):
        raise wrong_value("budgets", "a table, as [budgets]", value, where)
    for name, units in value.items():
        folder, _, source = name.rpartition("@")
        if name not in BUDGET_SOURCES and not (
            name if source not in BUDGET_SOURCES else folder
        ).startswith(("/", "~")):
            wanted = 'startup, compact, "/FOLDER" or "/FOLDER@compact"'
            raise wrong_value("budgets", wanted, name, where)
        if isinstance(units, bool) or not isinstance(units, int) or not _fits(units):
            wanted = "0 for nothing, or 200 to 9,500"
            raise wrong_value(f"budgets.{name}", wanted, units, where)
    return dict(value)


def retention_from(value: object, where: str) -> dict[str, str]:
    """``retention`` of ``Settings`` from the ``[retention]`` table.

    Raises:
        SettingsError: names ``where``, the key and what is allowed.
    """
    if not isinstance(value, Mapping):
        raise wrong_value("retention", "a table, as [retention]", value, where)
    for name, age in value.items():
        if name != "*" and not name.startswith(("/", "~")):
            raise wrong_value("retention", '"*" or "/FOLDER"', name, where)
        if not isinstance(age, str) or not _AGE.fullmatch(age):
            raise wrong_value(f"retention.{name}", 'such as "90d"', age, where)
    return dict(value)


def _fits(units: int) -> bool:
    return units == 0 or 200 <= units <= 9_500


def _is_price(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= 10_000


def unknown_key(
    key: str, valid: tuple[str, ...], where: str, *, inside: str = ""
) -> SettingsError:
    """The error of a key that does not exist, with the one that was likely meant."""
    near = nearest(key, valid)
    hint = f"Did you mean {near!r}?" if near else f"Known: {', '.join(valid)}"
    place = f"{where}: unknown key {key!r}" + (f" in [{inside}]" if inside else "")
    return SettingsError(f"{place}.", hint=hint)


def wrong_value(key: str, wanted: str, value: object, where: str) -> SettingsError:
    """The error of a value that a key cannot have."""
    return SettingsError(f"{where}: {key} must be {wanted}, not {value!r}.")
