from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.dates import When, when
from monitor.model import Event, Status

THURSDAY = dt.date(2026, 3, 12)
MORNING = dt.datetime(2026, 3, 12, 1, 0, tzinfo=dt.UTC)  # 10:00 in Seoul


def dated(
    sentence: str, *, deed: str = "fired", published: dt.datetime = MORNING, zone: str = "Asia/Seoul"
) -> When:
    start = sentence.index(deed)
    return when(sentence, published, zone, around=(start, start + len(deed)))


@pytest.mark.parametrize(
    ("words", "month", "day"),
    [
        ("on Thursday", 3, 12),
        ("on Tuesday", 3, 10),
        ("on Friday", 3, 6),
        ("early Monday", 3, 9),
        ("today", 3, 12),
        ("overnight", 3, 12),
        ("this morning", 3, 12),
        ("yesterday", 3, 11),
        ("on March 11", 3, 11),
        ("on Mar. 11", 3, 11),
        ("on March 11th, 2026", 3, 11),
        ("on 11 March", 3, 11),
        ("on the 11th of March", 3, 11),
        ("on 11 March 2026", 3, 11),
        ("on 2026-03-11", 3, 11),
        ("on Wednesday, March 11", 3, 11),
    ],
)
def test_a_day_that_the_text_names_is_given(words: str, month: int, day: int) -> None:
    found = dated(f"It fired a missile {words}.")
    assert (found.date, found.given, found.historical) == (dt.date(2026, month, day), True, False)
    assert found.cue is not None


@pytest.mark.parametrize("words", ["", "this week", "in 20 minutes", "last week", "at 7 a.m.", "in May 45"])
def test_without_a_day_it_is_the_day_of_publication(words: str) -> None:
    found = dated(f"It fired a missile {words}.")
    assert (found.date, found.given, found.historical) == (THURSDAY, False, False)


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("on Jan. 6", "2026-01-06"),
        ("on 6 January", "2026-01-06"),
        ("on December 30", "2025-12-30"),
        ("on Feb. 29", "2024-02-29"),
        ("on Oct. 4, 2022", "2022-10-04"),
        ("on Tuesday, Oct. 4, 2022", "2022-10-04"),
        ("in January", "2026-01-28"),
        ("in late January", "2026-01-28"),
        ("last April", "2025-04-28"),
        ("in January 2016", "2016-01-28"),
        ("in 2017", "2017-12-31"),
        ("in the 2010 attack", "2010-12-31"),
        ("a year ago", "2025-03-12"),
        ("two weeks ago", "2026-02-26"),
        ("weeks ago", "2026-02-12"),
        ("three years earlier", "2023-03-13"),
        ("last month", "2026-02-10"),
        ("last year", "2025-03-12"),
        ("last summer", "2025-03-12"),
        ("this year", "2025-03-12"),
        ("in recent weeks", "2025-03-12"),
        ("earlier this month", "2026-03-01"),
        ("in December last year", "2025-12-28"),
        ("on Feb. 26 of last year", "2025-02-26"),
        ("between 2006 and 2017", "2006-12-31"),
        ("in the late 1990s", "1999-12-31"),
        ("more than a decade ago", "2016-03-14"),
        ("less than two months ago", "2026-01-11"),
        ("half a century ago", "1926-04-06"),
        ("two years back", "2024-03-12"),
        ("earlier in the year", "2025-03-12"),
        ("in years past", "2025-03-12"),
    ],
)
def test_what_is_older_than_some_days_is_history(words: str, date: str) -> None:
    found = dated(f"It fired a missile {words}.")
    assert (found.date, found.historical) == (dt.date.fromisoformat(date), True)


@pytest.mark.parametrize(
    "sentence",
    [
        "It fired its first missile since 2017.",
        "It fired its first missile since January 2022.",
        "It fired its first missile since last year.",
        "It fired its tenth missile this year.",
        "It fired its first missile since the 1990s.",
        "It fired the most missiles in the past decade.",
        "It fired a missile for the first time in seven years.",
        "It fired the longest-range missile since the start of the year.",
        "It fired its heaviest salvo since the shelling of the late 1990s.",
    ],
)
def test_a_time_that_only_ranks_dates_nothing(sentence: str) -> None:
    found = dated(sentence)
    assert (found.date, found.given, found.historical) == (THURSDAY, False, False)


