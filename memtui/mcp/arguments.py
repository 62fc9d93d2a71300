"""What each tool takes, as types: the schema that a client is shown, and its check."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from memtui.errors import UsageError

MOST_ROWS: Final = 50
MOST_IDS: Final = 20
_QUERY_HELP: Final = (
    'Words in any order, "phrases", -word, and fields: type:gotcha, file:lease.go, '
    "branch:main, tag:ci, is:kept, is:pinned, is:candidate, agent:codex, since:7d, "
    "until:tuesday, and a regular expression /retry.*lease/. Empty: the newest."
)
_ID_HELP: Final = "as another tool printed it; the beginning of it will do"

_Query = Annotated[str, Meta(max_length=1_000, description=_QUERY_HELP)]
_Rows = Annotated[int, Meta(ge=1, le=MOST_ROWS, description="How many, at most.")]
_Id = Annotated[str, Meta(min_length=4, max_length=200, description=f"Id, {_ID_HELP}.")]
_Short = Annotated[str, Meta(min_length=1, max_length=300)]


class _Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names that a tool does not take are an error that says so."""


class Search(_Arguments, frozen=True):
    """Of ``search``."""

    query: _Query = ""
    limit: _Rows = 10
    offset: Annotated[
        int, Meta(ge=0, le=200, description="Leave out so many of the best.")
    ] = 0
    explain: Annotated[
        bool, Meta(description="Say of each why it is found and stands there.")
    ] = False
    meaning: Annotated[
        bool,
        Meta(
            description="By meaning too, where the person made that possible: slower, "
            "for what may be said in other words."
        ),
    ] = False


class Recent(_Arguments, frozen=True):
    """Of ``recent``."""

    query: _Query = ""
    limit: _Rows = 10
    before: Annotated[
        str, Meta(max_length=200, description="Only what is older than this memory.")
    ] = ""
    sessions: Annotated[
        bool, Meta(description="List sessions instead of memories.")
    ] = False


class Timeline(_Arguments, frozen=True):
    """Of ``timeline``."""

    anchor: Annotated[
        str,
        Meta(
            min_length=2, max_length=200,
            description=f"Id of a memory, turn or session, {_ID_HELP}; or a date "
            "such as 2026-01-31 or tuesday.",
        ),
    ]  # fmt: skip
    before: Annotated[int, Meta(ge=0, le=25, description="So many older ones.")] = 5
    after: Annotated[int, Meta(ge=0, le=25, description="So many newer ones.")] = 5
    query: _Query = ""


class Get(_Arguments, frozen=True):
    """Of ``get``."""

    ids: Annotated[
        list[_Id],
        Meta(min_length=1, max_length=MOST_IDS, description="Of memories or turns."),
    ]


class OneSession(_Arguments, frozen=True):
    """Of ``session``."""

    id: Annotated[
        str,
        Meta(
            min_length=4, max_length=200,
            description=f"Id of a session, {_ID_HELP}; or of a turn in it, to stand "
            "in the middle.",
        ),
    ]  # fmt: skip
    first: (
        Annotated[int, Meta(ge=0, description="Number of the first turn wanted.")]
        | None
    ) = None
    limit: Annotated[int, Meta(ge=1, le=40, description="How many turns.")] = 10


class Remember(_Arguments, frozen=True):
    """Of ``remember``."""

    text: Annotated[
        str,
        Meta(
            min_length=3, max_length=2_000,
            description="What to remember, in a sentence that stands by itself: a "
            "fact, its reason, where it holds.",
        ),
    ]  # fmt: skip
    type: Annotated[str, Meta(max_length=20, description="Its type.")] = "discovery"
    body: Annotated[
        str, Meta(max_length=4_000, description="What more there is to say.")
    ] = ""
    files: Annotated[
        list[_Short], Meta(max_length=20, description="Files that it is about.")
    ] = []
    tags: Annotated[list[_Short], Meta(max_length=10)] = []


class ProposeSupersede(_Arguments, frozen=True):
    """Of ``propose_supersede``."""

    id: Annotated[
        str,
        Meta(
            min_length=4, max_length=200,
            description="Id of the memory that no longer holds.",
        ),
    ]  # fmt: skip
    by: Annotated[
        str, Meta(max_length=200, description="Id of the memory that holds instead.")
    ] = ""
    text: Annotated[
        str,
        Meta(
            max_length=2_000,
            description="Where no memory says it yet: what holds instead.",
        ),
    ] = ""
    reason: Annotated[
        str, Meta(max_length=300, description="How you know, in a few words.")
    ] = ""


def read(given: dict[str, Any] | None, takes: type[_Arguments]) -> Any:  # noqa: ANN401 - of the type that was asked for
    """Arguments as a model wrote them; numbers in quotes are numbers.

    Raises:
        UsageError: one is missing, too many, too large or of another type.
    """
    said = {k: v for k, v in (given or {}).items() if v is not None}
    try:
        return msgspec.convert(said, takes, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"{error}.") from error


def schema(takes: type[_Arguments]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments, in itself whole."""
    _, parts = msgspec.json.schema_components([takes])
    found = parts[takes.__name__]
    return {k: v for k, v in found.items() if k not in ("title", "description")}
