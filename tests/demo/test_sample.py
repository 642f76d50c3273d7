from __future__ import annotations

import datetime as dt
import json

import feedparser
import pytest

from monitor.demo.documents import DESCRIPTION, document
from monitor.demo.sample import END, START, WINDOW, SampleFeed, load_week

WEEK = load_week()
FEEDS = pytest.mark.parametrize("feed", WEEK, ids=lambda feed: feed.id)
MIDDLE = START + (END - START) / 2


def by_id(feed_id: str) -> SampleFeed:
    return next(feed for feed in WEEK if feed.id == feed_id)


def titles(feed: SampleFeed, now: dt.datetime) -> list[str]:
    body = document(feed, now)
    if feed.format == "json":
        return [item["title"] for item in json.loads(body)["items"]]
    return [entry["title"] for entry in feedparser.parse(body)["entries"]]


def test_the_week_has_eight_feeds_of_four_formats_and_about_150_entries() -> None:
    assert len(WEEK) == 8
    assert {feed.format for feed in WEEK} == {"rss2", "atom", "rdf", "json"}
    assert 120 <= sum(len(feed.entries) for feed in WEEK) <= 160


@FEEDS
@pytest.mark.parametrize("now", [START, MIDDLE, END], ids=["start", "middle", "end"])
def test_every_document_parses_and_holds_what_the_feed_shows(feed: SampleFeed, now: dt.datetime) -> None:
    shown = feed.shown(now)
    assert 1 <= len(shown) <= WINDOW
    assert titles(feed, now) == [entry.title for entry in shown]


@FEEDS
def test_xml_documents_are_well_formed_and_say_what_they_are(feed: SampleFeed) -> None:
    body = document(feed, END)
    assert DESCRIPTION.encode() in body
    if feed.format != "json":
        assert not feedparser.parse(body)["bozo"]


@FEEDS
def test_entries_are_within_the_week_or_old_at_its_start(feed: SampleFeed) -> None:
    assert all(entry.seen < END for entry in feed.entries)
    assert any(entry.seen < START for entry in feed.entries)
    assert all(entry.seen >= entry.published for entry in feed.entries)
    assert all(edit.at > entry.published for entry in feed.entries for edit in entry.edits)


@FEEDS
def test_no_entry_leaves_the_window_within_twelve_hours(feed: SampleFeed) -> None:
    for entry in feed.entries:
        if entry.seen >= START:
            assert entry.id in {shown.id for shown in feed.shown(entry.seen + dt.timedelta(hours=12))}


@FEEDS
def test_slugs_and_addresses_are_unique(feed: SampleFeed) -> None:
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert len({entry.url for entry in feed.entries}) == len(feed.entries)


def test_an_edit_changes_the_entry_from_its_time_on() -> None:
    feed = by_id("wire-a")
    before = titles(feed, dt.datetime(2022, 5, 24, 21, 20, tzinfo=dt.UTC))
    after = titles(feed, dt.datetime(2022, 5, 25, 0, 50, tzinfo=dt.UTC))
    assert "North Korea fires ballistic missile toward the sea, Seoul says" in before
    assert "North Korea fires three missiles, one a suspected ICBM, after Biden ends Asia trip" in after


def test_a_copy_keeps_the_text_and_has_an_address_of_its_own() -> None:
    copy = next(entry for entry in by_id("wire-b").entries if entry.id == "veto-copy")
    original = next(entry for entry in by_id("wire-a").entries if entry.id == "veto")
    assert copy.text == original.text
    assert copy.url != original.url
    assert copy.title != original.title


def test_one_feed_repeats_its_guid_on_different_entries() -> None:
    assert {feed.id for feed in WEEK if len({entry.guid for entry in feed.entries}) == 1} == {"ticker"}
