from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from builders import NOW, actor, article, event, match, mention, place, span
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.alerting.group import event_keys, group, sought_keys
from monitor.model import Alert, Article, Count, Entity, Kind, Level, Match, Mention, Span, Standing, Status

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def opened(told: Article, *matches: Match) -> Alert:
    """The one alert that these matches open."""
    (alert,) = group(told, matches, [], now=NOW)
    return alert


def joined(told: Article, *matches: Match, to: Sequence[Alert]) -> list[Alert]:
    """What comes of the matches when only the alerts that their keys seek are loaded."""
    found = [alert for alert in to if alert.keys & sought_keys(told, matches)]
    return group(told, matches, found, now=NOW + HOUR)


def another(key: str = "2", **changed: object) -> Article:
    return article(
        **{
            "key": key,
            "title": f"Seoul speaks of launches ({key})",
            "text": f"Report {key} in words of its own.",
            "publisher": "Kyodo",
            **changed,
        }
    )


def dateless(day: int, **changed: object) -> Match:
    return match(event=event(date=dt.date(2026, 3, day), date_given=False, **changed))


def dated(day: int, **changed: object) -> Match:
    return match(event=event(date=dt.date(2026, 3, day), **changed))


# --- keys ------------------------------------------------------------------------------------------


def test_a_key_is_family_country_and_local_date() -> None:
    assert event_keys(article(), match()) == {"missile|KP|*|2026-03-12"}


def test_an_actor_without_a_country_goes_by_its_slug() -> None:
    lone = match(event=event(actors=(actor("lazarus", country=""),)))
    assert event_keys(article(), lone) == {"missile|lazarus|*|2026-03-12"}


def test_each_actor_of_a_joint_event_finds_its_alert() -> None:
    patrol = match(event=event(actors=(actor("china", "CN"), actor("russia", "RU"))))
    assert event_keys(article(), patrol) == {"missile|CN|*|2026-03-12", "missile|RU|*|2026-03-12"}


def test_a_place_and_its_zone_are_keys_only_where_the_rule_groups_by_place() -> None:
    reef = event(places=(place("mischief-reef", zone="spratlys"),))
    by_place = match(group_by=("actor", "place", "date"), event=reef)
    assert event_keys(article(), by_place) == {
        "missile|KP|mischief-reef|2026-03-12",
        "missile|KP|spratlys|2026-03-12",
        "missile|KP|*|2026-03-12",
    }


def test_without_a_date_the_publish_time_counts_in_the_zone_of_the_place() -> None:
    late = article(published=dt.datetime(2026, 3, 11, 16, 0, tzinfo=dt.UTC))  # 01:00 on the 12th in Seoul
    assert event_keys(late, match(event=event(date=None, date_given=False))) == {"missile|KP|*|~2026-03-12"}


# --- one article -----------------------------------------------------------------------------------


@pytest.mark.fault("DD10")
def test_an_event_of_several_rules_is_one_alert_at_the_highest_level() -> None:
    icbm = match(rule="icbm", title="ICBM", family="strategic", level=Level.CRITICAL)
    alert = opened(article(), match(), icbm)
    assert set(alert.rules) == {"dprk-missile-launch", "icbm"}
    assert dict(zip(alert.rules, alert.titles, strict=True))["icbm"] == "ICBM"
    assert alert.level is Level.CRITICAL
    assert len(alert.reports) == 1


def test_matches_on_one_sentence_are_one_alert_whoever_acts() -> None:
    veto = match(rule="unsc-shielding", family="unsc", event=event(actors=(actor("china", "CN"),)))
    assert len(group(article(), [match(), veto], [], now=NOW)) == 1


def test_events_of_different_days_in_one_article_are_alerts_of_their_own() -> None:
    earlier = dated(
        5, sentence=span("an earlier sentence"), action=mention("launch", Kind.ACTION, text="lobbed")
    )
    alerts = group(article(), [match(), earlier], [], now=NOW)
    assert {alert.date for alert in alerts} == {dt.date(2026, 3, 12), dt.date(2026, 3, 5)}
    assert len({alert.id for alert in alerts}) == 2


def test_a_title_without_a_day_takes_the_day_that_the_text_names() -> None:
    title = dateless(
        13, sentence=span("title", field="title"), action=mention("launch", Kind.ACTION, text="fires")
    )
    alert = opened(article(), title, match())
    assert alert.date == dt.date(2026, 3, 12)
    assert alert.keys == {"missile|KP|*|2026-03-12"}


