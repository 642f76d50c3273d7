from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from builders import NOW, message
from cloudevents.core.bindings.http import HTTPMessage, from_http
from cloudevents.core.formats.json import JSONFormat
from httpserver import HttpServer, answer, http_server

from monitor.alerting.channels.settings import WebhookSettings
from monitor.alerting.channels.webhook import WebhookChannel, signature
from monitor.errors import DeliveryError
from monitor.http import Client
from monitor.model import Taken

KEY = b"0123456789abcdef0123456789abcdef"
WHSEC = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        yield running


@asynccontextmanager
async def channel(url: str, *, secret: str = "") -> AsyncIterator[WebhookChannel]:
    async with Client(user_agent="test", allow_networks=["127.0.0.1/32"], timeout=60) as client:
        yield WebhookChannel(WebhookSettings(url=url, secret=secret, source="urn:desk"), poster=client)


async def test_the_receiver_gets_a_cloudevent_under_the_delivery_id(server: HttpServer) -> None:
    told = message()
    async with channel(server.serve("/in", answer(204))) as hook:
        assert await hook.send(told, now=NOW) == Taken(answer="HTTP 204")
    (request,) = server.requests
    event = from_http(HTTPMessage(headers=request.headers, body=request.body), JSONFormat())
    assert (event.get_id(), event.get_source(), event.get_type()) == (
        told.delivery.id,
        "urn:desk",
        "bongsu.alert",
    )
    assert (event.get_subject(), event.get_time()) == (told.alert.id, told.delivery.created)
    assert request.headers["idempotency-key"] == request.headers["webhook-id"] == told.delivery.id
    assert request.headers["content-type"] == "application/cloudevents+json"
    data = event.get_data()
    assert isinstance(data, dict)
    assert data == json.loads(json.dumps({**told.data, "note": "", "page": ""}))
    assert data["reports"][0]["evidence"][0] == {
        "field": "text",
        "start": 0,
        "end": 11,
        "text": "North Korea",
        "role": "actor",
    }


@pytest.mark.fault("WH01")
@pytest.mark.parametrize(("secret", "key"), [(WHSEC, KEY), ("only words", b"only words")])
async def test_the_receiver_can_verify_who_speaks(server: HttpServer, secret: str, key: bytes) -> None:
    async with channel(server.serve("/in", answer(200)), secret=secret) as hook:
        await hook.send(message(), now=NOW)
    (request,) = server.requests
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    )
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert int(request.headers["webhook-timestamp"]) == int(NOW.timestamp())


@pytest.mark.fault("WH01")
def test_the_signature_is_that_of_standard_webhooks() -> None:
    sent = dt.datetime.fromtimestamp(1614265330, dt.UTC)  # the specification's own example
    made = signature(
        b'{"test": 2432232314}',
        delivery_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        now=sent,
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_without_a_secret_nothing_is_signed(server: HttpServer) -> None:
    async with channel(server.serve("/in", answer(200))) as hook:
        await hook.send(message(), now=NOW)
    assert "webhook-signature" not in server.requests[0].headers


async def test_a_secret_that_is_not_base64_is_told_without_being_shown(server: HttpServer) -> None:
    async with channel(server.serve("/in", answer(200)), secret="whsec_not!base64") as hook:
        with pytest.raises(DeliveryError, match="not base64; copy it again") as caught:
            await hook.send(message(), now=NOW)
    assert not caught.value.permanent
    assert "not!base64" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 410, 501])
async def test_a_status_that_trying_again_cannot_change_is_permanent(server: HttpServer, status: int) -> None:
    assert (await refusal(server, status)).permanent
    assert len(server.requests) == 1  # no redirect was followed


@pytest.mark.parametrize("status", [401, 408, 409, 425, 429, 500, 502, 503])
async def test_a_status_that_may_pass_is_tried_again(server: HttpServer, status: int) -> None:
    assert not (await refusal(server, status)).permanent


async def refusal(server: HttpServer, status: int) -> DeliveryError:
    async with channel(server.serve("/in", answer(status, location="/elsewhere"))) as hook:
        with pytest.raises(DeliveryError, match=f"HTTP {status}") as caught:
            await hook.send(message(), now=NOW)
    return caught.value


@pytest.mark.parametrize(
    ("asked", "seconds"), [("120", 120), ("Wed, 11 Mar 2026 23:02:00 GMT", 120), ("soon", None)]
)
async def test_a_receiver_that_asks_for_patience_gets_it(
    server: HttpServer, asked: str, seconds: float | None
) -> None:
    async with channel(server.serve("/in", answer(429, retry_after=asked))) as hook:
        with pytest.raises(DeliveryError) as caught:
            await hook.send(message(), now=NOW)
    assert caught.value.retry_after == seconds


@pytest.mark.fault("SR08", "LG02")
async def test_an_error_shows_neither_path_nor_what_the_receiver_wrote(server: HttpServer) -> None:
    async with channel(server.serve("/in?token=s3cret", answer(400, b"you sent s3cret"))) as hook:
        with pytest.raises(DeliveryError) as caught:
            await hook.send(message(), now=NOW)
    assert "127.0.0.1" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://10.0.0.1/s3cret", "s3cret", "ftp://example.org/s3cret"])
async def test_an_address_that_may_not_be_asked_is_told_without_its_path(url: str) -> None:
    async with channel(url) as hook:
        with pytest.raises(DeliveryError) as caught:
            await hook.send(message(), now=NOW)
    assert "s3cret" not in str(caught.value) + str(caught.value.__cause__)
