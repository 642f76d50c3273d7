"""What matching said of each article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, func, select

from monitor.model import Article, Match, NearMiss, Verdict
from monitor.storage.rows import chunks, columns, upsert
from monitor.storage.tables import articles, matches, near_misses, reports

_ARTICLE = columns(articles, Article)


def add(
    conn: Connection,
    verdicts: Mapping[str, Verdict],
    *,
    alert_ids: Mapping[tuple[str, str], str],
    now: dt.datetime,
) -> None:
    """Store verdicts by article id, in place of what was stored for these articles before.

    `alert_ids` gives the alert by (article id, rule); a match may be without. Save the alerts first.
    """
    add_near_misses(conn, verdicts, now=now)
    add_matches(conn, verdicts, alert_ids=alert_ids, now=now)


def add_near_misses(conn: Connection, verdicts: Mapping[str, Verdict], *, now: dt.datetime) -> None:
    """The near misses alone, for which no alert need be there; takes out the matches of before as well."""
    for table in (matches, near_misses):
        _clear(conn, table, verdicts)
    missed = [
        _near_miss(article, position, miss, now)
        for article, verdict in verdicts.items()
        for position, miss in enumerate(verdict.near_misses)
    ]
    upsert(conn, near_misses, missed)  # no plain insert: another worker may be storing the same verdict


def add_matches(
    conn: Connection,
    verdicts: Mapping[str, Verdict],
    *,
    alert_ids: Mapping[tuple[str, str], str],
    now: dt.datetime,
) -> None:
    """The matches alone, after `add_near_misses` and the alerts."""
    held = [
        _match(article, position, match, alert_ids.get((article, match.rule)), now)
        for article, verdict in verdicts.items()
        for position, match in enumerate(verdict.matches)
    ]
    upsert(conn, matches, held)


def for_article(conn: Connection, article: str) -> Verdict:
    """What was stored for one article; empty when nothing was."""
    return Verdict(matches=_bodies(conn, matches, article), near_misses=_bodies(conn, near_misses, article))


def shares(conn: Connection) -> dict[str, float]:
    """On which part of all analysed articles each rule fired, 0 to 1; rules that never did are absent."""
    read = select(func.count()).select_from(articles).where(articles.c.analysed.is_not(None))
    total = conn.execute(read).scalar_one()
    query = select(matches.c.rule, func.count(matches.c.article.distinct())).group_by(matches.c.rule)
    return {rule: count / total for rule, count in conn.execute(query)} if total else {}


def since(conn: Connection, rules: Iterable[str], day: dt.date) -> list[tuple[Article, Match]]:
    """The matches of these rules with their articles whose events are of that day or later, oldest first.

    Without those that were taken back since: whose report in the alert on them stands no longer.
    """
    told = (reports.c.alert == matches.c.alert) & (reports.c.article == matches.c.article)
    query = select(matches.c.body, reports.c.body.label("report"), *_ARTICLE).join_from(matches, articles)
    query = query.outerjoin(reports, told)
    wanted = query.where(matches.c.rule.in_(sorted(rules)), matches.c.date >= day)
    found = conn.execute(wanted.order_by(matches.c.date, matches.c.article, matches.c.position)).mappings()
    return [
        (_article(each), each[matches.c.body])
        for each in found
        if each["report"] is None or not each["report"].fallen
    ]


def recent_near_misses(
    conn: Connection, *, since: dt.datetime | None = None, rule: str = "", limit: int = 50
) -> list[tuple[Article, NearMiss]]:
    """Near misses, of one rule or of all, with their articles, newest first."""
    query = select(near_misses.c.body, *_ARTICLE).join_from(near_misses, articles)
    if rule:
        query = query.where(near_misses.c.rule == rule)
    if since is not None:
        query = query.where(near_misses.c.found >= since)
    newest = near_misses.c.found.desc(), near_misses.c.article, near_misses.c.position
    found = conn.execute(query.order_by(*newest).limit(limit)).mappings()
    return [_with_article(each) for each in found]


def count_near_misses(conn: Connection, *, since: dt.datetime) -> int:
    """How many near misses were found since then."""
    query = select(func.count()).select_from(near_misses).where(near_misses.c.found >= since)
    return conn.execute(query).scalar_one()


def _with_article(found: RowMapping) -> tuple[Article, NearMiss]:
    return _article(found), found[near_misses.c.body]


def _article(found: RowMapping) -> Article:
    return Article(**{column.name: found[column] for column in _ARTICLE})


def _clear(conn: Connection, table: Table, verdicts: Mapping[str, Verdict]) -> None:
    for chunk in chunks(verdicts):
        conn.execute(delete(table).where(table.c.article.in_(chunk)))


def _bodies(conn: Connection, table: Table, article: str) -> tuple[Any, ...]:
    query = select(table.c.body).where(table.c.article == article).order_by(table.c.position)
    return tuple(conn.execute(query).scalars())


def _match(
    article: str, position: int, match: Match, alert: str | None, now: dt.datetime
) -> dict[str, object]:
    return {
        "article": article,
        "position": position,
        "rule": match.rule,
        "level": match.level,
        "alert": alert,
        "found": now,
        "date": match.event.date or now.date(),
        "body": match,
    }


def _near_miss(article: str, position: int, miss: NearMiss, now: dt.datetime) -> dict[str, object]:
    return {
        "article": article,
        "position": position,
        "rule": miss.rule,
        "because": miss.because,
        "found": now,
        "body": miss,
    }
