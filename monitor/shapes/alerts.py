"""Alerts, in a line and in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from pydantic import Field

from monitor import model
from monitor.alerting.origins import origins, stage_at
from monitor.alerting.render import first_lines, is_link
from monitor.model import Opinion, Stage, Standing, Status
from monitor.shapes.base import LevelWord, Shape, Time
from monitor.shapes.deliveries import Decision


class Named(Shape):
    """A rule by its id and title."""

    id: str = Field(examples=["dprk-missile-launch"])
    title: str = Field(examples=["North Korea launches a missile"])


class Count(Shape):
    """How many, as the text says."""

    min: int = Field(examples=[2])
    max: int | None = Field(description="null: the text gives no upper bound.", examples=[2])
    text: str = Field(examples=["two"])


class Event(Shape):
    """Who did what to whom, where and when; all by the names of the vocabulary."""

    actors: list[str] = Field(examples=[["north-korea"]])
    action: str = Field(examples=["fire"])
    objects: list[str] = Field(examples=[["srbm"]])
    recipients: list[str] = Field(examples=[[]])
    places: list[str] = Field(examples=[["sunan", "east-sea"]])
    date: dt.date | None = Field(description="Local to the place.", examples=["2026-03-12"])
    count: Count | None


class Alert(Shape):
    """One event that is worth telling, as lists show it."""

    id: str = Field(description="16 hex digits.", examples=["a1b2c3d4e5f60718"])
    revision: int = Field(description="Counts its changes, from 1.", examples=[1])
    level: LevelWord = Field(examples=["high"])
    status: Status = Field(description="Which kind of fact it is, as the texts tell it.")
    stage: Stage = Field(description="How far it has come in its life.")
    standing: Standing = Field(description="`live`; `baseline` and `old` alerts were never sent.")
    shadow: bool = Field(description="Of rules that are stored and never sent.")
    trial: bool = Field(description="Of rules in `test` alone, which trial subscriptions get.")
    headline: str = Field(
        examples=["HIGH · occurred · DPRK fired 2 SRBMs, Sunan to East Sea · 12 Mar 07:52 KST"]
    )
    standing_line: str = Field(description="Who tells it.", examples=["Yonhap (1 publisher, 1 report)"])
    sentence: str = Field(description="The words that made it.")
    rules: list[Named]
    event: Event
    names: dict[str, str] = Field(
        description="How the names of the vocabulary are written for people.", examples=[{"srbm": "SRBM"}]
    )
    opened: Time
    updated: Time
    report_count: int = Field(examples=[5])
    publishers: list[str] = Field(examples=[["Yonhap", "Kyodo"]])
    page: str | None = Field(description="Its page for people; null where the pages have no address.")


class Evidence(Shape):
    """A stretch of the article that made a rule hold, and the part it plays."""

    field: str = Field(description="`title` or `text`.", examples=["text"])
    start: int = Field(description="In code points of the field.", examples=[12])
    end: int = Field(examples=[17])
    text: str = Field(examples=["fired"])
    role: str = Field(examples=["action"])


class Sentence(Shape):
    """The sentence that mattered, and where it stands."""

    field: str = Field(description="`title` or `text`.", examples=["text"])
    start: int = Field(examples=[0])
    end: int = Field(examples=[96])
    text: str


class Report(Shape):
    """One article's part in an alert."""

    article: str = Field(description="Id of the article.", examples=["0f1e2d3c4b5a6978"])
    publisher: str = Field(examples=["Yonhap"])
    grade: str = Field(description="Admiralty grade of the publisher, A to F.", examples=["B"])
    url: str | None
    title: str
    published: Time | None
    fetched: Time
    sentence: Sentence
    evidence: list[Evidence]
    rules: list[str]
    level: LevelWord
    status: Status
    source: str = Field(description="Whom the sentence names as its source.", examples=["jcs"])
    retracted: bool = Field(description="The publisher's edited text no longer tells it.")


class Origin(Shape):
    """One who tells it independently of the others."""

    name: str = Field(description="The source that is named, else the publisher.", examples=["jcs"])
    named: bool = Field(description="Whether the sentence names it as the source.")
    article: str = Field(description="Id of the article that told it first.")


