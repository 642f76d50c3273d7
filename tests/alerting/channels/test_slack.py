from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from builders import NOW, alert, message, report, span
from httpserver import HttpServer, answer, http_server
from slacklimits import error_of, strict

from monitor.alerting.channels.settings import SlackSettings
from monitor.alerting.channels.slack import SlackChannel, compose
from monitor.alerting.digest import digest
from monitor.errors import DeliveryError
from monitor.http import Client
from monitor.model import Alert, Message, Notice, Reason, Thread, Timing

TAKEN = answer(200, b'{"ok": true, "ts": "1.2"}')
WEBHOOK = "/services/T000/B000/s3cret"
TOKEN = "xoxb-s3cret"


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        yield running


@asynccontextmanager
async def channel(settings: SlackSettings) -> AsyncIterator[SlackChannel]:
    async with Client(user_agent="test", allow_networks=["127.0.0.1/32"], timeout=60) as client:
        yield SlackChannel(settings, poster=client)


async def by_webhook(server: HttpServer, *answers: bytes, told: Message | None = None) -> None:
    async with channel(SlackSettings(webhook_url=server.serve(WEBHOOK, *answers))) as slack:
        await slack.send(told or message(), now=NOW)


async def by_bot(server: HttpServer, *answers: bytes, target: str = "C024BE91L", default: str = "") -> None:
    url = server.serve("/api/chat.postMessage", *answers)
    async with channel(SlackSettings(token=TOKEN, api_url=url, slack_channel=default)) as slack:
        await slack.send(message(target=target), now=NOW)


def hostile(words: str) -> Alert:
    """An alert whose every text from outside is these words."""
    told = report(title=words, publisher=words, url=f"https://news.example/{words}", evidence=())
    return alert(reports=(replace(told, sentence=span(words, within=words)),))


def texts(payload: dict[str, object]) -> list[str]:
    """Every text object's text, and the one for notifications."""
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    objects = [part for block in blocks for part in (block.get("text"), *block.get("elements", ())) if part]
    return [str(payload["text"]), *(str(part["text"]) for part in objects)]


# --- what is posted --------------------------------------------------------------------------------


def test_the_message_reads_as_an_alert() -> None:
    told = message()
    fallback, headline, standing, sentence, rule, link, foot = texts(compose(told))
    assert headline == "HIGH · occurred · DPRK fired 2 SRBMs, Sunan to East Sea · 12 Mar 07:52 KST"
    assert standing == "NEW · Yonhap (1 report)"
    assert sentence == (
        "&gt; *North Korea* *fired* two *short-range ballistic missiles* from *Sunan* toward the *East Sea*, "
        "Seoul said."
    )
    assert rule == "Rule: North Korea launches a missile (dprk-missile-launch)"
    assert link == (
        "• Yonhap, grade B: <https://news.example/1|N. Korea fires 2 short-range ballistic missiles>"
    )
    assert told.delivery.id in foot
    assert foot.startswith("First 12 Mar 2026 07:52 KST (11 Mar 22:52 UTC) · alerted 12 Mar 2026")
    assert fallback.splitlines() == [headline, standing, told.sentence]


def test_times_are_told_in_the_readers_zone_too() -> None:
    foot = texts(compose(replace(message(), zone="Europe/Berlin")))[-1]
    assert "First 12 Mar 2026 07:52 KST (11 Mar 22:52 UTC, 11 Mar 23:52 CET)" in foot


def test_the_page_of_the_alert_is_linked_where_there_is_one() -> None:
    alone = message(batch=f"desk@{NOW.isoformat()}")
    led = replace(alone, page="https://alerts.example.org/alerts/a1")
    assert "<https://alerts.example.org/alerts/a1|Open the alert>" in texts(compose(led))
    assert not [each for each in texts(compose(alone)) if "Open the alert" in each]
    (linked,) = [each for each in texts(compose(digest([led], timing=Timing()))) if "/alerts/a1" in each]
    assert linked.startswith(f"<https://alerts.example.org/alerts/a1|{led.headline[:20]}")


