"""Who was told, and how that went; addresses are masked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import Field

from monitor import model
from monitor.model import DeliveryState, Held, Reason
from monitor.shapes.base import Shape, Time

_ADDRESS = re.compile(r"[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+")
_URL = re.compile(r"https?://\S+")


class Delivery(Shape):
    """One revision of an alert on its way to one subscription."""

    id: str = Field(description="The same at every attempt.")
    channel: str = Field(examples=["mail"])
    target: str = Field(description="Masked.", examples=["d…@example.org"])
    state: DeliveryState
    held: Held | None = Field(description="Why it waited for a digest; null: it went at once.")
    attempts: int
    created: Time
    sent: Time | None
    error: str | None = Field(description="Of the last attempt; addresses are masked.")
    answer: str = Field(
        description='What the receiver said when it took it; "" where it says nothing. Addresses are masked.',
        examples=["2.0.0 Ok: queued as 4F2"],
    )
    repeated: bool = Field(description="A crash may have sent it before.")


class Decision(Shape):
    """Whether one revision went to one subscription, and why."""

    revision: int
    subscription: str = Field(examples=["desk"])
    reason: Reason
    send: bool = Field(description="Whether it was to be sent.")
    delivery: Delivery | None = Field(description="null where it was not to be sent.")


def decisions(decided: Iterable[model.Decision], made: Iterable[model.Delivery]) -> list[Decision]:
    """Each decision with what became of its delivery."""
    outbox = {(each.revision, each.subscription): each for each in made}
    return [
        Decision(
            revision=each.revision,
            subscription=each.subscription,
            reason=each.reason,
            send=each.send,
            delivery=_delivery(outbox.get((each.revision, each.subscription))),
        )
        for each in decided
    ]


def masked(text: str) -> str:
    """The text with mail addresses and the secret part of web addresses hidden."""
    return _ADDRESS.sub(_mail, _URL.sub(_web, text))


def _delivery(made: model.Delivery | None) -> Delivery | None:
    if made is None:
        return None
    same = ("id", "channel", "state", "held", "attempts", "created", "sent", "repeated")
    return Delivery(
        **{name: getattr(made, name) for name in same},
        target=masked(made.target),
        error=None if made.error is None else masked(made.error),
        answer=masked(made.answer),
    )


def _mail(found: re.Match[str]) -> str:
    name, _, host = found[0].rpartition("@")
    return f"{name[:1]}…@{host}"


def _web(found: re.Match[str]) -> str:
    try:
        parts = urlsplit(found[0])
    except ValueError:
        return "…"
    return f"{parts.scheme}://{parts.hostname}/…"