class Revision(Shape):
    """One state of the alert."""

    revision: int
    level: LevelWord
    stage: Stage
    changes: list[str] = Field(description="In words.", examples=[["count 2 to 1"]])
    updated: Time


class Verdict(Shape):
    """What one analyst holds an alert to be; the latest of each counts."""

    analyst: str = Field(examples=["kim"])
    opinion: Opinion
    given: Time
    note: str = ""


class Acknowledgement(Shape):
    """Somebody has seen the alert and takes care of it."""

    analyst: str = Field(examples=["kim"])
    given: Time
    note: str = ""


class AlertInFull(Alert):
    """One alert with all that the history holds of it."""

    reports: list[Report] = Field(description="Oldest first.")
    origins: list[Origin] = Field(description="Those who tell it independently.")
    revisions: list[Revision] = Field(description="Oldest first.")
    decisions: list[Decision] = Field(description="Who was told, who was not, and why.")
    verdicts: list[Verdict] = Field(description="First given first.")
    acknowledgements: list[Acknowledgement] = Field(description="First given first.")


class Alerts(Shape):
    """One page of alerts."""

    items: list[Alert] = Field(description="Newest first.")
    next: str | None = Field(
        description="Give it as `after` for the next page; null on the last.",
        examples=["MjAyNi0wMy0xMVQyMzo"],
    )


def alert(told: model.Alert, *, names: Mapping[str, str], now: dt.datetime, address: str) -> Alert:
    """The alert as lists show it."""
    return Alert.model_validate(_values(told, names=names, now=now, address=address))


def in_full(
    told: model.Alert,
    *,
    names: Mapping[str, str],
    now: dt.datetime,
    address: str,
    revisions: Iterable[model.Revision],
    decisions: Iterable[Decision],
    verdicts: Iterable[model.AlertVerdict],
    acknowledgements: Iterable[model.Acknowledgement],
) -> AlertInFull:
    """The alert with all that the history holds of it."""
    return AlertInFull(
        **_values(told, names=names, now=now, address=address),
        reports=list(map(_report, told.reports)),
        origins=list(map(_origin, origins(told.standing_reports))),
        revisions=list(map(Revision.model_validate, revisions)),
        decisions=list(decisions),
        verdicts=list(map(Verdict.model_validate, verdicts)),
        acknowledgements=list(map(Acknowledgement.model_validate, acknowledgements)),
    )


def _values(
    told: model.Alert, *, names: Mapping[str, str], now: dt.datetime, address: str
) -> dict[str, object]:
    headline, standing_line, sentence = first_lines(told, names=names, now=now)
    slugs = (*told.actors, told.action, *told.objects, *told.recipients, *told.places)
    same = ("id", "revision", "level", "status", "standing", "shadow", "trial", "opened", "updated")
    return {
        **{name: getattr(told, name) for name in same},
        "stage": stage_at(told, now),
        "headline": headline,
        "standing_line": standing_line,
        "sentence": sentence,
        "rules": [Named(id=rule, title=title) for rule, title in zip(told.rules, told.titles, strict=True)],
        "event": Event.model_validate(told),
        "names": {slug: names[slug] for slug in slugs if slug in names},
        "report_count": len(told.reports),
        "publishers": list(dict.fromkeys(each.publisher for each in told.reports if each.publisher)),
        "page": f"{address}/alerts/{told.id}" if address else None,
    }


def _report(told: model.Report) -> Report:
    same = ("article", "publisher", "grade", "title", "published", "fetched", "rules", "level", "status")
    return Report(
        **{name: getattr(told, name) for name in (*same, "source", "retracted")},
        url=told.url if is_link(told.url) else None,
        sentence=Sentence.model_validate(told.sentence),
        evidence=[_evidence(each) for each in told.evidence],
    )


def _evidence(told: model.Evidence) -> Evidence:
    span = told.span
    return Evidence(field=span.field, start=span.start, end=span.end, text=span.text, role=told.role)


def _origin(told: model.Report) -> Origin:
    return Origin(name=told.source or told.publisher, named=bool(told.source), article=told.article)
