"""When did it happen? Date words of a sentence, resolved against the time of publication."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.extraction import cues
from monitor.extraction.timewords import Phrase, phrases

_RANKED = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"latest|largest|biggest|most|longest|highest|strongest|heaviest|worst|record|newest)\b[^,;.]*\Z",
    re.IGNORECASE,
)
# A time with which the news is compared dates it not: "up 7 % from 6 % in 2021", "farther than in the 2022 test".
_COMPARED = re.compile(
    r"\b(?:compar(?:ed|able|ing) (?:with|to)|than(?! (?:\d|an?\b|one\b|half\b|hundreds\b|dozens\b|thousands\b))|"
    r"(?:the )?same as|(?:up|down|rise|rose|grew|increase[ds]?|jump(?:ed|s)?|fell|drop(?:ped|s)?) from|versus|vs\.?|"
    r"similar to|unlike|akin to|identical to|reminiscent of|of the (?:type|kind|sort))\s(?:[^,;.]|\.(?=\d))*\Z",
    re.IGNORECASE,
)
_SO_MANY = re.compile(r"\b(?:more|less|fewer) than \Z", re.IGNORECASE)  # "more than a decade ago"
# "The worst shortages since the famine of the 1990s": the time is that of the famine.
_RANKED_SINCE = re.compile(rf"\b(?:{cues.RANKING})\b[^,;.]*\b(?P<since>since)\b[^,;.]*\Z", re.IGNORECASE)
_RANK_REACH = 90  # characters before a time in which a ranking word may stand
# From "a 2017" or "the anniversary of" to the deed that it dates.
_LEADING_ON = re.compile(
    r"(?:\s+(?-i:[A-Z])[\w.’'-]+\s+and\s+(?-i:[A-Z])[\w.’'-]+|"  # two do it
    r"\s+(?!(?:by|with|in|on|after|before|that|which|as|and|but|said|from|to|when|while|for|is|was|were)\b)"
    r"[\w.’'-]+){0,7}\s*",
    re.IGNORECASE,
)
# Deeds that a text dates in passing: "an agreement signed in 2018".
_OTHER_DEED = re.compile(
    r"\b(?P<deed>signed|adopted|agreed|reached|imposed|passed|founded|established|elected|inaugurated|ended|ratified|"
    r"appointed|born|commissioned|introduced|divided|struck|enacted|approved|brokered|created|formed|developed|built|"
    r"unveiled|scrapped|suspended)\s+(?:back\s+)?\Z",
    re.IGNORECASE,
)
# What somebody is punished for was done before: "sentenced for illegal assembly in 2019".
_PUNISHED = re.compile(
    r"\b(?:sentenc|jail|imprison|convict|charg|arrest|detain|fin(?=e|ing)|indict|accus|punish|guilty|acquit|tried|"
    r"prosecut|sue|compensat|apologi|blacklist|disbar|expel|suspend)\w*\b[^.;]*?\b(?:for|over|of|with|in connection|"
    r"related|linked)\b[^.;]*\Z",
    re.IGNORECASE,
)
# Where another clause begins, what stands beyond it is further off than it looks.
_CLAUSE = re.compile(
    r"[,;:—]\s(?:and|but)?|\b(?:after|before|while|when|which|that|who|but)\b|\band (?=\w+ed\b)",
    re.IGNORECASE,
)
_FURTHER = 15  # characters
# When it was told, not when it was done: "said Saturday it had launched two missiles on Friday".
_TELLING = re.compile(
    r"\b(?P<deed>said|says|announced|reported|confirmed|told|stated|added|claimed)\s+(?:(?:late|early|on)\s+)*\Z"
)
# What was counted up to then is told now: "had 600 warheads as of mid-2024".
_COUNTED_UP_TO = re.compile(r"\b(?:as of|by)\s+(?:(?:the )?(?:end|middle|start|close) of )?\Z", re.IGNORECASE)
# Somebody's own words; of two or three words it may be the writer's date that is quoted.
_QUOTE = re.compile(r"[\"“](?:[^\s\"“”]+\s+){4,}[^\"“”]*[\"”]")
_DEED_REACH = 30  # characters before a time in which the deed that it dates may stand
CURRENT = dt.timedelta(days=5)  # an event older than this when published is background
_LATELY = dt.timedelta(days=100)
_DISCLOSED = dt.timedelta(days=400)  # what is told only now may be that old and still be news


@dataclass(frozen=True, slots=True)
class When:
    """The local date of an event, and whether the text itself gave it."""

    date: dt.date
    given: bool
    historical: bool = False
    cue: tuple[int, int] | None = None  # of the words in the sentence, code points
    told_now: bool = False  # the sentence tells it as news of these days: "said on Friday", "600 as of March"
    lately: bool = (
        False  # historical, but so little that what is told may be news: "in December", told in January
    )


def when(
    sentence: str,
    published: dt.datetime,
    timezone: str,
    *,
    around: tuple[int, int],
    apart: Callable[[int], bool] = lambda _: False,
    answered: bool = False,
) -> When:
    """The date of the event told between the offsets `around` of a sentence.

    The date phrase nearest to the event counts, except one that only ranks it ("the first since 2017") or dates
    something else ("a 2018 agreement"). Without one, the local day of publication. `apart` tells of an offset whether
    what stands there is said of another deed: an old date there makes none of this one. A deed that is `answered` in
    the news was known before: "last week" dates it, where else it may be told only now.
    """
    today = published.astimezone(ZoneInfo(timezone)).date()
    dating = [
        phrase
        for phrase in phrases(sentence, today)
        if _dates(phrase, sentence, around)
        and (answered or not phrase.late)
        and not (_is_old(phrase, today) and _is_of_another(phrase, sentence, around, apart))
    ]
    if not dating:
        return When(today, given=False)
    doing = [phrase for phrase in dating if not _belongs_to(_TELLING, phrase, sentence, around)]
    nearest = min(doing or dating, key=lambda phrase: _distance(phrase, sentence, around))
    cue = (nearest.start, nearest.end)
    if _is_old(nearest, today):
        telling = (phrase for phrase in dating if phrase not in doing and today - phrase.date <= CURRENT)
        recent = today - nearest.date <= _DISCLOSED and (
            any(telling) or _COUNTED_UP_TO.search(sentence, 0, nearest.start)
        )
        return When(
            nearest.date,
            given=nearest.exact,
            historical=True,
            cue=cue,
            told_now=bool(recent),
            lately=today - nearest.date <= _LATELY and not nearest.ranks,
        )
    if nearest.date > today:
        return When(today, given=False)
    return When(nearest.date, given=nearest.exact, cue=cue)


def _is_old(phrase: Phrase, today: dt.date) -> bool:
    return today - phrase.date > CURRENT and not phrase.weekday


def _is_of_another(
    phrase: Phrase, sentence: str, around: tuple[int, int], apart: Callable[[int], bool]
) -> bool:
    """Whether an old time is that of another deed: told in another clause, in a quote, or what this one punishes."""
    punished = _PUNISHED.search(sentence, around[0], phrase.start) is not None
    return punished or apart(phrase.start) or _is_quoted(phrase, sentence, around)


def _is_quoted(phrase: Phrase, sentence: str, around: tuple[int, int]) -> bool:
    """Whether the phrase stands in somebody's words and the event outside of them."""
    return any(
        quote.start() < phrase.start < quote.end() and not quote.start() < around[0] < quote.end()
        for quote in _QUOTE.finditer(sentence)
    )