def test_the_alert_carries_the_words_of_its_event() -> None:
    alert = opened(article(), match())
    assert (alert.actors, alert.action, alert.objects) == (("north-korea",), "launch", ("srbm",))
    assert alert.places == ("sunan", "east-sea")
    assert alert.reports[0].sentence == match().event.sentence


# --- later reports ---------------------------------------------------------------------------------


def test_a_later_report_joins_and_keeps_the_revision() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), match(), to=[first])
    assert alert.id == first.id
    assert alert.revision == 1
    assert [report.publisher for report in alert.reports] == ["Yonhap", "Kyodo"]


def test_grouping_the_same_article_twice_changes_nothing() -> None:
    first = opened(article(), match())
    assert joined(article(), match(), to=[first]) == [first]


def test_a_higher_level_raises_alert_and_revision() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), match(level=Level.CRITICAL), to=[first])
    assert (alert.level, alert.revision) == (Level.CRITICAL, 2)


def test_a_lower_level_lowers_nothing() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), match(level=Level.LOW), to=[first])
    assert (alert.level, alert.revision) == (Level.HIGH, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"count": Count(min=3, max=3, text="three")},
        {"places": (place("wonsan", "Wonsan"),)},
    ],
    ids=["count", "place"],
)
def test_a_changed_fact_is_a_new_revision(change: dict[str, object]) -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), match(event=event(**change)), to=[first])
    assert alert.revision == 2
    assert alert.level is Level.HIGH


def test_the_count_most_reports_give_stands_and_the_latest_breaks_a_tie() -> None:
    three = match(event=event(count=Count(min=3, max=3, text="three")))
    first = opened(article(), match())
    (tied,) = joined(another("2"), three, to=[first])
    (settled,) = joined(another("3"), match(), to=[tied])
    assert tied.count == Count(min=3, max=3, text="three")
    assert settled.count == Count(min=2, max=2, text="two")


def test_what_was_claimed_and_then_occurred_has_occurred() -> None:
    first = opened(article(), match(event=event(status=Status.CLAIMED)))
    (alert,) = joined(another(), match(), to=[first])
    assert (alert.status, alert.revision) == (Status.OCCURRED, 2)


def test_an_edited_article_renews_its_report() -> None:
    first = opened(article(), match())
    (alert,) = joined(article(title="2nd LD"), match(), to=[first])
    assert [report.title for report in alert.reports] == ["2nd LD"]


def test_an_edit_that_corrects_the_day_stays_with_its_alert() -> None:
    first = opened(article(), match())
    (alert,) = group(article(), [dated(10)], [first], now=NOW)
    assert alert.id == first.id


def test_an_event_added_by_an_edit_is_an_alert_of_its_own() -> None:
    first = opened(article(), match())
    added = dated(10, sentence=span("added later"), action=mention("launch", Kind.ACTION, text="lobbed"))
    alerts = group(article(), [match(), added], [first], now=NOW)
    assert len(alerts) == 2
    assert sum(alert.id == first.id for alert in alerts) == 1


def test_another_day_is_another_event() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), dated(13), to=[first])
    assert alert.id != first.id


def test_another_country_is_another_event() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), match(event=event(actors=(actor("china", "CN"),))), to=[first])
    assert alert.id != first.id


@pytest.mark.parametrize(
    ("day", "places"), [(11, ()), (13, (place(),))], ids=["without a time zone", "past midnight"]
)
def test_a_report_that_names_no_day_joins_the_day_beside(day: int, places: tuple[Mention, ...]) -> None:
    first = opened(article(), match())
    (alert,) = joined(another(published=NOW + 14 * HOUR), dateless(day, places=places), to=[first])
    assert alert.id == first.id
    assert alert.date == dt.date(2026, 3, 12)


def test_a_report_that_names_no_day_prefers_its_own_day() -> None:
    twelfth, thirteenth = opened(article(), match()), opened(another("3"), dated(13))
    (alert,) = joined(another(), dateless(13), to=[twelfth, thirteenth])
    assert alert.id == thirteenth.id


def test_after_two_days_a_report_that_names_no_day_is_another_event() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(published=NOW + 49 * HOUR), dateless(13), to=[first])
    assert alert.id != first.id


