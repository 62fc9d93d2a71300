"""What a kind of secret is: literals to scan for, a pattern that decides.

Patterns see the raw bytes of a JSON line, so a newline before a token is the
two characters ``\\n``, a quote inside a text is ``\\"`` and an equals sign may
be ``\\u003d``. Every kind carries the recipe of a value that it must cut; the
values are made at run time, so that no secret scanner barks at the source.
"""

import math
import random
import re
import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

# Where a token may begin: not inside a word; but what looks like its letters
# may be the end of an escape sequence, of JSON (\n) or of a terminal ([1;31m).
START = (
    rb"(?:(?<![A-Za-z0-9_])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4})"
    + b"".join(rb"|(?<=\[[0-9;]{%d}m)" % digits for digits in range(10))
    + b")"
)
_QUOTE = rb"(?:\\*[\"'`])?"
EQUALS = _QUOTE + rb"\s*(?:=>|:=|[:=]|\\+u003[dD]|%3[dD])\s*" + _QUOTE
ASSIGNS = b"=" + _QUOTE
"""As in a shell or a ``.env`` file, without blanks."""

_ALPHABETS = {
    "an": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
    "up": string.ascii_uppercase + string.digits,
    "num": string.digits,
}
_FILLING = re.compile(r"\{(an|hex|up|num)(\d+)\}")


def _anything(value: bytes) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Secret:
    """One kind of secret.

    ``pattern``, a regular expression, is matched where a literal was found, or so
    many bytes before as ``back`` says. Group 1, if there is one, is cut; else all
    that matched.
    """

    kind: str
    literals: tuple[bytes, ...]
    pattern: bytes
    recipe: str
    """A text that holds such a secret, with ``{an36}`` for 36 letters or digits."""
    back: tuple[int, ...] = (0,)
    is_secret: Callable[[bytes], bool] = _anything
    """A last look at the value, where a pattern alone would guess."""

    def find(self, raw: bytes, start: int, end: int) -> tuple[int, int] | None:
        """The span to cut round a literal at ``start:end``, if it is one."""
        pattern = _compiled(self.pattern)
        for back in self.back:
            if start >= back and (found := pattern.match(raw, start - back)):
                break
        else:
            return None
        group = 1 if pattern.groups else 0
        return found.span(group) if self.is_secret(found[group]) else None

    def example(self) -> str:
        """A text that this kind must cut, the same on every call."""
        dice = random.Random(self.kind)

        def filled(found: re.Match[str]) -> str:
            return "".join(dice.choices(_ALPHABETS[found[1]], k=int(found[2])))

        return _FILLING.sub(filled, self.recipe)


@cache  # when a literal is met first: most never are, and all of them cost 60 ms
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


def token(kind: str, prefixes: str, body: str, recipe: str) -> Secret:
    """A token known by its prefix: one of ``prefixes``, then ``body``."""
    literals = tuple(prefix.encode() for prefix in prefixes.split())
    either = b"|".join(map(re.escape, literals))
    pattern = START + b"(?:" + either + b")" + body.encode()
    recipe = literals[0].decode() + recipe
    return Secret(kind, literals, pattern, recipe)


def assigned(kind: str, names: str, value: str, recipe: str) -> Secret:
    """A value known by the name it is given to."""
    literals = tuple(name.encode() for name in names.split())
    either = b"|".join(map(re.escape, literals))
    pattern = b"(?:" + either + b")" + EQUALS + b"(" + value.encode() + b")"
    recipe = literals[0].decode() + "=" + recipe
    return Secret(kind, literals, pattern, recipe)


def has_digit(value: bytes) -> bool:
    """Whether there is a digit in it: words of prose have none."""
    return any(48 <= byte <= 57 for byte in value)


_HEX = re.compile(rb"[0-9a-f]{24,}|[0-9A-F]{24,}")


def is_random(value: bytes) -> bool:
    """Whether a value looks drawn by a machine, not chosen or a placeholder."""
    if _HEX.fullmatch(value):
        return _bits(value) > 3.0
    mixed = has_digit(value) and re.search(rb"[A-Za-z]", value)
    return bool(mixed) and _bits(value) > 3.8


def _bits(value: bytes) -> float:
    """Shannon entropy, bits per byte."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())
