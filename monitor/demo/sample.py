"""The sample week as values: feeds, entries and what a reader of a feed would have seen at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

WEEK = Path(__file__).parent / "week"
START = dt.datetime(2022, 5, 24, tzinfo=dt.UTC)
END = dt.datetime(2022, 5, 31, tzinfo=dt.UTC)
WINDOW = 20  # entries that a document shows, as the feeds of real outlets do


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A change that the outlet made to an entry after it was published."""

    at: dt.datetime
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleEntry:
    """One entry of a sample feed, as it was first published."""

    id: str  # slug within the feed
    guid: str  # what the document gives as its id
    url: str
    title: str
    text: str
    published: dt.datetime
    seen: dt.datetime  # from when on the feed shows it
    updated: dt.datetime  # the last edit, else published
    edits: tuple[Edit, ...] = ()

    def at(self, now: dt.datetime) -> SampleEntry:
        """The entry with the edits that were made until `now`."""
        entry = self
        for edit in self.edits:
            if edit.at <= now:
                entry = replace(
                    entry,
                    title=edit.title or entry.title,
                    text=edit.text or entry.text,
                    updated=edit.at,
                )
        return entry


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleFeed:
    """One outlet of the sample week."""

    id: str
    name: str
    publisher: str
    country: str
    grade: str
    format: str  # rss2, atom, rdf, json
    entries: tuple[SampleEntry, ...]
    outage: tuple[dt.datetime, dt.datetime] | None = None  # answers 503 from, to

    @property
    def home(self) -> str:
        """The address of the outlet: under a name that never resolves."""
        return f"https://{self.id}.example"

    def shown(self, now: dt.datetime) -> tuple[SampleEntry, ...]:
        """The entries in the document at `now`, newest first."""
        there = [entry.at(now) for entry in self.entries if entry.seen <= now]
        return tuple(sorted(there, key=lambda entry: (entry.seen, entry.id), reverse=True)[:WINDOW])

    def down(self, now: dt.datetime) -> bool:
        """Whether the outlet's server fails at `now`."""
        return self.outage is not None and self.outage[0] <= now < self.outage[1]


def load_week(folder: Path = WEEK) -> tuple[SampleFeed, ...]:
    """All feeds of the folder by id. A mistake in a file surfaces as KeyError or ValueError."""
    raw = [
        yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) for path in sorted(folder.glob("*.yml"))
    ]
    originals = {f"{feed['id']}/{entry['id']}": entry for feed in raw for entry in feed["entries"]}
    return tuple(_feed(feed, originals) for feed in raw)


def _feed(raw: Mapping[str, object], originals: Mapping[str, Mapping[str, object]]) -> SampleFeed:
    entries = raw["entries"]
    outage = raw.get("outage")
    if not isinstance(entries, list):
        raise ValueError(f"{raw['id']}: entries must be a list")  # noqa: TRY004 - the file is wrong, not the call
    return SampleFeed(
        id=str(raw["id"]),
        name=str(raw["name"]),
        publisher=str(raw["publisher"]),
        country=str(raw["country"]),
        grade=str(raw["grade"]),
        format=str(raw["format"]),
        entries=tuple(_entry(entry, raw, originals) for entry in entries),
        outage=(_time(outage["from"]), _time(outage["to"])) if isinstance(outage, dict) else None,
    )


def _entry(
    raw: Mapping[str, object], feed: Mapping[str, object], originals: Mapping[str, Mapping[str, object]]
) -> SampleEntry:
    told = {**originals[str(raw["copy"])], "edits": [], **raw} if "copy" in raw else raw
    published = _time(told["at"])
    edits = told.get("edits") or []
    url = f"https://{feed['id']}.example/{published:%Y/%m/%d}/{raw['id']}"
    return SampleEntry(
        id=str(raw["id"]),
        guid=str(feed.get("guid") or f"tag:{feed['id']}.example,2022:{raw['id']}"),
        url=url,
        title=str(told["title"]),
        text=str(told["text"]),
        published=published,
        seen=_time(told.get("seen", told["at"])),
        updated=published,
        edits=tuple(_edit(edit) for edit in edits) if isinstance(edits, list) else (),
    )


def _edit(raw: Mapping[str, str]) -> Edit:
    return Edit(at=_time(raw["at"]), title=raw.get("title"), text=raw.get("text"))


def _time(value: object) -> dt.datetime:
    return dt.datetime.fromisoformat(str(value)).replace(tzinfo=dt.UTC)
