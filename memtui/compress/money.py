"""What a request costs: a table of prices, the most it can be, and what it was.

Money is counted in millionths of a dollar, as whole numbers and always rounded up, so
that no sum is ever less than what was paid. A price of N dollars for a million tokens
is N millionths for one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from memtui.errors import SettingsError

MILLION: Final = 1_000_000
BATCH: Final = 0.5
"""What a batch costs of the same requests one by one."""
_WRITTEN: Final = 1.25
"""What a token costs that the endpoint keeps for the next request."""
_KEPT: Final = 0.1
"""What it costs when it was kept."""
_MOST_ANSWER: Final = 16_000
"""Twelve memories take two thousand; the rest is for thoughts, which are paid too."""
_MOST_TOKENS: Final = 10**9
"""Of one answer and its question: more is no number but nonsense."""
FRAME: Final = 2_000
"""Tokens that an endpoint may add to a request: roles, and the schema in its words."""
_BYTES_A_TOKEN: Final = 3.2
"""Of code and English with the tokenizers of 2026; for the estimate, not the bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars for a million tokens."""

    input: float
    output: float
    above: int = 0
    """A prompt of more tokens than this costs ``times`` as much; 0: never."""
    times: float = 1.0

    @property
    def is_free(self) -> bool:
        """Whether nothing is paid by the token."""
        return not (self.input or self.output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one answer, as the endpoint counted them."""

    input: int = 0
    """Neither written to its cache nor read from it."""
    output: int = 0
    written: int = 0
    kept: int = 0

    @property
    def prompt(self) -> int:
        """Tokens that were read."""
        return self.input + self.written + self.kept


def counted(told: object) -> int:
    """A number of tokens, as an endpoint tells it.

    Raises:
        ValueError: no endpoint counts so: less than nothing would be money back.
    """
    if not isinstance(told, int) or not 0 <= told <= _MOST_TOKENS:
        raise ValueError("no number of tokens")
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What is known of a model before anybody is asked."""

    price: Price | None
    """None: not known."""
    window: int
    """Tokens of prompt and answer."""

    @property
    def answer(self) -> int:
        """Tokens that an answer may have; newer models think in the same room."""
        return min(_MOST_ANSWER, self.window // 4)


_KNOWN: Final[tuple[tuple[str, Price, int], ...]] = (
    ("claude-haiku-5-5*", Price(input=0.1, output=0.5, above=100_000, times=5), 10**6),
    ("claude-sonnet-5-5*", Price(input=2, output=10), 10**6),
    ("claude-opus-5-5*", Price(input=4, output=20), 10**6),
    ("claude-opus-5*", Price(input=5, output=25), 10**6),
    ("claude-opus-4-[5678]*", Price(input=5, output=25), 200_000),
    ("claude-fable-5*", Price(input=10, output=50), 10**6),
    ("claude-mythos-5*", Price(input=10, output=50), 10**6),
    ("claude-sonnet-5*", Price(input=2, output=10), 10**6),
    ("claude-sonnet-4-*", Price(input=3, output=15), 200_000),
    ("claude-haiku-4-5*", Price(input=1, output=5), 200_000),
)
"""As published in November 2026; ``[prices]`` of the config goes before it."""
_UNKNOWN_WINDOW: Final = 32_000


def model_of(
    name: str, prices: Mapping[str, Sequence[float]], *, window: int = 0
) -> Model:
    """Price and window of a model.

    Args:
        prices: by name or pattern: input, output, dollars for a million tokens.
        window: in the place of what the table says; 0: as it says.
    """
    known = next((row for row in _KNOWN if fnmatchcase(name, row[0])), None)
    price = known[1] if known else None
    for pattern, (read, written) in prices.items():
        if fnmatchcase(name, pattern):
            price = Price(input=read, output=written)
            break
    return Model(price=price, window=window or (known[2] if known else _UNKNOWN_WINDOW))


def must_be_known(name: str, model: Model) -> Price:
    """The price of a model.

    Raises:
        SettingsError: it is not known, so no budget could hold.
    """
    if model.price is None:
        raise SettingsError(
            f"The price of {name} is not known, so no budget could hold.",
            hint=f'Say it in the config: [prices] "{name}" = [input, output], in '
            "dollars for a million tokens; [0, 0] where nothing is paid.",
        )
    return model.price


def cost(usage: Usage, price: Price, *, batch: bool) -> int:
    """What an answer cost, in millionths of a dollar."""
    times = price.times if price.above and usage.prompt > price.above else 1.0
    read = usage.input + usage.written * _WRITTEN + usage.kept * _KEPT
    paid = (read * price.input + usage.output * price.output) * times
    return math.ceil(round(paid * (BATCH if batch else 1.0), 6))


def bound(size: int, most_out: int, price: Price, *, batch: bool) -> int:
    """The most that a request can cost, in millionths of a dollar.

    No tokenizer makes more tokens of a text than it has bytes.

    Args:
        size: bytes of all that is sent.
        most_out: tokens that the answer may have.
    """
    usage = Usage(written=size + FRAME, output=most_out)
    return cost(usage, price, batch=batch)


def likely(size: int, out: int, price: Price, *, batch: bool) -> int:
    """What a request will likely cost."""
    return cost(Usage(input=tokens(size), output=out), price, batch=batch)


def tokens(size: int) -> int:
    """How many tokens a text of so many bytes likely has."""
    return math.ceil(size / _BYTES_A_TOKEN)


def dollars(amount: int) -> str:
    """``$0.0042``, ``$1.25``: never less than it is."""
    places = 2 if amount >= MILLION else 4
    shown = math.ceil(amount / MILLION * 10**places) / 10**places
    return f"${shown:,.{places}f}"
