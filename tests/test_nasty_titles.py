"""Thousands of titles made of what does harm, through every way out; 20,000 of them by `--full`."""

from __future__ import annotations

import email
import email.policy
import io
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from builders import NAMES, NOW, alert, message, report, span
from httpserver import answer, http_server
from mailserver import mail_server
from rich.console import Console

from monitor.alerting.channels.apprise import AppriseChannel
from monitor.alerting.channels.console import ConsoleChannel
from monitor.alerting.channels.email import compose as compose_mail
from monitor.alerting.channels.protocol import Posted
from monitor.alerting.channels.settings import (
    AppriseSettings,
    ConsoleSettings,
    EmailSettings,
    WebhookSettings,
)
from monitor.alerting.channels.slack import compose as compose_slack
from monitor.alerting.channels.webhook import WebhookChannel
from monitor.alerting.digest import digest
from monitor.exports import FORMATS, About
from monitor.model import Alert, Digest, Message, Notice, Timing

FEW, MANY = 2_000, 20_000
URL = "https://news.example/1"
PARTS = (
    *("\r\n", "\n", "\r", "\0", "\t", "\x0b", "\x85", "\u2028", "\u2029", "\ud800", "\x1b[2J", "\x9b31m"),
    *("Bcc: eve@example.org", "\nBcc: eve@example.org", "\r\n\r\n<b>", "\n.\n", "Content-Type: text/html"),
    *("=?utf-8?q?=0ABcc:_eve@example.org?=", "=?utf-8?b?CkJjYzogZQ==?=", "=?", "?=", "=0A", ";", ",", '"'),
    *("<!channel>", "<!here>", "<!everyone>", "<@U012AB3CD>", "<#C012AB3CD>", "<!subteam^S012AB3CD>"),
    *("<http://evil.example|here>", "<https://evil.example>", "<mailto:eve@example.org|write>", "@channel"),
    *("&lt;!channel&gt;", "&amp;lt;", "&#60;!here&#62;", "\\u003c!channel\\u003e", "|", "*", "_", "~", "`"),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</td></table>",
        "<!--",
        "-->",
        "<![CDATA[",
    ),
    *("]]>", "<?xml version='1.0'?>", "<!DOCTYPE a>", "&xxe;", "' onclick='x", '" style="x', "<", ">", "&"),
    *("javascript:alert(1)", "{{ 7*7 }}", "{% raw %}", "[red]", "[/]", "[link=http://evil.example]x[/link]"),
    *(
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\uffff",
        "e\u0301",
        "한국",
        "👩\u200d👩\u200d👧",
        "🇰🇷",
        " ",
        "x" * 200,
    ),
    *("North Korea", "fires", "missile"),
)


def titles(count: int) -> Iterator[str]:
    drawn = random.Random(20261125)
    for _ in range(count):
        yield "".join(drawn.choices(PARTS, k=drawn.randint(1, 9)))


def about_it(words: str) -> Alert:
    """An alert in which all that a feed writes, but the address, is these words."""
    told = report(title=words, publisher=words, url=URL, sentence=span(words, within=words), evidence=())
    return alert(reports=(told,), titles=(words,))


def told(words: str) -> tuple[Message, Digest, Notice]:
    one = replace(
        message(about_it(words)),
        headline=words,
        standing_line=words,
        note=words,
        changes=(words,),
        links=(URL,),
    )
    both = replace(digest([one, one], timing=Timing()), headline=words, target="desk@example.org")
    notice = Notice(
        id="n1",
        subscription="desk",
        target="desk@example.org",
        headline=words,
        lines=(words,),
        link=URL,
        link_text=words,
        created=NOW,
    )
    return one, both, notice


PLAIN = told("North Korea fires missile")

# --- each way out: what a title made there that a plain one does not ------------------------------------

BY_MAIL = EmailSettings(host="127.0.0.1", sender="a@bongsu.example")


