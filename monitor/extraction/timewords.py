"""The words of a sentence that name a time, and the day they mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH_DAY = re.compile(rf"\b{_MONTH} (?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\d)(?:,? {_YEAR}\b)?")
_DAY_MONTH = re.compile(rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)? (?:of )?{_MONTH}(?!\w)(?:,? {_YEAR}\b)?")
_ISO = re.compile(rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b")
_MONTH_YEAR = re.compile(rf"\b(?:since )?{_MONTH}(?: of|,)? {_YEAR}\b")
_MONTH_ONLY = re.compile(
    rf"\b(?i:(?P<last>last)|in|since|of|from|this|early|late|mid)[ -]{_MONTH}(?!\w)(?! \d)"
)
# "The North's December launch", "a July exercise".
_NOUN_MONTH = re.compile(rf"(?:\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)|['’]s) {_MONTH}(?= [a-z])")
# A year; not the first of two, for the 1950-53 war only names an age.
_YEAR_ONLY = re.compile(
    rf"\b(?:in|since|of|during|from|between|early|late|mid)[ -]{_YEAR}\b(?![-–]\d)", re.IGNORECASE
)
# "They remember 1996, when the army": it dates what it leads to.
_YEAR_WHEN = re.compile(rf"\b{_YEAR}, (?:when|(?:the |a )?year)\b(?! of)")
_DECADE = re.compile(
    r"\b(?P<since>since )?the (?:early |mid-?|late )?(?P<year>(?:19|20)\d0)['’]?s\b", re.IGNORECASE
)
_OF_LAST_YEAR = re.compile(r",? (?:of )?last year\b", re.IGNORECASE)
_NAMED = re.compile(
    r" (?!(?:the|and|or|but|as|by|in|on|at|with|when|while|after|before|to|for|from|was|were|is|has|had|that|which)\b)"
    r"[A-Za-z]"
)
# "In the first half of 2022 it" dates.
_PART_OF = re.compile(
    r"\b(?:half|quarter|months?|weeks?|days?|end|start|beginning|rest|part|course|most|all|spring|summer|autumn|fall|winter)"
    r"\s\Z",
    re.IGNORECASE,
)
_NOUN_YEAR = re.compile(
    rf"(?:\b(?P<within>(?:in|during) )?(?:the|an?|its|their|his|her)|['’]s) {_YEAR}\b(?![-–]\d)"
    r"(?:(?:, and|,| and) (?:19|20)\d\d\b)*",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"\b(?:(?P<which>last|next|coming|this) )?(?P<day>{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE
)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50,
    "several": 4, "few": 3, "some": 3, "many": 4,
}  # fmt: skip
_NUMBER = rf"\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_AGO = re.compile(
    rf"\b(?:(?P<n>{_NUMBER}) )?(?P<unit>day|week|month|year|decade|century)(?P<many>s)? "
    r"(?P<way>ago|back|earlier|after|since|later|on(?=\W))",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:last|previous|past) (?P<unit>week|month|year|decade|century)\b", re.IGNORECASE)
# A stretch of time sums up; it dates no event.
_STRETCH = re.compile(
    r"\b(?:in recent (?:days|weeks|months|years)|(?:so far )?this year|(?:earlier|early) in the year|"
    r"in (?:years|months|decades|times) past|in the past(?=[.,;]|$)|(?:over|for|in|during|throughout) the "
    r"(?:years|decades|(?:last|past) (?:\w+ )?(?:weeks|months|years|decades?|month|year|decade))|"
    r"since the (?:start|beginning|turn) of the year|"
    rf"in (?:(?:more than|over|nearly|almost|about) )?(?:a few|{_NUMBER}) (?:weeks?|months?|years?|decades?)|"
    r"year to date)\b(?!-)",
    re.IGNORECASE,
)
# How fast something grew tells no time: "by 20% in a year".
_GROWN = re.compile(
    r"(?:(?:%|per ?cent|fold|by (?:a |one[- ])?(?:half|third|quarter|fifth))|"
    r"\b(?:doubl|tripl|quadrupl|add)(?:e[sd]?|s|ed|ing)?\b[^.;,]{0,40})\s\Z",
    re.IGNORECASE,
)
# "Marked the second anniversary on Friday of the shelling": the day is that of the marking.
_ANNIVERSARY = re.compile(
    rf"\b(?:anniversary(?:,? (?:on )?(?:{'|'.join(_WEEKDAYS)}))?|\d+(?:st|nd|rd|th) birthday|(?:years?|decades?) since|"
    r"(?:weeks|months|years?) after)\b",
    re.IGNORECASE,
)
_THIS_DAY = re.compile(r"\b(?:on this day(?=[,:]| in\b)|this day in)\b", re.IGNORECASE)
_WEEKEND = re.compile(r"\b(?:(?P<last>last)|over the|during the|at the) weekend\b", re.IGNORECASE)
_SEASON = re.compile(
    r"\b(?:(?:this|last) (?:spring|summer|autumn|fall|winter)|last (?:fall|year's))\b", re.IGNORECASE
)
_THIS_MONTH = re.compile(r"\b(?:earlier|early) this month\b", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:today|overnight|tonight|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
_YESTERDAY = re.compile(r"\byesterday\b", re.IGNORECASE)
_TOMORROW = re.compile(r"\btomorrow\b", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|than|from)\s+\Z", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650, "century": 36500}
_AHEAD = dt.timedelta(days=60)  # a month and day without a year lies no further ahead
_SATURDAY = 5
# "Two years after the summit" and "nine years on" date what the years are counted from, not the news.
_MEASURED_FROM = frozenset({"after", "since", "on"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name a time, and the day they mean; of a longer time its last day, of a stretch its first."""

    start: int
    end: int
    date: dt.date
    exact: bool = False  # to the day
    weekday: bool = False  # named so in the news, it is never background: "on Wednesday", told on Tuesday
    ranks: bool = False  # after a ranking word it dates nothing: "the first since 2017"
    late: bool = False  # what is dated so may be told only now: "last week"
    leads: bool = (
        False  # it dates only the deed that it leads to: "a 2017 test", "the anniversary of the attack"
    )


