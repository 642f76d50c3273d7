"""Feeds, what we know of them, and the articles they bring."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A URL that we poll."""

    id: str  # slug, unique: "yonhap-nk"
    url: str
    name: str
    publisher: str
    group: str = "other"  # heading under which lists show it
    country: str = ""  # ISO 3166 alpha-2 of the publisher
    language: str = ""  # BCP 47, as the publisher says; the article's own is detected
    grade: str = "F"  # Admiralty source reliability A..F; F: cannot be judged
    interval: dt.timedelta = dt.timedelta(minutes=10)
    vital: bool = False  # a day without it is not called quiet
    full_text: bool = False  # it gives summaries: pages of articles that could matter are read


class Identity(enum.StrEnum):
    """What tells one entry of a feed from another."""

    ENTRY_ID = "entry-id"
    URL = "url"
    CONTENT = "content"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What we know of a feed from its polls so far."""

    feed: str  # Feed.id
    etag: str | None = None
    last_modified: str | None = None
    identity: Identity = Identity.ENTRY_ID
    first_polled: dt.datetime | None = None  # None: the next good poll is the baseline
    last_polled: dt.datetime | None = None
    last_good: dt.datetime | None = None  # 200 with a readable feed, or 304
    last_new: dt.datetime | None = None  # when an article last came that we did not know
    next_due: dt.datetime | None = None  # None: at once
    failures: int = 0  # in a row
    error: str | None = None  # what went wrong at the last poll, for people
    moved_to: str | None = None  # where the feed said at its last good polls that it has moved for good
    moves: int = 0  # polls in a row that said so
    paused: bool = False
    recent: Mapping[str, str] = field(default_factory=dict)  # feeds' own memory: shows when entry ids change


class Standing(enum.StrEnum):
    """Whether alerts on an article may be sent."""

    LIVE = "live"
    BASELINE = "baseline"  # came with the first poll of its feed
    OLD = "old"  # published longer ago than the configured age


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """An entry made ours: cleaned, and stored once for each feed that carries it."""

    id: str  # article_id(feed, key)
    feed: str  # Feed.id; "" when it came from a file
    key: str  # identity within the feed
    url: str
    title: str  # plain text, one line
    text: str  # plain text: the summary or content that the feed gave, or that of the article's page
    published: dt.datetime | None
    fetched: dt.datetime
    publisher: str = ""
    language: str = ""  # as given; detection is extraction's
    grade: str = "F"
    standing: Standing = Standing.LIVE

    @property
    def when(self) -> dt.datetime:
        """The time that dates in the text are resolved against: published, else fetched."""
        return self.published or self.fetched

    @property
    def content_hash(self) -> str:
        """SHA-256 over title and text, hex: changes when the publisher edits."""
        return _digest(self.title, self.text)


def article_id(feed: str, key: str) -> str:
    """16 hex digits that stay the same for one entry of one feed."""
    return _digest(feed, key)[:16]


def _digest(*parts: str) -> str:
    """SHA-256 over the parts, hex; feeds may hold lone surrogates, which plain UTF-8 refuses."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