@dataclass
class Seen(HTMLParser):
    """What a reader's program makes of HTML: tags with the names of their attributes, and addresses."""

    tags: set[tuple[str, ...]] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, *(name for name, _ in attrs)))
        self.addresses |= {value or "" for name, value in attrs if name in {"href", "src", "action"}}

    def handle_comment(self, data: str) -> None:
        self.tags.add(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.tags.add(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.tags.add(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.tags.add(("declaration", data))


def in_mail(each: Message | Digest | Notice) -> object:
    made = compose_mail(each, BY_MAIL, now=NOW).as_bytes()
    mail = email.message_from_bytes(made, EmailMessage, policy=email.policy.default)
    assert not mail.defects
    body = mail.get_body(["html"])
    assert body is not None
    page = Seen()
    page.feed(str(body.get_content()))
    page.close()
    people = [str(each) for each in mail["To"].addresses]
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    return mail.keys(), people, kinds, page.tags, page.addresses


def in_slack(each: Message | Digest | Notice) -> object:
    """The tokens in angle brackets, which alone make links and mentions; and no name after an @."""
    payload = compose_slack(each)
    words = list(_texts(payload))
    assert not [text for text in words if re.search(r"@(?:channel|here|everyone|U0)", text)]
    tokens = Counter(token.partition("|")[0] for text in words for token in re.findall("<[^>]*>?", text))
    assert sum(text.count("<") - text.count(">") for text in words) == 0
    return tokens


def _texts(payload: object) -> Iterator[str]:
    if isinstance(payload, dict):
        for each in payload.values():
            yield from _texts(each)
    elif isinstance(payload, list):
        for each in payload:
            yield from _texts(each)
    elif isinstance(payload, str):
        payload.encode()
        yield payload


@dataclass(frozen=True)
class Taken:
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Receiver:
    """A poster that keeps what it is given."""

    def __init__(self) -> None:
        self.got: tuple[bytes, Mapping[str, str]] = b"", {}

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Posted:
        assert url == URL
        self.got = content, headers
        return Taken()


async def in_webhook(each: Message | Digest | Notice) -> object:
    receiver = Receiver()
    await WebhookChannel(WebhookSettings(url=URL, secret="s"), poster=receiver).send(each, now=NOW)
    content, headers = receiver.got
    assert not [value for value in headers.values() if not value.isprintable()]
    return sorted(headers), _shape(json.loads(content))


def _shape(value: object) -> object:
    """The names in a JSON document, without its texts."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    return [_shape(each) for each in value] if isinstance(value, list) else type(value)


async def on_screen(each: Message | Digest | Notice) -> object:
    paper = io.StringIO()
    screen = Console(file=paper, width=100, force_terminal=True, color_system="truecolor")
    await ConsoleChannel(ConsoleSettings(), console=screen).send(each, now=NOW)
    text = re.sub("\x1b\\[[0-9;]*m", "", paper.getvalue()).replace("\n", "")  # colours are ours
    return {char for char in text if unicodedata.category(char) in {"Cc", "Cs"} or char in "\u202e\u2066"}


async def by_apprise(form: str, each: Message | Digest | Notice) -> object:
    """What a service behind the library Apprise gets: two documents of its own making, and a mail."""
    if form == "mailto":
        async with mail_server() as post:
            url = f"mailto://127.0.0.1:{post.port}?mode=insecure&from=a@bongsu.example&to=desk@example.org"
            await AppriseChannel(AppriseSettings(url=url)).send(each, now=NOW)
        (mail,) = post.mails
        page = Seen()
        body = mail.get_body(["html"])
        page.feed(str(body.get_content()) if body else "")
        return mail.keys(), post.recipients, page.tags, page.addresses
    async with http_server() as server:
        server.serve("/", answer(204))
        url = f"{form}://127.0.0.1:{server.port}/"
        await AppriseChannel(AppriseSettings(url=url)).send(each, now=NOW)
    (request,) = server.requests
    assert not re.search(rb"@(?:channel|here|everyone|all)\b", request.body)
    if form == "xml":
        return sorted(request.headers), [each.tag for each in ET.fromstring(request.body).iter()]
    made = json.loads(request.body)
    assert not [char for char in made["title"] if unicodedata.category(char) in {"Cc", "Cs"}]
    return sorted(request.headers), _shape(made)


def in_atom(words: str) -> object:
    root = ET.fromstring(FORMATS["atom"].write([about_it(words)], About(now=NOW, names=NAMES)))
    return [(each.tag, sorted(each.attrib), each.get("href")) for each in root.iter()]


def in_cap(words: str) -> object:
    root = ET.fromstring(FORMATS["cap"].write([about_it(words)], About(now=NOW, names=NAMES)))
    return {each.tag for each in root.iter()}


def in_jsonfeed(words: str) -> object:
    made = FORMATS["jsonfeed"].write([about_it(words)], About(now=NOW, names=NAMES))
    made.encode()
    return _shape(json.loads(made))


OF_MESSAGES: Mapping[str, Callable[[Message | Digest | Notice], object]] = {
    "mail": in_mail,
    "slack": in_slack,
}
OF_ALERTS: Mapping[str, Callable[[str], object]] = {"atom": in_atom, "cap": in_cap, "jsonfeed": in_jsonfeed}


@pytest.fixture
def count(pytestconfig: pytest.Config) -> int:
    return MANY if pytestconfig.getoption("full") else FEW


@pytest.mark.timeout(1800)
@pytest.mark.fault("EM01", "EM02", "SL01", "SL02")
@pytest.mark.parametrize("way", list(OF_MESSAGES))
def test_a_title_adds_nothing_to_a_message(way: str, count: int) -> None:
    made = OF_MESSAGES[way]
    plain = [made(each) for each in PLAIN]
    for at, words in enumerate(titles(count)):
        kind = at % 3
        assert made(told(words)[kind]) == plain[kind], repr(words)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", [in_webhook, on_screen])
async def test_a_title_adds_nothing_to_what_a_program_or_a_screen_gets(
    way: Callable[[Message | Digest | Notice], Awaitable[object]], count: int
) -> None:
    plain = [await way(each) for each in PLAIN]
    for at, words in enumerate(titles(count)):
        kind = at % 3
        assert await way(told(words)[kind]) == plain[kind], repr(words)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("form", ["json", "xml", "mailto"])
async def test_a_title_adds_nothing_to_what_apprise_sends(form: str, count: int) -> None:
    plain = [await by_apprise(form, each) for each in PLAIN]
    for at, words in enumerate(
        titles(count // 20 if form == "mailto" else count)
    ):  # a mail takes its time there
        kind = at % 3
        assert await by_apprise(form, told(words)[kind]) == plain[kind], repr(words)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("form", list(OF_ALERTS))
def test_a_title_adds_nothing_to_a_document(form: str, count: int) -> None:
    made = OF_ALERTS[form]
    plain = made("North Korea fires missile")
    for words in titles(count):
        assert made(words) == plain, repr(words)
