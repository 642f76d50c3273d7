from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from builders import NOW, alert, delivery

from monitor.errors import StorageError
from monitor.model import Decision, Delivery, DeliveryState, Level, Reason
from monitor.storage import Database, alerts, deliveries

LEASE = dt.timedelta(minutes=5)
HOUR = dt.timedelta(hours=1)
ALERT = alert()
OTHER = alert(id="b000000000000000", keys=frozenset({"other"}))


@pytest.fixture(autouse=True)
def _alerts(database: Database) -> None:
    """A delivery belongs to an alert."""
    with database.write() as conn:
        for each in (ALERT, OTHER):
            alerts.save(conn, each)


def enqueue(database: Database, *new: Delivery) -> int:
    with database.write() as conn:
        return deliveries.enqueue(conn, new)


def claim(database: Database, *, now: dt.datetime = NOW, limit: int = 99) -> list[Delivery]:
    with database.write() as conn:
        return deliveries.claim(conn, now=now, limit=limit, lease=LEASE)


def listed(database: Database) -> list[Delivery]:
    with database.read() as conn:
        return deliveries.listed(conn)


def the_one(database: Database) -> Delivery:
    (found,) = listed(database)
    return found


def test_a_delivery_comes_out_as_it_went_in(database: Database) -> None:
    new = delivery(
        target="desk@example.org",
        reason=Reason.LEVEL_RAISED,
        state=DeliveryState.DEAD,
        attempts=3,
        next_at=NOW + HOUR,
        leased_until=NOW + LEASE,
        sent=NOW,
        error="no such host 央行",
        repeated=True,
    )
    assert enqueue(database, new) == 1
    assert listed(database) == [new]


def test_a_delivery_whose_id_is_there_is_left_as_it_stands(database: Database) -> None:
    enqueue(database, delivery())
    (claimed,) = claim(database)
    with database.write() as conn:
        deliveries.mark_sent(conn, claimed, now=NOW)
    assert enqueue(database, delivery(), delivery(subscription="other")) == 1
    assert sorted(each.state for each in listed(database)) == [DeliveryState.PENDING, DeliveryState.SENT]


def test_a_delivery_of_an_alert_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(StorageError):
        enqueue(database, delivery(alert="absent"))
    assert listed(database) == []


def test_a_claim_leases_what_is_due_with_one_attempt_more(database: Database) -> None:
    enqueue(database, delivery(next_at=NOW))
    (claimed,) = claim(database)
    assert claimed == delivery(next_at=NOW, attempts=1, leased_until=NOW + LEASE)
    assert listed(database) == [claimed]


def test_the_longest_due_comes_first(database: Database) -> None:
    due = {"late": NOW - HOUR, "now": NOW, "at once": None, "later": NOW + HOUR}
    enqueue(database, *(delivery(subscription=name, next_at=at) for name, at in due.items()))
    assert [each.subscription for each in claim(database, limit=2)] == ["at once", "late"]
    assert [each.subscription for each in claim(database)] == ["now"]
    assert claim(database) == []


def test_what_is_claimed_is_not_claimed_again_before_its_lease_has_run_out(database: Database) -> None:
    enqueue(database, delivery())
    (first,) = claim(database)
    assert not first.repeated
    assert claim(database, now=NOW + LEASE - dt.timedelta(microseconds=1)) == []
    (second,) = claim(database, now=NOW + LEASE)
    assert (second.id, second.repeated, second.attempts) == (first.id, True, 2)
    (third,) = claim(database, now=NOW + 2 * LEASE)
    assert (third.repeated, third.attempts) == (True, 3)


def test_a_delivery_that_failed_is_tried_again_without_being_a_repeat(database: Database) -> None:
    enqueue(database, delivery())
    (first,) = claim(database)
    with database.write() as conn:
        deliveries.mark_failed(conn, first, error="busy", next_at=NOW + HOUR)
    assert claim(database, now=NOW + LEASE) == []
    (second,) = claim(database, now=NOW + HOUR)
    assert (second.error, second.attempts, second.repeated) == ("busy", 2, False)


def test_a_delivery_once_repeated_stays_so(database: Database) -> None:
    enqueue(database, delivery())
    claim(database)
    (again,) = claim(database, now=NOW + LEASE)
    with database.write() as conn:
        deliveries.mark_failed(conn, again, error="busy", next_at=NOW + HOUR)
    (third,) = claim(database, now=NOW + HOUR)
    assert third.repeated


def test_what_the_receiver_said_is_kept_and_cut_where_it_is_long(database: Database) -> None:
    enqueue(database, delivery())
    (claimed,) = claim(database)
    with database.write() as conn:
        deliveries.mark_sent(conn, claimed, now=NOW, answer="2.0.0 Ok " * 200)
    assert the_one(database).answer == ("2.0.0 Ok " * 200)[:500]


def test_a_delivery_that_was_sent_is_done(database: Database) -> None:
    enqueue(database, delivery(next_at=NOW, error="busy"))
    (claimed,) = claim(database)
    with database.write() as conn:
        deliveries.mark_sent(conn, claimed, now=NOW)
    assert the_one(database) == delivery(state=DeliveryState.SENT, sent=NOW, attempts=1)
    assert claim(database, now=NOW + dt.timedelta(days=9)) == []


