"""Rules over time in the service: stored, told once, held where feeds are down, ended on return."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from builders import actor, article, delivery, event, feed, match, subscription

from monitor.alerting.amend import opened, retracted
from monitor.alerting.render import render
from monitor.matching.load import load_pack
from monitor.matching.overtime.rule import OverTime
from monitor.model import Alert, Bearing, FeedState, Level, Match, Reason, Stage, Verdict
from monitor.storage import Database, alerts, articles, deliveries, feeds, matches, overtime, subscriptions
from monitor.storage.query import AlertQuery
from monitor.watch import found, watch

RULES = {rule.id: rule for rule in load_pack([Path(__file__).parents[1] / "rules"]).over_time}
SEEN = dt.datetime(2026, 5, 1, 3, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def unseen() -> OverTime:
    return RULES["kju-unseen-21d"]


class History:
    """A database with one subscriber and one feed of state media, to which a test adds what it needs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as conn:
            feeds.sync(conn, [feed(id="kcna-watch")], now=SEEN)
            subscriptions.sync(conn, [subscription(id="desk")])
        self.polled(SEEN)

    def polled(self, new: dt.datetime) -> None:
        """The feed brought something new at that time."""
        state = FeedState(
            feed="kcna-watch", first_polled=SEEN - 60 * DAY, last_polled=new, last_good=new, last_new=new
        )
        with self.database.write() as conn:
            feeds.save_state(conn, state)

    def matched(
        self, rule: str, when: dt.datetime, title: str = "Kim Jong Un visits a factory", *, back: str = ""
    ) -> None:
        """A match of that rule came in; `back` has taken back what it tells."""
        told = article(key=f"{rule}{when}", title=title, published=when, fetched=when)
        found = match(rule=rule, event=event(date=when.date(), actors=(actor("kim-jong-un", "KP"),)))
        with self.database.write() as conn:
            articles.add(conn, [told])
            alert = opened(told.id[:16], told, [found], keys=frozenset({f"{rule}|{when.date()}"}), now=when)
            stands = replace(alert, reports=(replace(alert.reports[0], taken_back_by=back),), shadow=True)
            alerts.save(conn, stands)
            matches.add(
                conn,
                {told.id: Verdict(matches=(found,))},
                alert_ids={(told.id, rule): stands.id},
                now=when,
            )

    def taken_back(self, rule: str, when: dt.datetime, *, by: str) -> None:
        """`by` says that what that match tells did not happen; "" says that it did after all."""
        told = article(key=f"{rule}{when}")
        with self.database.write() as conn:
            (alert,) = (each for each in alerts.by_article(conn, told.id) if not each.said)
            stands = replace(alert.reports[0], taken_back_by=by)
            denial = replace(stands, article="denial", taken_back_by="", bearing=Bearing.RETRACTS, voice=by)
            alerts.save(conn, replace(alert, reports=(stands, denial) if by else (stands,)))

    def edited_away(self, rule: str, when: dt.datetime, now: dt.datetime) -> None:
        """The article of that match was edited, and tells it no more."""
        told = article(key=f"{rule}{when}")
        with self.database.write() as conn:
            (alert,) = (each for each in alerts.by_article(conn, told.id) if not each.said)
            alerts.save(conn, retracted(alert, [told.id], now=now))
            matches.add(conn, {told.id: Verdict()}, alert_ids={}, now=now)

    def watch(self, rule: OverTime, now: dt.datetime) -> None:
        self.polled(now)
        watch(self.database, [rule], now=now)

    @property
    def alerts(self) -> list[Alert]:
        with self.database.read() as conn:
            return [each for each in alerts.search(conn, AlertQuery()) if each.said]

    @property
    def reasons(self) -> list[Reason]:
        with self.database.read() as conn:
            found = deliveries.listed(conn)
        return [each.reason for each in sorted(found, key=lambda each: (each.created, each.revision))]


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