async def test_an_incoming_webhook_gets_the_message_with_its_id(server: HttpServer) -> None:
    told = message()
    await by_webhook(server, answer(200, b"ok"), told=told)
    (request,) = server.requests
    payload = json.loads(request.body)
    assert payload["metadata"] == {
        "event_type": "bongsu_alert",
        "event_payload": {"delivery_id": told.delivery.id, "alert_id": told.alert.id},
    }
    assert "authorization" not in request.headers
    assert "channel" not in payload


@pytest.mark.parametrize(("target", "posted"), [("C024BE91L", "C024BE91L"), ("", "C_DEFAULT")])
async def test_a_bot_posts_where_the_subscription_says(server: HttpServer, target: str, posted: str) -> None:
    await by_bot(server, TAKEN, target=target, default="C_DEFAULT")
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.body)["channel"] == posted


async def test_a_channel_without_a_place_to_post_says_what_is_missing(server: HttpServer) -> None:
    with pytest.raises(DeliveryError, match="set slack_channel"):
        await by_bot(server, TAKEN, target="")
    async with channel(SlackSettings()) as slack:
        with pytest.raises(DeliveryError, match="webhook_url or a token"):
            await slack.send(message(), now=NOW)
    assert server.requests == []


# --- one thread for one story ----------------------------------------------------------------------

THREAD = Thread(place="C024BE91L", first="1503435956.000247")
LOST = answer(200, b'{"ok": false, "error": "thread_not_found"}')


async def in_thread(
    server: HttpServer, reason: Reason, *answers: bytes, thread: Thread | None = THREAD
) -> Thread | None:
    """What the channel returns for a message with this reason; the requests are the server's."""
    url = server.serve("/api/chat.postMessage", *(answers or (TAKEN,)))
    told = replace(message(target="C024BE91L", reason=reason), thread=thread)
    async with channel(SlackSettings(token=TOKEN, api_url=url)) as slack:
        return (await slack.send(told, now=NOW)).thread


async def test_what_slack_says_of_a_post_is_told(server: HttpServer) -> None:
    url = server.serve("/api/chat.postMessage", answer(200, b'{"ok": true, "channel": "C9", "ts": "15.2"}'))
    async with channel(SlackSettings(token=TOKEN, api_url=url)) as slack:
        assert (await slack.send(message(target="C9"), now=NOW)).answer == "ok, channel C9, ts 15.2"


async def test_a_bots_first_post_starts_the_thread_of_the_alert(server: HttpServer) -> None:
    taken = answer(200, b'{"ok": true, "channel": "C9", "ts": "1503435956.000247"}')
    started = await in_thread(server, Reason.FIRST, taken, thread=None)
    assert started == Thread(place="C9", first="1503435956.000247")
    assert "thread_ts" not in json.loads(server.requests[0].body)


@pytest.mark.parametrize(
    ("reason", "shown"), [(Reason.LEVEL_RAISED, True), (Reason.UPDATED, False)], ids=["raised", "updated"]
)
async def test_later_revisions_reply_in_it(server: HttpServer, reason: Reason, *, shown: bool) -> None:
    assert await in_thread(server, reason) is None
    (request,) = server.requests
    said = json.loads(request.body)
    assert (said["channel"], said["thread_ts"]) == (THREAD.place, THREAD.first)
    assert said["reply_broadcast"] is shown


@pytest.mark.parametrize("reason", [Reason.CORRECTED, Reason.WITHDRAWN])
async def test_what_was_wrong_is_replaced_in_the_first_post_too(server: HttpServer, reason: Reason) -> None:
    server.serve("/api/chat.update", TAKEN)
    await in_thread(server, reason)
    reply, update = server.requests
    assert (reply.path, update.path) == ("/api/chat.postMessage", "/api/chat.update")
    said = json.loads(update.body)
    assert (said["channel"], said["ts"]) == (THREAD.place, THREAD.first)
    assert said["blocks"] == json.loads(reply.body)["blocks"]


async def test_a_first_post_that_cannot_be_edited_leaves_the_reply_sent(server: HttpServer) -> None:
    server.serve("/api/chat.update", answer(200, b'{"ok": false, "error": "edit_window_closed"}'))
    assert await in_thread(server, Reason.CORRECTED) is None


