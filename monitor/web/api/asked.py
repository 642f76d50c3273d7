"""What one may ask of alerts: the filters of the pages and of `monitor alerts`, in words for the description."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from monitor.history import question
from monitor.model import Standing, Status
from monitor.storage.query import AlertQuery
from monitor.web.api.formats import Form

MOST = 200  # on one page
_LONGEST = 500  # characters of a filter
_Word = Annotated[str, Field(max_length=_LONGEST)]


class Asked(BaseModel):
    """Base of all: a parameter that is not known is told, for it may be a slip of the pen."""

    model_config = ConfigDict(extra="forbid")


class Filters(Asked):
    """Conditions that must all hold; what is left out admits all."""

    text: _Word = Field(
        "",
        description='Words and "phrases" that all occur in titles, sentences or publishers.',
        examples=["missile"],
    )
    rule: _Word = Field("", description="Id of a rule.", examples=["dprk-missile-launch"])
    level: Literal["informational", "low", "medium", "high", "critical"] = Field(
        "informational", description="At this level or above."
    )
    actor: _Word = Field("", description="By its name in the vocabulary.", examples=["north-korea"])
    place: _Word = Field("", description="By its name in the vocabulary.", examples=["east-sea"])
    publisher: _Word = Field("", description="Of any report.", examples=["Yonhap"])
    status: Status | None = Field(None, description="Which kind of fact.")
    standing: Standing | None = Field(None, description="`live`, `baseline` or `old`.")
    since: _Word = Field(
        "",
        description="Opened then or later: 2026-03-12, 2026-03-12T08:00+09:00, or 24h, 7d, 4w ago.",
        examples=["7d"],
    )
    until: _Word = Field("", description="Opened before then.", examples=["2026-03-12"])
    shadow: bool = Field(False, description="Alerts of rules that are never sent as well.")  # noqa: FBT003 - a default

    def query(self, *, now: dt.datetime, after: str = "", limit: int | None = None) -> AlertQuery:
        """As the history takes it; UsageError for a time or cursor that is none."""
        return question(
            text=self.text,
            rule=self.rule,
            level=self.level,
            actor=self.actor,
            place=self.place,
            publisher=self.publisher,
            status=self.status or "",
            standing=self.standing or "",
            since=self.since,
            until=self.until,
            shadow=None if self.shadow else False,
            after=after,
            limit=limit,
            now=now,
        )


class Page(Asked):
    """Which page, and how long."""

    after: _Word = Field("", description="The `next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST, description="At most so many.")


class AlertsAsked(Filters, Page):
    """A page of the alerts that meet the conditions."""

    format: Form | None = Field(None, description="Else what `Accept` likes best.")


class OneAsked(Asked):
    """How one alert is to be written."""

    format: Form | None = Field(None, description="Else what `Accept` likes best.")


class StreamAsked(Filters):
    """Which alerts to follow."""

    standing: Standing = Field(Standing.LIVE, description="`live`, `baseline` or `old`.")
    last_event_id: _Word = Field("", description="As the header, for clients that can send none.")


class StoriesAsked(Filters, Page):
    """A page of the stories of the alerts that meet the conditions."""


class ArticlesAsked(Page):
    """A page of articles."""

    feed: _Word = Field("", description="Id of the feed.", examples=["yonhap-nk"])
    since: _Word = Field("", description="Fetched then or later; written as for alerts.", examples=["24h"])
    until: _Word = Field("", description="Fetched before then.", examples=["2026-03-12"])


AlertsQuery = Annotated[AlertsAsked, Query()]
OneQuery = Annotated[OneAsked, Query()]
FiltersQuery = Annotated[Filters, Query()]
StreamQuery = Annotated[StreamAsked, Query()]
StoriesQuery = Annotated[StoriesAsked, Query()]
ArticlesQuery = Annotated[ArticlesAsked, Query()]