def test_a_delivery_given_up_waits_for_somebody_to_bring_it_back(database: Database) -> None:
    enqueue(database, delivery())
    (claimed,) = claim(database)
    with database.write() as conn:
        deliveries.mark_dead(conn, claimed, error="no such address")
    assert the_one(database) == delivery(state=DeliveryState.DEAD, attempts=1, error="no such address")
    assert claim(database, now=NOW + HOUR) == []
    with database.write() as conn:
        assert deliveries.retry(conn, now=NOW + HOUR) == 1
    (again,) = claim(database, now=NOW + HOUR)
    assert (again.attempts, again.repeated, again.revived) == (1, False, NOW + HOUR)


def test_retry_brings_back_those_named_or_all_and_never_one_that_was_sent(database: Database) -> None:
    names = ("a", "b", "c", "sent")
    enqueue(database, *(delivery(subscription=name) for name in names))
    with database.write() as conn:
        for each in deliveries.claim(conn, now=NOW, limit=9, lease=LEASE):
            if each.subscription == "sent":
                deliveries.mark_sent(conn, each, now=NOW)
            else:
                deliveries.mark_dead(conn, each, error="down")
    ids = {name: delivery(subscription=name).id for name in names}
    with database.write() as conn:
        assert deliveries.retry(conn, [ids["a"], ids["sent"], "absent"], now=NOW) == 1
        assert deliveries.retry(conn, [], now=NOW) == 0
        assert deliveries.retry(conn, now=NOW) == 2
    assert {each.subscription for each in claim(database)} == {"a", "b", "c"}


def test_what_is_given_back_is_due_as_before_with_no_attempt_counted(database: Database) -> None:
    enqueue(database, delivery())
    (claimed,) = claim(database)
    with database.write() as conn:
        deliveries.give_back(conn, claimed)
    assert the_one(database) == delivery()
    assert claim(database) == [claimed]


def test_who_gives_back_what_another_has_by_now_changes_nothing(database: Database) -> None:
    enqueue(database, delivery())
    (slow,) = claim(database)
    (current,) = claim(database, now=NOW + LEASE)
    with database.write() as conn:
        deliveries.give_back(conn, slow)
    assert the_one(database) == current


@pytest.mark.fault("IN01")
@pytest.mark.parametrize("says", ["failed", "dead"])
def test_a_worker_whose_lease_ran_out_is_not_heard_unless_it_sent(database: Database, says: str) -> None:
    enqueue(database, delivery())
    (slow,) = claim(database)
    (current,) = claim(database, now=NOW + LEASE)
    with database.write() as conn:
        if says == "failed":
            deliveries.mark_failed(conn, slow, error="timed out", next_at=NOW)
        else:
            deliveries.mark_dead(conn, slow, error="timed out")
    assert the_one(database) == current
    with database.write() as conn:
        deliveries.mark_sent(conn, slow, now=NOW)
        deliveries.mark_failed(conn, current, error="busy", next_at=NOW)
    assert the_one(database).state is DeliveryState.SENT


@pytest.mark.fault("IN01", "DB10")
def test_workers_that_claim_at_once_share_the_deliveries(database: Database) -> None:
    enqueue(database, *(delivery(subscription=f"s{number:02}") for number in range(40)))
    with ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(claim, database, limit=5) for _ in range(8)]
        got = [each.id for round_ in rounds for each in round_.result()]
    got += [each.id for each in claim(database)]  # a worker passes over what another looks at
    assert sorted(got) == sorted(each.id for each in listed(database))


def test_deliveries_are_listed_newest_first_by_state_and_alert(database: Database) -> None:
    old = delivery(subscription="old", created=NOW - HOUR)
    new = delivery(subscription="new")
    dead = delivery(subscription="dead", alert=OTHER.id, state=DeliveryState.DEAD, created=NOW - 2 * HOUR)
    enqueue(database, old, new, dead)
    with database.read() as conn:
        assert deliveries.listed(conn) == [new, old, dead]
        assert deliveries.listed(conn, limit=1) == [new]
        assert deliveries.listed(conn, state=DeliveryState.DEAD) == [dead]
        assert deliveries.listed(conn, alert=ALERT.id) == [new, old]
        assert deliveries.listed(conn, alert=ALERT.id, state=DeliveryState.DEAD) == []


def test_told_is_the_highest_level_that_was_sent_or_waits(database: Database) -> None:
    with database.write() as conn:
        alerts.save(conn, replace(ALERT, revision=2, level=Level.CRITICAL))
        alerts.save(conn, replace(ALERT, revision=3, level=Level.LOW))
    given_up = delivery(subscription="given up", state=DeliveryState.DEAD)
    enqueue(
        database,
        *(delivery(revision=revision) for revision in (1, 2, 3)),
        delivery(subscription="low", revision=3),
        delivery(subscription="sent", state=DeliveryState.SENT),
        given_up,
        replace(given_up, id="f" * 32, subscription="partly", revision=2),
        delivery(subscription="partly"),
        delivery(alert=OTHER.id),
    )
    with database.read() as conn:
        assert deliveries.told(conn, [ALERT.id, "absent"]) == {
            ALERT.id: {
                "desk": Level.CRITICAL,
                "low": Level.LOW,
                "sent": Level.HIGH,
                "partly": Level.HIGH,
            }
        }
        assert set(deliveries.told(conn, [ALERT.id, OTHER.id])) == {ALERT.id, OTHER.id}
        assert deliveries.told(conn, []) == {}


