"""Whoever answers: what every kind of endpoint can do, and how it can fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from memtui.clean import clean_line
from memtui.compress.asking import Question
from memtui.compress.money import Usage
from memtui.compress.payload import hidden
from memtui.errors import MemtuiError

TIMEOUT_S: Final = 60.0
"""An endpoint that says nothing for so long is given up."""
WHOLE_S: Final = 600.0
"""So is one that has not ended its answer after this."""


_SAID: Final = 200
"""Characters of its words that are told."""


_DID_NOTHING: Final = frozenset({409, 500, 501, 503, 529})
"""The endpoint's own faults and its being busy; 502, 504 and others are a gateway's."""


class Failure(StrEnum):
    """Why there is no answer, in the ledger's words."""

    LIMITED = "limited"
    """Too many requests; later it will do."""
    UNAVAILABLE = "unavailable"
    """A fault of the endpoint's own."""
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CUT = "cut"
    """The answer ended before its end."""
    GARBLED = "garbled"
    """It is no answer of this API."""
    WRONG_FORM = "wrong form"
    """It has another form than was asked for."""
    REJECTED = "rejected"
    """This request cannot be answered, however often it is sent."""
    REFUSED = "refused"
    """The model would not."""
    TOO_LONG = "too long"
    """The answer filled all room that it had."""
    DENIED = "denied"
    """No request will be answered: key, model or account are not right."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"


AGAIN: Final = frozenset(
    {
        Failure.LIMITED, Failure.UNAVAILABLE, Failure.UNREACHABLE, Failure.TIMEOUT,
        Failure.CUT, Failure.GARBLED, Failure.WRONG_FORM, Failure.EXPIRED,
    }
)  # fmt: skip
"""Failures after which the same request may do."""
OUTAGE: Final = frozenset(
    {Failure.LIMITED, Failure.UNAVAILABLE, Failure.UNREACHABLE, Failure.TIMEOUT}
)
"""Failures that say more of the endpoint than of the request."""
FREE: Final = frozenset(
    {
        Failure.LIMITED, Failure.UNAVAILABLE, Failure.UNREACHABLE, Failure.REJECTED,
        Failure.DENIED, Failure.CANCELLED, Failure.EXPIRED,
    }
)  # fmt: skip
"""Failures that cost nothing; of others it is not known, unless usage is told."""


def fault_of(code: int) -> Failure:
    """What a status that blames the endpoint says.

    Whoever stands between may give up on an answer that is made, and paid, all the
    same: only the endpoint's own words that it did nothing cost nothing.
    """
    return Failure.UNAVAILABLE if code in _DID_NOTHING else Failure.TIMEOUT


class Failed(MemtuiError):
    """There is no answer.

    Args:
        usage: what was counted all the same; None: it was not told.
        after: seconds that the endpoint wants to be left alone.
    """

    def __init__(
        self,
        failure: Failure,
        message: str,
        *,
        usage: Usage | None = None,
        after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.usage = usage
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answered."""

    text: str
    usage: Usage | None
    """None: the endpoint did not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A model that an endpoint offers."""

    id: str
    name: str = ""
    window: int = 0
    """Tokens; 0: it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A batch as the endpoint knows it."""

    id: str
    at: int
    """When it was made, Unix ms."""
    count: int
    """Requests in it."""
    ended: bool


class Batches(Protocol):
    """Many requests handed over together, answered within a day, at half the price."""

    def submit(self, questions: Sequence[tuple[str, Question]]) -> str:
        """Hand over questions by name; what the endpoint calls the batch."""

    def look(self, batch: str) -> Handed:
        """Where a batch stands."""

    def results(self, batch: str) -> Iterator[tuple[str, Reply | Failed]]:
        """What came of each question of a batch that ended, by name."""

    def cancel(self, batch: str) -> None:
        """Let what was not begun be left alone."""

    def recent(self, since: int) -> list[Handed]:
        """Batches made since then (Unix ms), whoever made them."""


class Endpoint(Protocol):
    """One place that answers questions."""

    @property
    def batches(self) -> Batches | None:
        """How to hand over many; None: it takes one at a time."""

    def written(self, question: Question) -> bytes:
        """The very bytes that ``ask`` would send; nobody is asked."""

    def ask(self, question: Question) -> Reply:
        """Send one question and wait.

        Raises:
            Failed: there is no answer.
        """

    def models(self) -> list[Listed]:
        """What it offers; empty where it cannot tell.

        Raises:
            Failed: it does not answer, or not to this key.
        """

    def close(self) -> None:
        """Give the connection back."""


def words_of(body: object) -> str:
    """What an endpoint says of a request that it rejects, on one short line."""
    try:
        told = body["error"]["message"]  # type: ignore[index]
    except (LookupError, TypeError):
        return ""
    said = clean_line(hidden(told)).strip() if isinstance(told, str) else ""
    return f" It says: {said[:_SAID]}" if said else ""


def host_of(url: str) -> str:
    """``api.anthropic.com``, ``localhost:11434``: as the estimate names it."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or url


def is_local(url: str) -> bool:
    """Whether what is sent there stays on this machine."""
    name = urlsplit(url).hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:  # a name that somebody else's server may have
        return False
