"""Who is told: subscriptions, deliveries, silences, and notices of the service itself."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, text

from monitor.model import DeliveryState, Held, Level, Reason, Timing
from monitor.storage.columns import Clock, Moment, Named, Packed, Ranked, Seconds, Words
from monitor.storage.tables.schema import metadata

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
    Column("answer", Words, nullable=False),
    Column("repeated", Boolean, nullable=False),
    Column("revived", Moment),
)
_waiting = text("state = 'pending'")
Index("ix_deliveries_pending", deliveries.c.next_at, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_deliveries_batch", deliveries.c.batch, sqlite_where=_waiting, postgresql_where=_waiting)

slots = Table(  # where messages may follow one another only so fast
    "slots",
    metadata,
    Column("place", Words, primary_key=True),
    Column("taken", Float, nullable=False),  # when the last slot was given, in seconds since 1970
    Column("free", Float, nullable=False),  # when the next may be had
)

refusals = Table(  # decisions not to send; decisions to send are the deliveries
    "refusals",
    metadata,
    Column("alert", Words, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("subscription", Words, primary_key=True),
    Column("reason", Named(Reason), nullable=False),
    Column("decided", Moment, nullable=False),
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
