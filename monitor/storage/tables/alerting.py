"""Alerts, their reports, and what analysts said of them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table

from monitor.model import Alert, Level, Opinion, Report, Stage, Standing, Status
from monitor.storage.columns import Moment, Named, Packed, Ranked, Words
from monitor.storage.tables.schema import Number, metadata

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
