"""Do two reports tell one story? Copies are known by their shingles, rewrites by the rarer words they share. Pure.

Launches of neighbouring days are told in almost the same words; so the words that any report of the kind
holds (who, what, with what) say nothing, and only what is left over can join two days.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from monitor.model import Article, Event, Match, Report, Span

STORY = dt.timedelta(hours=72)  # how long a story is told
SAME_TITLE = 92  # of 100, rapidfuzz's ratio: one agency text under two mastheads
TITLE_FOR = dt.timedelta(hours=24)  # after it, the same title over another text is another day's news
COPY = 0.6  # of the shingles: a copy, cut or topped here and there
SAME_TEXT = 0.9  # of them: the very text, so that a day named otherwise is only counted otherwise
SKETCH = 48  # hashes kept of a text: estimates the shared part to about 0.07
SHARED_WORDS = 3  # fewer prove nothing
SHARED_PART = 0.5  # of the rarer words of the shorter report
SAME_FIGURES = 2  # one may be the same on two days

_WORD = re.compile(r"[^\W_]+")
_ORDINAL = r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th))"
_ONE_MORE = re.compile(
    r"\b(?:again|another|(?:\d+|one|two|three|four|five|several) more|"
    rf"{_ORDINAL} (?:[\w-]+ ){{1,4}}(?:in|this|of the) (?:(?:an?|one|two|three|four|five|six|seven|\d+|as many) )?"
    r"(?:day|week|month|year)s?)\b",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"\b(?:correct(?:s|ed|ing)|revis(?:es|ed|ing)|amend(?:s|ed|ing))\s+(?:[\w'’.-]+\s+){0,4}?"
    r"(?:number|count|tally|figures?|total|reports?|statement|estimates?|announcement)\b|\A\W*correction\b",
    re.IGNORECASE,
)
_PIECE = r"(?:story|report|article|item|dispatch|alert|headline)"
_GONE = r"(?:withdrawn|retracted|killed)"
_WITHDRAWS_TITLE = re.compile(
    rf"\A\W*(?:{_PIECE} )?(?:(?:withdrawn|retracted)|(?:mandatory |{_PIECE} )?kill notice|mandatory kill|"
    rf"{_PIECE} killed)\s*[:\])–—-]|\A\W*(?-i:ADVISORY)\s*[:–—-].*\b{_PIECE}s?\b.*\b{_GONE}\W*\Z",
    re.IGNORECASE,
)
_DATELINE = r"\A(?:[^.]{0,60}\)\W*)?\W*"  # "SEOUL, March 12 (Yonhap) -- "
_WITHDRAWS_TEXT = re.compile(
    rf"{_DATELINE}(?:this|the (?:above|earlier|previous)) {_PIECE} (?:[\w']+ ){{0,3}}?(?:is|was|has been) "
    rf"{_GONE}\b|"
    rf"{_DATELINE}(?:(?:editors|please),? )+(?:kill|disregard) (?:the|this|our) (?:\w+ )?{_PIECE}\b|"
    rf"\bno substitute {_PIECE}\b|\ba substitute {_PIECE} will not follow\b",
    re.IGNORECASE,
)
_LOOKS_BACK = re.compile(
    r"\b(?:(?:days?|weeks?) after|in responses? to|in the wake of|recent|last week['’]s|earlier this week)\b"
    r"[^.;]{0,80}\Z",
    re.IGNORECASE,
)
_PERFECT = re.compile(r"\b(?:has|have)(?: \w+)?\s\Z", re.IGNORECASE)
_NOTICE = 500  # characters in which a notice says what it is about
_READ = 400  # words of an article that are sketched; feeds bring less
_SHINGLE = 3  # words
_STEM = 6  # letters: "warning" and "warnings" are one word
_SHORTEST = 3  # letters
_COMMON = frozenset(
    """
    about after against ahead all also amid and another any are as at back because been before being
    between but can could day days did does during each first for from had has have her here his how
    into its just last later latest more most near new news not now off officials official one only
    other out over own per president report reported reportedly reports said say saying says set she
    since some state states still such than that the their them then there these they this those three
    through time two under until update was watch week were what when where which while who why will
    with would year years yesterday today morning evening night hours local monday tuesday wednesday
    thursday friday saturday sunday military government country
    """.split()  # noqa: SIM905 - two hundred quoted words are unreadable
)


def sketch(article: Article) -> tuple[int, ...]:
    """The least hashes of the text's shingles, ascending: two sketches tell how much two texts share."""
    words = _WORD.findall(f"{article.title} {article.text}".casefold())[:_READ]
    shingles = {" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))}
    hashes = {zlib.crc32(each.encode("utf-8", "surrogatepass")) for each in shingles}
    return tuple(sorted(hashes)[:SKETCH])


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """The part of all shingles that two texts share, 0 to 1, as their sketches tell."""
    both = set(one) & set(other)
    least = sorted({*one, *other})[:SKETCH]
    return sum(each in both for each in least) / len(least) if least else 0.0


def is_copy(article: Article, report: Report, *, sketched: Sequence[int], at_odds: bool = False) -> bool:
    """Whether the article is the report's text under another masthead, or the same entry come again.

    Where both name days that are `at_odds`, only the very text is a copy: bulletins of two days are much alike.
    """
    apart = abs(article.when - told_at(report))
    if apart > STORY or _numbers(article.title) != _numbers(report.title):
        return False
    if resemblance(sketched, report.sketch) >= (SAME_TEXT if at_odds else COPY):
        return True
    return not at_odds and apart <= TITLE_FOR and _same_title(article.title, report.title)


def same_story(article: Article, matches: Sequence[Match], report: Report) -> bool:
    """Whether both tell of the same particulars, beyond what every report of such an event tells."""
    if abs(article.when - told_at(report)) > STORY:
        return False
    dull = _words(said for match in matches for said in _parts(match))
    dull |= _words(each.span.text for each in report.evidence)
    sentences = (match.event.sentence.text for match in matches)
    own = _words([article.title, *sentences]) - dull
    known = _words([report.title, report.sentence.text]) - dull
    shared = len(own & known)
    return shared >= SHARED_WORDS and shared >= SHARED_PART * min(len(own), len(known))


def same_figures(article: Article, report: Report) -> bool:
    """Whether both headlines give the same figures, two at least: "71 planes and 7 ships"."""
    own = _numbers(article.title)
    apart = abs(article.when - told_at(report))
    return len(own) >= SAME_FIGURES and own == _numbers(report.title) and apart <= TITLE_FOR


def is_fresh(deed: Span, title: str, *, nominal: bool) -> bool:
    """Whether it is told as news of the day: by a verb of the headline that is not in the past, or as one more."""
    if is_one_more(title):
        return True
    past = deed.text.casefold().endswith("ed") and not _PERFECT.search(title, 0, deed.start)
    return deed.field == "title" and not nominal and not past


def is_one_more(title: str) -> bool:
    """Whether the headline says that it is a further one: "again", "2 more missiles", "third test in a week"."""
    return _ONE_MORE.search(title) is not None


def corrects(text: str) -> bool:
    """Whether it says of itself that it corrects what was told: "JCS corrects number to two"."""
    return _CORRECTS.search(text) is not None


def withdraws(article: Article) -> bool:
    """Whether it is a publisher's notice that a piece is withdrawn: "WITHDRAWN: …", "This story has been withdrawn"."""
    text = article.text[:_NOTICE]
    return bool(_WITHDRAWS_TITLE.search(article.title) or _WITHDRAWS_TEXT.search(text))


def cites(article: Article, report: Report) -> bool:
    """Whether the article gives the report's headline."""
    said = f"{article.title} {article.text[:_NOTICE]}".casefold()
    return bool(report.title) and fuzz.partial_ratio(report.title.casefold(), said) >= SAME_TITLE


def looks_back(event: Event) -> bool:
    """Whether the sentence tells the deed as known from days before: "days after it fired", "in response to"."""
    before = event.sentence.text[: max(event.action.span.start - event.sentence.start, 0)]
    return not event.date_given and _LOOKS_BACK.search(before) is not None


def told_at(report: Report) -> dt.datetime:
    """When the report came out."""
    return report.published or report.fetched


def _same_title(one: str, other: str) -> bool:
    return fuzz.ratio(one.casefold(), other.casefold()) >= SAME_TITLE


def _numbers(title: str) -> frozenset[str]:
    """Figures of a title: the sorties of two days differ in nothing else."""
    return frozenset(re.findall(r"\d+", title))


def _parts(match: Match) -> Iterable[str]:
    event = match.event
    mentions = (event.action, *event.actors, *event.objects, *event.recipients, *event.places)
    yield from (each.span.text for each in mentions)
    yield from (each.span.text for each in match.evidence)
    if event.reporter is not None:
        yield event.reporter.span.text


def _words(texts: Iterable[str]) -> set[str]:
    """Stems of the words that say something."""
    words = (word for text in texts for word in _WORD.findall(text.casefold()))
    return {
        word.removesuffix("s")[:_STEM] for word in words if len(word) >= _SHORTEST and word not in _COMMON
    }
