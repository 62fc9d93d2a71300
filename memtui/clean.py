"""The one gate between stored text and any screen, export, hook or model.

Transcripts hold whatever a tool printed: escape codes, bidi overrides,
invisible characters, halves of surrogate pairs. What leaves this module holds
none of them; nothing else in memtui has to think about it again.
"""

import re

# A string sequence (OSC, DCS, ...) must be closed on its line to be taken as
# one: an open one would swallow the rest of the text.
_ESCAPE = re.compile(
    "\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"
    "|[\\]PX^_][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\\\|\x9c)"
    "|[\\]PX^_]"
    "|[ -/]*[0-~]"
    ")?"
    "|\x9b[0-?]*[ -/]*[@-~]"
)

_SURROGATE = re.compile("[\ud800-\udfff]")

# Kept on purpose: ZWNJ and ZWJ (scripts and emoji need them), VS15 and VS16.
UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width, bidi
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"  # tags and variation selectors: hidden messages
)
"""Characters that no screen shows, as in a regular expression's brackets."""

_INVISIBLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{UNSEEN}]")  # C0, DEL, C1

_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

_ODD = re.compile(_INVISIBLE.pattern[:-1] + "\u2028\u2029\ud800-\udfff]")
"""Whatever is cleaned has one of these: most texts have none."""
_BLANK = re.compile(r"[\t\n]")


def clean(text: str) -> str:
    """The same text, safe to show, print, export or hand to a model.

    Escape sequences, control characters other than newline and tab, bidi
    controls and invisible characters are gone, every kind of line break is
    ``\\n``, a lone surrogate is U+FFFD. Applying it twice changes nothing.
    """
    if text.isascii():
        if text.replace("\n", "").replace("\t", "").isprintable():
            return text
    elif not _ODD.search(text):
        return text
    text = _BREAK.sub("\n", text)
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPE.sub("", text)
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _INVISIBLE.sub("", text))


def clean_line(text: str) -> str:
    """``clean`` on one line: newlines and tabs are blanks."""
    if text.isascii() and text.isprintable():
        return text
    return _BLANK.sub(" ", clean(text))
