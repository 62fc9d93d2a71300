"""Where a JSON string ends, and where an array goes on in its next string.

A file that a client prints as a diff is an array of its lines: what is one text
to a person is many JSON strings. A span may go on over their borders; the line
stays JSON, because an array loses some of its strings and nothing else.
"""

import re

_INSIDE = rb'(?:[^"\\]++|\\.)*+'

BORDER = rb'"\s*+,\s*+"(?!' + _INSIDE + rb'"\s*+:)'
"""Between two strings of an array, not of an object: there, a key follows."""

VALUE = re.compile(rb'(?:[^"\\]++|\\.|' + BORDER + b")*+", re.S)
"""From inside a string up to, not including, the closing quote of it or of the
last string that follows it in its array."""
