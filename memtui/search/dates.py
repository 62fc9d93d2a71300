"""Dates as people type them: ``3w``, ``yesterday``, ``tuesday``, ``2026-11-03``."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

_AGO: Final = re.compile(r"(\d{1,5})(min|mo|h|d|w|y)")
_UNITS: Final = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}
_DAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_YEAR: Final = re.compile(r"(\d{4})")
_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")


def span_of(text: str, *, now_ms: int) -> tuple[int, int] | None:
    """First millisecond of a date and the first after it; None if it is none.

    ``3d`` is a moment, so both are the same. Days, months and years are those
    of the local zone.
    """
    word = text.strip().lower()
    try:
        now = datetime.fromtimestamp(now_ms / 1000).astimezone()
        for reading in (_ago, _day, _calendar, _iso):
            if (span := reading(word, now)) is not None:
                first, after = span
                return _ms(first), _ms(after)
    except (ValueError, OverflowError, OSError):
        # A year, a count or a clock beyond what dates can hold.
        return None
    return None


_Span = tuple[datetime, datetime]
_Reading = Callable[[str, datetime], _Span | None]


def _ago(word: str, now: datetime) -> _Span | None:
    match = _AGO.fullmatch(word)
    if match is None:
        return None
    moment = now - int(match[1]) * _UNITS[match[2]]
    return moment, moment


def _day(word: str, now: datetime) -> _Span | None:
    if word == "now":
        return now, now
    if word in ("today", "yesterday"):
        return _whole_day(now - timedelta(days=int(word == "yesterday")))
    if len(word) >= 3:
        for number, name in enumerate(_DAYS):
            if name.startswith(word):
                return _whole_day(now - timedelta(days=(now.weekday() - number) % 7))
    return None


def _calendar(word: str, now: datetime) -> _Span | None:
    if match := _MONTH.fullmatch(word):
        year, month = int(match[1]), int(match[2])
        after = datetime(year + month // 12, month % 12 + 1, 1)
        return datetime(year, month, 1), after
    if match := _YEAR.fullmatch(word):
        return datetime(int(match[1]), 1, 1), datetime(int(match[1]) + 1, 1, 1)
    return None


def _iso(word: str, now: datetime) -> _Span | None:
    moment = datetime.fromisoformat(word.upper())
    if len(word) <= len("2026-11-03") and "t" not in word:
        return _whole_day(moment)
    return moment, moment


def _whole_day(moment: datetime) -> _Span:
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return start, start + timedelta(days=1)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
