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
_YEAR = re.compile(
    r"\b(?:in|since|of|during|from|the|early|late|mid)[ -](?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_AGO = re.compile(
    r"\b(?P<n>\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|several|few|some) "
    r"(?P<unit>day|week|month|year|decade)s? "
    r"(?:ago|earlier|after|since|later|on(?=\W))",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:last|previous|past) (?P<unit>week|month|year|decade|century)\b", re.IGNORECASE)
# A stretch of time sums up; it dates no event.
_STRETCH = re.compile(
    r"\b(?:in recent (?:days|weeks|months|years)|(?:so far )?this year|(?:over|for|in|during|throughout) the "
    r"(?:years|decades|(?:last|past) (?:\w+ )?(?:weeks|months|years|decades?|month|year|decade))|"
    r"since the (?:start|beginning|turn) of the year|in (?:two|three|four|several|a few) (?:weeks|months|years)|"
    r"year to date)\b",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"latest|largest|biggest|most|longest|highest|strongest|heaviest|worst|record|newest)\b[^,;.]*$",
    re.IGNORECASE,
)
_ANNIVERSARY = re.compile(
    r"\b(?:anniversary|on this day|this day in|\d+(?:st|nd|rd|th) birthday|(?:years?|decades?) since|years? after)\b",
    re.IGNORECASE,
)
_WEEKEND = re.compile(r"\blast weekend\b", re.IGNORECASE)
_SEASON = re.compile(
    r"\b(?:(?:this|last) (?:spring|summer|autumn|fall|winter)|last (?:fall|year's))\b", re.IGNORECASE
)
_TODAY = re.compile(r"\b(?:today|overnight|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
_YESTERDAY = re.compile(r"\byesterday\b", re.IGNORECASE)
_NUMBERS = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_NUMBERS |= {"a": 1, "several": 4, "few": 3, "some": 3}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650, "century": 36500}
_RANK_REACH = 90  # characters before a time in which a ranking word may stand
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

    The date phrase nearest to the event counts, except one that only ranks it ("the first since 2017"). Without
    one, the local day of publication.
    """
    today = published.astimezone(ZoneInfo(timezone)).date()
    phrases = [*_explicit(sentence, today), *_relative(sentence, today), *_stretches(sentence, today)]
    dating = [phrase for phrase in phrases if not (phrase.ranks and _only_ranks(phrase, sentence))]
    if not dating:
        return When(today, given=False)
    nearest = min(dating, key=lambda phrase: _distance(phrase.start, phrase.end, around))
    cue = (nearest.start, nearest.end)
    if today - nearest.date > CURRENT and not nearest.weekday:
        return When(nearest.date, given=nearest.exact, historical=True, cue=cue)
    if nearest.date > today:
        return When(today, given=False)
    return When(nearest.date, given=nearest.exact, cue=cue)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that name a time, and the day they mean; of a longer time its last day, of a stretch its first."""

    start: int
    end: int
    date: dt.date
    exact: bool = False  # to the day
    weekday: bool = False  # named so in the news, it is never background: "on Wednesday", told on Tuesday
    ranks: bool = False  # after a ranking word it dates nothing: "the first since 2017"


def _only_ranks(phrase: _Phrase, sentence: str) -> bool:
    return bool(_RANKED.search(sentence, max(0, phrase.start - _RANK_REACH), phrase.start))


def _explicit(sentence: str, today: dt.date) -> list[_Phrase]:
    found: list[_Phrase] = []
    for pattern in (_MONTH_DAY, _DAY_MONTH):
        for hit in pattern.finditer(sentence):
            date = _calendar(hit["year"], hit["month"], int(hit["day"]), today)
            if date:
                found.append(_Phrase(*hit.span(), date, exact=True))
    taken = [(phrase.start, phrase.end) for phrase in found]
    months = [hit for hit in _MONTH_ONLY.finditer(sentence) if not _overlaps(hit, taken)]
    dated = [(hit, _calendar(hit["year"], hit["month"], 28, today)) for hit in months]
    found += [_Phrase(*hit.span(), date, ranks=_is_since(hit)) for hit, date in dated if date]
    years = [hit for hit in _YEAR.finditer(sentence) if not _overlaps(hit, taken)]
    past = [hit for hit in years if int(hit["year"]) <= today.year]
    return found + [
        _Phrase(
            *hit.span(),
            _end_of_year(int(hit["year"]), today),
            ranks=_is_since(hit) or int(hit["year"]) == today.year,
        )
        for hit in past
    ]


def _is_since(hit: re.Match[str]) -> bool:
    return hit.group().lower().startswith("since")


def _end_of_year(year: int, today: dt.date) -> dt.date:
    """The last day of a past year; the first of the running one, for "in 2022" told in 2022 sums up."""
    return dt.date(year, 12, 31) if year < today.year else dt.date(year, 1, 1)


def _relative(sentence: str, today: dt.date) -> list[_Phrase]:
    found: list[_Phrase] = []
    for hit in _WEEKDAY.finditer(sentence):
        back = (today.weekday() - _WEEKDAYS.index(hit["day"].lower())) % 7
        day = today - dt.timedelta(days=back or (7 if hit["last"] else 0))
        found.append(_Phrase(*hit.span(), day, exact=True, weekday=not hit["last"]))
    yesterday = today - dt.timedelta(days=1)
    found += [_Phrase(*hit.span(), yesterday, exact=True) for hit in _YESTERDAY.finditer(sentence)]
    found += [_Phrase(*hit.span(), today, exact=True) for hit in _TODAY.finditer(sentence)]
    for hit in _AGO.finditer(sentence):
        number = _NUMBERS.get(hit["n"].lower()) or (int(hit["n"]) if hit["n"].isdigit() else 1)
        if "after" in hit.group().lower() and hit["unit"].lower() in {"day", "week"}:
            continue  # "a day after the launch" dates the other event
        days = min(number * _DAYS[hit["unit"].lower()], 36_500)
        found.append(_Phrase(*hit.span(), today - dt.timedelta(days=days), ranks=True))
    return found


def _stretches(sentence: str, today: dt.date) -> list[_Phrase]:
    found: list[_Phrase] = []
    for hit in _LAST.finditer(sentence):
        days = _DAYS[hit["unit"].lower()]
        if days > 7:  # noqa: PLR2004 - last week's event may have been told only now
            found.append(_Phrase(*hit.span(), today - dt.timedelta(days=days), ranks=True))
    weekend = today - dt.timedelta(days=today.weekday() + 2)  # the Saturday before this week
    found += [_Phrase(*hit.span(), weekend) for hit in _WEEKEND.finditer(sentence)]
    long_ago = today - dt.timedelta(days=365)
    return found + [
        _Phrase(*hit.span(), long_ago, ranks=True)
        for pattern in (_ANNIVERSARY, _STRETCH, _SEASON)
        for hit in pattern.finditer(sentence)
    ]


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