@lru_cache(maxsize=64)  # a sentence is asked once for each of its deeds
def phrases(sentence: str, today: dt.date) -> Sequence[Phrase]:
    """Every time that the sentence names, seen from a day."""
    days = _calendar_days(sentence, today)
    past = _past(sentence, today)
    weekdays = [
        found
        for found in _weekdays(sentence, today)
        if not any(_beside(found, day) for day in days) and not _taken(found, past)
    ]
    longer = [found for found in _months(sentence, today) if not _taken(found, days)]
    years = [found for found in _years(sentence, today) if not _taken(found, [*days, *longer])]
    return [*days, *longer, *years, *weekdays, *_near(sentence, today), *past]


# --- by the calendar -------------------------------------------------------------------------------


def _calendar_days(sentence: str, today: dt.date) -> list[Phrase]:
    found = []
    for pattern in (_MONTH_DAY, _DAY_MONTH, _ISO):
        for hit in pattern.finditer(sentence):
            year, end = _year_of(hit, today)
            date = _date(year, hit["month"], int(hit["day"]), today)
            if date:
                found.append(Phrase(hit.start(), end, date, exact=True))
    return found


def _year_of(hit: re.Match[str], today: dt.date) -> tuple[str | None, int]:
    """The year that a time of the calendar names, and where its words end: "Dec. 26 of last year" goes on."""
    last = _OF_LAST_YEAR.match(hit.string, hit.end())
    year = hit.groupdict().get("year")
    return (str(today.year - 1), last.end()) if last and not year else (year, hit.end())


def _months(sentence: str, today: dt.date) -> list[Phrase]:
    """Months as the day on which each was nearly over."""
    found = []
    for hit in _MONTH_YEAR.finditer(sentence):
        date = _date(hit["year"], hit["month"], 28, today)
        found += [Phrase(*hit.span(), date, ranks=_is_since(hit))] if date else []
    for hit in _MONTH_ONLY.finditer(sentence):
        year, end = _year_of(hit, today)
        date = _date(year, hit["month"], 28, today)
        if date and hit["last"] and date > today:
            date = date.replace(year=date.year - 1)
        found += [Phrase(hit.start(), end, date, ranks=_is_since(hit))] if date else []
    for hit in _NOUN_MONTH.finditer(sentence):
        date = _date(None, hit["month"], 28, today)
        found += [Phrase(*hit.span(), date, leads=True)] if date else []
    return found


def _years(sentence: str, today: dt.date) -> list[Phrase]:
    found = [
        Phrase(*hit.span(), date, ranks=_is_since(hit) or int(hit["year"]) == today.year)
        for hit in _YEAR_ONLY.finditer(sentence)
        if (date := _end_of_year(int(hit["year"]), today)) and not _names(hit, today)
    ]
    found += [
        Phrase(*hit.span(), date, leads=True)
        for hit in _YEAR_WHEN.finditer(sentence)
        if (date := _end_of_year(int(hit["year"]), today))
    ]
    found += [
        Phrase(*hit.span(), dt.date(int(hit["year"]) + 9, 12, 31), ranks=bool(hit["since"]))
        for hit in _DECADE.finditer(sentence)
        if int(hit["year"]) + 9 < today.year
    ]
    return found + [
        Phrase(*hit.span(), date, ranks=int(hit["year"]) == today.year, leads=not hit["within"])
        for hit in _NOUN_YEAR.finditer(sentence)
        if (date := _end_of_year(int(hit["year"]), today)) and not _names(hit, today)
    ]


def _names(hit: re.Match[str], today: dt.date) -> bool:
    """Whether the running year only goes with a name: "during the 2022 APEC meeting", "suspension of 2022 drills"."""
    lead = hit.group().lower()
    naming = lead.startswith(("of", "during", "the", "in the", "its", "their", "'s", "’s"))
    if int(hit["year"]) != today.year or not naming:
        return False
    return _NAMED.match(hit.string, hit.end()) is not None and not _PART_OF.search(hit.string, 0, hit.start())


def _is_since(hit: re.Match[str]) -> bool:
    return hit.group().lower().startswith("since")


