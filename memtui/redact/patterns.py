"""What a kind of secret is: literals to scan for, a pattern that decides.

Patterns see the raw bytes of a JSON line, so a newline before a token is the
two characters ``\\n``, a quote inside a text is ``\\"`` and an equals sign may
be ``\\u003d``. Every kind carries the recipe of a value that it must cut; the
values are made at run time, so that no secret scanner barks at the source.
"""

import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from memtui.redact import guess

# Where a token may begin: not inside a word; but what looks like its letters
# may be the end of an escape sequence, of JSON (\n), of a URL (%20) or of a
# terminal ([1;31m).
_ESCAPED = rb"(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2})" + b"".join(
    rb"|(?<=\[[0-9;]{%d}m)" % digits for digits in range(10)
)
START = rb"(?:(?<![A-Za-z0-9_])|" + _ESCAPED + b")"
AFTER_UNDERLINE = rb"(?:(?<![A-Za-z0-9])|" + _ESCAPED + b")"
ANYWHERE = b""
"""For prefixes that are no end of any word."""

QUOTE = rb"(?:\\*[\"'`]|\\+u002[27]|%2[27])"
"""An opening or closing one, in any spelling."""
SPELLED = rb"(?:\\+(?:/|u00(?:2[bBfF]|3[dD]))|%(?:2[bBfF]|3[dD]))"
"""A slash, plus or equals sign as JSON or a URL may spell it."""
EQUAL = rb"(?:=|\\+u003[dD]|%3[dD])"
EQUALS = QUOTE + rb"?\s*(?:=>|:=|:|%3[aA]|" + EQUAL + rb")(?:\s|%20|\+)*" + QUOTE + b"?"
ASSIGNS = EQUAL + QUOTE + b"?"
"""As in a shell or a ``.env`` file, without blanks."""

_WITH_SIGNS = re.compile(rb"\[(?!\^)[^\]]*[+/=][^\]]*\]")


def spelled(pattern: bytes) -> bytes:
    """The pattern; its signs of base64 may be spelled as JSON or a URL does."""
    return _WITH_SIGNS.sub(
        lambda found: b"(?:" + found[0] + b"|" + SPELLED + b")", pattern
    )


_ALPHABETS = {
    "an": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
    "up": string.ascii_uppercase + string.digits,
    "num": string.digits,
}
_FILLING = re.compile(r"\{(an|hex|up|num)(\d+)\}")


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
    is_secret: Callable[[bytes], bool] = guess.is_real
    """A last look at the value, where a pattern alone would guess."""
    more: bytes = b""
    """What else belongs to the value behind it: no rest of it may stay."""

    def find(self, raw: bytes, start: int, end: int) -> tuple[int, int] | None:
        """The span to cut round a literal at ``start:end``, if it is one."""
        found = self._match(raw, start)
        if found is None:
            return None
        group = 1 if found.re.groups else 0
        if not self.is_secret(found[group]):
            return None
        rest = _compiled(self.more).match(raw, found.end(group))
        return found.start(group), rest.end() if rest else found.end(group)

    def refuses(self, raw: bytes, start: int) -> bool:
        """Whether what a literal begins is of this form and no secret."""
        found = self._match(raw, start)
        return found is not None and not self.is_secret(
            found[1 if found.re.groups else 0]
        )

    def _match(self, raw: bytes, start: int) -> re.Match[bytes] | None:
        pattern = _compiled(self.pattern)
        for back in self.back:
            if start >= back and (found := pattern.match(raw, start - back)):
                return found
        return None

    def example(self) -> str:
        """A text that this kind must cut, the same on every call."""
        dice = random.Random(self.kind)

        def filled(found: re.Match[str]) -> str:
            return "".join(dice.choices(_ALPHABETS[found[1]], k=int(found[2])))

        return _FILLING.sub(filled, self.recipe)


@cache  # when a literal is met first: most never are, and all of them cost 60 ms
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


_REST = rb"[A-Za-z0-9_-]*+"


def token(
    kind: str,
    prefixes: str,
    body: str,
    recipe: str,
    *,
    start: bytes = AFTER_UNDERLINE,
    scan: str = "",
) -> Secret:
    """A token known by its prefix: one of ``prefixes``, then ``body``.

    ``scan`` names what all of them begin with: fewer literals, a faster scan.
    """
    known = [prefix.encode() for prefix in prefixes.split()]
    either = b"|".join(map(re.escape, known))
    pattern = start + b"(?:" + either + b")" + spelled(body.encode())
    recipe = known[0].decode() + recipe
    literals = tuple(part.encode() for part in (scan or prefixes).split())
    return Secret(kind, literals, pattern, recipe, more=_REST)


def assigned(
    kind: str,
    names: str,
    value: str,
    recipe: str,
    is_secret: Callable[[bytes], bool] = guess.is_real,
    *,
    more: bytes = _REST,
) -> Secret:
    """A value known by the name it is given to."""
    literals = tuple(name.encode() for name in names.split())
    either = b"|".join(map(re.escape, literals))
    value_of = spelled(value.encode())
    pattern = b"(?:" + either + b")" + EQUALS + b"(" + value_of + b")"
    recipe = literals[0].decode() + "=" + recipe
    return Secret(kind, literals, pattern, recipe, is_secret=is_secret, more=more)
