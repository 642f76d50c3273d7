"""Whether to try again, and when: one table for all channels, one formula for all waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum

from monitor.errors import DeliveryError
from monitor.model import Delivery

SHORTEST = 5.0  # seconds
LONGEST = 3600.0
LONGEST_ASKED = 86400.0  # a receiver may ask for more patience than our own, but not for ever


class Protocol(StrEnum):
    """Whose codes are meant."""

    HTTP = "http"
    SMTP = "smtp"


class Outcome(StrEnum):
    """What an answer means for the delivery."""

    TAKEN = "taken"
    RETRY = "retry"
    PERMANENT = "permanent"  # trying again cannot help


# The first row that holds the code decides. What the operator can mend without touching the alert, such as
# a wrong password, is retried: it goes out once mended.
TABLE: tuple[tuple[Protocol, int, int, Outcome], ...] = (
    (Protocol.HTTP, 200, 299, Outcome.TAKEN),
    (Protocol.HTTP, 401, 401, Outcome.RETRY),  # credentials
    (Protocol.HTTP, 407, 408, Outcome.RETRY),  # a proxy's credentials; too slow
    (Protocol.HTTP, 409, 409, Outcome.RETRY),  # an earlier attempt is still under way
    (Protocol.HTTP, 421, 421, Outcome.RETRY),  # sent to the wrong server of several
    (Protocol.HTTP, 423, 425, Outcome.RETRY),  # locked, failed dependency, too early
    (Protocol.HTTP, 429, 429, Outcome.RETRY),  # too many
    (Protocol.HTTP, 501, 501, Outcome.PERMANENT),
    (Protocol.HTTP, 505, 505, Outcome.PERMANENT),
    (Protocol.HTTP, 500, 599, Outcome.RETRY),
    (Protocol.HTTP, 100, 499, Outcome.PERMANENT),  # redirects too: a POST is not carried elsewhere
    (Protocol.SMTP, 200, 299, Outcome.TAKEN),
    (Protocol.SMTP, 400, 499, Outcome.RETRY),
    (Protocol.SMTP, 530, 530, Outcome.RETRY),  # authentication or TLS required
    (Protocol.SMTP, 534, 535, Outcome.RETRY),  # credentials
    (Protocol.SMTP, 538, 538, Outcome.RETRY),  # encryption required for them
    (Protocol.SMTP, 500, 599, Outcome.PERMANENT),
)


def outcome(protocol: Protocol, code: int) -> Outcome:
    """What the code means; one outside all ranges is a broken answer and worth another try."""
    rows = (verdict for kind, low, high, verdict in TABLE if kind is protocol and low <= code <= high)
    return next(rows, Outcome.RETRY)


def check(protocol: Protocol, code: int, said: str, *, retry_after: float | None = None) -> None:
    """Do nothing when the message was taken; else DeliveryError with what the receiver said."""
    verdict = outcome(protocol, code)
    if verdict is not Outcome.TAKEN:
        raise DeliveryError(
            f"{protocol.upper()} {code}: {' '.join(said.split())[:200]}",
            permanent=verdict is Outcome.PERMANENT,
            retry_after=retry_after,
        )


def wait(attempts: int, *, random: Callable[[], float], retry_after: float | None = None) -> dt.timedelta:
    """How long after that many attempts: at random between 5 s and a bound that doubles up to an hour.

    `random` gives floats in [0, 1). Drawing from the whole span keeps many waiting deliveries from coming
    back at once (AWS Architecture Blog, "Exponential Backoff And Jitter"). A receiver's Retry-After is the
    least.
    """
    bound = min(LONGEST, SHORTEST * 2.0 ** min(attempts, 20))
    jittered = SHORTEST + random() * (bound - SHORTEST)
    return dt.timedelta(seconds=max(jittered, min(retry_after or 0.0, LONGEST_ASKED)))


def next_try(
    delivery: Delivery,
    error: DeliveryError,
    *,
    now: dt.datetime,
    give_up_after: dt.timedelta,
    random: Callable[[], float],
) -> dt.datetime | None:
    """When to try a failed delivery again; None: give it up.

    `delivery.attempts` counts the one that failed. The last try falls on the day of giving up itself, not
    a backoff before it. One that was brought back has the whole time again.
    """
    end = (delivery.revived or delivery.first_due) + give_up_after
    if error.permanent or now >= end:
        return None
    return min(now + wait(delivery.attempts, random=random, retry_after=error.retry_after), end)
