"""The replay of a recorded year: how its alerts are held against what happened."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
import rich.console
from builders import alert, article, report

from benchmarks import replay
from benchmarks.events import by_days, by_reports, sent
from monitor.model import Alert, Standing

DAY = dt.timedelta(days=1)
FIRST, SECOND = "2026-03-12", "2026-03-14"


def of(*articles: str, **changed: object) -> Alert:
    return alert(id="-".join(articles), reports=tuple(report(article=each) for each in articles), **changed)


def test_events_are_told_missed_split_and_merged_by_what_their_reports_tell() -> None:
    told = {"a": FIRST, "b": FIRST, "c": SECOND, "d": "2026-03-20", "e": None}
    whole, other, both, stray = of("a", "e"), of("b"), of("b", "c"), of("e")
    score = by_reports([whole, other], told)
    assert (score.events, score.missed) == ((FIRST, SECOND, "2026-03-20"), [SECOND, "2026-03-20"])
    assert (score.split, score.per_event) == ({FIRST: [whole, other]}, 2.0)
    assert score.share == pytest.approx(1 / 3)
    assert by_reports([both, stray], told).merged == [(both, [FIRST, SECOND])]
    assert by_reports([both, stray], told).strays == [stray]


def test_an_alert_is_of_the_event_of_its_day_or_of_one_just_before() -> None:
    days = {dt.date(2026, 3, 12)}
    on, late, later = (of(str(n), date=dt.date(2026, 3, 12) + n * DAY) for n in range(3))
    score = by_days([on, late, later], days, late=1)
    assert (score.told, score.strays) == ({FIRST: [on, late]}, [later])


def test_without_events_nothing_is_divided() -> None:
    assert (by_reports([], {}).share, by_reports([], {}).per_event) == (0.0, 0.0)


def test_only_alerts_that_may_be_sent_count() -> None:
    shadow, old = alert(shadow=True), alert(standing=Standing.BASELINE)
    assert sent([alert(), shadow, old], {"dprk-missile-launch"}) == [alert()]
    assert sent([alert()], {"adiz-incursion"}) == []


@pytest.mark.model
async def test_the_service_runs_on_the_clock_of_the_news(tmp_path: Path) -> None:
    first = article(published=dt.datetime(2026, 3, 11, 22, 52, tzinfo=dt.UTC))
    copy = replace(first, id="copy", key="2", publisher="Kyodo", published=first.when + dt.timedelta(hours=3))
    news = [replace(each, fetched=each.when + dt.timedelta(minutes=8)) for each in (first, copy)]
    year = await replay.replayed(news, tmp_path, rich.console.Console(file=io.StringIO()))
    (told,) = sent(year.alerts, {"dprk-missile-launch"})
    assert (year.articles, year.messages, year.waited) == (2, 1, [480.0])
    assert (told.opened, len(told.reports)) == (news[0].fetched, 2)


def test_the_page_was_written_by_the_command() -> None:
    assert replay.PAGE.read_text(encoding="utf-8").startswith(replay.HEADER)
