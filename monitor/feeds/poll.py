"""One poll of one feed: ask if there is anything new, parse it, tell new entries from known ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from monitor.errors import FetchError, MonitorError
from monitor.feeds import dates
from monitor.feeds.due import next_due
from monitor.feeds.entry import Document, Entry
from monitor.feeds.identity import Identified, identify
from monitor.feeds.turns import Asks
from monitor.http import Response, retry_after
from monitor.model import Article, Feed, FeedState, Standing, article_id

log = structlog.get_logger()

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_GOOD = frozenset({200, 203})
_UNCHANGED = 304
_MOVES = 3  # polls in a row that say so, until a feed is asked where it has moved to
_LATE = dt.timedelta(days=1)  # so long after its date an entry may come into a feed: dates are wrong by hours
_VALIDATOR_CAP = 256  # characters
_WHOLE_AGAIN = dt.timedelta(days=1)  # asked without conditions this often: some servers say 304 for ever

_SAID = {
    401: "the server wants a password",
    403: "the server refuses us",
    404: "nothing is at this address; see where the feed has gone",
    410: "the publisher says that the feed is gone for good; see where it has gone, or remove it",
    429: "the server wants to be asked less often",
}
_FIRST_FAULT = 500  # from this status on the fault is the server's own


class Parse(Protocol):
    """Makes a document of bytes; ParseError when they are no feed."""

    async def __call__(self, body: bytes, *, content_type: str | None, url: str) -> Document:
        """The document at `url`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """What a poll brought, and what we know of the feed after it."""

    state: FeedState
    articles: tuple[Article, ...] = ()  # new, in the feed's order
    changed: tuple[Article, ...] = ()  # known, with another title or text
    patience: bool = False  # the server asked to be left alone until the feed is due again


async def poll(
    client: Asks,
    feed: Feed,
    state: FeedState,
    *,
    now: dt.datetime,
    known: Callable[[Sequence[str]], Mapping[str, str]],
    max_age: dt.timedelta,
    parse: Parse,
) -> Intake:
    """One conditional request and what came of it; whatever the feed does is told in the state, never raised.

    A feed that has moved for good is asked where it has moved to, as long as that answers. `known` gives, of
    these keys, the content hash of those that are stored. Entries published longer than `max_age` ago are
    marked as old.
    """
    conditions = _conditions(state, now)
    try:
        response = await client.get(_address(feed, state), headers={"accept": _ACCEPT, **conditions})
        _check(response, conditional=bool(conditions), now=now)
        if response.status == _UNCHANGED:
            return Intake(state=_moving(_good(feed, state, now), response))
        content_type = response.headers.get("content-type")
        document = await parse(response.body, content_type=content_type, url=response.url)
        found = identify(document.entries, identity=state.identity, recent=state.recent)
    except Exception as error:  # noqa: BLE001 - one feed's trouble, of whatever kind, is that feed's alone
        asked = isinstance(error, FetchError) and bool(error.retry_after)
        return Intake(state=_failed(feed, state, error, now), patience=asked)
    since = _watched_since(state)
    articles = [
        _article(feed, key, entry, since=since, now=now, max_age=max_age)
        for key, entry in found.entries.items()
    ]
    hashes = known([article.key for article in articles])
    new = tuple(article for article in articles if article.key not in hashes)
    changed = tuple(
        article
        for article in articles
        if hashes.get(article.key, article.content_hash) != article.content_hash
    )
    good = _moving(_good(feed, state, now), response)
    after = _read(good, found, response, document, news=bool(new))
    return Intake(state=after, articles=new, changed=changed)


# --- the request -----------------------------------------------------------------------------------


def _address(feed: Feed, state: FeedState) -> str:
    """Where to ask: where a feed has moved to counts once it said so often enough, and while it answers there."""
    return state.moved_to if state.moved_to and state.moves >= _MOVES and not state.failures else feed.url


def _conditions(state: FeedState, now: dt.datetime) -> dict[str, str]:
    """Headers that ask for the document only if it has changed; none at the first good poll of a day."""
    if state.first_polled is None or state.last_good is None:
        return {}
    days = [(moment - state.first_polled) // _WHOLE_AGAIN for moment in (state.last_good, now)]
    if days[0] != days[1]:
        return {}
    validators = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in validators.items() if value}


