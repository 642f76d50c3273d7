from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, delivery
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.retry import (
    LONGEST,
    LONGEST_ASKED,
    SHORTEST,
    Outcome,
    Protocol,
    next_try,
    outcome,
    wait,
)
from monitor.alerting.retry import check as check_code
from monitor.errors import DeliveryError

THREE_DAYS = dt.timedelta(days=3)


@pytest.mark.parametrize(
    ("protocol", "codes", "expected"),
    [
        (Protocol.HTTP, (200, 201, 204), Outcome.TAKEN),
        (Protocol.HTTP, (401, 407, 408, 409, 421, 423, 425, 429, 500, 502, 503, 504), Outcome.RETRY),
        (Protocol.HTTP, (100, 301, 302, 308, 400, 403, 404, 410, 413, 501, 505), Outcome.PERMANENT),
        (Protocol.SMTP, (200, 250), Outcome.TAKEN),
        (Protocol.SMTP, (421, 450, 451, 452, 530, 534, 535, 538), Outcome.RETRY),
        (Protocol.SMTP, (500, 550, 552, 553, 554), Outcome.PERMANENT),
        (Protocol.HTTP, (0, 99, 600, -1), Outcome.RETRY),
        (Protocol.SMTP, (0, 354, 600), Outcome.RETRY),
    ],
)
def test_one_table_says_what_a_code_means(
    protocol: Protocol, codes: tuple[int, ...], expected: Outcome
) -> None:
    assert {outcome(protocol, code) for code in codes} == {expected}


def test_a_code_that_means_taken_raises_nothing() -> None:
    check_code(Protocol.HTTP, 204, "")


def test_a_refusal_says_what_the_receiver_said_on_one_short_line() -> None:
    with pytest.raises(DeliveryError) as caught:
        check_code(Protocol.SMTP, 550, "no\r\n such  user " + "x" * 999, retry_after=5)
    assert str(caught.value).startswith("SMTP 550: no such user xxx")
    assert len(str(caught.value)) < 220
    assert (caught.value.permanent, caught.value.retry_after) == (True, 5)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_wait_lies_between_the_shortest_and_the_longest(attempts: int, drawn: float) -> None:
    assert SHORTEST <= wait(attempts, random=lambda: drawn).total_seconds() <= LONGEST


def test_waits_spread_over_a_span_that_doubles() -> None:
    longest = [wait(attempts, random=lambda: 1.0).total_seconds() for attempts in range(1, 12)]
    assert longest == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


def test_a_receiver_may_ask_for_more_patience_but_not_for_ever() -> None:
    assert wait(1, random=lambda: 0.0, retry_after=600).total_seconds() == 600
    assert wait(1, random=lambda: 0.0, retry_after=1e9).total_seconds() == LONGEST_ASKED
    assert wait(1, random=lambda: 0.0, retry_after=1).total_seconds() == SHORTEST


def tried(error: DeliveryError, *, now: dt.datetime) -> dt.datetime | None:
    failed = delivery(attempts=1)
    return next_try(failed, error, now=now, give_up_after=THREE_DAYS, random=lambda: 0.0)


def test_a_failure_is_tried_again_until_it_is_given_up() -> None:
    busy = DeliveryError("busy")
    assert tried(busy, now=NOW) == NOW + dt.timedelta(seconds=5)
    assert tried(busy, now=NOW + THREE_DAYS - dt.timedelta(seconds=2)) == NOW + THREE_DAYS
    assert tried(busy, now=NOW + THREE_DAYS) is None


def test_what_is_permanent_is_given_up_at_once() -> None:
    assert tried(DeliveryError("gone", permanent=True), now=NOW) is None


def test_one_that_was_brought_back_has_the_whole_time_again() -> None:
    failed = delivery(attempts=1, revived=NOW + 2 * THREE_DAYS)

    def again(now: dt.datetime) -> dt.datetime | None:
        return next_try(failed, DeliveryError("busy"), now=now, give_up_after=THREE_DAYS, random=lambda: 0.0)

    assert again(NOW + 2 * THREE_DAYS) == NOW + 2 * THREE_DAYS + dt.timedelta(seconds=5)
    assert again(NOW + 3 * THREE_DAYS) is None
