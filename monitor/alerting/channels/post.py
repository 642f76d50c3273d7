"""One POST for the channels that speak HTTP: an answer, or a DeliveryError that gives no secret away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from http.client import responses
from urllib.parse import urlsplit

from monitor.alerting import retry
from monitor.alerting.channels.protocol import Posted, Poster
from monitor.errors import DeliveryError, FetchError
from monitor.http import retry_after


async def post(poster: Poster, url: str, *, content: bytes, headers: Mapping[str, str]) -> Posted:
    """The answer, whatever its status; DeliveryError, worth another try, when none came.

    Neither the address beyond its host nor a header gets into the error: both may be secrets.
    """
    try:
        return await poster.post(url, content=content, headers=headers)
    except FetchError as error:
        said = str(error).replace(url, origin(url))
        raise DeliveryError(said, retry_after=error.retry_after, unsure=error.unsure) from None


def check(answer: Posted, *, url: str, now: dt.datetime, said: str = "") -> None:
    """Do nothing when the status says taken; else DeliveryError as the table of retries has it.

    `said` is the receiver's own word; give only what cannot hold a secret.
    """
    words = f"{origin(url)} answers {said or responses.get(answer.status, 'so')}"
    wait = retry_after(answer.headers, now=now)
    retry.check(retry.Protocol.HTTP, answer.status, words, retry_after=wait)


def origin(url: str) -> str:
    """Scheme and host of an address: the part that may be shown."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "the address"
