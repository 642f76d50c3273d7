"""What rules said: matches, near misses, findings over time, and the rules themselves."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table

from monitor.model import Because, Finding, Holds, Level, Match, NearMiss
from monitor.storage.columns import Moment, Named, Packed, Ranked, Words
from monitor.storage.tables.schema import metadata

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
