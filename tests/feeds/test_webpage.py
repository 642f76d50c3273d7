"""Pages of articles, asked of a real server on loopback and read in a real child."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from httpserver import Answer, HttpServer, answer, http_server, silence

from monitor.feeds.child import ParserPool
from monitor.feeds.webpage import Webpages, WholeText
from monitor.http import Client
from monitor.model import Article

NOW = dt.datetime(2026, 3, 11, 22, 0, tzinfo=dt.UTC)
TITLE = "Harbour of Wonsan closed after missile test"
BODY = [
    "The harbour of Wonsan was closed on Tuesday after a missile test off the coast, sailors said.",
    "Ships waited outside the breakwater for most of the day, and two ferries turned back before noon.",
    "An officer of the port said that the closure would end when the sea had been searched for debris.",
    "Fishermen were told by radio to stay away from the range until the following evening at the least.",
    "Nobody was hurt, the officer said, and no boat was reported missing by the time the sun went down.",
]
SUMMARY = "The harbour of Wonsan was closed on Tuesday after a missile test"


def page(*paragraphs: str, head: str = '<meta charset="utf-8">') -> str:
    told = "".join(f"<p>{each}</p>" for each in paragraphs)
    menu = "<nav><a href='/'>Home</a><a href='/sport'>Sport</a></nav>"
    article = f"<body>{menu}<article>{told}</article></body>"
    return f"<!doctype html><html><head>{head}<title>t</title></head>{article}</html>"


GOOD = answer(200, page(*BODY).encode(), content_type="text/html; charset=utf-8")


class Publisher:
    """A site, and who asks for its pages."""

    def __init__(self, server: HttpServer, pages: Webpages) -> None:
        self.server = server
        self.pages = pages

    async def ask(self, path: str, *told: Answer, within: float = 30.0, now: dt.datetime = NOW) -> WholeText:
        url = self.server.serve(path, *told)
        article = Article(
            id="a", feed="f", key="k", url=url, title=TITLE, text=SUMMARY, published=NOW, fetched=NOW
        )
        return await self.pages.ask(article, now=now, within=within)

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.server.requests]


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with (
        http_server() as server,
        ParserPool(size=1) as parser,
        Client(user_agent="Bongsu (test)", allow_networks=["127.0.0.1/32"], timeout=20) as client,
    ):
        yield Publisher(server, Webpages(client, parser.webtext, user_agent="Bongsu (test)", apart=0.01))


async def test_the_text_of_the_page_takes_the_place_of_the_summary(publisher: Publisher) -> None:
    found = await publisher.ask("/a", GOOD)
    assert found == WholeText(text="\n".join(BODY))
    assert publisher.asked == ["/robots.txt", "/a"]
    assert publisher.server.requests[1].headers["user-agent"] == "Bongsu (test)"


async def test_what_only_the_summary_says_is_kept(publisher: Publisher) -> None:
    told = answer(200, page(*BODY[1:], BODY[1], TITLE).encode(), content_type="text/html")
    found = await publisher.ask("/a", told)
    assert found.text.startswith(SUMMARY + "\n")
    assert BODY[3] in found.text


async def test_robots_txt_is_obeyed_and_asked_once_a_day(publisher: Publisher) -> None:
    publisher.server.serve("/robots.txt", answer(200, b"User-agent: bongsu\nDisallow: /private"))
    refused = await publisher.ask("/private/a", GOOD)
    assert refused.text == ""
    assert "robots.txt" in refused.why
    assert not refused.passing
    assert (await publisher.ask("/b", GOOD)).text
    assert publisher.asked == ["/robots.txt", "/b"]
    await publisher.ask("/private/a", GOOD, now=NOW + dt.timedelta(days=2))
    assert publisher.asked == ["/robots.txt", "/b", "/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_where_robots_txt_cannot_be_had_nothing_is_asked(publisher: Publisher, status: int) -> None:
    publisher.server.serve("/robots.txt", answer(status))
    assert "robots.txt" in (await publisher.ask("/a", GOOD)).why
    assert publisher.asked == ["/robots.txt"]


async def test_a_redirect_goes_only_where_that_sites_robots_txt_lets_it(publisher: Publisher) -> None:
    publisher.server.serve("/robots.txt", answer(200, b"User-agent: *\nDisallow: /paid"))
    publisher.server.serve("/paid/a", GOOD)
    assert "robots.txt" in (await publisher.ask("/a", answer(302, location="/paid/a"))).why
    publisher.server.serve("/free/a", GOOD)
    assert (await publisher.ask("/b", answer(301, location="/free/a"))).text
    assert "/paid/a" not in publisher.asked


async def test_redirects_without_end_are_ended(publisher: Publisher) -> None:
    found = await publisher.ask("/a", answer(302, location="/a"))
    assert "redirects" in found.why
    assert not found.passing
    assert publisher.asked.count("/a") == 6


@pytest.mark.parametrize(
    "address", ["http://127.0.0.2/", "http://169.254.169.254/latest", "http://[::1]/", "file:///etc/passwd"]
)
async def test_a_redirect_to_an_address_that_is_not_public_is_refused(
    publisher: Publisher, address: str
) -> None:
    found = await publisher.ask("/a", answer(302, location=address))
    assert found.text == ""
    assert found.why


async def test_a_page_that_is_slow_is_not_waited_for(publisher: Publisher) -> None:
    found = await publisher.ask("/a", silence, within=0.3)
    assert (found.text, found.passing) == ("", True)
    assert "in time" in found.why


async def test_a_bomb_is_refused_while_it_is_unpacked(publisher: Publisher) -> None:
    body = gzip.compress(b"<html>" + b"<p>a</p>" * 4_000_000)
    found = await publisher.ask("/a", answer(200, body, content_type="text/html", content_encoding="gzip"))
    assert "larger than" in found.why
    assert (await publisher.ask("/b", GOOD)).text


async def test_a_page_nested_without_end_costs_a_child_and_no_more(publisher: Publisher) -> None:
    body = b"<html><body>" + b"<div>" * 500_000 + b"text"
    found = await publisher.ask("/a", answer(200, body, content_type="text/html"))
    assert found.text == ""
    assert found.why
    assert (await publisher.ask("/b", GOOD)).text


@pytest.mark.parametrize(
    "shown",
    [
        ["Subscribe to read on.", "You have read all free articles of this month."],
        ["We value your privacy. We and our partners store information on your device. " * 10],
        [],
    ],
)
async def test_a_wall_is_no_article(publisher: Publisher, shown: list[str]) -> None:
    found = await publisher.ask("/a", answer(200, page(*shown).encode(), content_type="text/html"))
    assert found.text == ""
    assert found.why
    assert not found.passing


@pytest.mark.parametrize("kind", ["application/pdf", "audio/mpeg", "application/json"])
async def test_what_is_no_web_page_is_not_read(publisher: Publisher, kind: str) -> None:
    assert kind in (await publisher.ask("/a", answer(200, b"%PDF-1.7", content_type=kind))).why


@pytest.mark.parametrize(
    ("encoding", "kind", "head"),
    [
        ("euc-kr", "text/html; charset=euc-kr", ""),
        ("euc-kr", "text/html", '<meta http-equiv="Content-Type" content="text/html; charset=euc-kr">'),
        ("shift_jis", "text/html", "<meta charset=shift_jis>"),
        ("utf-8", "text/html; charset=iso-8859-1", ""),  # mislabelled
        ("utf-16", "text/html", ""),
    ],
)
async def test_the_encoding_is_decided_before_the_page_is_read(
    publisher: Publisher, encoding: str, kind: str, head: str
) -> None:
    word = "原山" if encoding == "shift_jis" else "원산"
    body = page(*BODY, f"The sign at the pier read {word}, in large letters.", head=head).encode(encoding)
    assert word in (await publisher.ask("/a", answer(200, body, content_type=kind))).text


async def test_what_would_mislead_is_taken_out_of_the_text(publisher: Publisher) -> None:
    body = page(
        *BODY, "The w\u200bord \u202eturned\u202c round, and e\u0301 composed, the paper said on Tuesday."
    )
    found = await publisher.ask("/a", answer(200, body.encode(), content_type="text/html"))
    assert "The word turned round, and é composed" in found.text


@pytest.mark.parametrize(("status", "passing"), [(404, False), (410, False), (403, False), (500, True)])
async def test_a_fault_of_the_server_may_pass_and_its_refusal_does_not(
    publisher: Publisher, status: int, *, passing: bool
) -> None:
    found = await publisher.ask("/a", answer(status))
    assert (found.text, found.passing) == ("", passing)
    assert str(status) in found.why


async def test_a_host_that_asks_for_patience_is_left_alone(publisher: Publisher) -> None:
    found = await publisher.ask("/a", answer(429, retry_after="600"))
    assert found.rest == NOW + dt.timedelta(minutes=10)
    assert "left alone" in (await publisher.ask("/b", GOOD, now=NOW + dt.timedelta(minutes=9))).why
    assert (await publisher.ask("/b", GOOD, now=NOW + dt.timedelta(minutes=11))).text
    assert publisher.asked == ["/robots.txt", "/a", "/b"]


async def test_pages_of_one_host_are_asked_one_after_another(publisher: Publisher) -> None:
    under_way: list[int] = []
    most = 0

    async def noted(writer: asyncio.StreamWriter) -> None:
        nonlocal most
        under_way.append(1)
        most = max(most, len(under_way))
        await asyncio.sleep(0.05)
        under_way.pop()
        writer.write(GOOD)
        await writer.drain()

    found = await asyncio.gather(*(publisher.ask(f"/{number}", noted) for number in range(4)))
    assert all(each.text for each in found)
    assert most == 1
    assert publisher.asked.count("/robots.txt") == 1


async def test_a_site_that_wants_long_pauses_gets_them(publisher: Publisher) -> None:
    publisher.server.serve("/robots.txt", answer(200, b"User-agent: *\nCrawl-delay: 200"))
    found = await publisher.ask("/a", GOOD, within=3)
    assert "in time" in found.why  # robots.txt itself was asked just now
    assert publisher.asked == ["/robots.txt"]


async def test_an_article_without_an_address_that_can_be_asked_has_no_page(publisher: Publisher) -> None:
    article = Article(id="a", feed="f", key="k", url="", title=TITLE, text="", published=NOW, fetched=NOW)
    for url in ("", "mailto:a@b", "http://", "http://[", "https://user:secret@127.0.0.1/"):
        found = await publisher.pages.ask(replace(article, url=url), now=NOW, within=5)
        assert found.text == ""
        assert found.why
        assert "secret" not in found.why