@pytest.mark.parametrize(
    "sentence", ["In January, it fired a missile.", "Seoul recalled its January fired salvo."]
)
def test_a_month_dates_at_the_head_of_a_sentence_and_before_the_deed(sentence: str) -> None:
    found = dated(sentence)
    assert (found.date, found.historical) == (dt.date(2026, 1, 28), True)


def test_a_day_beside_a_rank_still_dates() -> None:
    assert dated("It fired on Tuesday its first missile since 2017.").date == dt.date(2026, 3, 10)


@pytest.mark.parametrize(
    "sentence",
    [
        "It fired shells in violation of a 2018 agreement.",
        "It fired shells despite an agreement signed in 2018.",
        "It fired shells in breach of sanctions imposed in 2006.",
        "It fired a missile on the anniversary of its founding.",
        "It fired at an island shelled in the 1950-53 war.",
        "It fired two years after the summit collapsed.",
        "Nine years on, it fired again.",
        "It fired 7.2 tonnes of shells, compared with 6.8 tonnes in 2021.",
        "It fired a missile farther than in 2022.",
        "It fired more missiles than a year ago.",
        "It fired a missile of the type tested in 2017.",
        "It fired weeks after the summit collapsed.",
    ],
)
def test_the_age_of_something_else_dates_nothing(sentence: str) -> None:
    found = dated(sentence)
    assert (found.date, found.historical) == (THURSDAY, False)


@pytest.mark.parametrize(
    ("sentence", "deed"),
    [
        ("It marked the first anniversary of the day it fired a missile.", "fired"),
        ("It marked on Wednesday the second anniversary of the day it fired a missile.", "fired"),
        ("It marked the second anniversary on Wednesday of the day it fired a missile.", "fired"),
        ("Five years after the North fired on the island, wounds heal.", "fired"),
        ("Weeks after the North fired on the island, wounds heal.", "fired"),
        ("Two weeks after a coast guard ship fired a flare, boats returned.", "fired"),
        ("Months after the North fired on the island, wounds heal.", "fired"),
        ("Its 2017 nuclear test was its last.", "test"),
        ("Its 2013 and 2017 nuclear tests drew sanctions.", "tests"),
        ("This one flew farther than the missile fired in 2022.", "fired"),
        ("It fired more than 20 missiles in 2022.", "fired"),
        ("A 2010 shelling killed four.", "shelling"),
        ("Islanders remember 1958, when the mainland fired shells.", "fired"),
        ("Islanders remember 1958, the year the mainland fired shells.", "fired"),
        ("Three years after Seoul and Tokyo fired off protests, little has changed.", "fired"),
        ("On this day in history, it fired a missile.", "fired"),
        ("It was in 2006 that sanctions were imposed.", "imposed"),
        ("The accord was signed in 2018.", "signed"),
    ],
)
def test_a_deed_that_a_text_looks_back_on_is_history(sentence: str, deed: str) -> None:
    assert dated(sentence, deed=deed).historical


@pytest.mark.parametrize(
    "words",
    ["on March 20", "next Monday", "this coming Friday", "tomorrow", "in April", "in 2031", "this Saturday"],
)
def test_a_day_to_come_dates_nothing(words: str) -> None:
    found = dated(f"It fired a warning before drills {words}.")
    assert (found.date, found.given, found.historical) == (THURSDAY, False, False)


@pytest.mark.parametrize(
    ("published", "words", "date"),
    [
        ("2026-03-12", "last weekend", "2026-03-07"),
        ("2026-03-09", "last weekend", "2026-03-07"),
        ("2026-03-09", "over the weekend", "2026-03-07"),
        ("2026-03-15", "over the weekend", "2026-03-14"),
    ],
)
def test_a_weekend_is_its_saturday(published: str, words: str, date: str) -> None:
    noon = dt.datetime.fromisoformat(f"{published}T03:00:00+00:00")
    found = dated(f"It fired a missile {words}.", published=noon)
    assert (found.date, found.historical) == (dt.date.fromisoformat(date), False)