def test_every_decision_is_kept_with_its_reason_and_the_last_one_counts(database: Database) -> None:
    held = Decision(alert=ALERT.id, revision=1, subscription="other", reason=Reason.FILTERED)
    enqueue(database, delivery(), delivery(revision=2, reason=Reason.LEVEL_RAISED))
    with database.write() as conn:
        deliveries.refuse(conn, [held, replace(held, revision=2)], now=NOW)
        deliveries.refuse(conn, [replace(held, reason=Reason.PAUSED)], now=NOW)
        deliveries.refuse(conn, [], now=NOW)
        assert deliveries.decided(conn, "absent") == []
        decided = deliveries.decided(conn, ALERT.id)
    assert [(each.revision, each.subscription, each.reason) for each in decided] == [
        (1, "desk", Reason.FIRST),
        (1, "other", Reason.PAUSED),
        (2, "desk", Reason.LEVEL_RAISED),
        (2, "other", Reason.FILTERED),
    ]


# --- what goes together ------------------------------------------------------------------------------


def batched(number: int, *, at: dt.datetime = NOW) -> Delivery:
    return delivery(subscription=f"s{number}", batch=f"desk@{at.isoformat()}", next_at=at)


def test_a_batch_is_claimed_whole_however_small_the_limit(database: Database) -> None:
    enqueue(database, *(batched(number) for number in range(5)), delivery(next_at=NOW + HOUR))
    assert len(claim(database, limit=1)) == 5
    assert claim(database) == []


def test_a_batch_waits_for_its_time(database: Database) -> None:
    enqueue(database, batched(1, at=NOW + HOUR))
    assert claim(database) == []
    assert len(claim(database, now=NOW + HOUR)) == 1


def test_two_workers_never_share_a_batch(database: Database) -> None:
    enqueue(database, *(batched(number) for number in range(40)))
    with ThreadPoolExecutor(4) as pool:
        claims = [found for found in pool.map(lambda _: claim(database, limit=10), range(4)) if found]
    assert [len(found) for found in claims] == [40]


def test_only_what_went_at_once_counts_against_a_cap(database: Database) -> None:
    old = delivery(revision=2, created=NOW - 2 * HOUR)
    enqueue(database, delivery(), old, batched(1), delivery(subscription="other"))
    with database.read() as conn:
        assert deliveries.lately(conn, since=NOW - HOUR) == {"desk": 1, "other": 1}


def test_a_cancelled_delivery_is_not_claimed_and_does_not_count_as_told(database: Database) -> None:
    enqueue(database, batched(1))
    (found,) = claim(database)
    with database.write() as conn:
        deliveries.cancel(conn, found, why="gone")
    assert claim(database, now=NOW + 99 * HOUR) == []
    assert the_one(database).state is DeliveryState.CANCELLED
    with database.read() as conn:
        assert deliveries.told(conn, [ALERT.id]) == {}


# --- the clock, and channels that fail ---------------------------------------------------------------


@pytest.mark.fault("TM01")
def test_a_lease_and_a_retry_from_before_the_clock_was_set_back_are_due(database: Database) -> None:
    enqueue(database, delivery())
    (claimed,) = claim(database, now=NOW + 24 * HOUR)  # the clock goes a day ahead
    (again,) = claim(database)
    assert (again.id, again.repeated) == (claimed.id, True)
    with database.write() as conn:
        deliveries.mark_failed(conn, again, error="busy", next_at=NOW + 30 * HOUR)
    with database.write() as conn:
        (due,) = deliveries.claim(conn, now=NOW, limit=9, lease=LEASE, longest=24 * HOUR)
    assert due.attempts == 3


@pytest.mark.fault("OP09")
def test_a_channel_fails_until_something_goes_through(database: Database) -> None:
    enqueue(database, delivery(channel="mail"), delivery(subscription="b", channel="slack"))
    mailed, posted = sorted(claim(database), key=lambda each: each.channel)
    with database.write() as conn:
        deliveries.mark_failed(conn, mailed, error="refused", next_at=NOW + HOUR)
        deliveries.mark_sent(conn, posted, now=NOW)
    with database.read() as conn:
        assert deliveries.failing(conn, before=NOW) == {}
        assert deliveries.failing(conn, before=NOW + HOUR) == {"mail": "refused"}
    with database.write() as conn:
        deliveries.mark_sent(conn, mailed, now=NOW + HOUR)
    with database.read() as conn:
        assert deliveries.failing(conn, before=NOW + HOUR) == {}
