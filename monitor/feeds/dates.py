"""Dates as feeds write them. A date that is not certain is no date: the time of fetching then serves."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

_EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
_LEAD = dt.timedelta(days=1)  # clocks and time zones are wrong by hours, not by days

# Names that RFC 822 does not know; those that mean several zones (CST, IST) are left to it.
_ZONES = {
    "KST": "+0900", "JST": "+0900", "HKT": "+0800", "SGT": "+0800", "PHT": "+0800", "AWST": "+0800",
    "ICT": "+0700", "MSK": "+0300", "EEST": "+0300", "EET": "+0200", "CEST": "+0200", "CET": "+0100",
    "BST": "+0100", "WEST": "+0100", "WET": "+0000", "UTC": "+0000", "AEST": "+1000", "AEDT": "+1100",
    "NZST": "+1200", "NZDT": "+1300",
}  # fmt: skip
_ZONE = re.compile(r"\b(" + "|".join(_ZONES) + r")(?:\s*\([^)]*\))?$")
# What follows a time: an offset as ISO 8601 or JavaScript writes it, which RFC 822's reader would pass over.
_OFFSET = re.compile(r"(:\d\d)\s*(?:GMT|UTC|UT)?\s*([+-])(\d\d?):?(\d\d)?(?:\s*\([^)]*\))?$")
_HALF_DAY = re.compile(r"\b(\d\d?)(:\d\d(?::\d\d)?)\s*([AP])M\b", re.IGNORECASE)
_LEAP_SECOND = re.compile(r"(?<=:\d\d):60(?!\d)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d{1,6})\d*")


def read(text: str) -> dt.datetime | None:
    """The moment that an RFC 822 or ISO 8601 date names, in UTC; None for any other and for impossible ones.

    A date without a zone is taken as UTC.
    """
    text = _LEAP_SECOND.sub(":59", text.strip()[:100])
    try:
        moment = _iso(text) if _ISO.match(text) else parsedate_to_datetime(_as_rfc_822(text))
        return _in_utc(moment)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def sane(moment: dt.datetime | None, *, now: dt.datetime) -> dt.datetime | None:
    """The moment if it can be true: None before 1990 or more than a day ahead, `now` if less than that ahead."""
    if moment is None or moment < _EARLIEST or moment > now + _LEAD:
        return None
    return min(moment, now)


def _iso(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(_FRACTION.sub(lambda found: "." + found[1].ljust(6, "0"), text))


def _as_rfc_822(text: str) -> str:
    """The date with hours of 24 and a zone of four digits, which is all that RFC 822 knows."""
    text = _HALF_DAY.sub(lambda found: f"{_hour(found[1], found[3])}{found[2]}", text)
    text = _OFFSET.sub(lambda found: f"{found[1]} {found[2]}{found[3]:0>2}{found[4] or '00'}", text)
    return _ZONE.sub(lambda found: _ZONES[found[1]], text)


def _hour(of_twelve: str, half: str) -> int:
    return int(of_twelve) % 12 + (12 if half in "Pp" else 0)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