def test_a_weekday_of_the_news_is_never_history_but_last_weeks_is() -> None:
    tuesday = dt.datetime(2026, 3, 10, 3, 0, tzinfo=dt.UTC)
    assert not dated("It fired a missile on Wednesday.", published=tuesday).historical
    assert dated("It fired a missile last Wednesday.", published=tuesday).historical


@pytest.mark.parametrize(
    ("zone", "date"),
    [
        ("Asia/Seoul", "2026-03-12"),
        ("Asia/Taipei", "2026-03-12"),
        ("UTC", "2026-03-11"),
        ("Pacific/Guam", "2026-03-12"),
    ],
)
def test_the_day_is_that_of_the_place(zone: str, date: str) -> None:
    afternoon = dt.datetime(2026, 3, 11, 16, 0, tzinfo=dt.UTC)
    for sentence in ("It fired a missile.", "It fired a missile today."):
        assert dated(sentence, published=afternoon, zone=zone).date == dt.date.fromisoformat(date)


def test_the_time_nearest_to_the_deed_dates_it() -> None:
    sentence = "It fired a missile on Tuesday, and shelled an island in 2010."
    assert dated(sentence).date == dt.date(2026, 3, 10)
    assert dated(sentence, deed="shelled").date == dt.date(2010, 12, 31)


@pytest.mark.parametrize(
    ("sentence", "date"),
    [
        ("It said Wednesday it had fired two missiles on Monday.", "2026-03-09"),
        ("It said late Wednesday it had fired two missiles on Monday.", "2026-03-09"),
        ("It fired two missiles on Monday, Seoul said on Wednesday.", "2026-03-09"),
        ("It said Wednesday it had fired two missiles.", "2026-03-11"),
        ("It fired two missiles, Seoul said Wednesday.", "2026-03-11"),
    ],
)
def test_the_day_of_telling_counts_only_where_no_other_is_named(sentence: str, date: str) -> None:
    assert dated(sentence).date == dt.date.fromisoformat(date)
    assert dated(sentence, deed="said").date == dt.date(2026, 3, 11)


@pytest.mark.model
@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("reopened", "North Korea reopened a border closed in January 2020."),
        ("restored", "The two Koreas restored a hotline severed in 2020."),
    ],
)
def test_what_is_undone_was_done_at_another_time(
    told: Callable[..., Event], deed: str, sentence: str
) -> None:
    event = told(deed, sentence)
    assert not event.date_given
    assert event.status is Status.OCCURRED


