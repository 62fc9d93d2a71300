"""One shared memory as the text of a Markdown file, and back.

Front matter is a line per field, ``name: value``, the value a plain word or JSON, which
any YAML reader takes too; nothing of YAML but that is understood, so nothing can be run
or referred to. The body follows. One field stands in one line and a text is never
folded, so that a merge that fails shows both sides of the very field.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from memtui.clean import clean, clean_line
from memtui.model import Evidence

VERSION: Final = "1"
TITLE_CHARS: Final = 200
BODY_CHARS: Final = 16_000
LIST_ITEMS: Final = 20
ITEM_CHARS: Final = 200
AUTHOR_CHARS: Final = 80
_LAST_MS: Final = 253_402_300_799_999
"""The end of 9999: later there is no date."""
NAME: Final = re.compile(r"([a-z2-7]{12})\.md")
"""The name of a file that holds a memory: its id."""

_ID: Final = re.compile(r"[a-z2-7]{12}")
_TYPE: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")
_DIGEST: Final = re.compile(r"[0-9a-f]{32}|none")
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.@-]*(?<! )")
_YAML_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
_FIELD: Final = re.compile(r"([a-z]{1,20}):(?: (.*))?")
_FIELDS: Final = (
    "memtui", "id", "type", "title", "author", "date", "scope", "evidence", "tags",
    "files",
)  # fmt: skip
_NEEDED: Final = frozenset(_FIELDS) - {"tags", "files"}
_MARK: Final = re.compile(r"(?:<{7}|>{7})(?: .*)?|\|{7}(?: .*)?|={7}")


class Unfit(ValueError):
    """A file that is no memory to be read; says why in a few words."""


class Conflict(Unfit):
    """A merge that git could not finish stands in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A memory as its file says it."""

    id: str
    """That of its author's store; the name of the file."""
    type: str
    title: str
    body: str = ""
    author: str = ""
    at: int = 0
    """When it was learnt, Unix ms."""
    evidence: str = "none"
    """Digest of the records that it stands on in its author's store, or ``none``."""
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    has_odd_characters: bool = field(default=False, compare=False)
    """Escape codes or invisible characters stood in the file; they are gone."""

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.id}.md"

    @property
    def text(self) -> str:
        """All that a person wrote of it, a line each."""
        said = (self.title, self.body, self.author, *self.tags, *self.files)
        return "\n".join(said)

    @property
    def digest(self) -> str:
        """Of what it says: two of one digest say the same, whoever wrote them."""
        said = [self.type, self.title, self.body, *self.tags, "", *self.files]
        return _hash(json.dumps(said))


def evidence_digest(evidence: Sequence[Evidence]) -> str:
    """Names the records that a memory stands on, and gives nothing of them away."""
    if not evidence:
        return "none"
    told = [[e.session, e.record, e.part, e.quote] for e in evidence]
    return _hash(json.dumps(told))


