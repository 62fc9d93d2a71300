"""What a person can set, as one frozen value.

``load`` reads ``config.toml`` and ``MEMTUI_*`` variables over the defaults; a
command's own flags go over both. The README's reference is made from the
docstrings below the fields of ``Settings``, and a test keeps the two equal.
"""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, get_origin

from memtui.errors import SettingsError, UsageError, nearest
from memtui.model import TYPES, Agent, ObservationType, Rung
from memtui.paths import config_path, usual_config_path
from memtui.settings.kinds import (
    TYPE_KEYS,
    InjectWhen,
    budgets_from,
    new_type,
    prices_from,
    retention_from,
    types_from,
    unknown_key,
    wrong_value,
)

__all__ = [
    "PERSON_ONLY",
    "TYPE_KEYS",
    "InjectWhen",
    "Settings",
    "from_words",
    "keys",
    "load",
    "parse",
]

ENV_PREFIX: Final = "MEMTUI_"
PERSON_ONLY: Final = frozenset({"curate_from_agents", "mcp_all_projects"})
"""Keys that no variable, no file that one names, and no ``config set`` may change."""
NO_VARIABLE: Final = frozenset(
    {
        "compress_provider", "compress_url", "compress_key_command",
        "compress_key_file", "private_projects", "team_folder", "team_inject",
    }
)  # fmt: skip
"""Where sessions are sent and with which key, and what of others' words is told:
whoever starts us has no say in it."""
INSIDE: Final = re.compile(
    r"(?!\.git(?:/|$))\.?[A-Za-z0-9_-][A-Za-z0-9._-]*"
    r"(?:/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*){0,7}"
)
"""A relative path of plain names, none of which leads out or into git's own."""


def _limits(low: float, high: float) -> dict[str, object]:
    return {"low": low, "high": high}


