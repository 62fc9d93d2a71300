"""Amounts as a person reads them."""


def counted(number: int, noun: str) -> str:
    """A number and its noun: ``1 memory``, ``2 memories``."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


def size_in_words(size: int) -> str:
    """Bytes as a person reads them."""
    if size < 1_000:
        return f"{size} bytes"
    shown, unit = size / 1_000, "kB"
    for larger in ("MB", "GB", "TB"):
        if shown < 1_000:
            break
        shown, unit = shown / 1_000, larger
    return f"{shown:,.1f} {unit}"
