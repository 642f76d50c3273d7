from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
from builders import NOW, message
from httpserver import HttpServer, answer, http_server

from monitor.alerting.channels.apprise import AppriseChannel
from monitor.alerting.channels.settings import AppriseSettings
from monitor.errors import DeliveryError, UsageError


def channel(server: HttpServer) -> AppriseChannel:
    return AppriseChannel(AppriseSettings(url=f"json://desk:s3cret@127.0.0.1:{server.port}/in"))


async def failing(status: int) -> DeliveryError:
    async with http_server() as server:
        server.serve("/in", answer(status, location="/other"))
        with pytest.raises(DeliveryError) as caught:
            await channel(server).send(message(), now=NOW)
        assert len(server.requests) == 1
        return caught.value


async def test_a_title_and_a_plain_text_are_sent() -> None:
    async with http_server() as server:
        server.serve("/in", answer(204))
        told = message()
        await channel(server).send(told, now=NOW)
    sent = json.loads(server.requests[0].body)
    assert sent["title"] == told.headline
    assert told.standing_line in sent["message"]
    assert sent["message"].endswith(f"Delivery {told.delivery.id}")


@pytest.mark.parametrize(
    ("status", "permanent"), [(503, False), (429, False), (401, False), (404, True), (302, True)]
)
async def test_a_status_means_what_it_means_for_every_channel(status: int, permanent: bool) -> None:  # noqa: FBT001 - a column of the table
    error = await failing(status)
    assert error.permanent == permanent
    assert str(status) in str(error)


async def test_no_error_shows_the_address() -> None:
    assert "s3cret" not in str(await failing(503))
    assert "s3cret" not in repr(AppriseSettings(url="json://desk:s3cret@127.0.0.1/in"))


async def test_a_service_that_is_not_there_is_tried_again() -> None:
    async with http_server() as server:
        gone = channel(server)
        server.serve("/in", b"")
        with pytest.raises(DeliveryError) as caught:
            await gone.send(message(), now=NOW)
    assert not caught.value.permanent


@pytest.mark.parametrize("url", ["nosuch://x", "json://127.0.0.1, json://127.0.0.2", "json"])
def test_an_address_that_is_not_one_service_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not one address that Apprise knows"):
        AppriseChannel(AppriseSettings(url=url))


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UsageError, match=r"pip install 'bongsu\[apprise\]'"):
        AppriseChannel(AppriseSettings(url="json://127.0.0.1"))


async def test_no_word_of_a_feed_calls_the_people_of_a_service() -> None:
    """Mattermost, Discord, Rocket.Chat and others ring for everybody at `@channel` or `@everyone`."""
    words = "Missile <@42> x@everyone @channel, told by kim@example.org on https://example.org/@kim"
    async with http_server() as server:
        server.serve("/in", answer(204))
        await channel(server).send(replace(message(), headline=words, note=words), now=NOW)
    sent = json.loads(server.requests[0].body)
    for text in (sent["title"], sent["message"]):
        assert "kim@example.org on https://example.org/@kim" in text
        assert "<@\u206042> x@\u2060everyone @\u2060channel" in text
