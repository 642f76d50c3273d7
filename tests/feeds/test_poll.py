"""Polls over a real connection, of a server that a test tells what to answer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from builders import NOW, feed
from feeddocuments import PAGE, item, rss

from monitor.errors import ParseError
from monitor.feeds.entry import Document
from monitor.feeds.parse import parse as parse_bytes
from monitor.feeds.poll import Intake, Parse, poll
from monitor.http import Client
from monitor.model import Article, Feed, FeedState, Identity, Standing

HOUR = dt.timedelta(hours=1)


@dataclass
class Answer:
    """What the server says next, to everybody."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None  # as told; None: as it is


class Server:
    """Says what it is told to, and remembers what it was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.answer = Answer()
        self.at: dict[str, Answer] = {}  # path to its own answer
        self.asked: list[Mapping[str, str]] = []  # headers, names in lower case
        self.paths: list[str] = []

    def says(
        self,
        body: bytes = b"",
        *,
        status: int = 200,
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.answer = Answer(status, body, headers or {}, length)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append({name.lower(): value for name, value in self.headers.items()})
            told.paths.append(self.path)
            answer = told.at.get(self.path, told.answer)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header(
                "Content-Length", str(len(answer.body) if answer.length is None else answer.length)
            )
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        told = Server(f"http://127.0.0.1:{running.server_address[1]}")
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield told
        running.shutdown()
        thread.join()


async def parse_here(body: bytes, *, content_type: str | None, url: str) -> Document:
    """Parse without a child, which has its own tests."""
    return parse_bytes(body, content_type=content_type, url=url)


class Desk:
    """Polls one feed again and again, and keeps what came, as the pipeline does."""

    def __init__(self, client: Client, server: Server) -> None:
        self.client = client
        self.server = server
        self.feed: Feed = feed(
            id="a", url=f"{server.base}/feed", publisher="Yonhap", language="en", grade="B"
        )
        self.state = FeedState(feed="a")
        self.now = NOW
        self.stored: dict[str, Article] = {}
        self.parse: Parse = parse_here
        self.known: Callable[[Sequence[str]], Mapping[str, str]] = self.hashes

    async def poll(
        self,
        body: bytes | None = None,
        *,
        after: dt.timedelta = HOUR,
        headers: Mapping[str, str] | None = None,
    ) -> Intake:
        """One poll, `after` the one before; with a body, the server has it from now on."""
        if body is not None:
            self.server.says(body, headers=headers)
        self.now += after
        intake = await poll(
            self.client,
            self.feed,
            self.state,
            now=self.now,
            known=self.known,
            max_age=dt.timedelta(days=7),
            parse=self.parse,
        )
        self.state = intake.state
        self.stored |= {article.key: article for article in (*intake.articles, *intake.changed)}
        return intake

    def hashes(self, keys: Sequence[str]) -> Mapping[str, str]:
        return {key: self.stored[key].content_hash for key in keys if key in self.stored}


@pytest.fixture
async def desk(server: Server) -> AsyncIterator[Desk]:
    async with Client(user_agent="tests", allow_networks=["127.0.0.1/32"], timeout=60) as client:
        yield Desk(client, server)


def report(number: int, **changed: str) -> str:
    values = {"guid": f"id-{number}", "title": f"Report {number}", "link": f"https://news.example/{number}"}
    return item(**{**values, **changed})


def reports(*numbers: int, **changed: str) -> bytes:
    return rss(*(report(number, **changed) for number in numbers))


def titles(articles: Sequence[Article]) -> list[str]:
    return [article.title for article in articles]


# --- articles --------------------------------------------------------------------------------------


async def test_an_entry_becomes_an_article_of_its_feed(desk: Desk) -> None:
    await desk.poll(reports())
    intake = await desk.poll(
        rss(report(1, description="Ships sailed.", pubDate="Wed, 11 Mar 2026 22:00:00 GMT"))
    )
    (article,) = intake.articles
    assert (article.feed, article.key, article.url) == ("a", "id-1", "https://news.example/1")
    assert (article.title, article.text) == ("Report 1", "Ships sailed.")
    assert (article.publisher, article.language, article.grade) == ("Yonhap", "en", "B")
    assert (article.published, article.fetched) == (dt.datetime(2026, 3, 11, 22, tzinfo=dt.UTC), desk.now)
    assert article.standing is Standing.LIVE


MORNING = "Mon, 09 Mar 2026 08:00:00 GMT"


async def test_the_first_good_poll_is_the_baseline(desk: Desk) -> None:
    desk.server.says(status=503)
    await desk.poll()
    first = await desk.poll(reports(1, 2))
    second = await desk.poll(reports(3, 1, 2))
    assert [article.standing for article in first.articles] == [Standing.BASELINE] * 2
    assert [(article.title, article.standing) for article in second.articles] == [("Report 3", Standing.LIVE)]


async def test_an_empty_first_document_is_a_baseline_too(desk: Desk) -> None:
    await desk.poll(reports())
    assert [article.standing for article in (await desk.poll(reports(1))).articles] == [Standing.LIVE]


@pytest.mark.parametrize(
    "first",
    [reports(), reports(1, pubDate="Wed, 11 Mar 2026 08:00:00 GMT").removesuffix(b"</channel></rss>")],
    ids=["empty", "broken off"],
)
async def test_what_an_unfinished_baseline_left_out_is_not_taken_for_news(desk: Desk, first: bytes) -> None:
    """The day's reports come when the publisher's server is well again; what was told since then is sent."""
    since = {"pubDate": format_datetime(desk.now + HOUR)}
    assert (await desk.poll(first)).state.failures == 0
    whole = rss(report(3, **since), report(4), *(report(n, pubDate=MORNING) for n in (1, 2)))
    later = await desk.poll(whole)
    assert {article.title: article.standing for article in later.articles if article.key != "id-1"} == {
        "Report 3": Standing.LIVE,
        "Report 4": Standing.LIVE,  # undated, it may be news
        "Report 2": Standing.BASELINE,
    }


async def test_what_comes_late_into_a_feed_that_is_watched_is_news(desk: Desk) -> None:
    await desk.poll(reports(1))
    late = await desk.poll(rss(report(1), report(2, pubDate=MORNING)))
    assert [article.standing for article in late.articles] == [Standing.LIVE]


@pytest.mark.parametrize(
    ("date", "standing"),
    [
        ("Tue, 10 Mar 2026 00:00:00 GMT", Standing.LIVE),
        ("Tue, 03 Mar 2026 00:00:00 GMT", Standing.OLD),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Standing.LIVE),  # no date, but a clock that was not set
        ("Fri, 31 Dec 9999 23:59:59 -1200", Standing.LIVE),
        ("1700000000", Standing.LIVE),
        ("", Standing.LIVE),
    ],
)
async def test_what_was_published_long_ago_is_marked_as_old(
    desk: Desk, date: str, standing: Standing
) -> None:
    await desk.poll(reports(9))
    assert [article.standing for article in (await desk.poll(reports(1, pubDate=date))).articles] == [
        standing
    ]


@pytest.mark.fault("DT06")
async def test_three_days_down_are_no_first_poll(desk: Desk) -> None:
    await desk.poll(reports(1))
    intake = await desk.poll(reports(*range(50)), after=dt.timedelta(days=3))
    assert len(intake.articles) == 49
    assert {article.standing for article in intake.articles} == {Standing.LIVE}


@pytest.mark.fault("DT03")
async def test_a_date_a_little_ahead_is_now(desk: Desk) -> None:
    await desk.poll(reports())
    (article,) = (await desk.poll(reports(1, pubDate="Thu, 12 Mar 2026 09:00:00 GMT"))).articles
    assert article.published == desk.now


async def test_an_edit_is_changed_and_not_new(desk: Desk) -> None:
    await desk.poll(reports(1, 2))
    intake = await desk.poll(rss(report(1, title="Report 1, corrected"), report(2)))
    assert (titles(intake.articles), titles(intake.changed)) == ([], ["Report 1, corrected"])


@pytest.mark.fault("DT07")
async def test_a_date_that_moves_with_every_poll_is_no_edit(desk: Desk) -> None:
    for hour in range(3):
        intake = await desk.poll(reports(1, pubDate=f"Wed, 11 Mar 2026 {20 + hour}:00:00 GMT"))
    assert (intake.articles, intake.changed) == ((), ())


async def test_an_entry_twice_in_one_document_is_one_article(desk: Desk) -> None:
    assert titles((await desk.poll(reports(1, 1, 2))).articles) == ["Report 1", "Report 2"]


@pytest.mark.fault("DD01")
async def test_ids_that_change_at_every_poll_bring_each_entry_once(desk: Desk) -> None:
    for number in range(3):
        await desk.poll(rss(*(report(n, guid=f"id-{n}-{number}") for n in range(5))))
    assert len(desk.stored) == 5
    assert desk.state.identity is Identity.URL


@pytest.mark.fault("DD03")
async def test_one_id_for_all_entries_hides_none(desk: Desk) -> None:
    assert len((await desk.poll(reports(*range(14), guid="x"))).articles) == 14


@pytest.mark.fault("DD06")
async def test_an_entry_that_went_and_comes_back_is_known(desk: Desk) -> None:
    await desk.poll(reports(1, 2))
    await desk.poll(reports(2))
    assert (await desk.poll(reports(1, 2))).articles == ()


@pytest.mark.fault("FP20")
async def test_an_entry_with_nothing_but_text_is_one_article(desk: Desk) -> None:
    for _ in range(2):
        await desk.poll(rss(item(description="Something happened.")))
    assert len(desk.stored) == 1


# --- conditions ------------------------------------------------------------------------------------

LAST = "Wed, 11 Mar 2026 22:00:00 GMT"


async def test_a_document_is_asked_for_only_if_it_changed(desk: Desk) -> None:
    await desk.poll(reports(1), headers={"ETag": '"v1"', "Last-Modified": LAST})
    desk.server.says(status=304)
    intake = await desk.poll()
    assert "if-none-match" not in desk.server.asked[0]
    assert desk.server.asked[1]["if-none-match"] == '"v1"'
    assert desk.server.asked[1]["if-modified-since"] == LAST
    assert (intake.articles, intake.state.failures, intake.state.error) == ((), 0, None)
    assert intake.state.last_good == desk.now
    assert intake.state.etag == '"v1"'


async def test_a_failed_poll_keeps_what_we_hold(desk: Desk) -> None:
    await desk.poll(reports(1), headers={"ETag": '"v1"'})
    before = desk.state
    desk.server.says(status=500, headers={"ETag": '"broken"'})
    await desk.poll()
    assert desk.state == replace(
        before,
        last_polled=desk.now,
        next_due=desk.state.next_due,
        failures=1,
        error=f"{desk.feed.url}: the server has a fault of its own (HTTP 500)",
    )


@pytest.mark.parametrize("body", [PAGE.format("").encode(), b"", b'{"error": 1}'])
async def test_the_validators_of_what_was_no_feed_are_not_kept(desk: Desk, body: bytes) -> None:
    await desk.poll(body, headers={"ETag": '"v1"', "Last-Modified": LAST})
    await desk.poll()
    assert "if-none-match" not in desk.server.asked[1]
    assert "if-modified-since" not in desk.server.asked[1]


@pytest.mark.fault("FP01")
async def test_the_validators_of_a_broken_document_are_not_kept(desk: Desk) -> None:
    whole = reports(1, 2, 3)
    cut_short = await desk.poll(whole[: whole.index(b"Report 3")], headers={"ETag": '"v1"'})
    assert titles(cut_short.articles)[:2] == ["Report 1", "Report 2"]
    assert "malformed XML" in (desk.state.error or "")
    assert desk.state.failures == 0
    assert titles((await desk.poll(whole, headers={"ETag": '"v1"'})).articles) == ["Report 3"]
    assert "if-none-match" not in desk.server.asked[1]
    assert desk.state.error is None


@pytest.mark.fault("HT19")
async def test_an_etag_that_changes_at_every_request_brings_nothing_new(desk: Desk) -> None:
    await desk.poll(reports(1), headers={"ETag": '"v1"'})
    intake = await desk.poll(reports(1), headers={"ETag": '"v2"'})
    assert (intake.articles, intake.changed) == ((), ())


@pytest.mark.fault("HT18")
async def test_a_server_that_says_304_for_ever_is_asked_for_the_whole_once_a_day(desk: Desk) -> None:
    await desk.poll(reports(1), headers={"ETag": '"v1"'})
    desk.server.says(status=304)
    for _ in range(48):
        await desk.poll()
    whole = [hour for hour, headers in enumerate(desk.server.asked) if "if-none-match" not in headers]
    assert whole[:2] == [0, 24]
    assert "though we did not ask" in (desk.state.error or "")


@pytest.mark.fault("HT20")
async def test_304_to_a_question_without_conditions_is_a_fault(desk: Desk) -> None:
    desk.server.says(status=304)
    await desk.poll()
    assert desk.state.failures == 1
    assert "nothing has changed, though we did not ask" in (desk.state.error or "")
    assert desk.state.first_polled is None


@pytest.mark.fault("HT28")
@pytest.mark.parametrize("etag", ['"' + "x" * 300 + '"', '"caf\xe9"', ""])
async def test_a_strange_validator_is_not_sent_back(desk: Desk, etag: str) -> None:
    await desk.poll(reports(1), headers={"ETag": etag})
    await desk.poll()
    assert "if-none-match" not in desk.server.asked[1]


# --- what servers say ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "the server wants a password (HTTP 401)"),
        (403, "the server refuses us (HTTP 403)"),
        (404, "nothing is at this address; see where the feed has gone (HTTP 404)"),
        (410, "the feed is gone for good; see where it has gone, or remove it (HTTP 410)"),
        (429, "the server wants to be asked less often (HTTP 429)"),
        (500, "the server has a fault of its own (HTTP 500)"),
        (503, "the server has a fault of its own (HTTP 503)"),
        (204, "an answer without a feed (HTTP 204)"),
        (302, "an answer without a feed (HTTP 302)"),
        (418, "an answer without a feed (HTTP 418)"),
    ],
)
async def test_what_went_wrong_is_said_in_a_sentence(desk: Desk, status: int, said: str) -> None:
    desk.server.says(status=status)
    await desk.poll()
    assert (desk.state.error or "").endswith(said)
    assert (desk.state.failures, desk.state.last_good) == (1, None)


async def test_a_feed_that_is_gone_is_asked_again_and_may_come_back(desk: Desk) -> None:
    desk.server.says(status=410)
    await desk.poll()
    assert desk.state.next_due is not None
    await desk.poll(reports(1))
    assert (desk.state.failures, desk.state.error) == (0, None)


@pytest.mark.fault("HT16")
@pytest.mark.parametrize(
    ("status", "wait", "pause"),
    [
        (429, "7200", 2 * HOUR),
        (503, "7200", 2 * HOUR),
        (503, "Thu, 12 Mar 2026 03:00:00 GMT", 3 * HOUR),
        (429, "315360000", 24 * HOUR),
    ],
)
async def test_a_server_that_names_a_time_is_left_alone_until_then(
    desk: Desk, status: int, wait: str, pause: dt.timedelta
) -> None:
    desk.server.says(status=status, headers={"Retry-After": wait})
    await desk.poll()
    assert desk.state.next_due == desk.now + pause


@pytest.mark.fault("HT16")
@pytest.mark.parametrize("wait", ["soon", "-5", "", "99999-01-01"])
async def test_a_wait_that_makes_no_sense_is_no_wait(desk: Desk, wait: str) -> None:
    desk.server.says(status=429, headers={"Retry-After": wait})
    await desk.poll()
    assert desk.state.next_due is not None
    assert desk.state.next_due <= desk.now + HOUR


async def test_the_pause_grows_with_every_failure_and_ends_with_success(desk: Desk) -> None:
    desk.server.says(status=500)
    pauses = []
    for _ in range(10):
        intake = await desk.poll()
        assert intake.state.next_due is not None
        pauses.append(intake.state.next_due - desk.now)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 6 * HOUR
    intake = await desk.poll(reports(1))
    assert intake.state.next_due is not None
    assert intake.state.next_due - desk.now == pauses[0]


NOTE = "has moved for good to {}/new; change its address"


@pytest.mark.fault("HT13")
@pytest.mark.parametrize(("status", "note"), [(301, NOTE), (308, NOTE), (302, ""), (307, "")])
async def test_a_move_for_good_is_noted_and_a_passing_one_is_not(desk: Desk, status: int, note: str) -> None:
    desk.server.says(status=status, headers={"Location": "/new"})
    desk.server.at["/new"] = Answer(body=reports(1))
    intake = await desk.poll()
    assert titles(intake.articles) == ["Report 1"]
    assert (desk.state.error or "", desk.state.failures) == (note.format(desk.server.base), 0)


@pytest.mark.fault("HT22")
async def test_a_body_shorter_than_told_is_a_failure(desk: Desk) -> None:
    desk.server.says(reports(1), length=5_000, headers={"ETag": '"v1"'})
    await desk.poll()
    assert (desk.state.failures, desk.state.etag) == (1, None)


@pytest.mark.fault("HT08")
async def test_a_server_that_is_not_there_is_a_failure(desk: Desk) -> None:
    desk.feed = replace(desk.feed, url="http://127.0.0.1:9/feed")
    await desk.poll()
    assert "cannot connect" in (desk.state.error or "")


@pytest.mark.fault("SR06")
@pytest.mark.parametrize("url", ["http://10.0.0.1/feed", "file:///etc/passwd", "nonsense", "http://[::1"])
async def test_an_address_that_may_not_be_asked_is_a_failure(desk: Desk, url: str) -> None:
    desk.feed = replace(desk.feed, url=url)
    await desk.poll()
    assert desk.state.failures == 1
    assert desk.state.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ParseError("took more than 5 s of CPU time to parse"), "took more than 5 s of CPU time to parse"),
        (KeyError("where"), "an unforeseen fault (KeyError: 'where')"),
    ],
)
async def test_a_document_that_breaks_the_parser_fails_its_feed_only(
    desk: Desk, error: Exception, said: str
) -> None:
    async def broken(body: bytes, *, content_type: str | None, url: str) -> Document:
        del body, content_type, url
        raise error

    desk.parse = broken
    intake = await desk.poll(reports(1))
    assert (intake.articles, intake.state.failures, intake.state.error) == ((), 1, said)


async def test_links_are_read_against_where_the_feed_lies(desk: Desk) -> None:
    (article,) = (await desk.poll(reports(1, link="/1"))).articles
    assert article.url == f"{desk.server.base}/1"


# --- the state -------------------------------------------------------------------------------------


async def test_the_state_tells_when_something_new_last_came(desk: Desk) -> None:
    await desk.poll(reports(1))
    came = desk.now
    await desk.poll()
    assert (desk.state.last_new, desk.state.last_polled, desk.state.first_polled) == (came, desk.now, came)
    await desk.poll(reports(1, 2))
    assert desk.state.last_new == desk.now


@pytest.mark.fault("FP03")
async def test_a_login_page_is_not_an_empty_feed(desk: Desk) -> None:
    await desk.poll(reports(1, 2))
    before = desk.state
    intake = await desk.poll(PAGE.format("").encode())
    assert intake.state.error == "this is a web page (HTML), no feed"
    assert (intake.state.recent, intake.state.last_good) == (before.recent, before.last_good)
    assert (await desk.poll(reports(1, 2))).articles == ()


async def test_a_fault_of_the_database_is_not_the_feeds(desk: Desk) -> None:
    def down(keys: Sequence[str]) -> Mapping[str, str]:
        del keys
        raise OSError("disk I/O error")

    desk.known = down
    with pytest.raises(OSError, match="disk"):
        await desk.poll(reports(1))


# --- a feed that moves -------------------------------------------------------------------------------


def moves(desk: Desk) -> None:
    """The feed has gone to /new, and says so at its old address."""
    desk.server.says(status=301, headers={"Location": "/new"})
    desk.server.at["/new"] = Answer(body=reports(1))


@pytest.mark.fault("HT12")
async def test_where_a_feed_has_moved_to_is_asked_once_it_said_so_often_enough(desk: Desk) -> None:
    moves(desk)
    for _ in range(5):
        await desk.poll()
    assert desk.server.paths == ["/feed", "/new"] * 3 + ["/new"] * 2
    assert desk.state.moved_to == f"{desk.server.base}/new"
    assert "change its address" in (desk.state.error or "")


@pytest.mark.fault("HT12")
async def test_a_feed_whose_new_address_fails_is_asked_at_its_old_again(desk: Desk) -> None:
    moves(desk)
    for _ in range(3):
        await desk.poll()
    desk.server.at["/new"] = Answer(404)
    await desk.poll()
    desk.server.says(reports(1, 2))
    assert titles((await desk.poll()).articles) == ["Report 2"]
    assert (desk.state.moved_to, desk.state.moves, desk.state.error) == (None, 0, None)


@pytest.mark.fault("HT12", "HT13")
async def test_a_move_that_is_taken_back_is_forgotten(desk: Desk) -> None:
    moves(desk)
    await desk.poll()
    await desk.poll(reports(1))
    moves(desk)
    await desk.poll()
    assert desk.state.moves == 1


@pytest.mark.fault("FP22")
async def test_a_document_that_names_another_address_moves_nothing(desk: Desk) -> None:
    named = "<itunes:new-feed-url xmlns:itunes='x'>http://127.0.0.1:9/other</itunes:new-feed-url>"
    for _ in range(4):
        await desk.poll(rss(report(1), head=named))
    assert (desk.state.moved_to, set(desk.server.paths)) == (None, {"/feed"})


@pytest.mark.fault("HT16")
@pytest.mark.parametrize(("asked", "patience"), [("3600", True), ("soon", False), ("-5", False)])
async def test_a_server_that_asks_for_patience_is_told_from_one_that_does_not(
    desk: Desk, asked: str, *, patience: bool
) -> None:
    desk.server.says(status=429, headers={"Retry-After": asked})
    assert (await desk.poll()).patience is patience