def _end_of_year(year: int, today: dt.date) -> dt.date | None:
    """The last day of a past year; the first of the running one, for "in 2022" told in 2022 sums up."""
    if year > today.year:
        return None
    return dt.date(year, 12, 31) if year < today.year else dt.date(year, 1, 1)


def _date(year: str | None, month: str, day: int, today: dt.date) -> dt.date | None:
    """The date; without a year the latest such day that is not clearly in the future."""
    number = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
    years = [int(year)] if year else range(today.year, today.year - 5, -1)  # 29 February comes every four
    for candidate in years:
        try:
            date = dt.date(candidate, number, day)
        except ValueError:
            continue
        if year or date <= today + _AHEAD:
            return date
    return None


# --- seen from today -------------------------------------------------------------------------------


def _weekdays(sentence: str, today: dt.date) -> list[Phrase]:
    return [
        Phrase(
            *hit.span(),
            _weekday(hit, today),
            exact=True,
            weekday=(hit["which"] or "").lower() != "last",
        )
        for hit in _WEEKDAY.finditer(sentence)
    ]


def _weekday(hit: re.Match[str], today: dt.date) -> dt.date:
    which = (hit["which"] or "").lower()
    ahead = (_WEEKDAYS.index(hit["day"].lower()) - today.weekday()) % 7
    if which in {"next", "coming"}:
        return today + dt.timedelta(days=ahead or 7)
    if which == "this":
        return today + dt.timedelta(days=_WEEKDAYS.index(hit["day"].lower()) - today.weekday())
    back = -ahead % 7
    return today - dt.timedelta(days=back or (7 if which == "last" else 0))


def _near(sentence: str, today: dt.date) -> list[Phrase]:
    """Days and weekends counted from today."""
    found = [
        Phrase(*hit.span(), today + dt.timedelta(days=days), exact=True)
        for pattern, days in ((_YESTERDAY, -1), (_TODAY, 0), (_TOMORROW, 1))
        for hit in pattern.finditer(sentence)
    ]
    for hit in _WEEKEND.finditer(sentence):
        running = today.weekday() >= _SATURDAY and not hit["last"]
        back = today.weekday() - _SATURDAY + (0 if running else 7)
        found.append(Phrase(*hit.span(), today - dt.timedelta(days=back)))
    first = today.replace(day=1)
    return found + [Phrase(*hit.span(), first) for hit in _THIS_MONTH.finditer(sentence)]


def _past(sentence: str, today: dt.date) -> list[Phrase]:
    """Times further back, and stretches up to now."""
    long_ago = today - dt.timedelta(days=365)
    found = [
        Phrase(*hit.span(), long_ago, ranks=True)
        for pattern in (_STRETCH, _SEASON)
        for hit in pattern.finditer(sentence)
        if not _GROWN.search(sentence, 0, hit.start())
    ]
    found += [point for point in _points(sentence, today) if not _taken(point, found)]
    found += [Phrase(*hit.span(), long_ago, leads=True) for hit in _ANNIVERSARY.finditer(sentence)]
    return found + [Phrase(*hit.span(), long_ago) for hit in _THIS_DAY.finditer(sentence)]


def _points(sentence: str, today: dt.date) -> list[Phrase]:
    """Times that lie some days back: "two weeks ago", "last month"."""
    folded = sentence.lower()
    if not any(unit in folded for unit in _DAYS):
        return []  # both patterns ask for one, and are slow to find out that there is none
    return [
        Phrase(
            *hit.span(),
            today - dt.timedelta(days=days),
            ranks=bool(_SINCE.search(sentence, 0, hit.start())),
            late=hit["unit"].lower() == "week" and "way" not in hit.groupdict(),
            leads=(hit.groupdict().get("way") or "").lower() in _MEASURED_FROM,
        )
        for pattern in (_AGO, _LAST)
        for hit in pattern.finditer(sentence)
        if (days := _days_back(hit))
    ]


def _days_back(hit: re.Match[str]) -> int | None:
    """How many days ago; None where the words tell no distance from today."""
    words = hit.groupdict()
    unit, way = words["unit"].lower(), (words.get("way") or "").lower()
    if not way:
        return _DAYS[unit]
    if way == "later" and unit in {"day", "week"}:
        return None  # it dates the news by what was told before
    if way == "after" and unit == "day":
        return None  # what was a day before is news of these days
    if not words["n"] and not (words["many"] and way in {"ago", "back", "earlier"}):
        return None
    number = (words["n"] or "several").lower()
    times = int(number) if number.isdecimal() else _NUMBERS[number]
    return min(times * _DAYS[unit], 36_500)


# --- which words belong together -------------------------------------------------------------------


def _taken(phrase: Phrase, others: list[Phrase]) -> bool:
    return any(other.start < phrase.end and phrase.start < other.end for other in others)


def _beside(weekday: Phrase, day: Phrase) -> bool:
    """Whether a weekday only goes with a date: "Tuesday, Oct. 4, 2022"."""
    return 0 <= day.start - weekday.end <= len(", ") or 0 <= weekday.start - day.end <= len(", ")
