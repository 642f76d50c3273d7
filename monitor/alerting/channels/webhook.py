"""Alerts to a program of the user's: a CloudEvent by POST, signed so that the receiver knows it is ours.

The envelope is CloudEvents 1.0 in structured mode, https://github.com/cloudevents/spec; the signature is that of
https://www.standardwebhooks.com. The delivery's id is the event's id, the webhook-id and the idempotency key.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac

from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from monitor.alerting.channels.post import check, post
from monitor.alerting.channels.protocol import Poster
from monitor.alerting.channels.settings import WebhookSettings
from monitor.errors import DeliveryError
from monitor.model import Digest, Message, Notice, Taken

TYPE = "bongsu.alert"
DIGEST_TYPE = "bongsu.digest"
NOTICE_TYPE = "bongsu.notice"
_PREFIX = "whsec_"


class WebhookChannel:
    """Posts to the one address of its settings; a subscription's target says nothing here."""

    def __init__(self, settings: WebhookSettings, *, poster: Poster) -> None:
        self._settings = settings
        self._poster = poster

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken:
        """Post the event; DeliveryError unless the status is one of the 200s."""
        url = self._settings.url
        event = to_structured(_event(message, self._settings.source), JSONFormat())
        event_id = _id(message)
        headers = {
            **event.headers,
            "idempotency-key": event_id,
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self._settings.secret:
            headers["webhook-signature"] = signature(
                event.body, delivery_id=event_id, now=now, secret=self._settings.secret
            )
        answer = await post(self._poster, url, content=event.body, headers=headers)
        check(answer, url=url, now=now)
        return Taken(answer=f"HTTP {answer.status}")


def signature(body: bytes, *, delivery_id: str, now: dt.datetime, secret: str) -> str:
    """The header `v1,…`: HMAC-SHA256 over id, Unix seconds and body with dots between, in base64."""
    signed = b".".join((delivery_id.encode(), str(int(now.timestamp())).encode(), body))
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise DeliveryError(
            "the webhook's secret starts with whsec_, but what follows is not base64; copy it again"
        ) from None


def _id(message: Message | Digest | Notice) -> str:
    return message.delivery.id if isinstance(message, Message) else message.id


def _event(message: Message | Digest | Notice, source: str) -> CloudEvent:
    """The same at every attempt: its time is that of the delivery, not of the attempt."""
    common = {"specversion": "1.0", "source": source, "datacontenttype": "application/json"}
    attributes, data = _said(message)
    return CloudEvent({**common, "id": _id(message), **attributes}, data)


def _said(message: Message | Digest | Notice) -> tuple[dict[str, object], dict[str, object]]:
    match message:
        case Digest():
            return _of_digest(message)
        case Notice():
            return _of_notice(message)
        case _:
            return _of_alert(message)


def _of_notice(notice: Notice) -> tuple[dict[str, object], dict[str, object]]:
    attributes = {"type": NOTICE_TYPE, "subject": notice.subscription, "time": notice.created}
    data: dict[str, object] = {
        "headline": notice.headline,
        "lines": list(notice.lines),
        "link": notice.link,
    }
    return attributes, data


def _of_alert(message: Message) -> tuple[dict[str, object], dict[str, object]]:
    """What tells an alert: attributes and data."""
    attributes = {"type": TYPE, "subject": message.alert.id, "time": message.delivery.created}
    return attributes, {**message.data, "note": message.note, "page": message.page}


def _of_digest(digest: Digest) -> tuple[dict[str, object], dict[str, object]]:
    attributes = {"type": DIGEST_TYPE, "subject": digest.subscription, "time": digest.created}
    data = {
        "headline": digest.headline,
        "standing_line": digest.standing_line,
        "subscription": digest.subscription,
        "repeated": digest.repeated,
        "note": digest.note,
        "alerts": [
            {"delivery": each.delivery.id, **each.data, "page": each.page} for each in digest.messages
        ],
    }
    return attributes, data