def written(memory: Shared) -> bytes:
    """The file's bytes; the same memory gives the same ones."""
    day = datetime.fromtimestamp(min(max(memory.at, 0), _LAST_MS) // 1000, UTC)
    fields: list[tuple[str, str]] = [
        ("memtui", VERSION),
        ("id", memory.id),
        ("type", memory.type),
        ("title", json.dumps(memory.title, ensure_ascii=False)),
        ("author", _word(memory.author)),
        ("date", day.strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("scope", "project"),
        ("evidence", memory.evidence),
    ]
    for name, items in (("tags", memory.tags), ("files", memory.files)):
        if items:
            fields.append((name, json.dumps(list(items), ensure_ascii=False)))
    head = "".join(f"{name}: {value}\n" for name, value in fields)
    body = f"\n{memory.body}\n" if memory.body else ""
    return f"---\n{head}---\n{body}".encode()


def understood(data: bytes, name: str) -> Shared:
    """The memory that a file of this name holds.

    Raises:
        Conflict: git left both sides of a merge in it.
        Unfit: it is no such file, or one of another memory.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Unfit("it is no UTF-8 text") from error
    lines = text.split("\n")
    _refuse_conflict(lines)
    if lines[0] != "---" or "---" not in lines[1:]:
        raise Unfit("it does not begin with front matter between two lines of ---")
    end = lines.index("---", 1)
    known = _fields(lines[1:end])
    body = clean("\n".join(lines[end + 1 :])).strip()
    memory = replace(_memory(known, body), has_odd_characters=clean(text) != text)
    if memory.name != name:
        raise Unfit(f"it says that its id is {memory.id}")
    return memory


def _refuse_conflict(lines: Sequence[str]) -> None:
    marks = [number for number, line in enumerate(lines, 1) if _MARK.fullmatch(line)]
    if any(lines[number - 1][0] in "<>" for number in marks):
        raise Conflict(
            f"a merge was left unfinished in lines {marks[0]} to {marks[-1]}"
        )


def _fields(lines: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for number, line in enumerate(lines, 2):
        found = _FIELD.fullmatch(line)
        if found is None or found[1] not in _FIELDS:
            raise Unfit(f"line {number} is no field that is known")
        if found[1] in known:
            raise Unfit(f"line {number} says {found[1]} again")
        known[found[1]] = found[2] or ""
    if known.get("memtui", VERSION) != VERSION:
        raise Unfit("a newer memtui wrote it")
    if missing := sorted(_NEEDED - known.keys()):
        raise Unfit(f"it does not say its {missing[0]}")
    return known


def _memory(known: dict[str, str], body: str) -> Shared:
    for name, form in (("id", _ID), ("type", _TYPE), ("evidence", _DIGEST)):
        if not form.fullmatch(known[name]):
            raise Unfit(f"its {name} is of no known form")
    if known["scope"] != "project":
        raise Unfit("its scope reaches beyond this repository")
    title = _text("title", known["title"], TITLE_CHARS)
    if not title:
        raise Unfit("its title is empty")
    if len(body) > BODY_CHARS:
        raise Unfit(f"its text is longer than {BODY_CHARS:,} characters")
    return Shared(
        id=known["id"],
        type=known["type"],
        title=title,
        body=body,
        author=_text("author", known["author"], AUTHOR_CHARS),
        at=_moment(known["date"]),
        evidence=known["evidence"],
        tags=tuple(tag.lower() for tag in _list("tags", known.get("tags", "[]"))),
        files=tuple(filter(is_inside, _list("files", known.get("files", "[]")))),
    )


def is_inside(path: str) -> bool:
    """Whether a path is relative and stays below where it counts from."""
    return bool(path) and path[0] not in "/~\\" and ".." not in path.split("/")


def _text(name: str, value: str, most: int) -> str:
    said: object = value
    if value.startswith('"'):
        said = _json(name, value)
    elif value and not _is_plain(value):
        raise Unfit(f"its {name} is no plain word and stands in no quotes")
    if not isinstance(said, str) or len(said) > most:
        raise Unfit(f"its {name} is no text of at most {most} characters")
    return " ".join(clean_line(said).split())


def _list(name: str, value: str) -> Iterator[str]:
    items = _json(name, value)
    if not isinstance(items, list) or len(items) > LIST_ITEMS:
        raise Unfit(f"its {name} are no list of at most {LIST_ITEMS} texts")
    for item in items:
        if not isinstance(item, str) or len(item) > ITEM_CHARS:
            raise Unfit(f"its {name} hold what is no short text")
        if said := " ".join(clean_line(item).split()):
            yield said


def _json(name: str, value: str) -> object:
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"its {name} cannot be read") from error


def _moment(value: str) -> int:
    try:
        day = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unfit("its date is none like 2026-01-31T09:00:00Z") from error
    return int(day.timestamp()) * 1000


def _is_plain(value: str) -> bool:
    return bool(_PLAIN.fullmatch(value)) and value.lower() not in _YAML_WORDS


def _word(text: str) -> str:
    """A text as it is where YAML would read the same, else in quotes."""
    alone = _is_plain(text) and not text[:1].isdigit()
    return text if alone else json.dumps(text, ensure_ascii=False)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
