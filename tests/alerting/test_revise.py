from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, actor, article, event, match, mention, place

from monitor.alerting.group import group
from monitor.alerting.origins import is_corroborated, origins, stage_at
from monitor.model import Alert, Article, Count, Kind, Level, Match, Report, Stage, Status, Turn

LATER = NOW + dt.timedelta(hours=1)
OTHER = "Fishermen off Wonsan saw a trail of smoke climb before dawn; the harbour master closed the pier."
ONE = Count(min=1, max=1, text="one")
THREE = Count(min=3, max=3, text="three")


def kyodo(**changed: object) -> Article:
    return article(
        **{"key": "2", "publisher": "Kyodo", "text": OTHER, "title": "Tokyo: missile launched", **changed}
    )


def seen(*told: tuple[Article, list[Match]]) -> Alert:
    """The one alert that these articles make, one after the other."""
    alerts: list[Alert] = []
    for each, matches in told:
        touched = {alert.id: alert for alert in group(each, matches, alerts, now=LATER)}
        alerts = [*(alert for alert in alerts if alert.id not in touched), *touched.values()]
    (alert,) = alerts
    return alert


def by(reporter: str, country: str, **changed: object) -> Match:
    """A match whose sentence names that source, in words of its own."""
    said = mention("s", Kind.ACTOR).span
    sentence = replace(said, text=f"{OTHER} So said {reporter}.")
    named = actor(reporter, country, text=reporter)
    return match(event=event(reporter=named, sentence=sentence, **changed))


def reports(*told: tuple[Article, list[Match]]) -> tuple[Report, ...]:
    return seen(*told).reports


# --- origins ---------------------------------------------------------------------------------------


def test_copies_of_one_text_are_one_origin() -> None:
    copied = reports((article(), [match()]), (article(key="2", publisher="Kyodo"), [match()]))
    assert [each.publisher for each in origins(copied)] == ["Yonhap"]
    assert not is_corroborated(copied)


def test_who_is_named_as_the_source_is_the_origin_and_an_army_is_its_state() -> None:
    jcs, seoul, tokyo = by("jcs", "KR"), by("south-korea", "KR"), by("japan-mod", "JP")
    told = reports((article(), [jcs]), (kyodo(), [seoul]), (kyodo(key="3", text=OTHER * 2), [tokyo]))
    assert [each.source for each in origins(told)] == ["jcs", "japan-mod"]


@pytest.mark.parametrize(("grade", "stage"), [("A", Stage.CORROBORATED), ("B", Stage.REPORTED)])
def test_one_report_of_the_best_grade_is_enough(grade: str, stage: Stage) -> None:
    assert seen((article(grade=grade), [match()])).stage is stage


def test_a_week_without_a_report_closes_an_alert_and_a_withdrawn_one_stays_so() -> None:
    alert = seen((article(), [match()]))
    week = NOW + dt.timedelta(days=7, hours=1)
    assert stage_at(alert, LATER) is Stage.REPORTED
    assert stage_at(alert, week) is Stage.CLOSED
    assert stage_at(replace(alert, stage=Stage.WITHDRAWN), week) is Stage.WITHDRAWN


def test_what_a_rule_over_time_says_is_open_until_it_ends() -> None:
    absence = replace(seen((article(), [match()])), said="Kim Jong Un unseen 30 days")
    month = NOW + dt.timedelta(days=30)
    assert stage_at(absence, month) is Stage.REPORTED
    assert stage_at(replace(absence, closed=True), month) is Stage.CLOSED
    assert stage_at(replace(absence, stage=Stage.WITHDRAWN), month) is Stage.WITHDRAWN


# --- revisions -------------------------------------------------------------------------------------


def test_a_second_origin_corroborates() -> None:
    told = by("japan-mod", "JP")
    alert = seen((article(), [by("jcs", "KR")]), (kyodo(), [told]))
    assert (alert.stage, alert.turn, alert.revision) == (Stage.CORROBORATED, Turn.UPDATED, 2)
    assert alert.changes == ("corroborated by Kyodo",)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"level": Level.CRITICAL}, "level high to critical"),
        ({"event": event(count=THREE)}, "count 2 to 3"),
        ({"event": event(places=(place("wonsan"),))}, "place Wonsan"),
        ({"event": event(objects=(mention("icbm", Kind.OBJECT),))}, "also told as ICBM"),
    ],
)
def test_what_changed_is_told_in_words(changed: dict[str, object], words: str) -> None:
    alert = seen((article(), [match()]), (article(key="2"), [match(**changed)]))
    assert (alert.changes, alert.turn) == ((words,), Turn.UPDATED)


def test_an_edit_that_lowers_the_count_corrects() -> None:
    alert = seen((article(), [match()]), (article(), [match(event=event(count=ONE))]))
    assert (alert.stage, alert.turn, alert.count) == (Stage.CORRECTED, Turn.CORRECTED, ONE)
    assert alert.changes == ("Yonhap corrected its report", "count 2 to 1")


def test_a_lower_count_of_another_publisher_corrects_and_so_does_the_way_back() -> None:
    lower = [match(event=event(count=ONE))]
    once = seen((article(), [match()]), (kyodo(), lower))
    assert (once.turn, once.changes) == (Turn.CORRECTED, ("count 2 to 1",))
    again = seen((article(), [match()]), (kyodo(), lower), (kyodo(key="3", publisher="AFP"), [match()]))
    assert (again.turn, again.changes) == (Turn.CORRECTED, ("count 1 to 2",))


def test_a_vaguer_count_takes_nothing_back() -> None:
    vague = Count(min=1, max=None, text="at least one")
    alert = seen((article(), [match()]), (kyodo(), [match(event=event(count=vague))]))
    assert alert.turn is not Turn.CORRECTED


def test_an_edit_that_only_claims_what_had_happened_corrects() -> None:
    alert = seen((article(), [match()]), (article(), [match(event=event(status=Status.CLAIMED))]))
    assert (alert.status, alert.turn) == (Status.CLAIMED, Turn.CORRECTED)
    assert "occurred to claimed" in alert.changes


def test_an_edit_that_tells_it_no_more_withdraws_and_keeps_the_report() -> None:
    alert = seen((article(), [match()]), (article(title="Correction"), []))
    assert (alert.stage, alert.turn, alert.revision) == (Stage.WITHDRAWN, Turn.WITHDRAWN, 2)
    assert [each.retracted for each in alert.reports] == [True]
    assert alert.changes == ("withdrawn: Yonhap corrected its report and tells it no more",)


def test_with_another_report_left_it_is_corrected_and_counts_by_that() -> None:
    first = [match(event=event(count=THREE))]
    alert = seen((kyodo(), [match(event=event(count=ONE))]), (article(), first), (article(), []))
    assert (alert.stage, alert.turn, alert.count) == (Stage.CORRECTED, Turn.CORRECTED, ONE)
    assert [each.publisher for each in alert.standing_reports] == ["Kyodo"]


def test_a_withdrawn_alert_that_is_reported_again_says_so() -> None:
    alert = seen((article(), [match()]), (article(), []), (article(key="2", publisher="Kyodo"), [match()]))
    assert alert.turn is Turn.CORRECTED
    assert alert.changes[0] == "reported again by Kyodo"


def test_the_same_edit_twice_changes_nothing() -> None:
    once = seen((article(), [match()]), (article(), []))
    assert group(article(), [], [once], now=LATER + dt.timedelta(days=1)) == [once]
