from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import alert, delivery, subscription

from monitor.errors import UsageError
from monitor.model import DeliveryState, Level, Subscription
from monitor.storage import Connection, Database, alerts, deliveries, subscriptions

FULL = subscription(
    target="desk@example.org",
    rules=frozenset({"a", "b"}),
    min_level=Level.HIGH,
    actors=frozenset({"north-korea"}),
    places=frozenset({"east-sea", "yellow-sea"}),
    text="央行 50 %",
)


def sync(database: Database, *listed: Subscription) -> None:
    with database.write() as conn:
        subscriptions.sync(conn, listed)


def add(database: Database, new: Subscription) -> None:
    with database.write() as conn:
        subscriptions.add(conn, new)


def listed(database: Database) -> list[Subscription]:
    with database.read() as conn:
        return subscriptions.all(conn)


def test_a_subscription_comes_out_as_it_went_in(database: Database) -> None:
    add(database, FULL)
    assert listed(database) == [FULL]
    with database.read() as conn:
        assert subscriptions.get(conn, "desk") == FULL
        assert subscriptions.get(conn, "absent") is None


def test_the_config_owns_what_it_lists(database: Database) -> None:
    sync(database, FULL)
    assert listed(database) == [replace(FULL, from_config=True)]
    sync(database, replace(FULL, min_level=Level.LOW))
    assert listed(database) == [replace(FULL, min_level=Level.LOW, from_config=True)]


def test_what_leaves_the_config_is_paused_and_comes_back(database: Database) -> None:
    sync(database, subscription(), subscription(id="other"))
    sync(database, subscription(id="other"))
    assert [(each.id, each.paused) for each in listed(database)] == [("desk", True), ("other", False)]
    sync(database, subscription(), subscription(id="other"))
    assert not any(each.paused for each in listed(database))


def test_an_empty_config_leaves_what_a_command_added(database: Database) -> None:
    sync(database, subscription())
    add(database, subscription(id="own"))
    sync(database)
    assert [(each.id, each.paused) for each in listed(database)] == [("desk", True), ("own", False)]


def test_a_subscription_whose_id_is_taken_is_not_added(database: Database) -> None:
    add(database, FULL)
    with pytest.raises(UsageError, match="there is a subscription 'desk' already"):
        add(database, subscription())
    assert listed(database) == [FULL]


def test_pause_and_resume(database: Database) -> None:
    add(database, subscription())
    for paused in (True, False):
        with database.write() as conn:
            subscriptions.pause(conn, "desk", paused=paused)
        assert [each.paused for each in listed(database)] == [paused]


def test_a_subscription_that_is_removed_leaves_its_deliveries_in_the_history(database: Database) -> None:
    add(database, subscription())
    with database.write() as conn:
        alerts.save(conn, alert())
        deliveries.enqueue(conn, [delivery()])
        subscriptions.remove(conn, "desk")
    assert listed(database) == []
    with database.read() as conn:
        assert deliveries.listed(conn) == [delivery(state=DeliveryState.CANCELLED)]


@pytest.mark.parametrize("change", [subscriptions.remove, subscriptions.pause])
def test_commands_change_only_subscriptions_of_their_own(
    database: Database, change: Callable[[Connection, str], None]
) -> None:
    sync(database, subscription())
    with database.write() as conn:
        with pytest.raises(UsageError, match="written in the config"):
            change(conn, "desk")
        with pytest.raises(UsageError, match="no subscription 'absent'"):
            change(conn, "absent")
    assert listed(database) == [subscription(from_config=True)]
