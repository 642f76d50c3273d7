"""Articles and stories; never a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field

from monitor import model
from monitor.alerting.render import is_link
from monitor.model import Because, Standing, Status
from monitor.shapes.alerts import Sentence
from monitor.shapes.base import LevelWord, Shape, Time


class Article(Shape):
    """An entry of a feed, made ours."""

    id: str = Field(examples=["0f1e2d3c4b5a6978"])
    feed: str = Field(description="Id of its feed.", examples=["yonhap-nk"])
    publisher: str = Field(examples=["Yonhap"])
    grade: str = Field(description="Admiralty grade of the publisher, A to F.", examples=["B"])
    language: str = Field(description="As the feed says.", examples=["en"])
    url: str | None
    title: str
    published: Time | None
    fetched: Time
    standing: Standing


class Match(Shape):
    """One rule held on the article."""

    rule: str = Field(examples=["dprk-missile-launch"])
    level: LevelWord
    score: float = Field(description="0 to 1; grows with evidence.", examples=[0.85])
    status: Status
    sentence: Sentence


class NearMiss(Shape):
    """One rule nearly held, and the reason why it did not."""

    rule: str = Field(examples=["dprk-missile-launch"])
    because: Because
    also: list[Because] = Field(description="Further conditions that failed.")
    sentence: Sentence


class ArticleInFull(Article):
    """One article with what matching says of it."""

    alerts: list[str] = Field(description="Ids of the alerts in which it is a report.")
    matches: list[Match]
    near_misses: list[NearMiss]


class Articles(Shape):
    """One page of articles."""

    items: list[Article] = Field(description="Those fetched last first.")
    next: str | None = Field(description="Give it as `after` for the next page; null on the last.")


class Telling(Shape):
    """One article's part in a story."""

    article: str = Field(description="Id of the article.")
    publisher: str = Field(examples=["Yonhap"])
    title: str
    url: str | None
    published: Time | None
    fetched: Time


class Story(Shape):
    """Articles of one event that are copies of one text, however many print it."""

    alert: str = Field(description="Id of the alert that tells the event.")
    headline: str = Field(description="Of the alert.")
    sentence: str = Field(description="As the first of them tells it.")
    articles: list[Telling] = Field(description="First come first.")


class Stories(Shape):
    """The stories of one page of alerts."""

    items: list[Story]
    next: str | None = Field(description="Give it as `after` for the next page; null on the last.")


def article(told: model.Article) -> Article:
    """The article as lists show it."""
    return Article(**_values(told))


def in_full(told: model.Article, verdict: model.Verdict, alerts: Iterable[str]) -> ArticleInFull:
    """The article with what matching says of it."""
    return ArticleInFull(
        **_values(told),
        alerts=list(alerts),
        matches=[_match(each) for each in verdict.matches],
        near_misses=list(map(NearMiss.model_validate, verdict.near_misses)),
    )


def story(alert: str, headline: str, reports: Sequence[model.Report]) -> Story:
    """The reports of one text."""
    return Story(
        alert=alert,
        headline=headline,
        sentence=reports[0].sentence.text,
        articles=[
            Telling(
                article=each.article,
                publisher=each.publisher,
                title=each.title,
                url=each.url if is_link(each.url) else None,
                published=each.published,
                fetched=each.fetched,
            )
            for each in reports
        ],
    )


def _values(told: model.Article) -> dict[str, object]:
    same = ("id", "feed", "publisher", "grade", "language", "title", "published", "fetched", "standing")
    return {**{name: getattr(told, name) for name in same}, "url": told.url if is_link(told.url) else None}


def _match(told: model.Match) -> Match:
    return Match(
        rule=told.rule,
        level=told.level,
        score=told.score,
        status=told.event.status,
        sentence=Sentence.model_validate(told.event.sentence),
    )
