"""The page of an article at its publisher, asked politely, and what of it may stand for the feed's summary."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import structlog

from monitor.errors import AddressRefused, FetchError, MonitorError
from monitor.feeds import robots
from monitor.feeds.encoding import decode
from monitor.feeds.robots import Robots
from monitor.feeds.underway import UnderWay
from monitor.http import Client, Response, retry_after
from monitor.model import Article, Standing

log = structlog.get_logger()

_SUMMARY = 1_000  # characters; a feed that gives more gives the article
_CAP = 3 * 2**20  # bytes of a page
_ROBOTS_CAP = 512 * 1024  # bytes of robots.txt, as the standard has it
_HOPS = 5
_APART = 1.0  # seconds from a request to a host to the next page asked of it
_LONGEST_APART = 300.0  # that a site's robots.txt may ask for; beyond _PAGE few pages come in time
_PAGE = 10.0  # seconds for one page with its redirects and the reading of it
_FRESH = dt.timedelta(days=1)  # for which robots.txt is believed
_FRESH_FAULT = dt.timedelta(minutes=30)  # until it is asked again, where it could not be had
_SITES = 2_000  # whose robots.txt is remembered
_REST = dt.timedelta(minutes=5)  # for a host that says it is asked too often, and not for how long
_LONGEST_REST = dt.timedelta(hours=24)

_LEAST = 400  # characters; a shorter text is a teaser, a notice or a wall
_SHARED = 0.5  # of the title's words that the text must hold to be of that article
_WORD = re.compile(r"\w{3,}")
_HTML = ("text/html", "application/xhtml+xml")
_OK = 200
_GONE = frozenset(range(400, 500)) - {401, 403, 429}  # there is no robots.txt: all may be asked
_FIRST_FAULT = 500
_BUSY = frozenset({429, 503})


def is_wanted(article: Article) -> bool:
    """Whether the article may be told of, and its feed gave no more than a summary."""
    return article.standing is Standing.LIVE and bool(article.url) and len(article.text) < _SUMMARY


class ReadPage(Protocol):
    """Makes the text of the article of a page's bytes; ParseError when there is none."""

    async def __call__(self, body: bytes, *, content_type: str | None, url: str) -> str:
        """The text of the article at `url`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeText:
    """What came of asking for one page."""

    text: str = ""  # to stand in place of the article's; "": the feed's summary is all there is
    why: str = ""  # there is no text, for people
    passing: bool = False  # it may be there at another time
    rest: dt.datetime | None = None  # until when the host asked to be left alone


class Webpages:
    """Asks for pages by the one client, one at a time of each host, as its robots.txt has it."""

    def __init__(self, client: Client, read: ReadPage, *, user_agent: str, apart: float = _APART) -> None:
        self._client = client
        self._read = read
        self._apart = apart
        self._agent = re.split(r"[/\s]", user_agent.strip().lower(), maxsplit=1)[0]
        self._known: dict[str, tuple[Robots, dt.datetime]] = {}  # by origin; until when it is believed
        self._resting: dict[str, dt.datetime] = {}
        self.under_way = UnderWay()  # article ids
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ask(self, article: Article, *, now: dt.datetime, within: float) -> WholeText:
        """The text on the article's page, or why there is none; never raises, and takes `within` seconds at most."""
        host = _host(article.url)
        turn = self._turns.setdefault(host, asyncio.Lock())
        try:
            async with asyncio.timeout(within), turn, asyncio.timeout(_PAGE):
                self._may_ask(host, now)
                return _judged(article, await self._text(article.url, now))
        except TimeoutError:
            return WholeText(why=f"{host}: the page did not come in time", passing=True)
        except FetchError as error:
            return self._refused(error, host, now)
        except Exception as error:  # a page's trouble, of whatever kind, costs its text alone
            if isinstance(error, MonitorError):
                return WholeText(why=f"{host}: {error}")
            log.exception("webpage.fault", article=article.id)
            return WholeText(why=f"an unforeseen fault ({type(error).__name__}: {error})")

    def _may_ask(self, host: str, now: dt.datetime) -> None:
        if not host:
            raise _Unwanted("the feed names no page that can be asked for", url="its address")
        if self._resting.get(host, now) > now:
            raise _Unwanted("asked to be left alone for a while", url=host)

    def _refused(self, error: FetchError, host: str, now: dt.datetime) -> WholeText:
        busy = error.status in _BUSY
        passing = error.status is None or error.status >= _FIRST_FAULT
        if not busy:
            return WholeText(
                why=str(error), passing=passing and not isinstance(error, AddressRefused | _Unwanted)
            )
        asked = dt.timedelta(seconds=min(error.retry_after or 0.0, _LONGEST_REST.total_seconds()))
        rest = self._resting[host] = now + (asked or _REST)
        return WholeText(why=str(error), rest=rest)

    async def _text(self, url: str, now: dt.datetime) -> str:
        for _ in range(_HOPS + 1):
            response = await self._step(url, now)
            if response.onward is None:
                break
            url = response.onward
        else:
            raise _Unwanted(f"more than {_HOPS} redirects", url=url)
        if response.status != _OK:
            wait = retry_after(response.headers, now=now)
            what = f"no page (HTTP {response.status})"
            raise FetchError(what, url=url, status=response.status, retry_after=wait)
        kind = response.headers.get("content-type", "")
        if kind and kind.partition(";")[0].strip().lower() not in _HTML:
            raise _Unwanted(f"not a web page but {kind[:60]}", url=url)
        return await self._read(response.body, content_type=kind or None, url=url)

    async def _step(self, url: str, now: dt.datetime) -> Response:
        """The answer at that address, if its site lets programs ask for it."""
        wishes = await self._wishes(url, now)
        if not wishes.allows(url):
            raise _Unwanted("the site's robots.txt asks programs to leave this page alone", url=url)
        apart = min(max(self._apart, wishes.delay), _LONGEST_APART)
        return await self._client.step(url, headers={"accept": ", ".join(_HTML)}, apart=apart, max_bytes=_CAP)

    async def _wishes(self, url: str, now: dt.datetime) -> Robots:
        """What the site's robots.txt says; where that cannot be had, all is forbidden, as the standard has it."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        found, until = self._known.get(site, (robots.NONE, now))
        if until <= now or until - now > _FRESH:  # the clock may have been set back
            found, fresh = await self._asked(f"{site}/robots.txt")
            if len(self._known) >= _SITES:
                del self._known[next(iter(self._known))]
            self._known[site] = found, now + fresh
        return found

    async def _asked(self, url: str) -> tuple[Robots, dt.timedelta]:
        try:
            response = await self._client.get(url)
        except AddressRefused:
            raise
        except FetchError:
            return robots.NONE, _FRESH_FAULT
        if response.status == _OK and len(response.body) <= _ROBOTS_CAP:
            text = decode(response.body, content_type="text/plain; charset=utf-8")
            return await asyncio.to_thread(robots.read, text, agent=self._agent), _FRESH
        return (robots.ALL, _FRESH) if response.status in _GONE else (robots.NONE, _FRESH_FAULT)


class _Unwanted(FetchError):
    """The page is not one to ask for, today or tomorrow."""


def _host(url: str) -> str:
    """The host to ask; "" where there is none, or the address holds a password that is not ours to use or show."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return "" if parts.username is not None else parts.hostname or ""


def _judged(article: Article, text: str) -> WholeText:
    """The text, if it is that of the article and more than we have; what only the summary says is kept."""
    if len(text) < max(_LEAST, len(article.text)):
        return WholeText(why="the page holds no more than a teaser or a wall")
    if not _is_about(article.title, text):
        return WholeText(why="the page's text does not speak of what the title says")
    summary = " ".join(article.text.split()).rstrip("….")
    known = summary in " ".join(text.split())
    return WholeText(text=text if known else f"{article.text}\n{text}")


def _is_about(title: str, text: str) -> bool:
    words = set(_WORD.findall(title.lower()))
    found = set(_WORD.findall(text.lower()))
    return len(words & found) >= _SHARED * len(words)
