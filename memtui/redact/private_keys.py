"""Private keys, whole or cut off, however their lines are printed.

Between two lines of a key may stand line ends in any spelling, the marks of a
quotation, a comment or a diff, line numbers, the name of a file, or the border
between two strings of an array. Possessive throughout: hostile input stays
linear, because the next five dashes end every search.
"""

from memtui.redact import guess
from memtui.redact.patterns import SPELLED, Secret
from memtui.redact.strings import BORDER

_BLANK = rb"(?: |%20|\+)"
_HEAD = (
    rb"-----BEGIN" + _BLANK + rb"(?:[A-Z0-9]+" + _BLANK + rb"){0,3}"
    rb"PRIVATE" + _BLANK + b"KEY(?:" + _BLANK + rb"BLOCK)?-----"
)
_FOOT = (
    rb"-----END" + _BLANK + rb"[A-Z0-9 %+]{0,40}"
    rb"PRIVATE" + _BLANK + rb"KEY[A-Z %0-9+]{0,14}-----"
)
_BETWEEN = (
    rb"(?:\s|\[[0-9;]{0,12}m|\\+[nrtf\"'\\]|\\+u00[01][0-9a-fA-F]|\\+u00(?:3[eE]|2[27bB])|\\+u2192"
    rb"|[>#+|*:;.,'`()\[\]$]|-(?!----)|\xe2\x86\x92|%(?:0[aAdD]|2[0bB])"
    rb"|\d{1,6}(?![A-Za-z0-9+/=])|[\w./-]{1,80}[:-]\d{1,6}[:-]|" + BORDER + b")"
)
_SIGN = rb"(?:[A-Za-z0-9+/]|" + SPELLED + b")"
_NOTE = rb"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\"\\]{0,100}+"
_LINES = (
    rb"(?:" + _BETWEEN + b"*+(?:" + _SIGN + b"{16,}+=*+|" + _NOTE + b"))+"
    rb"(?:" + _BETWEEN + b"*+" + _SIGN + rb"{1,15}+=*+(?=" + _BETWEEN + b"*+-----END))?"
    rb"(?:" + _BETWEEN + b"*+" + _FOOT + b")?"
)
_ANYTHING = rb"(?:[^\"\\-]++|\\.|-(?!----)|" + BORDER + b")*+" + _FOOT
_RECIPE = "-----BEGIN {0}-----\n{{an64}}\n{{an64}}\n-----END {0}-----"

PRIVATE_KEYS = (
    Secret(
        "private-key",
        (b"-----BEGIN",),
        b"(?s)" + _HEAD + _ANYTHING,
        _RECIPE.format("PRIVATE " + "KEY"),
        is_secret=guess.is_key,
    ),
    Secret(
        "private-key",
        (b"-----BEGIN",),
        b"(?s)" + _HEAD + _LINES,
        _RECIPE.format("RSA PRIVATE " + "KEY"),
        is_secret=guess.is_key,
    ),
)
"""Up to the end mark, and as far as the lines look like a key's."""