def test_a_report_that_names_the_day_corrects_a_flash_that_did_not() -> None:
    flash = opened(article(), dateless(13))
    (alert,) = joined(another(), dated(12), to=[flash])
    assert alert.id == flash.id
    assert alert.date == dt.date(2026, 3, 12)
    assert alert.keys == {"missile|KP|*|2026-03-12"}


def test_places_keep_apart_where_the_rule_groups_by_place() -> None:
    first, other = (
        match(group_by=("actor", "place", "date"), event=event(places=(place(slug),)))
        for slug in ("kadiz", "taiwan-adiz")
    )
    alert = opened(article(), first)
    assert joined(another(), other, to=[alert])[0].id != alert.id
    assert joined(another("3"), first, to=[alert])[0].id == alert.id


def test_a_report_without_a_place_joins_the_alert_that_has_one() -> None:
    placed = match(group_by=("actor", "place", "date"))
    alert = opened(article(), placed)
    vague = match(group_by=("actor", "place", "date"), event=event(places=()))
    assert joined(another(), vague, to=[alert])[0].id == alert.id


@pytest.mark.fault("DD04")
def test_one_agency_text_under_two_mastheads_is_one_alert_even_where_places_differ() -> None:
    first, other = (
        match(group_by=("actor", "place", "date"), event=event(places=(place(slug),)))
        for slug in ("kadiz", "east-china-sea")
    )
    alert = opened(article(title="Chinese jets enter air zone"), first)
    (again,) = joined(another(title="Chinese jets enter air zone "), other, to=[alert])
    assert again.id == alert.id
    assert len(again.reports) == 2


# --- neighbouring days -----------------------------------------------------------------------------


def headline(
    title: str, day: int, at: dt.timedelta, verb: str = "fires", **changed: object
) -> tuple[Article, Match]:
    """An article of a headline alone, which names no day, and its match."""
    told = article(key=title, title=title, text="", published=NOW + at)
    start = max(title.find(verb), 0)
    deed = Mention(
        span=Span(field="title", start=start, end=start + len(verb), text=verb),
        entity=Entity(slug="launch", kind=Kind.ACTION, terms=()),
    )
    sentence = Span(field="title", start=0, end=len(title), text=title)
    return told, dateless(day, action=deed, sentence=sentence, **{"count": None, **changed})


def test_a_headline_of_the_next_day_that_tells_news_is_an_event_of_its_own() -> None:
    first = opened(*headline("North Korea fires ballistic missile, says Seoul", 12, 0 * HOUR))
    (alert,) = joined(*headline("North Korea fires missile into sea", 13, 24 * HOUR), to=[first])
    assert alert.id != first.id


def test_a_headline_past_midnight_still_tells_the_news_of_the_day_before() -> None:
    first = opened(*headline("North Korea fires ballistic missile, says Seoul", 12, 0 * HOUR))
    (alert,) = joined(*headline("North Korea fires missile into sea", 13, 15 * HOUR), to=[first])
    assert alert.id == first.id


@pytest.mark.parametrize(
    "title",
    [
        "North Korea fires missile again",
        "North Korea fires second missile in two days",
        "North Korea fires 2 more missiles",
    ],
)
def test_one_more_is_never_the_one_before(title: str) -> None:
    told, found = headline(title, 13, 20 * HOUR, verb="fires")
    first = opened(*headline("North Korea fires ballistic missile, says Seoul", 12, 0 * HOUR))
    (alert,) = joined(told, found, to=[first])
    assert alert.id != first.id


def test_a_late_report_leaves_no_key_of_its_own_day_behind() -> None:
    first = opened(*headline("North Korea fires ballistic missile, says Seoul", 12, 0 * HOUR))
    late, noun = headline("What the North Korean missile launch means", 13, 20 * HOUR, "launch", nominal=True)
    (alert,) = joined(late, noun, to=[first])
    assert alert.id == first.id
    assert alert.keys == first.keys
    (second,) = joined(*headline("North Korea fires missile into sea", 13, 26 * HOUR), to=[alert])
    assert second.id != first.id


def test_a_rewrite_that_shares_the_particulars_joins_however_it_is_told() -> None:
    first = opened(
        *headline("North Korea fires missile over Hokkaido, ferry crews take shelter", 12, 0 * HOUR)
    )
    rewrite = headline("Ferry crews shelter off Hokkaido as North Korea fires missile", 13, 30 * HOUR)
    (alert,) = joined(*rewrite, to=[first])
    assert alert.id == first.id
    assert alert.date == dt.date(2026, 3, 12)