def _dates(phrase: Phrase, sentence: str, around: tuple[int, int]) -> bool:
    """Whether the phrase can date the event."""
    if phrase.ranks and _RANKED.search(sentence, max(0, phrase.start - _RANK_REACH), phrase.start):
        return False
    ranked = _RANKED_SINCE.search(sentence, max(0, phrase.start - _RANK_REACH), phrase.start)
    if ranked is not None and around[0] < ranked.start("since"):
        return False
    if _is_compared(phrase, sentence, around):
        return False
    done_by = sentence[around[1] : phrase.start].strip() == "by"  # "settled by a 1965 treaty"
    if phrase.leads and not done_by and not _leads_on(phrase, sentence, around[0]):
        return False
    return phrase.weekday or not _belongs_to(_OTHER_DEED, phrase, sentence, around)


def _is_compared(phrase: Phrase, sentence: str, around: tuple[int, int]) -> bool:
    """Whether the phrase dates what the event is only compared with."""
    found = _COMPARED.search(sentence, max(0, phrase.start - _RANK_REACH), phrase.start)
    if found is None or _SO_MANY.search(sentence, 0, phrase.start):
        return False
    within = found.start() < around[0] < phrase.start or _leads_on(phrase, sentence, around[0])
    return not within


def _belongs_to(deeds: re.Pattern[str], phrase: Phrase, sentence: str, around: tuple[int, int]) -> bool:
    """Whether one of these deeds stands right before the phrase and is not the event itself."""
    found = deeds.search(sentence, max(0, phrase.start - _DEED_REACH), phrase.start)
    return found is not None and not around[0] <= found.start("deed") < around[1]


def _leads_on(phrase: Phrase, sentence: str, deed: int) -> bool:
    return phrase.end <= deed and _LEADING_ON.fullmatch(sentence, phrase.end, deed) is not None


def _distance(phrase: Phrase, sentence: str, around: tuple[int, int]) -> int:
    """Characters between the phrase and the deed, and some more for each clause that begins between them."""
    start, end = (phrase.end, around[0]) if phrase.end <= around[0] else (around[1], phrase.start)
    clauses = _CLAUSE.findall(sentence, start, max(start, end))
    return max(0, end - start) + _FURTHER * len(clauses)