def _check(response: Response, *, conditional: bool, now: dt.datetime) -> None:
    """FetchError unless the answer is a document, or says that ours is still good."""
    status = response.status
    if status in _GOOD or (status == _UNCHANGED and conditional):
        return
    if status == _UNCHANGED:
        said = "the server says that nothing has changed, though we did not ask"
    else:
        own_fault = (
            "the server has a fault of its own" if status >= _FIRST_FAULT else "an answer without a feed"
        )
        said = _SAID.get(status, own_fault)
    wait = retry_after(response.headers, now=now)
    raise FetchError(f"{said} (HTTP {status})", url=response.url, status=status, retry_after=wait)


# --- the entries -----------------------------------------------------------------------------------


def _article(
    feed: Feed, key: str, entry: Entry, *, since: dt.datetime | None, now: dt.datetime, max_age: dt.timedelta
) -> Article:
    published = dates.sane(entry.published, now=now) or dates.sane(entry.updated, now=now)
    return Article(
        id=article_id(feed.id, key),
        feed=feed.id,
        key=key,
        url=entry.url,
        title=entry.title,
        text=entry.text,
        published=published,
        fetched=now,
        publisher=feed.publisher,
        language=feed.language,
        grade=feed.grade,
        standing=_standing(published, since=since, oldest=now - max_age),
    )


def _watched_since(state: FeedState) -> dt.datetime | None:
    """What was published before belongs to the baseline; None: all does.

    A first document that was empty or broken off leaves the rest of the baseline to the next.
    """
    if state.first_polled is None:
        return None
    at_second = state.first_polled == state.last_good
    partial = not state.recent or (at_second and state.error is not None)
    return state.first_polled - _LATE if partial else dt.datetime.min.replace(tzinfo=dt.UTC)


def _standing(published: dt.datetime | None, *, since: dt.datetime | None, oldest: dt.datetime) -> Standing:
    if since is None or (published is not None and published < since):
        return Standing.BASELINE
    return Standing.OLD if published is not None and published < oldest else Standing.LIVE


# --- the state -------------------------------------------------------------------------------------


def _good(feed: Feed, state: FeedState, now: dt.datetime) -> FeedState:
    return replace(
        state,
        first_polled=state.first_polled or now,
        last_polled=now,
        last_good=now,
        next_due=next_due(feed, now=now),
        failures=0,
        error=None,
    )


def _read(
    state: FeedState, found: Identified, response: Response, document: Document, *, news: bool
) -> FeedState:
    """The state after a document was read. One that was not whole is not to be answered with 304 next time."""
    whole = document.complaint is None
    moved = f"has moved for good to {state.moved_to}; change its address" if state.moved_to else None
    return replace(
        state,
        etag=_validator(response, "etag") if whole else None,
        last_modified=_validator(response, "last-modified") if whole else None,
        identity=found.identity,
        last_new=state.last_polled if news else state.last_new,
        error="; ".join(filter(None, [document.complaint, moved])) or None,
        recent=found.recent,
    )


def _moving(state: FeedState, response: Response) -> FeedState:
    """The state with what the answer says of a move; asked at the new address, the feed stays moved."""
    if response.moved_to is None and state.moved_to != response.url:
        return replace(state, moved_to=None, moves=0)
    moved_to = response.moved_to or state.moved_to
    told = state.moves if moved_to == state.moved_to else 0
    return replace(state, moved_to=moved_to, moves=min(told + 1, _MOVES))


def _validator(response: Response, name: str) -> str | None:
    """The header, if it is safe to send back."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= _VALIDATOR_CAP else None


def _failed(feed: Feed, state: FeedState, error: Exception, now: dt.datetime) -> FeedState:
    """The state after a failed poll; what we hold of the feed stays, so that the next poll goes on from there."""
    if isinstance(error, MonitorError):
        said = str(error)
    else:
        said = f"an unforeseen fault ({type(error).__name__}: {error})"
        log.error("feed.fault", feed=feed.id, exc_info=error)
    failures = state.failures + 1
    wait = error.retry_after if isinstance(error, FetchError) else None
    return replace(
        state,
        last_polled=now,
        next_due=next_due(feed, now=now, failures=failures, wait=wait),
        failures=failures,
        error=said,
    )