def test_another_number_on_another_day_is_another_event_whatever_else_agrees() -> None:
    two, five = (Count(min=n, max=n, text=str(n)) for n in (2, 5))
    first = opened(*headline("North Korea fires missiles past Hokkaido ferry crews", 12, 0 * HOUR, count=two))
    other = headline("North Korea fires missiles, Hokkaido ferry crews say", 13, 30 * HOUR, count=five)
    (alert,) = joined(*other, to=[first])
    assert alert.id != first.id


def test_a_copy_joins_though_it_counts_its_day_from_another() -> None:
    text = (
        "The launch came yesterday, shortly after the harbour at Wonsan had been closed to all fishing boats."
    )
    first = opened(article(text=text), dated(12))
    (alert,) = joined(article(key="2", text=text, published=NOW + DAY), dated(13), to=[first])
    assert alert.id == first.id
    assert alert.keys == first.keys


def test_the_warning_of_thursday_dates_no_launch() -> None:
    warned = match(
        rule="threat",
        family="threat",
        event=event(
            action=mention("warn", Kind.ACTION, text="warned"),
            date=dt.date(2026, 3, 11),
            sentence=span("It had warned on Wednesday."),
        ),
    )
    told, launch = headline("North Korea fires missile", 12, 0 * HOUR)
    alerts = group(told, [launch, warned], [], now=NOW)
    assert {alert.date for alert in alerts} == {dt.date(2026, 3, 11), dt.date(2026, 3, 12)}


# --- what may be sent ------------------------------------------------------------------------------


def test_a_live_report_brings_a_baseline_alert_to_life() -> None:
    quiet = opened(article(standing=Standing.BASELINE), match())
    (alert,) = joined(another(), match(), to=[quiet])
    assert quiet.standing is Standing.BASELINE
    assert (alert.standing, alert.revision) == (Standing.LIVE, 2)


def test_an_old_report_does_not_quieten_a_live_alert() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(standing=Standing.OLD), match(), to=[first])
    assert alert.standing is Standing.LIVE


def test_a_shadow_rule_alone_makes_a_shadow_alert() -> None:
    assert opened(article(), match(shadow=True)).shadow


def test_a_shadow_rule_beside_a_live_one_adds_neither_rule_nor_level() -> None:
    trial = match(rule="trial", level=Level.CRITICAL, shadow=True)
    alert = opened(article(), match(), trial)
    assert (alert.rules, alert.level, alert.shadow) == (("dprk-missile-launch",), Level.HIGH, False)
    assert set(alert.reports[0].rules) == {"dprk-missile-launch", "trial"}


def test_a_live_rule_takes_a_shadow_alert_over() -> None:
    trial = opened(article(), match(rule="trial", level=Level.CRITICAL, shadow=True))
    (alert,) = joined(another(), match(), to=[trial])
    assert (alert.rules, alert.level, alert.shadow) == (("dprk-missile-launch",), Level.HIGH, False)


def test_a_shadow_report_leaves_what_a_live_alert_tells() -> None:
    first = opened(article(), match())
    (alert,) = joined(another(), match(rule="trial", level=Level.CRITICAL, shadow=True), to=[first])
    assert (alert.rules, alert.level, alert.revision) == (first.rules, first.level, 1)
    assert len(alert.reports) == 2


# --- nothing is lost -------------------------------------------------------------------------------

