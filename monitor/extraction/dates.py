"""When did it happen? Date words of a sentence, resolved against the time of publication."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH} (?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year>(?:19|20)\d\d))?"
)
_DAY_MONTH = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)? (?:of )?{_MONTH}\b(?:,? (?P<year>(?:19|20)\d\d))?"
)
_MONTH_ONLY = re.compile(rf"\b(?:in|since|last|of|from) {_MONTH}(?:,? (?P<year>(?:19|20)\d\d))?\b")
_WEEKDAY = re.compile(rf"\b(?P<last>last )?(?P<day>{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:in|since|of|during|from|the|early|late|mid)[ -](?P<year>(?:19|20)\d\d)\b")
_AGO = re.compile(
    r"\b(?P<n>\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|several|few|some) "
    r"(?P<unit>day|week|month|year|decade)s? "
    r"(?:ago|earlier|after|since|later)\b",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:last|previous|past) (?P<unit>week|month|year|decade|century)\b", re.IGNORECASE)
_ANNIVERSARY = re.compile(
    r"\b(?:anniversary|\d+(?:st|nd|rd|th) birthday|(?:years?|decades?) since|years? after)\b", re.IGNORECASE
)
_YESTERDAY = re.compile(r"\byesterday\b", re.IGNORECASE)
_NUMBERS = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_NUMBERS |= {"a": 1, "several": 4, "few": 3, "some": 3}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650, "century": 36500}
CURRENT = dt.timedelta(days=5)  # an event older than this when published is background


@dataclass(frozen=True, slots=True)
class When:
    """The local date of an event, and whether the text itself gave it."""

    date: dt.date
    given: bool
    historical: bool = False
    cue: tuple[int, int] | None = None  # of the words in the sentence, code points


def when(sentence: str, published: dt.datetime, timezone: str, *, around: tuple[int, int]) -> When:
    """The date of the event told between the offsets `around` of a sentence.

    The date phrase nearest to the event counts. Without one, the local day of publication.
    """
    today = published.astimezone(ZoneInfo(timezone)).date()
    found = [*_explicit(sentence, today), *_relative(sentence, today)]
    if not found:
        return When(today, given=False)
    start, end, date, exact = min(found, key=lambda item: _distance(item[0], item[1], around))
    if today - date > CURRENT:
        return When(date, given=exact, historical=True, cue=(start, end))
    if date > today:
        return When(today, given=False)
    return When(date, given=exact, cue=(start, end))


Found = tuple[int, int, dt.date, bool]  # start, end, date, whether to the day


def _explicit(sentence: str, today: dt.date) -> list[Found]:
    found: list[Found] = []
    for pattern in (_MONTH_DAY, _DAY_MONTH):
        for hit in pattern.finditer(sentence):
            date = _calendar(hit["year"], hit["month"], int(hit["day"]), today)
            if date:
                found.append((hit.start(), hit.end(), date, True))
    taken = [(start, end) for start, end, _, _ in found]
    months = [hit for hit in _MONTH_ONLY.finditer(sentence) if not _overlaps(hit, taken)]
    dated = [(hit, _calendar(hit["year"], hit["month"], 28, today)) for hit in months]
    found += [(hit.start(), hit.end(), date, False) for hit, date in dated if date]
    years = [hit for hit in _YEAR.finditer(sentence) if not _overlaps(hit, taken)]
    past = [hit for hit in years if int(hit["year"]) < today.year]
    return found + [(*hit.span(), dt.date(int(hit["year"]), 12, 31), False) for hit in past]


def _relative(sentence: str, today: dt.date) -> list[Found]:
    found: list[Found] = []
    for hit in _WEEKDAY.finditer(sentence):
        back = (today.weekday() - _WEEKDAYS.index(hit["day"].lower())) % 7
        found.append(
            (hit.start(), hit.end(), today - dt.timedelta(days=back or (7 if hit["last"] else 0)), True)
        )
    yesterday = today - dt.timedelta(days=1)
    found += [(*hit.span(), yesterday, True) for hit in _YESTERDAY.finditer(sentence)]
    for hit in _AGO.finditer(sentence):
        number = _NUMBERS.get(hit["n"].lower()) or (int(hit["n"]) if hit["n"].isdigit() else 1)
        if "after" in hit.group().lower() and hit["unit"].lower() in {"day", "week"}:
            continue  # "a day after the launch" dates the other event
        days = min(number * _DAYS[hit["unit"].lower()], 36_500)
        found.append((hit.start(), hit.end(), today - dt.timedelta(days=days), False))
    for hit in _LAST.finditer(sentence):
        days = _DAYS[hit["unit"].lower()]
        if days > 7:  # noqa: PLR2004 - last week's event may have been told only now
            found.append((hit.start(), hit.end(), today - dt.timedelta(days=days), False))
    last_year = today - dt.timedelta(days=365)
    return found + [(*hit.span(), last_year, False) for hit in _ANNIVERSARY.finditer(sentence)]


def _calendar(year: str | None, month: str, day: int, today: dt.date) -> dt.date | None:
    """The date; without a year the latest such day that is not clearly in the future."""
    number = _MONTHS.index(month[:3].lower()) + 1
    try:
        date = dt.date(int(year) if year else today.year, number, day)
        if not year and date > today + dt.timedelta(days=60):
            date = date.replace(year=today.year - 1)
    except ValueError:
        return None
    return date


def _overlaps(hit: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    return any(start < hit.end() and hit.start() < end for start, end in taken)


def _distance(start: int, end: int, around: tuple[int, int]) -> int:
    if end <= around[0]:
        return around[0] - end
    return max(0, start - around[1])