WORDS = st.sampled_from(
    ["since", "in", "last", "the", "2017", "31", "Feb.", "March", "29", "0", ",", "years", "ago", "99999", "-", "day",
     "after", "Tuesday", "first", "anniversary", "of", "weekend", "this", "2026-13-45", "٣", "next", "a", "decades"]
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)),
    st.integers(0, 50 * 365 * 24),
    st.integers(0, 40),
)
def test_any_text_has_a_date_that_is_not_to_come(text: str, hours: int, start: int) -> None:
    published = dt.datetime(1990, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
    found = when(text, published, "Asia/Tokyo", around=(start, start + 3))
    assert found.date <= (published + dt.timedelta(hours=9)).date()


@pytest.mark.model
@pytest.mark.parametrize(
    ("deed", "text"),
    [
        ("fired", "North Korea, which tested a bomb in 2017, fired a missile off its coast."),
        ("fired", "North Korea fired a missile, Seoul said, recalling that a test on March 3 had failed."),
        ("fired", "Lee, who took office in June 2025, said North Korea fired a missile."),
        ("reopened", "North Korea reopened a hotline that Kim cut a year ago."),
        ("test-fired", "North Korea test-fired a missile, weeks after the January 5 launch."),
        ("rammed", "China rammed a Philippine boat; on February 3 it had used water cannon."),
        ("launched", '"We will never forget September 11," Kim said as North Korea launched a missile.'),
        ("entered", '"On March 1 we warned them," Seoul said after Chinese jets entered the zone.'),
    ],
)
def test_an_old_date_of_another_clause_makes_no_deed_old(
    told: Callable[..., Event], deed: str, text: str
) -> None:
    event = told(deed, text)
    assert (event.status, event.date) == (Status.OCCURRED, dt.date(2026, 3, 12))


@pytest.mark.model
@pytest.mark.parametrize(
    ("deed", "text"),
    [
        ("test", "North Korea tested a bomb. The test, which came in March 2017, shook Seoul."),
        ("launched", "North Korea launched a rocket that splashed down in May 2023."),
        ("launched", "North Korea launched a rocket when Trump took office in January 2017."),
    ],
)
def test_a_date_in_a_clause_about_the_deed_dates_it(told: Callable[..., Event], deed: str, text: str) -> None:
    assert told(deed, text).status is Status.HISTORICAL


@pytest.mark.model
@pytest.mark.parametrize(
    ("deed", "title", "status"),
    [
        ("missile test", "UN condemns North Korea's missile test", Status.OCCURRED),
        ("missile launches", "Japan condemns North Korea's missile launches", Status.OCCURRED),
        ("missile launches", "Seoul slams the North's recent missile launches", Status.HISTORICAL),
        ("missile launch", "Seoul slams North Korea's missile launch last week", Status.HISTORICAL),
        ("missile test", "Seoul condemns North Korea's February 20 missile test", Status.HISTORICAL),
    ],
)
def test_an_answer_reports_the_deed_unless_it_dates_it_back(
    told: Callable[..., Event], deed: str, title: str, status: Status
) -> None:
    assert told(deed, title=title).status is status


@pytest.mark.model
def test_an_answer_of_one_day_leaves_the_deed_its_own(told: Callable[..., Event]) -> None:
    text = "The U.N. on Wednesday condemned North Korea's missile test on Sunday."
    assert told("missile test", text).date == dt.date(2026, 3, 8)


@pytest.mark.model
def test_what_is_told_only_now_may_be_of_last_week(told: Callable[..., Event]) -> None:
    assert told("fired", "North Korea fired a missile last week, Seoul disclosed.").status is Status.OCCURRED


@pytest.mark.parametrize(
    "sentence",
    [
        "It fired, and raised its arsenal by 20% in a year.",
        "It fired, and doubled its stock of bombs in five years.",
        "It fired in a week-long row.",
        "It fired during the 2026 APEC meeting.",
    ],
)
def test_a_pace_and_a_name_date_nothing(sentence: str) -> None:
    assert not dated(sentence).historical


def test_what_is_punished_dates_no_punishment() -> None:
    sentence = "A court sentenced two people for a rally in 2019."
    assert not dated(sentence, deed="sentenced").historical
    assert dated(sentence, deed="rally").historical


def test_a_season_of_the_running_year_sums_up() -> None:
    assert dated("In the winter of 2026 Pyongyang fired missiles.").historical


def test_who_settled_it_long_ago_dates_it() -> None:
    assert dated("It was settled by a 1965 treaty, Tokyo says.", deed="settled").historical


def test_what_is_told_of_last_month_at_the_head_of_the_news_is_told_only_now(
    told: Callable[..., Event],
) -> None:
    event = told("tested", "China tested a missile last month, officials said.")
    assert event.status is Status.OCCURRED
    later = told("tested", "Talks began. China tested a missile last month, officials said.")
    assert later.status is Status.HISTORICAL


def test_what_is_counted_up_to_some_months_ago_is_told_now(told: Callable[..., Event]) -> None:
    text = "China had more than 600 nuclear warheads as of last August, the Pentagon says."
    assert told("had more", text).status is Status.OCCURRED
    assert told("had more", text.replace("last August", "2019")).status is Status.HISTORICAL
