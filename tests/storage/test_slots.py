from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

from monitor.storage import Database, slots


def take(database: Database, place: str, **how: float) -> float | None:
    with database.write() as conn:
        return slots.take(conn, place, **{"apart": 2.0, "within": 60.0, "now": 100.0, **how})


def test_slots_at_one_place_are_apart_and_other_places_do_not_wait(database: Database) -> None:
    assert [take(database, place) for place in ("a", "a", "b", "a")] == [0, 2, 0, 4]


def test_a_slot_that_comes_too_late_is_not_taken(database: Database) -> None:
    assert take(database, "a", apart=10) == 0
    assert take(database, "a", within=5) is None
    assert take(database, "a", within=5, now=106) == 4


def test_a_place_that_was_left_alone_has_its_slot_at_once(database: Database) -> None:
    assert [take(database, "a", now=now) for now in (100, 110)] == [0, 0]


def test_a_clock_that_was_set_back_keeps_nobody_waiting(database: Database) -> None:
    assert take(database, "a", now=100_000) == 0
    assert [take(database, "a") for _ in range(2)] == [0, 2]


def test_workers_who_ask_at_the_same_moment_get_different_turns(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: take(database, "a"), range(24)))
    assert sorted(each for each in taken if each is not None) == [2.0 * at for at in range(24)]


def test_the_database_has_a_clock_of_its_own(database: Database) -> None:
    with database.write() as conn:
        waits = [slots.take(conn, "a", apart=60, within=600) for _ in range(3)]
    assert waits[0] == 0
    told = [each for each in waits if each is not None]
    assert len(told) == 3
    assert all(later - earlier <= 60 for earlier, later in itertools.pairwise(told))  # time goes on
