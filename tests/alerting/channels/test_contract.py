"""What holds for every channel, whatever it speaks."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage

import pytest
from builders import NOW, alert, message, report, span
from httpserver import HttpServer, answer, http_server, silence
from hypothesis import given, settings
from hypothesis import strategies as st
from mailserver import DROP, MailServer, mail_server
from rich.console import Console

from monitor.alerting.channels import KINDS, Channel, open_channel
from monitor.alerting.channels.email import compose as compose_mail
from monitor.alerting.channels.settings import (
    AppriseSettings,
    ConsoleSettings,
    EmailSettings,
    Settings,
    SlackSettings,
    WebhookSettings,
)
from monitor.alerting.channels.slack import compose as compose_slack
from monitor.alerting.render import html
from monitor.demo.loopback import HOST
from monitor.errors import DeliveryError
from monitor.http import Client
from monitor.model import Message


class Paper(io.StringIO):
    """A terminal that can go away."""

    gone = False

    def write(self, text: str, /) -> int:
        if self.gone:
            raise BrokenPipeError
        return super().write(text)


@dataclass(frozen=True, kw_only=True)
class Side:
    """A channel and its receiver, which can be told to fail."""

    channel: Channel
    fail: Callable[[], None]  # from now on nothing is taken
    mend: Callable[[], None]
    ids: Callable[[], list[str]]  # of the deliveries that the receiver saw, refused ones too


@dataclass(frozen=True, kw_only=True)
class World:
    http: HttpServer
    mail: MailServer
    paper: Paper
    client: Client

    def open(self, of: Settings) -> Channel:
        return open_channel(of, poster=self.client, console=Console(file=self.paper, width=100))

    def posted(self, of: Settings, path: str, told: Callable[[bytes], str], yes: bytes) -> Side:
        return Side(
            channel=self.open(of),
            fail=lambda: self._serve(path, answer(503)),
            mend=lambda: self._serve(path, yes),
            ids=lambda: [told(request.body) for request in self.http.requests],
        )

    def _serve(self, path: str, told: bytes) -> None:
        self.http.serve(path, told)


def console(world: World) -> Side:
    def gone(value: bool) -> Callable[[], None]:  # noqa: FBT001 - a switch
        return lambda: setattr(world.paper, "gone", value)

    return Side(
        channel=world.open(ConsoleSettings()),
        fail=gone(True),  # noqa: FBT003 - same
        mend=gone(False),  # noqa: FBT003 - same
        ids=lambda: re.findall("delivery ([0-9a-f]+)", world.paper.getvalue()),
    )


def mail(world: World) -> Side:
    return Side(
        channel=world.open(
            EmailSettings(host=HOST, port=world.mail.port, sender="a@bongsu.example", security="none")
        ),
        fail=lambda: world.mail.to_data.append(DROP),
        mend=world.mail.to_data.clear,
        ids=lambda: [seen.strip("<>").split("@")[0] for seen in world.mail.seen],
    )


def slack(world: World) -> Side:
    of = SlackSettings(webhook_url=world.http.url("/hook"))
    return world.posted(
        of,
        "/hook",
        lambda body: str(json.loads(body)["metadata"]["event_payload"]["delivery_id"]),
        answer(200, b"ok"),
    )


def bot(world: World) -> Side:
    of = SlackSettings(token="xoxb", slack_channel="C1", api_url=world.http.url("/api"))
    return world.posted(
        of,
        "/api",
        lambda body: str(json.loads(body)["metadata"]["event_payload"]["delivery_id"]),
        answer(200, b'{"ok": true}'),
    )


def webhook(world: World) -> Side:
    of = WebhookSettings(url=world.http.url("/in"), secret="s3cret")
    return world.posted(of, "/in", lambda body: str(json.loads(body)["id"]), answer(204))


def apprise(world: World) -> Side:
    of = AppriseSettings(url=world.http.url("/in").replace("http://", "json://"))

    def told(body: bytes) -> str:
        return str(json.loads(body)["message"]).rstrip().rpartition("Delivery ")[2]

    return world.posted(of, "/in", told, answer(204))


SIDES = {
    "apprise": apprise,
    "console": console,
    "email": mail,
    "slack": slack,
    "slack as a bot": bot,
    "webhook": webhook,
}


@asynccontextmanager
async def opened(*, patience: float = 60) -> AsyncIterator[World]:
    async with (
        http_server() as http,
        mail_server() as mails,
        Client(user_agent="test", allow_networks=["127.0.0.1/32"], timeout=patience) as client,
    ):
        yield World(http=http, mail=mails, paper=Paper(), client=client)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as running:
        yield running


@pytest.fixture(params=list(SIDES))
def side(request: pytest.FixtureRequest, world: World) -> Side:
    return SIDES[request.param](world)


def test_every_kind_of_channel_is_held_to_the_contract() -> None:
    assert set(KINDS) <= set(SIDES)


async def failing(send: Callable[[], Awaitable[object]]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send()
    return caught.value


async def test_a_message_is_taken_under_the_deliverys_id(side: Side) -> None:
    told = message()
    side.mend()
    await side.channel.send(told, now=NOW)
    assert side.ids() == [told.delivery.id]


@pytest.mark.fault("CR06", "SL05")
async def test_every_attempt_goes_under_the_same_id(side: Side) -> None:
    told = message()
    side.fail()
    await failing(lambda: side.channel.send(told, now=NOW))
    side.mend()
    await side.channel.send(told, now=NOW)
    await side.channel.send(replace(told, delivery=replace(told.delivery, repeated=True)), now=NOW)
    assert set(side.ids()) == {told.delivery.id}


async def test_a_failure_that_may_pass_is_a_delivery_error_and_not_permanent(side: Side) -> None:
    side.fail()
    error = await failing(lambda: side.channel.send(message(), now=NOW))
    assert not error.permanent
    assert str(error)


@pytest.mark.fault("SL05")
@pytest.mark.parametrize("name", ["slack", "slack as a bot", "webhook"])
async def test_a_receiver_that_never_answers_is_given_up_for_now(name: str) -> None:
    async with opened(patience=0.1) as world:
        for path in ("/hook", "/api", "/in"):
            world.http.serve(path, silence)
        error = await failing(lambda: SIDES[name](world).channel.send(message(), now=NOW))
    assert (error.permanent, error.unsure) == (False, True)


@pytest.mark.parametrize("name", ["slack", "slack as a bot", "webhook"])
async def test_a_receiver_that_hangs_up_is_tried_again(world: World, name: str) -> None:
    for path in ("/hook", "/api", "/in"):
        world.http.serve(path, b"")
    error = await failing(lambda: SIDES[name](world).channel.send(message(), now=NOW))
    assert (error.permanent, error.unsure) == (False, True)


# --- whatever feeds write --------------------------------------------------------------------------

HEADERS = (
    "\r\n",
    "\n",
    "Bcc: eve@example.org",
    "=?utf-8?q?=0ABcc:_e@x?=",
    "=?",
    "?=",
    "\x00",
    "\u2028",
    "\ud800",
)
MARKUP = (
    "<script>",
    "<img src=x onerror=y>",
    "{{ 7*7 }}",
    "{% raw %}",
    "[red]",
    "[/]",
    "&",
    "<",
    ">",
    "|",
    "*",
    "`",
)
MENTIONS = ("<!channel>", "<@U1>", "@here")
SCREEN = ("\x1b[2J", "\x9b", "\u202e", "한국", "👩‍👩‍👧", "e\u0301", "x" * 300, " ")
PIECES = st.sampled_from([*HEADERS, *MARKUP, *MENTIONS, *SCREEN])
WORDS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join)
KEPT = EmailSettings(host=HOST, sender="a@bongsu.example")


def said(words: str) -> Message:
    """A message in which everything from outside is these words."""
    from_outside = report(
        title=words, publisher=words, url=words, sentence=span(words, within=words), evidence=()
    )
    told = message(alert(reports=(from_outside,)))
    return replace(told, headline=words, standing_line=words)


@pytest.mark.fault("EM01", "EM02")
@settings(max_examples=150, deadline=None)
@given(WORDS)
def test_no_words_make_a_mail_header(words: str) -> None:
    made = compose_mail(said(words), KEPT, now=NOW).as_bytes()
    mail = email.message_from_bytes(made, EmailMessage, policy=email.policy.default)
    plain = compose_mail(message(), KEPT, now=NOW)
    assert mail.keys() == plain.keys()
    assert mail["To"].addresses == plain["To"].addresses
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not mail.defects


@settings(max_examples=150, deadline=None)
@given(WORDS)
def test_no_words_are_html(words: str) -> None:
    tags = {tag for tag in ("<script", "<img", "onerror=y>") if tag in html(said(words))}
    assert tags == set()


@pytest.mark.fault("SL01", "SL02")
@settings(max_examples=150, deadline=None)
@given(WORDS)
def test_no_words_are_slack_markup(words: str) -> None:
    payload = json.dumps(compose_slack(said(words)), ensure_ascii=False)
    payload.encode()
    assert "<" not in payload.replace("<http", "")
    assert "@here" not in payload
    assert len(payload) < 12_000


@settings(max_examples=60, deadline=None)
@given(WORDS)
async def test_no_words_steer_the_terminal(words: str) -> None:
    paper = Paper()
    channel = open_channel(
        ConsoleSettings(), poster=Client(user_agent="test"), console=Console(file=paper, width=100)
    )
    await channel.send(said(words), now=NOW)
    text = paper.getvalue().replace("\n", "")
    assert not [char for char in text if unicodedata.category(char) in {"Cc", "Cs"} or char == "\u202e"]