async def test_a_thread_that_is_lost_is_begun_anew(server: HttpServer) -> None:
    taken = answer(200, b'{"ok": true, "channel": "C9", "ts": "2.1"}')
    assert await in_thread(server, Reason.CORRECTED, LOST, taken) == Thread(place="C9", first="2.1")
    assert "thread_ts" not in json.loads(server.requests[1].body)


# --- what feeds write ------------------------------------------------------------------------------


@pytest.mark.fault("SL01", "SL02")
@pytest.mark.parametrize(
    "words",
    [
        "<!channel> <!here> <!everyone> <@U012> <!subteam^S1> <#C1>",
        "@here @channel @everyone",
        "<https://evil.example|Reuters: markets calm>",
        "&lt;!channel&gt;",
    ],
)
def test_nobody_is_mentioned_and_no_link_is_made_but_ours(words: str) -> None:
    payload = compose(message(hostile(words)))
    for text in texts(payload):
        ours = text.replace("<https://news.example/", "", 1) if "<https://news.example/" in text else text
        assert "<" not in ours
        assert "@here" not in text
        assert "@channel" not in text
    assert payload["link_names"] is False


@pytest.mark.fault("SL03")
def test_what_would_format_is_shown_as_text() -> None:
    words = "*bold* `code` ~gone~ _thin_ ```block``` > quote"
    sentence = texts(compose(message(hostile(words))))[3]
    assert not set("*`~_") & set(sentence)
    assert "bold" in sentence


@pytest.mark.fault("SL02")
@pytest.mark.parametrize("url", ["https://a.example/|x>", "https://a.example/<!here>"])
def test_an_address_cannot_leave_its_link(url: str) -> None:
    link = texts(compose(message(alert(reports=(report(url=url),)))))[5]
    assert link.count("<") == link.count(">") == link.count("|") == 1


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "https://a b", "https://a\nb", "https://a/" + "b" * 600]
)
def test_what_is_no_good_address_is_not_linked(url: str) -> None:
    assert "<" not in texts(compose(message(alert(reports=(report(url=url),)))))[5]


ENDLESS = [
    "x" * 1_000_000,
    "&" * 100_000,
    "한" * 50_000,
    "e\u0301" * 50_000,
    "a " * 9999,
    "<!here> @all" * 9999,
]


@pytest.mark.fault("SL07")
@pytest.mark.parametrize("words", ENDLESS)
async def test_a_server_that_enforces_slacks_limits_takes_whatever_we_send(
    server: HttpServer, words: str
) -> None:
    url = server.serve("/api/chat.postMessage", strict(server))
    told = hostile(words)
    many = replace(told, reports=told.reports * 60, rules=tuple(map(str, range(60))), titles=(words,) * 60)
    one = replace(
        message(many), headline=words, standing_line=words, changes=(words,) * 20, note=words, page=words
    )
    notice = Notice(id="n1", subscription="desk", target="", headline=words, lines=(words,) * 40, created=NOW)
    settings = SlackSettings(token=TOKEN, api_url=url, slack_channel="C024BE91L", buttons=True)
    async with channel(settings) as slack:
        for each in (one, digest([one] * 60, timing=Timing()), notice):
            await slack.send(each, now=NOW)
    assert len(server.requests) == 3


async def test_that_server_refuses_what_slack_refuses(server: HttpServer) -> None:
    good = compose(message(), buttons=True)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_000}}
    assert error_of(good) == ""
    assert error_of(good | {"blocks": [section] * 51}) == "invalid_blocks"
    assert error_of(good | {"blocks": [section] * 5}) == "msg_blocks_too_long"
    assert error_of(good | {"blocks": [{**section, "text": {"text": "x" * 3_001}}]}) == "invalid_blocks"
    assert error_of({"text": ""}) == "no_text"
    error = await refusal_of_bot(server, answer(200, b'{"ok": false, "error": "msg_blocks_too_long"}'))
    assert error.permanent


@pytest.mark.fault("SL07")
@pytest.mark.parametrize("words", ENDLESS)
def test_a_message_keeps_within_slacks_limits(words: str) -> None:
    told = hostile(words)
    many = replace(told, reports=told.reports * 60, rules=tuple(map(str, range(60))), titles=("t" * 90,) * 60)
    payload = compose(replace(message(many), headline=words, standing_line=words))
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks) <= 50
    assert len(texts(payload)[1]) <= 150
    assert max(len(text) for text in texts(payload)) <= 3000
    assert len(json.dumps(payload, ensure_ascii=False)) < 12_000


