from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, alert, subscription

from monitor.alerting.route import decide, route
from monitor.model import Held, Level, Quiet, Reason, Stage, Standing, Timing, Turn, delivery_id


def test_a_new_alert_goes_to_every_subscription_that_admits_it() -> None:
    desk, other = subscription(), subscription(id="other", rules=frozenset({"adiz-incursion"}))
    routing = route(alert(), [desk, other], told={}, now=NOW)
    (queued,) = routing.deliveries
    assert (queued.subscription, queued.reason, queued.next_at) == ("desk", Reason.FIRST, NOW)
    assert queued.id == delivery_id(alert().id, 1, "desk")
    assert [(each.subscription, each.send, each.reason) for each in routing.decisions] == [
        ("desk", True, Reason.FIRST),
        ("other", False, Reason.FILTERED),
    ]


@pytest.mark.parametrize(
    ("level", "told", "reason"),
    [
        (Level.HIGH, None, Reason.FIRST),
        (Level.HIGH, Level.HIGH, Reason.UNCHANGED),
        (Level.HIGH, Level.CRITICAL, Reason.UNCHANGED),
        (Level.CRITICAL, Level.HIGH, Reason.LEVEL_RAISED),
    ],
)
def test_a_subscription_hears_once_and_again_when_the_level_rises(
    level: Level, told: Level | None, reason: Reason
) -> None:
    assert decide(alert(level=level, revision=2), subscription(), told=told).reason is reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"standing": Standing.BASELINE}, Reason.BASELINE),
        ({"standing": Standing.OLD}, Reason.OLD),
        ({"shadow": True}, Reason.SHADOW),
    ],
)
def test_what_may_not_be_sent_is_held_with_its_reason(changed: dict[str, object], reason: Reason) -> None:
    routing = route(alert(**changed), [subscription()], told={}, now=NOW)
    assert not routing.deliveries
    assert [decision.reason for decision in routing.decisions] == [reason]


@pytest.mark.parametrize(
    ("trial", "reason"), [(False, Reason.TRIAL), (True, Reason.FIRST)], ids=["others", "owner"]
)
def test_alerts_of_rules_in_test_go_to_trial_subscriptions_only(*, trial: bool, reason: Reason) -> None:
    assert decide(alert(trial=True), subscription(trial=trial), told=None).reason is reason


@pytest.mark.parametrize(("trial", "reason"), [(False, Reason.FILTERED), (True, Reason.FIRST)])
def test_a_rule_in_test_beside_one_in_force_is_seen_by_its_owner(*, trial: bool, reason: Reason) -> None:
    wish = subscription(rules=frozenset({"mine"}), trial=trial)
    assert decide(alert(trial_rules=("mine",)), wish, told=None).reason is reason


def test_a_trial_subscription_hears_of_rules_in_force_too() -> None:
    assert decide(alert(), subscription(trial=True), told=None).reason is Reason.FIRST


def test_a_rule_in_shadow_is_not_sent_even_to_trial_subscriptions() -> None:
    assert decide(alert(shadow=True), subscription(trial=True), told=None).reason is Reason.SHADOW


def test_an_alert_that_came_to_life_is_sent_for_the_first_time() -> None:
    assert decide(alert(revision=2), subscription(), told=None).reason is Reason.FIRST


def test_a_paused_subscription_is_not_told() -> None:
    assert decide(alert(), subscription(paused=True), told=None).reason is Reason.PAUSED


@pytest.mark.parametrize(
    ("wish", "admitted"),
    [
        ({}, True),
        ({"rules": frozenset({"dprk-missile-launch", "x"})}, True),
        ({"rules": frozenset({"x"})}, False),
        ({"min_level": Level.HIGH}, True),
        ({"min_level": Level.CRITICAL}, False),
        ({"actors": frozenset({"north-korea"})}, True),
        ({"actors": frozenset({"china"})}, False),
        ({"places": frozenset({"sunan"})}, True),
        ({"places": frozenset({"wonsan"})}, False),
        ({"text": "SHORT-RANGE"}, True),
        ({"text": "satellite"}, False),
        ({"text": "short-range", "actors": frozenset({"china"})}, False),
    ],
)
def test_filters(wish: dict[str, object], *, admitted: bool) -> None:
    expected = Reason.FIRST if admitted else Reason.FILTERED
    assert decide(alert(), subscription(**wish), told=None).reason is expected


# --- corrections and updates -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "reason"), [(Turn.CORRECTED, Reason.CORRECTED), (Turn.WITHDRAWN, Reason.WITHDRAWN)]
)
def test_whoever_was_told_hears_that_it_was_wrong_whatever_filters_caps_and_silences_say(
    turn: Turn, reason: Reason
) -> None:
    narrow = subscription(min_level=Level.CRITICAL, timing=Timing(cap=1))
    wrong = alert(turn=turn, revision=2)
    routing = route(wrong, [narrow], told={"desk": Level.HIGH}, now=NOW, lately={"desk": 9}, silenced=True)
    (queued,) = routing.deliveries
    assert (queued.reason, queued.held, queued.next_at) == (reason, None, NOW)


def test_a_correction_waits_for_the_end_of_quiet_hours_unless_it_is_critical() -> None:
    asleep = subscription(timing=Timing(quiet=Quiet(start=dt.time(22), end=dt.time(7)), zone="Europe/London"))
    for level, held in ((Level.HIGH, Held.QUIET_HOURS), (Level.CRITICAL, None)):
        wrong = alert(turn=Turn.CORRECTED, level=level, revision=2)
        (queued,) = route(wrong, [asleep], told={"desk": level}, now=NOW).deliveries
        assert queued.held is held


def test_who_was_never_told_hears_nothing_of_a_withdrawal() -> None:
    gone = alert(turn=Turn.WITHDRAWN, stage=Stage.WITHDRAWN, revision=2)
    assert decide(gone, subscription(), told=None).reason is Reason.UNCHANGED


@pytest.mark.parametrize(("updates", "reason"), [(True, Reason.UPDATED), (False, Reason.UNCHANGED)])
def test_updates_go_to_those_who_ask_for_them(*, updates: bool, reason: Reason) -> None:
    changed = alert(turn=Turn.UPDATED, revision=2)
    assert decide(changed, subscription(updates=updates), told=Level.HIGH).reason is reason


def test_a_level_that_rises_with_a_correction_is_told_as_raised() -> None:
    worse = alert(turn=Turn.CORRECTED, level=Level.CRITICAL, revision=2)
    assert decide(worse, subscription(), told=Level.HIGH).reason is Reason.LEVEL_RAISED