def test_an_absence_is_told_raised_and_ended_in_one_alert(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    for days in (20, 21, 22, 31):
        history.watch(unseen, SEEN + days * DAY)
    history.matched("kju-appearance", SEEN + 33 * DAY)
    history.watch(unseen, SEEN + 33 * DAY)
    history.watch(unseen, SEEN + 34 * DAY)
    (alert,) = history.alerts
    assert (alert.rules, alert.level, alert.closed) == (("kju-unseen-21d",), Level.HIGH, True)
    assert alert.said == "Kim Jong Un seen again 3 Jun, after 33 days"
    assert history.reasons == [Reason.FIRST, Reason.LEVEL_RAISED, Reason.RESOLVED]


def test_its_message_says_since_when_and_what_was_last_seen(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    history.watch(unseen, SEEN + 21 * DAY)
    told = render(history.alerts[0], delivery(reason=Reason.FIRST, created=SEEN + 21 * DAY), names={})
    said = "Kim Jong Un unseen 21 days; last seen 1 May (Kim Jong Un visits a factory)"
    assert told.headline == f"MEDIUM · over time · {said} · 22 May 12:00 KST"


def test_a_dead_feed_is_no_absence(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    for days in range(4, 30, 5):
        watch(history.database, [unseen], now=SEEN + days * DAY)
    assert history.alerts == []
    with history.database.read() as conn:
        (held,) = overtime.told(conn)["kju-unseen-21d"]
    assert held.holds == "held"
    assert "unknown" in held.said


def test_what_is_held_is_told_with_the_feeds_that_were_down(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    watch(history.database, [unseen], now=SEEN + 25 * DAY)
    with history.database.read() as conn:
        ((held, why),) = found(conn, [unseen])
    assert (held.holds, held.alert, why) == ("held", "", "nothing from kcna-watch since 2026-05-02")


def test_what_is_open_is_not_explained_as_held(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    history.watch(unseen, SEEN + 21 * DAY)
    with history.database.read() as conn:
        ((told, why),) = found(conn, [unseen])
    assert (told.holds, told.alert, why) == ("open", history.alerts[0].id, "")


def test_without_any_feed_of_the_rule_nothing_is_claimed(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    with history.database.write() as conn:
        feeds.sync(conn, [feed(id="other")], now=SEEN)
        conn.exec_driver_sql("DELETE FROM feeds WHERE id = 'kcna-watch'")
    watch(history.database, [unseen], now=SEEN + 25 * DAY)
    assert history.alerts == []


def test_a_sequence_is_told_once_with_both_reports(history: History) -> None:
    rule = RULES["stress-then-provocation"]
    history.matched("dprk-epidemic", SEEN, "Fever spreads in Pyongyang")
    history.matched("dprk-missile-launch", SEEN + 10 * DAY, "North Korea fires a missile")
    for days in (10, 11, 12):
        history.watch(rule, SEEN + days * DAY)
    (alert,) = history.alerts
    assert alert.said == "Fever spreads in Pyongyang 1 May, then North Korea fires a missile 11 May"
    assert len(alert.reports) == 2
    assert history.reasons == [Reason.FIRST]


def test_what_was_taken_back_counts_no_more(history: History) -> None:
    rule = RULES["stress-then-provocation"]
    history.matched("dprk-epidemic", SEEN, "Fever spreads in Pyongyang")
    history.matched("dprk-missile-launch", SEEN + 10 * DAY, "North Korea fires a missile", back="Seoul")
    history.watch(rule, SEEN + 10 * DAY)
    assert history.alerts == []
    history.matched("dprk-missile-launch", SEEN + 12 * DAY, "North Korea fires another missile")
    history.watch(rule, SEEN + 12 * DAY)
    (alert,) = history.alerts
    assert alert.said == "Fever spreads in Pyongyang 1 May, then North Korea fires another missile 13 May"


# --- what was told, and rests on what was taken back -------------------------------------------------


@pytest.fixture
def told(history: History) -> History:
    """Fever, then a missile: told."""
    history.matched("dprk-epidemic", SEEN, "Fever spreads in Pyongyang")
    history.matched("dprk-missile-launch", SEEN + 10 * DAY, "North Korea fires a missile")
    history.watch(RULES["stress-then-provocation"], SEEN + 10 * DAY)
    return history


def test_a_sequence_is_withdrawn_when_one_of_its_steps_is_taken_back(told: History) -> None:
    rule = RULES["stress-then-provocation"]
    told.taken_back("dprk-missile-launch", SEEN + 10 * DAY, by="Seoul")
    for days in (11, 12):
        told.watch(rule, SEEN + days * DAY)
    (alert,) = told.alerts
    assert (alert.stage, alert.revision) == (Stage.WITHDRAWN, 2)
    assert alert.changes == ("withdrawn: Seoul takes it back (Yonhap)",)
    assert [each.remark for each in alert.reports] == ["", "taken back by Seoul", "takes it back"]
    assert told.reasons == [Reason.FIRST, Reason.WITHDRAWN]


def test_its_message_says_that_it_is_withdrawn_and_by_whom(told: History) -> None:
    told.taken_back("dprk-missile-launch", SEEN + 10 * DAY, by="Seoul")
    told.watch(RULES["stress-then-provocation"], SEEN + 11 * DAY)
    (alert,) = told.alerts
    message = render(alert, delivery(reason=Reason.WITHDRAWN, created=SEEN + 11 * DAY), names={})
    assert message.headline.split(" · ")[1] == "withdrawn"
    assert message.standing_line.startswith("WITHDRAWN · taken back by Seoul · was told by")


def test_a_step_that_its_publisher_edits_away_withdraws_it_too(told: History) -> None:
    told.edited_away("dprk-missile-launch", SEEN + 10 * DAY, SEEN + 11 * DAY)
    told.watch(RULES["stress-then-provocation"], SEEN + 11 * DAY)
    (alert,) = told.alerts
    assert alert.changes == ("withdrawn: Yonhap corrected its report and tells it no more",)
    assert told.reasons == [Reason.FIRST, Reason.WITHDRAWN]


def test_with_another_step_in_its_place_it_is_corrected(told: History) -> None:
    rule = RULES["stress-then-provocation"]
    told.matched("dprk-missile-launch", SEEN + 11 * DAY, "North Korea fires another missile")
    told.taken_back("dprk-missile-launch", SEEN + 10 * DAY, by="Seoul")
    for days in (11, 12):
        told.watch(rule, SEEN + days * DAY)
    (alert,) = told.alerts
    now = "Fever spreads in Pyongyang 1 May, then North Korea fires another missile 12 May"
    assert (alert.said, alert.stage, alert.revision) == (now, Stage.CORRECTED, 2)
    assert alert.changes == ("Seoul takes it back (Yonhap)", f"now: {now}")
    assert [each.remark for each in alert.reports] == ["", "taken back by Seoul", ""]
    assert told.reasons == [Reason.FIRST, Reason.CORRECTED]


def test_what_was_withdrawn_holds_again_when_the_denial_is_taken_back(told: History) -> None:
    rule = RULES["stress-then-provocation"]
    told.taken_back("dprk-missile-launch", SEEN + 10 * DAY, by="Seoul")
    told.watch(rule, SEEN + 11 * DAY)
    told.taken_back("dprk-missile-launch", SEEN + 10 * DAY, by="")
    told.watch(rule, SEEN + 12 * DAY)
    (alert,) = told.alerts
    assert (alert.stage, alert.revision, len(alert.reports)) == (Stage.CORRECTED, 3, 2)
    assert alert.changes[0].startswith("holds again: Fever spreads")
    assert told.reasons == [Reason.FIRST, Reason.WITHDRAWN, Reason.CORRECTED]


def test_a_denial_that_comes_late_finds_a_first_step_of_long_ago(told: History) -> None:
    """The window of today no longer reaches to the fever, and still the sequence is judged with it."""
    rule = RULES["stress-then-provocation"]
    late = SEEN + (rule.reach - 1) * DAY
    told.matched("dprk-missile-launch", SEEN + 11 * DAY, "North Korea fires another missile")
    told.taken_back("dprk-missile-launch", SEEN + 10 * DAY, by="Seoul")
    told.watch(rule, late)
    (alert,) = told.alerts
    assert alert.stage is Stage.CORRECTED


def test_an_absence_without_its_last_appearance_is_withdrawn(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN)
    history.watch(unseen, SEEN + 21 * DAY)
    history.taken_back("kju-appearance", SEEN, by="Seoul")
    for days in (22, 23):
        history.watch(unseen, SEEN + days * DAY)
    (alert,) = history.alerts
    assert (alert.stage, alert.changes) == (Stage.WITHDRAWN, ("withdrawn: Seoul takes it back (Yonhap)",))
    assert history.reasons == [Reason.FIRST, Reason.WITHDRAWN]


def test_an_absence_that_began_earlier_than_was_told_is_one_alert(history: History, unseen: OverTime) -> None:
    history.matched("kju-appearance", SEEN - 5 * DAY, "Kim Jong Un at a parade")
    history.matched("kju-appearance", SEEN)
    history.watch(unseen, SEEN + 21 * DAY)
    history.taken_back("kju-appearance", SEEN, by="Seoul")
    for days in (22, 23):
        history.watch(unseen, SEEN + days * DAY)
    (alert,) = history.alerts
    assert alert.said == "Kim Jong Un unseen 27 days; last seen 26 Apr (Kim Jong Un at a parade)"
    assert alert.changes == ("Seoul takes it back (Yonhap)", f"now: {alert.said}")
    assert history.reasons == [Reason.FIRST, Reason.CORRECTED]


def test_an_absence_goes_on_when_the_appearance_that_ended_it_is_taken_back(
    history: History, unseen: OverTime
) -> None:
    history.matched("kju-appearance", SEEN)
    history.watch(unseen, SEEN + 21 * DAY)
    history.matched("kju-appearance", SEEN + 22 * DAY)
    history.watch(unseen, SEEN + 22 * DAY)
    history.taken_back("kju-appearance", SEEN + 22 * DAY, by="Seoul")
    for days in (23, 24):
        history.watch(unseen, SEEN + days * DAY)
    (alert,) = history.alerts
    assert not alert.closed
    assert alert.said.startswith("Kim Jong Un unseen 23 days")
    assert alert.changes == ("not over: what ended it was taken back",)
    assert history.reasons == [Reason.FIRST, Reason.RESOLVED, Reason.CORRECTED]


def test_matches_are_found_by_the_date_of_their_event(history: History) -> None:
    history.matched("dprk-epidemic", SEEN)
    history.matched("dprk-epidemic", SEEN + 5 * DAY)
    with history.database.read() as conn:
        found: list[tuple[object, Match]] = list(matches.since(conn, ["dprk-epidemic"], SEEN.date() + DAY))
    assert [each.event.date for _, each in found] == [(SEEN + 5 * DAY).date()]
