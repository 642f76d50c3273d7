"""The schema. Migrations follow it; a test holds the two together.

A noun that the database filters by lies in columns. What is only ever read whole (an alert, a report, a
match) lies as JSON in `body`, and beside it stand the columns that queries need.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    text,
)

from monitor.model import (
    Alert,
    Because,
    DeliveryState,
    Finding,
    Held,
    Holds,
    Identity,
    Level,
    Match,
    NearMiss,
    Opinion,
    Reason,
    Report,
    Stage,
    Standing,
    Status,
    Timing,
)
from monitor.storage.columns import Clock, Moment, Named, Packed, Ranked, Seconds, Words

REVISION = "0001"  # newest migration; revisions are numbers, so that an older program knows a newer schema

Number = BigInteger().with_variant(Integer(), "sqlite")  # where an INTEGER has 64 bits

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

alerts = Table(
    "alerts",
    metadata,
    Column("id", Words, primary_key=True),
    Column(
        "number", Number, nullable=False
    ),  # the later opened the higher, see numbers; tags and texts bear it
    Column("level", Ranked(Level), nullable=False),
    Column("status", Named(Status), nullable=False),
    Column("standing", Named(Standing), nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("date", Date),  # of the event
    Column("figure", Integer),  # the least number that it tells of
    Column("published", Moment),  # when the first of its reports was
    Column("body", Packed(Alert), nullable=False),  # without its reports
    Index(None, "number", unique=True),
    Index(
        None, "number", "opened", "level", "standing", "shadow", "status"
    ),  # what is counted reads nothing else
)

alert_revisions = Table(
    "alert_revisions",
    metadata,
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("level", Ranked(Level), nullable=False),
    Column("stage", Named(Stage), nullable=False),
    Column("changes", Packed(tuple[str, ...]), nullable=False),  # in words
    Column("updated", Moment, nullable=False),
    Column("number", Integer, nullable=False),  # in the order of the commits
    Index(None, "number", unique=True),
)

threads = Table(  # where the first message on an alert stands, to reply to
    "threads",
    metadata,
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("target", Words, primary_key=True),  # of the delivery; "" where the channel has one of its own
    Column("place", Words, nullable=False),
    Column("first", Words, nullable=False),
)

alert_keys = Table(
    "alert_keys",
    metadata,
    Column("key", Words, primary_key=True),
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True, index=True),
)

alert_tags = Table(
    "alert_tags",
    metadata,
    Column("kind", Words, primary_key=True),  # rule, actor, place or publisher
    Column("value", Words, primary_key=True),
    Column(
        "number", Number, ForeignKey("alerts.number", ondelete="CASCADE"), primary_key=True
    ),  # of the alert
    Index(None, "number", "kind", "value"),  # facets read nothing else
)

alert_texts = Table(  # what text search looks through; the migration makes its indexes, see fulltext
    "alert_texts",
    metadata,
    Column(
        "number", Number, ForeignKey("alerts.number", ondelete="CASCADE"), primary_key=True
    ),  # of the alert
    Column("folded", Words, nullable=False),  # casefolded
    Column("words", Words, nullable=False),  # of it, each CJK character by itself, with spaces between
)

reports = Table(
    "reports",
    metadata,
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("article", Words, primary_key=True, index=True),  # no foreign key: reports outlive articles
    Column("position", Integer, nullable=False),
    Column("body", Packed(Report), nullable=False),
)

matches = Table(
    "matches",
    metadata,
    Column("article", Words, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("level", Ranked(Level), nullable=False),
    Column("alert", Words, ForeignKey("alerts.id", ondelete="SET NULL"), index=True),
    Column("found", Moment, nullable=False),
    Column("date", Date, nullable=False),  # of the event; the day it was found, where no date is known
    Column("body", Packed(Match), nullable=False),
    Index(None, "rule", "found"),
    Index(None, "rule", "date"),
)

near_misses = Table(
    "near_misses",
    metadata,
    Column("article", Words, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("because", Named(Because), nullable=False),
    Column("found", Moment, nullable=False, index=True),
    Column("body", Packed(NearMiss), nullable=False),
    Index(None, "rule", "found"),
)

findings = Table(  # what rules over time said, so that each onset is told once
    "findings",
    metadata,
    Column("rule", Words, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("zone", Words, primary_key=True),
    Column("holds", Named(Holds), nullable=False),
    Column("alert", Words, ForeignKey("alerts.id", ondelete="SET NULL"), index=True),
    Column("updated", Moment, nullable=False),
    Column("body", Packed(Finding), nullable=False),
)

outages = Table(  # days on which a feed brought nothing: what it did not tell is not absent
    "outages",
    metadata,
    Column("feed", Words, primary_key=True),  # no foreign key: they matter after the feed is gone
    Column("began", Date, primary_key=True),
    Column("ended", Date),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("rules", Packed(frozenset[str]), nullable=False),
    Column("muted", Packed(frozenset[str]), nullable=False),
    Column("min_level", Ranked(Level), nullable=False),
    Column("actors", Packed(frozenset[str]), nullable=False),
    Column("places", Packed(frozenset[str]), nullable=False),
    Column("text", Words, nullable=False),
    Column("tags", Packed(frozenset[str]), nullable=False),
    Column("min_grade", Words, nullable=False),
    Column("timing", Packed(Timing), nullable=False),
    Column("notices", Boolean, nullable=False),
    Column("daily", Clock),
    Column("escalate_to", Words, nullable=False),
    Column("escalate_after", Seconds, nullable=False),
    Column("asked", Moment),
    Column("confirmed", Boolean, nullable=False),
    Column("from_config", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("trial", Boolean, nullable=False),
    Column("updates", Boolean, nullable=False),
    Column("feed_renewed", Integer, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("subscription", Words, nullable=False),  # no foreign key: the history outlives the subscription
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("reason", Named(Reason), nullable=False),
    Column("created", Moment, nullable=False, index=True),
    Column("held", Named(Held)),
    Column("batch", Words, nullable=False),  # "" for one that goes alone
    Column("state", Named(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),
    Column("leased_until", Moment),
    Column("sent", Moment),
    Column("error", Words),
    Column("repeated", Boolean, nullable=False),
    Column("revived", Moment),
)
_waiting = text("state = 'pending'")
Index("ix_deliveries_pending", deliveries.c.next_at, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_deliveries_batch", deliveries.c.batch, sqlite_where=_waiting, postgresql_where=_waiting)

refusals = Table(  # decisions not to send; decisions to send are the deliveries
    "refusals",
    metadata,
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("subscription", Words, primary_key=True),
    Column("reason", Named(Reason), nullable=False),
    Column("decided", Moment, nullable=False),
)

verdicts = Table(  # of analysts on alerts; none is ever changed
    "verdicts",
    metadata,
    Column("number", Integer, primary_key=True),  # in order of arrival
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("analyst", Words, nullable=False),
    Column("opinion", Named(Opinion), nullable=False),
    Column("given", Moment, nullable=False),
    Column("note", Words, nullable=False),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("number", Integer, primary_key=True),  # in order of arrival
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("analyst", Words, nullable=False),
    Column("given", Moment, nullable=False),
    Column("note", Words, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Words, primary_key=True),
    Column("author", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("created", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("rules", Packed(frozenset[str]), nullable=False),
    Column("max_level", Ranked(Level), nullable=False),
    Column("actors", Packed(frozenset[str]), nullable=False),
    Column("places", Packed(frozenset[str]), nullable=False),
    Column("text", Words, nullable=False),
)

silenced = Table(  # what each silence hid from whom
    "silenced",
    metadata,
    Column("silence", Words, ForeignKey("silences.id", ondelete="CASCADE"), primary_key=True),
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("subscription", Words, primary_key=True),
)

service = Table(  # one row for each part that shows it is alive
    "service",
    metadata,
    Column("name", Words, primary_key=True),
    Column("beat", Moment, nullable=False),
    Column("fault", Words),  # none: the part is well
)

leaders = Table(  # which of several workers keeps the timer; on PostgreSQL only
    "leaders",
    metadata,
    Column("name", Words, primary_key=True),
    Column("number", Integer, nullable=False),  # of the newest; each is higher than the last
    Column("beat", Moment, nullable=False),  # by the database's clock
)

rule_revisions = Table(  # what each rule meant, and when
    "rule_revisions",
    metadata,
    Column("rule", Words, primary_key=True),
    Column("first", Moment, primary_key=True),
    Column("last", Moment),  # none: in force
    Column("revision", Words, nullable=False),
    Column("text", Words, nullable=False),  # of the rule's file
)

rule_files = Table(  # of the user's own files as they were when they last had no mistake
    "rule_files",
    metadata,
    Column("name", Words, primary_key=True),  # path below the folder
    Column("text", Words, nullable=False),
)

notices = Table(  # what a subscription was last told of the service itself
    "notices",
    metadata,
    Column("subscription", Words, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", Words, primary_key=True),  # "feed yonhap", "rules", "daily"
    Column("told", Moment, nullable=False),
)

notice_retries = Table(  # subscriptions whose last notice could not be sent
    "notice_retries",
    metadata,
    Column("subscription", Words, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
)

secrets = Table(  # made by the service for itself
    "secrets",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

turns = Table(  # where messages may follow one another only so fast
    "turns",
    metadata,
    Column("place", Words, primary_key=True),
    Column("taken", Float, nullable=False),  # when the last turn was given, in seconds since 1970
    Column("free", Float, nullable=False),  # when the next may be had
)

tallies = Table(  # what is only ever counted
    "tallies",
    metadata,
    Column("name", Words, primary_key=True),
    Column("count", Integer, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", Words, primary_key=True),
    Column("digest", Words, nullable=False),  # SHA-256 of the secret
    Column("scope", Words, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),  # none: never
    Column("last_used", Moment),
    Column("revoked", Moment),
)

sign_ins = Table(  # links that were mailed
    "sign_ins",
    metadata,
    Column("digest", Words, primary_key=True),  # SHA-256 of what the link carries
    Column("person", Words, nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("onward", Words, nullable=False),
    Column("used", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Words, primary_key=True),  # SHA-256 of what the cookie carries
    Column("person", Words, nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
)

audit = Table(  # what was changed, and by whom; no line is ever changed
    "audit",
    metadata,
    Column("number", Integer, primary_key=True),  # in order of arrival
    Column("at", Moment, nullable=False, index=True),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("thing", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("note", Words, nullable=False),
)
