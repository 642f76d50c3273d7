from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, actor, article, event, match, mention, place, span

from monitor.alerting.amend import amended, opened
from monitor.alerting.keys import event_keys
from monitor.model import Alert, Article, Count, Evidence, Kind, Level, Match, Standing, Status

LATER = NOW + dt.timedelta(hours=1)
THREE = Count(min=3, max=3, text="three")


def first(*matches: Match, told: Article | None = None) -> Alert:
    told = told or article()
    matches = matches or (match(),)
    keys = frozenset().union(*(event_keys(told, each) for each in matches))
    return opened("a1", told, matches, keys=keys, now=NOW)


def then(alert: Alert, *matches: Match, told: Article | None = None) -> Alert:
    told = told or article(key="2", publisher="Kyodo")
    keys = frozenset().union(*(event_keys(told, each) for each in matches))
    return amended(alert, told, matches, keys=keys, now=LATER)


def test_a_new_alert_speaks_with_its_strongest_match() -> None:
    weak = match(rule="weak", level=Level.LOW, event=event(status=Status.CLAIMED, count=THREE))
    alert = first(weak, match())
    assert (alert.level, alert.status, alert.count) == (Level.HIGH, Status.OCCURRED, match().event.count)
    assert alert.rules == ("weak", "dprk-missile-launch")
    assert (alert.opened, alert.updated, alert.revision) == (NOW, NOW, 1)


def test_a_count_that_only_a_weaker_match_gives_is_taken() -> None:
    counted = match(rule="weak", level=Level.LOW, event=event(count=THREE))
    assert first(match(event=event(count=None)), counted).count == THREE


def test_the_leads_words_come_first() -> None:
    weak = match(level=Level.LOW, event=event(actors=(actor("kpa"),), places=(place("wonsan"),)))
    alert = first(weak, match())
    assert alert.actors == ("north-korea", "kpa")
    assert alert.places == ("sunan", "east-sea", "wonsan")


def test_evidence_of_other_matches_counts_within_the_leads_sentence_only() -> None:
    here = Evidence(span=span("Seoul"), role="topic")
    there = Evidence(span=span("elsewhere"), role="topic")
    same = match(rule="same", level=Level.LOW, evidence=(here,))
    other = match(
        rule="other", level=Level.LOW, event=event(sentence=span("another sentence")), evidence=(there,)
    )
    (report,) = first(match(), same, other).reports
    assert here in report.evidence
    assert there not in report.evidence


def test_nothing_new_leaves_the_alert_as_it_was() -> None:
    alert = first()
    assert then(alert, match(), told=article()) is alert


def test_a_mere_further_report_keeps_the_revision_and_renews_the_time() -> None:
    alert = then(first(), match())
    assert (alert.revision, alert.updated, len(alert.reports)) == (1, LATER, 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"level": Level.CRITICAL},
        {"event": event(count=THREE)},
        {"event": event(places=(place("wonsan"),))},
    ],
    ids=["level", "count", "place"],
)
def test_what_is_told_anew_is_a_new_revision(changed: dict[str, object]) -> None:
    assert then(first(), match(**changed)).revision == 2


def test_keys_and_names_only_ever_grow() -> None:
    alert = first()
    further = match(event=event(actors=(actor("china", "CN"),), objects=(mention("icbm", Kind.OBJECT),)))
    grown = then(alert, further)
    assert grown.keys > alert.keys
    assert grown.actors == ("north-korea", "china")
    assert grown.objects == ("srbm", "icbm")


def test_a_second_rule_joins_with_its_title() -> None:
    alert = then(first(), match(rule="icbm", title="An ICBM"))
    assert dict(zip(alert.rules, alert.titles, strict=True)) == {
        "dprk-missile-launch": "North Korea launches a missile",
        "icbm": "An ICBM",
    }


@pytest.mark.parametrize(
    ("was", "comes", "stands"),
    [
        (Status.CLAIMED, Status.OCCURRED, Status.OCCURRED),
        (Status.OCCURRED, Status.CLAIMED, Status.OCCURRED),
        (Status.PLANNED, Status.OCCURRED, Status.OCCURRED),
        (Status.THREATENED, Status.PLANNED, Status.THREATENED),
    ],
)
def test_what_happened_outweighs_what_is_said(was: Status, comes: Status, stands: Status) -> None:
    alert = first(match(event=event(status=was)))
    assert then(alert, match(event=event(status=comes))).status is stands


@pytest.mark.parametrize("standing", [Standing.BASELINE, Standing.OLD])
def test_one_live_report_makes_the_alert_live(standing: Standing) -> None:
    quiet = first(told=article(standing=standing))
    alert = then(quiet, match())
    assert (alert.standing, alert.revision) == (Standing.LIVE, 2)
    assert then(first(), match(), told=article(key="2", standing=standing)).standing is Standing.LIVE


def test_a_report_that_names_the_day_puts_a_guess_right() -> None:
    guessed = first(match(event=event(date=dt.date(2026, 3, 13), date_given=False)))
    alert = then(guessed, match())
    assert alert.date == dt.date(2026, 3, 12)
    assert alert.revision == 2


def test_a_guess_never_overrules_a_named_day() -> None:
    late = match(event=event(date=dt.date(2026, 3, 13), date_given=False))
    assert then(first(), late).date == dt.date(2026, 3, 12)


def test_an_edit_renews_the_report_in_its_place() -> None:
    alert = then(first(), match())
    edited = then(alert, match(event=event(count=THREE)), told=article(title="2nd LD"))
    assert [report.title for report in edited.reports] == ["2nd LD", alert.reports[1].title]


def test_a_shadow_rule_adds_a_report_and_nothing_else() -> None:
    alert = first()
    seen = then(alert, match(rule="trial", level=Level.CRITICAL, shadow=True))
    assert (seen.rules, seen.level, seen.shadow) == (alert.rules, alert.level, False)
    assert len(seen.reports) == 2


def test_each_rung_takes_over_from_the_lower_and_adds_nothing_to_the_higher() -> None:
    shadow = match(rule="dark", level=Level.CRITICAL, shadow=True)
    trial = match(rule="tried", level=Level.MEDIUM, trial=True)
    tried = then(first(shadow), trial)
    assert (tried.rules, tried.level, tried.shadow, tried.trial) == (("tried",), Level.MEDIUM, False, True)
    live = then(tried, match())
    assert (live.rules, live.trial, live.trial_rules) == (("dprk-missile-launch",), False, ("tried",))
    assert live.revision > tried.revision
    assert then(live, trial).rules == live.rules


def test_a_live_rule_takes_a_shadow_alert_over() -> None:
    trial = first(match(rule="trial", level=Level.CRITICAL, shadow=True))
    alert = then(trial, match())
    assert (alert.rules, alert.level, alert.shadow) == (("dprk-missile-launch",), Level.HIGH, False)
    assert alert.revision == 2
    assert alert == replace(alert, id=trial.id)