SIGHTINGS = st.lists(
    st.tuples(
        st.integers(0, 4),  # article
        st.sampled_from(["KP", "CN"]),
        st.integers(10, 14),  # day
        st.booleans(),  # day named
        st.sampled_from(["", "kadiz", "jadiz"]),
        st.sampled_from(list(Standing)),
        st.booleans(),  # shadow
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(sightings=SIGHTINGS)
@example(sightings=[(0, "KP", day, False, "", Standing.LIVE, False) for day in (10, 14, 11)])
def test_every_match_ends_in_an_alert_and_no_report_is_dropped(
    sightings: list[tuple[int, str, int, bool, str, Standing, bool]],
) -> None:
    alerts: dict[str, Alert] = {}
    for number, country, day, named, where, standing, shadow in sightings:
        told = another(str(number), standing=standing)
        found = match(
            rule=f"rule-{country}",
            group_by=("actor", "place", "date"),
            shadow=shadow,
            event=event(
                actors=(actor(country.lower(), country),),
                date=dt.date(2026, 3, day),
                date_given=named,
                places=(place(where),) if where else (),
            ),
        )
        before = {(a.id, report.article) for a in alerts.values() for report in a.reports}
        touched = group(told, [found], list(alerts.values()), now=NOW)
        assert any(
            report.article == told.id and found.rule in report.rules for a in touched for report in a.reports
        )
        alerts |= {alert.id: alert for alert in touched}
        assert before <= {(a.id, report.article) for a in alerts.values() for report in a.reports}
        assert group(told, [found], list(alerts.values()), now=NOW + DAY) == [
            replace(alert) for alert in touched
        ]


STORIES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(10, 15)), min_size=1, max_size=7, unique_by=lambda s: s[0]
)


def _partition(alerts: Iterable[Alert]) -> set[frozenset[str]]:
    return {frozenset(report.article for report in alert.reports) for alert in alerts}


def _grouped(told: Iterable[tuple[Article, Match]]) -> list[Alert]:
    alerts: dict[str, Alert] = {}
    for each, found in told:
        alerts |= {alert.id: alert for alert in joined(each, found, to=list(alerts.values()))}
    return list(alerts.values())


@settings(max_examples=40, deadline=None)
@given(stories=STORIES, data=st.data())
def test_reports_that_name_their_day_are_grouped_alike_in_whatever_order_they_come(
    stories: list[tuple[int, int]], data: st.DataObject
) -> None:
    told = [(another(str(number)), dated(day)) for number, day in stories]
    other = data.draw(st.permutations(told))
    assert _partition(_grouped(told)) == _partition(_grouped(other))


@settings(max_examples=40, deadline=None)
@given(hours=st.lists(st.integers(0, 71), min_size=1, max_size=6), named=st.booleans())
def test_copies_never_open_a_second_alert(hours: list[int], *, named: bool) -> None:
    text = "Fishermen off Wonsan saw a trail of smoke climb before dawn; the harbour master closed the pier at once."
    copies = [
        (
            article(key=str(n), text=text, published=NOW + at * HOUR),
            (dated if named else dateless)(12 + at // 24),
        )
        for n, at in enumerate(hours)
    ]
    assert len(_grouped(copies)) == 1


# --- looking back ----------------------------------------------------------------------------------

RECALLED = "Two bombers flew over Seoul days after North Korea fired two missiles."


def recalling(day: int, sentence: str = RECALLED, **changed: object) -> Match:
    deed = mention("launch", Kind.ACTION, text="fired", within=sentence)
    return dateless(day, sentence=span(sentence, within=sentence), action=deed, **changed)


def at(day: int, key: str = "2") -> Article:
    return another(key, published=dt.datetime(2026, 3, day, 3, 0, tzinfo=dt.UTC))


@pytest.mark.parametrize(("day", "same"), [(14, True), (15, True), (16, False)])
def test_a_report_that_only_recalls_an_event_is_of_the_event_of_up_to_three_days_before(
    day: int,
    same: bool,  # noqa: FBT001 - both cases of one behaviour
) -> None:
    first = opened(article(), match())
    (alert,) = joined(at(day), recalling(day), to=[first])
    assert (alert.id == first.id) is same


def test_a_report_that_tells_something_new_of_another_day_is_not_taken_for_a_recollection() -> None:
    first = opened(article(), match())
    (alert,) = joined(at(14), recalling(14, "North Korea fired two missiles off its coast."), to=[first])
    assert alert.id != first.id


def test_a_recollection_of_another_kind_of_deed_is_another_event() -> None:
    first = opened(article(), match())
    test = mention("nuclear-test", Kind.ACTION, text="fired", within=RECALLED)
    other = dateless(14, sentence=span(RECALLED, within=RECALLED), action=test, objects=())
    (alert,) = joined(at(14), other, to=[first])
    assert alert.id != first.id


def test_a_recollection_goes_to_the_event_of_its_own_day_first() -> None:
    before = opened(article(), match())
    own = opened(at(14, "5"), dated(14))
    (alert,) = joined(at(14), recalling(14), to=[before, own])
    assert alert.id == own.id