def _choices(*names: str) -> dict[str, object]:
    return {"choices": names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Equal values mean nothing changed."""

    budget: int = field(default=4_000, metadata=_limits(200, 9_500))
    """Size of the text a session is told, in UTF-16 units (a token is about four)."""
    ceiling: int = field(default=9_500, metadata=_limits(200, 9_500))
    """No text is ever longer than this, whatever the budget. Clients cut at 10,000."""
    item_limit: int = field(default=600, metadata=_limits(80, 4_000))
    """One memory takes at most this many units; the rest of it is cut with `…`."""
    recent_sessions: int = field(default=5, metadata=_limits(0, 20))
    """How many recent sessions the text ends with; 0 leaves the list out."""
    resume_line: bool = False
    """Tell a resumed session one fixed line. Off: it is told nothing new."""
    auto_confidence: float = field(default=0.7, metadata=_limits(0, 1))
    """From this confidence on, candidates of a type set to `auto` are injected."""
    history_days: int = field(default=0, metadata=_limits(0, 36_500))
    """Reading looks this many days back unless `--all` or a date is given; 0: all."""
    ignore: tuple[str, ...] = ()
    """Globs of files; what a session read, ran or wrote there is never stored."""
    skip_tools: tuple[str, ...] = ()
    """Names of tools, as the agent spells them, whose calls are never stored."""
    disabled_rules: tuple[str, ...] = ("note", "patch", "version")
    """Names of distilling rules that are off; a memory's detail names its rule."""
    theme: str = "auto"
    """`auto`, `dark`, `light`, or the name of a Textual theme."""
    glyphs: str = field(default="auto", metadata=_choices("auto", "unicode", "ascii"))
    """`auto`, `unicode` or `ascii`; `auto` asks the terminal's locale."""
    mouse: bool = True
    """Off: the terminal keeps the mouse for itself."""
    curate_from_agents: bool = False
    """Let coding agents keep, prune and configure. Set by hand in this file only."""
    prompt_recall: bool = False
    """Tell what was kept about a prompt, with the prompt. `memtui install` wires it."""
    file_history: bool = False
    """Tell what was kept about a file before it is touched; wired by `install`."""
    mcp_all_projects: bool = False
    """Let agents look into every project over MCP. Set by hand in this file only."""
    compress_provider: str = field(
        default="anthropic", metadata=_choices("anthropic", "openai", "claude")
    )
    """Who refines memories on request: an API of either form, or your `claude`."""
    compress_url: str = ""
    """Where that API is; empty: the provider's own. Ollama: `http://localhost:11434/v1`."""
    compress_model: str = ""
    """Its model; empty: `claude-haiku-5-5`, or `haiku` for your `claude`."""
    compress_budget: float = field(default=1.0, metadata=_limits(0, 10_000))
    """Dollars that one run may cost at most, unless `--budget` says less."""
    compress_window: int = field(default=0, metadata=_limits(0, 10_000_000))
    """Tokens that the model can read and write at once; 0: as memtui knows it."""
    compress_stream: bool = True
    """Let the answer come bit by bit. Off: for servers that cannot."""
    compress_key_command: tuple[str, ...] = ()
    """A program and its words that print the key, as `["pass", "show", "api"]`."""
    compress_key_file: str = ""
    """A file that holds the key and that nobody else can read (mode 0600)."""
    private_projects: tuple[str, ...] = ()
    """Names or folders of projects, `*` allowed, of which nothing is ever sent."""
    team_folder: str = field(
        default=".memtui", metadata={"form": INSIDE, "wanted": "a folder in it"}
    )
    """Folder of a repository in which a team's memories lie, relative to its root."""
    team_author: str = ""
    """Who shares memories with a team; empty: the `user.name` of git's config."""
    team_inject: str = field(default="curated", metadata=_choices("curated", "auto"))
    """Tell what a team shared once you kept it (`curated`), or when you pulled it."""
    status_line: bool = False
    """Write the line that `memtui statusline` lets an agent's status bar print."""
    prices: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Dollars for a million tokens, read and written: `"some-model*" = [0.5, 2]`."""
    roots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """More folders with transcripts, as `claude-code = ["/old/*/.claude/projects"]`."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Named sets of projects, as `backend = ["~/api", "~/worker"]`."""
    budgets: Mapping[str, int] = field(default_factory=dict)
    """Other budgets: `compact = 2000`, `"~/api" = 6000`, `"~/api@compact" = 0`."""
    retention: Mapping[str, str] = field(default_factory=dict)
    """What `purge --retention` takes: sessions older than `"~/api" = "90d"`, `"*"`."""
    types: Mapping[str, ObservationType] = field(default_factory=lambda: dict(TYPES))
    """Types of memories: `[types.NAME]` changes a built-in one or adds your own."""
    inject: Mapping[str, InjectWhen] = field(default_factory=dict)
    """By type: the `inject` key of `[types.NAME]`. Ask through `injects`."""

    def type_of(self, name: str) -> ObservationType:
        """The type of this name; a plain one where the config dropped it."""
        return self.types.get(name) or new_type(name, Rung.WORK)

    def injects(self, name: str) -> InjectWhen:
        """Which memories of this type a session may be told."""
        return self.inject.get(name, InjectWhen.CURATED)


DERIVED: Final = frozenset({"inject"})
"""Fields that are no key of the file: they come from ``[types.NAME]``."""


def load(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Settings:
    """Settings by precedence: flags, ``MEMTUI_*``, the file, the defaults.

    Args:
        path: the file; None: ``paths.config_path()``. It need not exist.
        environ: variables; None: this process's.
        flags: values by field name; None values are passed over.

    Raises:
        SettingsError: names the file or variable, the key and what is allowed.
        UsageError: the same for a flag.
    """
    path = path or config_path()
    found = _from_file(path)
    if path == config_path() != usual_config_path():
        # A variable is set by whoever starts us, an agent, too.
        found = {key: found[key] for key in found.keys() - PERSON_ONLY}
        with suppress(SettingsError):  # what cannot be read allows nothing
            usual = _from_file(usual_config_path())
            found.update((key, usual[key]) for key in usual.keys() & PERSON_ONLY)
    found.update(_from_environment(os.environ if environ is None else environ))
    for key, value in (flags or {}).items():
        if value is None:
            continue
        try:
            found[key] = _checked(key, value, "the command line")
        except SettingsError as error:
            raise UsageError(error.message, hint=error.hint) from error
    return replace(Settings(), **found)


def parse(text: str, *, where: str = "config.toml") -> Settings:
    """Settings of a file's text over the defaults: says whether it is valid.

    Raises:
        SettingsError: as ``load``; ``where`` names the file in its message.
    """
    return replace(Settings(), **_from_text(text, where))


def keys() -> tuple[str, ...]:
    """Every key that the file may have, in the order of ``Settings``."""
    return tuple(f.name for f in fields(Settings) if f.name not in DERIVED)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}.") from error
    return _from_text(text, str(path))


def _from_text(text: str, where: str) -> dict[str, Any]:
    import tomllib  # most starts find no file and need no parser

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(
            f"{where}: not valid TOML: {error}.", hint="Run: memtui config edit"
        ) from error
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in keys():
            raise unknown_key(key, keys(), where)
        if key == "types":
            found.update(types_from(value, where))
        else:
            found[key] = _checked(key, value, where)
    return found


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in fields(Settings):
        name = ENV_PREFIX + entry.name.upper()
        text = environ.get(name)
        if text is None or entry.name in DERIVED | PERSON_ONLY | NO_VARIABLE:
            continue
        if get_origin(entry.type) is Mapping:
            continue  # tables are set in the file
        found[entry.name] = _checked(entry.name, from_words(entry.name, text), name)
    return found


def from_words(key: str, text: str) -> object:
    """The value that ``text`` spells for a key; as it is where it spells none.

    Lists are separated by commas. What comes back is not checked yet.
    """
    kind = next((f.type for f in fields(Settings) if f.name == key), str)
    if kind is bool:
        known = {"true": True, "1": True, "on": True, "yes": True}
        known |= {"false": False, "0": False, "off": False, "no": False}
        return known.get(text.strip().lower(), text)
    if get_origin(kind) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind in (int, float):
        try:
            return int(text)
        except ValueError:
            pass
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _checked(key: str, value: object, where: str) -> object:
    entry = next((f for f in fields(Settings) if f.name == key), None)
    if entry is None or key in DERIVED:
        raise unknown_key(key, keys(), where)
    if key in _TABLES:
        return _TABLES[key](value, where)
    if get_origin(entry.type) is Mapping:
        return _table_of_names(key, value, where)
    if get_origin(entry.type) is tuple:
        return _names(key, value, where)
    for kind, accepted, words in _SCALARS:
        if entry.type is kind and (
            not isinstance(value, accepted)
            or (isinstance(value, bool) and kind is not bool)
        ):
            raise wrong_value(key, words, value, where)
    if wanted := _beyond(entry.metadata, value):
        raise wrong_value(key, wanted, value, where)
    return value


_TABLES: Final[Mapping[str, Callable[[object, str], object]]] = {
    "budgets": budgets_from,
    "prices": prices_from,
    "retention": retention_from,
}
_SCALARS: Final = (
    (bool, bool, "true or false"),
    (int, int, "a whole number"),
    (float, (int, float), "a number"),
    (str, str, "a text in quotes"),
)


def _beyond(limits: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401 - as TOML gave it
    """What is allowed, in words, where ``value`` is not; else nothing."""
    if "choices" in limits and value not in limits["choices"]:
        return f"one of {', '.join(limits['choices'])}"
    if "form" in limits and not limits["form"].fullmatch(value):
        return str(limits["wanted"])
    if "low" in limits and not limits["low"] <= value <= limits["high"]:
        return f"{limits['low']:,} to {limits['high']:,}"
    return ""


def _names(key: str, value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(
        isinstance(item, str) and item for item in value
    ):
        raise wrong_value(key, 'a list of texts, as ["a", "b"]', value, where)
    return tuple(value)


def _table_of_names(key: str, value: object, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise wrong_value(key, f"a table, as [{key}]", value, where)
    for name in value:
        if key == "roots" and not _may_be_agent(name):
            raise unknown_key(name, tuple(Agent), where, inside=key)
    return {n: _names(f"{key}.{n}", v, where) for n, v in value.items()}


def _may_be_agent(name: str) -> bool:
    """One of those we know, or of a reader that we do not; no slip of the pen."""
    try:
        known = Agent(name) in tuple(Agent)
    except ValueError:
        return False
    return known or not nearest(name, tuple(Agent))
