"""What must not be stored is taken out before the first write.

Named secrets and ``<private>`` spans are cut from the bytes of every source
line; ignore rules say which records are not stored at all.
"""

from memtui.redact.drawn import SCRUBBED, Drawn, drawn, masked, scrubbed
from memtui.redact.ignore import IgnoreRules
from memtui.redact.patterns import Secret
from memtui.redact.pieces import PieceRedactor
from memtui.redact.redactor import PRIVATE, Redacted, Redactor
from memtui.redact.sheets import SheetRedactor
from memtui.redact.table import SECRETS

__all__ = [
    "PRIVATE",
    "SCRUBBED",
    "SECRETS",
    "Drawn",
    "IgnoreRules",
    "PieceRedactor",
    "Redacted",
    "Redactor",
    "Secret",
    "SheetRedactor",
    "drawn",
    "masked",
    "scrubbed",
]
