"""Whether a value is a secret, where its shape alone does not tell.

A placeholder, a reference to a variable, a name or an example is none: a mark
in its place would take a fact away and protect nobody.
"""

import math
import re
from collections import Counter

_PLACEHOLDER = re.compile(
    rb"your|example|placeholder|change.?me|redacted|xxxx|\.\.\.|\*\*\*|([^A])\1{5}"
    rb"|12345678|abcdefg|0123456",
    re.I,
)
_EVERYDAY = re.compile(
    rb"pass(?:wor[dt]|wd|phrase)|secret|dummy|sample|test|fake|mock|demo|default|hidden"
    rb"|admin|guest|postgres|null|undefined|string|private|token|api_?key|hunter2$"
    rb"|qwerty|letmein|12345|insert|replace|value|encrypted|process\.env|getenv",
    re.I,
)
_REFERENCE = re.compile(
    rb"\$(?:[A-Za-z_{(]|\\)|\{\{|\$\{|%\(|%s|<[A-Za-z_]|^\{|^%[A-Z_]+%$|^@[a-z]|^#\{"
    rb"|^\[[a-z]+\("
)
_NONE_DRAWN = re.compile(_REFERENCE.pattern + rb"|\.[A-Za-z]{1,5}$|^[./~]|^https?:")
"""References, files and addresses."""
_NAME = re.compile(rb"[A-Za-z_]\w*(?:(?:\.|::|->|/)[A-Za-z_]\w*)*")
_TYPE = re.compile(rb"(?:[A-Za-z_]+\d?\.){2,}[A-Za-z_]+\d?")
"""A dotted name of three parts and more: without quotes it is code."""
_ADDRESS = re.compile(rb"[A-Za-z._-]+(?:@|%40)[A-Za-z-]+(?:\.[A-Za-z-]+)+")
"""Of mail, without a digit: what anonymous users say."""
_HEX = re.compile(rb"[0-9a-f]{24,}|[0-9A-F]{24,}")
_ANY_HEX = re.compile(rb"[0-9a-fA-F]+")
_LEAST_HEX = 20
_BORDERS = re.compile(rb"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_HEAD_BYTES = 96
"""A placeholder says early that it is one; and a long value may say all by chance."""
_KEY_LINE = re.compile(rb"[A-Za-z0-9+/]{16}")
_KEY_BYTES = 32 << 10


def is_real(value: bytes) -> bool:
    """Whether a token is no placeholder: such say so early, or repeat themselves."""
    return not _PLACEHOLDER.search(value, 0, _HEAD_BYTES)


def has_digit(value: bytes) -> bool:
    """Whether there is a digit in it, as in no word of prose."""
    return any(48 <= byte <= 57 for byte in value) and is_real(value)


def is_random(value: bytes) -> bool:
    """Whether a value looks drawn by a machine, not chosen or a placeholder."""
    if not is_real(value):
        return False
    if _HEX.fullmatch(value):
        return _bits(value) > 3.0
    mixed = re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value)
    return bool(mixed) and _bits(value) > 3.8


def is_drawn(value: bytes) -> bool:
    """Whether a value that a key's name stands before looks drawn by a machine."""
    head = value[:_HEAD_BYTES]
    if _EVERYDAY.search(head) or _NONE_DRAWN.search(value) or not is_real(value):
        return False
    if value.isdigit() or (len(value) < _LEAST_HEX and _ANY_HEX.fullmatch(value)):
        return False  # a number, however long; an id or a hash of 64 bits
    if _HEX.fullmatch(value):
        return _bits(value) > 3.0
    return len(_BORDERS.findall(value)) >= 4 and _bits(value) > 2.4


def is_password(value: bytes) -> bool:
    """Whether what stands for a password is one: nobody's example, no reference."""
    return not (
        _EVERYDAY.search(value, 0, _HEAD_BYTES)
        or not is_real(value)
        or _REFERENCE.search(value)
        or _ADDRESS.fullmatch(value)
        or (_NAME.fullmatch(value) and not has_digit(value))
    )


def is_strong_password(value: bytes) -> bool:
    """Whether a value can be nothing but a password: letters, digits and more."""
    kinds = sum(
        bool(re.search(found, value))
        for found in (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[^A-Za-z0-9_./:,-]")
    )
    drawn = len(_BORDERS.findall(value)) >= 2
    return (
        is_password(value)
        and not _TYPE.fullmatch(value)
        and bool(re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value))
        and (kinds >= 3 or (drawn and len(value) >= 10))
    )


def is_key(value: bytes) -> bool:
    """Whether between the marks of a key there is one, not three dots.

    No key is longer than 32 KiB; a text about keys may be.
    """
    return len(value) < _KEY_BYTES and bool(_KEY_LINE.search(value, 40))


def _bits(value: bytes) -> float:
    """Shannon entropy, bits per byte."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())