def test_a_cut_sentence_keeps_its_first_marks_and_never_half_an_entity() -> None:
    words = "North Korea fired " + "&" * 5000
    marks = report().evidence[:2]
    told = message(alert(reports=(report(sentence=span(words, within=words), evidence=marks),)))
    sentence = texts(compose(told))[3]
    assert sentence.startswith("&gt; *North Korea* *fired* &amp;")
    assert sentence.endswith("&amp;…")


# --- what Slack says -------------------------------------------------------------------------------


async def refusal_of_bot(server: HttpServer, told: bytes) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await by_bot(server, told)
    return caught.value


async def refusal_of_webhook(server: HttpServer, told: bytes) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await by_webhook(server, told)
    return caught.value


@pytest.mark.parametrize(
    "error", ["channel_not_found", "is_archived", "invalid_blocks", "msg_too_long", "msg_blocks_too_long"]
)
async def test_what_trying_again_cannot_mend_is_permanent(server: HttpServer, error: str) -> None:
    told = answer(200, json.dumps({"ok": False, "error": error}).encode())
    assert (await refusal_of_bot(server, told)).permanent


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("not_in_channel", "invite the bot"),
        ("invalid_auth", "token anew"),
        ("missing_scope", "chat:write"),
        ("internal_error", "internal_error"),
        ("an_error_of_tomorrow", "an_error_of_tomorrow"),
    ],
)
async def test_what_may_be_mended_or_pass_is_tried_again(server: HttpServer, error: str, advice: str) -> None:
    told = answer(200, json.dumps({"ok": False, "error": error}).encode())
    refused = await refusal_of_bot(server, told)
    assert not refused.permanent
    assert advice in str(refused)


@pytest.mark.parametrize("body", [b"", b"ok", b"<html>", b"[]", b'{"ok": "true"}', b"\xff", b'{"error": {}}'])
async def test_an_answer_that_is_not_slacks_is_not_taken_for_a_yes(server: HttpServer, body: bytes) -> None:
    refused = await refusal_of_bot(server, answer(200, body))
    assert not refused.permanent
    assert refused.unsure  # it may have been posted all the same


async def test_a_web_page_in_slacks_place_is_not_taken_for_a_yes(server: HttpServer) -> None:
    """A network that wants a login, or a proxy, answers 200 with a page to whatever is posted."""
    refused = await refusal_of_webhook(server, answer(200, b"\n<!doctype html><title>Log in</title>"))
    assert (refused.permanent, refused.unsure) == (False, True)


@pytest.mark.parametrize(
    ("status", "body"), [(403, b"action_prohibited"), (404, b"no_service"), (410, b"channel_is_archived")]
)
async def test_a_webhook_that_is_gone_is_permanent(server: HttpServer, status: int, body: bytes) -> None:
    refused = await refusal_of_webhook(server, answer(status, body))
    assert refused.permanent
    assert body.decode() in str(refused)


@pytest.mark.fault("SL05")
@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_of_slacks_is_tried_again(server: HttpServer, status: int) -> None:
    assert not (await refusal_of_webhook(server, answer(status, b"rollup_error"))).permanent


async def test_a_limit_on_the_rate_says_how_long_to_wait(server: HttpServer) -> None:
    told = answer(429, b'{"ok": false, "error": "ratelimited"}', retry_after="30")
    for refused in (await refusal_of_bot(server, told), await refusal_of_webhook(server, told)):
        assert (refused.permanent, refused.retry_after) == (False, 30)


@pytest.mark.fault("SL08", "LG02")
async def test_no_error_shows_a_secret(server: HttpServer) -> None:
    echo = f"{WEBHOOK} {TOKEN}".encode()
    for status in (200, 400, 404, 500):
        for told in (echo, json.dumps({"ok": False, "error": TOKEN}).encode()):
            refused = await refusal_of_bot(server, answer(status, told))
            assert "s3cret" not in str(refused)
            if status != 200:
                refused = await refusal_of_webhook(server, answer(status, told))
                assert "s3cret" not in str(refused)
