"""What comes in: feeds, their articles, and how far these got."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, text

from monitor.model import Identity, Standing
from monitor.storage.columns import Moment, Named, Packed, Seconds, Words
from monitor.storage.tables.schema import metadata

feeds = Table(
    "feeds",
    metadata,
    Column("id", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("group", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("grade", Words, nullable=False),
    Column("interval", Seconds, nullable=False),
    Column("vital", Boolean, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("from_config", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),  # here, so that a poll under way cannot undo a pause
    Column("added", Moment, nullable=False),
)

feed_states = Table(
    "feed_states",
    metadata,
    Column("feed", Words, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("identity", Named(Identity), nullable=False),
    Column("first_polled", Moment),
    Column("last_polled", Moment),
    Column("last_good", Moment),
    Column("last_new", Moment),
    Column("next_due", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Words),
    Column("moved_to", Words),
    Column("moves", Integer, nullable=False),
    Column("recent", Packed(dict[str, str]), nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Words, primary_key=True),  # made of feed and key, which is why key needs no index
    Column("feed", Words, nullable=False),  # no foreign key: articles outlive their feed
    Column("key", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("published", Moment),
    Column("fetched", Moment, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("grade", Words, nullable=False),
    Column("standing", Named(Standing), nullable=False),
    Column("content_hash", Words, nullable=False),
    Column("analysed", Moment),  # none: waits for analysis
    Index(None, "fetched", "id"),
    Index(None, "feed", "fetched"),  # how often a feed brings news
)
_unread = text("analysed IS NULL")
Index(
    "ix_articles_pending",
    articles.c.fetched,
    articles.c.id,
    sqlite_where=_unread,
    postgresql_where=_unread,
)

setbacks = Table(  # articles that analysis failed on; one that is analysed all the same was set aside
    "setbacks",
    metadata,
    Column("article", Words, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("error", Words, nullable=False),
    Column("failed", Moment, nullable=False),
)

webpages = Table(  # articles whose own page was asked for, since their feed gives summaries
    "webpages",
    metadata,
    Column("article", Words, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("until", Moment, nullable=False),  # analysis waits for the page no longer
    Column("tries", Integer, nullable=False),
    Column("settled", Moment),  # none: still to be asked for
    Column("why", Words, nullable=False),  # the summary is all there is; "": the page was read
    Column("summary", Words),  # content hash of what the feed gave, where the page's text took its place
)
Index(
    "ix_webpages_unsettled",
    webpages.c.until,
    sqlite_where=webpages.c.settled.is_(None),
    postgresql_where=webpages.c.settled.is_(None),
)
