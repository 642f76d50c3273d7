"""Alerts with their reports: saved, found again by event key, searched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, func, insert, select, text

from monitor.errors import UsageError
from monitor.model import Alert, Level, Report, Revision, Standing
from monitor.storage import fulltext, numbers
from monitor.storage.query import KINDS, AlertQuery, conditions, tagged
from monitor.storage.query import newest as in_order
from monitor.storage.query import since as opened_since
from monitor.storage.rows import chunks, columns, upsert
from monitor.storage.tables import alert_keys, alert_revisions, alert_tags, alert_texts, alerts, reports

_LARGEST = 2**31 - 1  # figure that a column takes
_LOCKS = 0x626F  # first half of our advisory locks on event keys: "bo"
_ORDER = 0x626E  # our advisory lock on the order of revisions: "bn"
# The same order everywhere, so that nobody waits in a circle; in one statement, for there may be a thousand.
_LOCK_KEYS = text(
    "SELECT count(pg_advisory_xact_lock(:locks, hash)) FROM "
    "(SELECT DISTINCT hashtext(key) AS hash FROM unnest(CAST(:keys AS text[])) AS key ORDER BY hash) AS wanted"
)
_REVISION = columns(alert_revisions, Revision)


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """A revision as it came in, with its alert as it stands now."""

    number: int  # of the revision, in the order of the commits
    revision: int
    alert: Alert


def lock_keys(conn: Connection, keys: Iterable[str]) -> None:
    """Wait until no other transaction holds these event keys, and hold them until this one ends.

    Call it before `by_keys` in the transaction that will save, or two workers may open two alerts for one
    event. On SQLite a write transaction is alone anyhow.
    """
    if conn.dialect.name == "postgresql" and (wanted := sorted(set(keys))):
        conn.execute(_LOCK_KEYS, {"locks": _LOCKS, "keys": wanted})


def by_keys(conn: Connection, keys: Iterable[str]) -> list[Alert]:
    """Alerts that have any of the event keys, oldest first."""
    found: dict[str, Alert] = {}
    for chunk in chunks(keys):
        named = select(alert_keys.c.alert).where(alert_keys.c.key.in_(chunk))
        found |= {alert.id: alert for alert in _load(conn, alerts.c.id.in_(named))}
    return sorted(found.values(), key=lambda alert: (alert.opened, alert.id))


def around(conn: Connection, keys: Iterable[str], articles: Iterable[str]) -> list[Alert]:
    """Alerts that have any of the event keys or in which any of the articles is a report, newest first."""
    by_key = [select(alert_keys.c.alert).where(alert_keys.c.key.in_(chunk)) for chunk in chunks(keys)]
    told = [select(reports.c.alert).where(reports.c.article.in_(chunk)) for chunk in chunks(articles)]
    found = [_load(conn, alerts.c.id.in_(query)) for query in (*by_key, *told)]
    return list({alert.id: alert for each in found for alert in each}.values())


def lock_around(conn: Connection, keys: Iterable[str], articles: Iterable[str]) -> None:
    """Lock the event keys, then every alert that has one of them or in which one of the articles is a report.

    The alerts too, for an article may be a report of one that none of the keys leads to, and another worker
    may find that one by a key of its own.
    """
    keys = sorted(set(keys))
    lock_keys(conn, keys)
    if conn.dialect.name == "postgresql":
        named = [select(alert_keys.c.alert).where(alert_keys.c.key.in_(chunk)) for chunk in chunks(keys)]
        told = [select(reports.c.alert).where(reports.c.article.in_(chunk)) for chunk in chunks(articles)]
        ids = sorted({alert for query in (*named, *told) for alert in conn.execute(query).scalars()})
        for chunk in chunks(ids):  # in one order too; a delivery that refers to an alert need not wait
            rows = select(alerts.c.id).where(alerts.c.id.in_(chunk)).order_by(alerts.c.id)
            conn.execute(rows.with_for_update(key_share=True))


def by_article(conn: Connection, article: str) -> list[Alert]:
    """Alerts in which the article is a report, oldest first."""
    named = select(reports.c.alert).where(reports.c.article == article)
    return sorted(_load(conn, alerts.c.id.in_(named)), key=lambda alert: (alert.opened, alert.id))


def save(conn: Connection, alert: Alert) -> None:
    """Insert the alert, or put it in place of the one with its id."""
    save_all(conn, [alert])


def save_all(conn: Connection, revised: Sequence[Alert]) -> None:
    """Insert alerts, or put them in place of those with their ids, in order: one may come with several revisions.

    On PostgreSQL every other writer that saves alerts waits until this transaction ends: save them last.
    """
    if not revised:
        return
    last = {alert.id: alert for alert in revised}
    _lock_order(conn)
    numbered = _numbers(conn, list(last.values()))
    upsert(conn, alerts, [_row(alert, numbered[alert.id]) for alert in last.values()])
    first = newest(conn) + 1  # until this transaction ends no other gets one, or a reader could pass one by
    rows = [_revision(alert, number) for number, alert in enumerate(revised, start=first)]
    upsert(conn, alert_revisions, rows, keep={"number"})
    _put(conn, alert_keys.c.alert, {each.id: [{"key": key} for key in each.keys] for each in last.values()})
    _put(conn, alert_tags.c.number, {numbered[each.id]: _tags(each) for each in last.values()})
    _put(conn, alert_texts.c.number, {numbered[each.id]: [fulltext.row(each)] for each in last.values()})
    _put(conn, reports.c.alert, {each.id: _reports_of(each) for each in last.values()})


def revisions(conn: Connection, alert: str) -> list[Revision]:
    """Every revision of the alert, oldest first."""
    query = select(*_REVISION).where(alert_revisions.c.alert == alert).order_by(alert_revisions.c.revision)
    return [Revision(**each) for each in conn.execute(query).mappings()]


def get(conn: Connection, alert: str) -> Alert | None:
    """The alert of that id, or of the only id that begins so. UsageError when several do."""
    exact = _load(conn, alerts.c.id == alert)
    found = exact or _load(conn, alerts.c.id.startswith(alert, autoescape=True), limit=6)
    if len(found) > 1:
        ids = ", ".join(sorted(each.id for each in found))
        raise UsageError(f"several alerts begin with {alert!r}: {ids}; give more of the id")
    return found[0] if found else None


def search(conn: Connection, query: AlertQuery) -> list[Alert]:
    """Alerts that meet every condition of the query, newest first by the time they were opened."""
    bodies = conn.execute(in_order(query, alerts.c.body, dialect=conn.dialect.name)).scalars().all()
    return _with_reports(conn, bodies)


def found(conn: Connection, query: AlertQuery, *, most: int) -> list[int]:
    """Numbers of the newest alerts that meet every condition, newest first; where the page begins does not matter."""
    asked = replace(query, after="", limit=most)
    return list(conn.execute(in_order(asked, alerts.c.number, dialect=conn.dialect.name)).scalars())


def numbered(conn: Connection, numbers: Sequence[int]) -> list[Alert]:
    """The alerts of these numbers, newest first."""
    return _load(conn, alerts.c.number.in_(numbers))


def news(conn: Connection, query: AlertQuery, *, after: int) -> list[News]:
    """Revisions beyond that number of alerts that meet the query now, in the order of their commits.

    Whoever goes on from the last number that he was given misses none, however many write at once.
    """
    asked = conditions(replace(query, after=""), dialect=conn.dialect.name)
    wanted = select(alert_revisions.c.number, alert_revisions.c.revision, alert_revisions.c.alert)
    new = wanted.join_from(alert_revisions, alerts).where(alert_revisions.c.number > after, *asked)
    rows = conn.execute(new.order_by(alert_revisions.c.number).limit(query.limit)).all()
    told = {
        alert.id: alert
        for chunk in chunks(each.alert for each in rows)
        for alert in _load(conn, alerts.c.id.in_(chunk))
    }
    return [News(number=each.number, revision=each.revision, alert=told[each.alert]) for each in rows]


def newest(conn: Connection) -> int:
    """Number of the revision that came in last; 0 where there is none."""
    return conn.execute(select(func.max(alert_revisions.c.number))).scalar() or 0


def last_before(
    conn: Connection, rules: Iterable[str], actor: str, before: dt.datetime
) -> dt.datetime | None:
    """When the last alert of any of the rules and this actor was opened before that time; None for never.

    Alerts of rules under trial (shadow) do not count.
    """
    same = (tagged("rule", rules), tagged("actor", [actor]))
    earlier = select(func.max(alerts.c.opened)).where(~alerts.c.shadow, alerts.c.opened < before, *same)
    return conn.execute(earlier).scalar()


def counted(conn: Connection, *, since: dt.datetime, until: dt.datetime) -> dict[Level, int]:
    """How many alerts of each level were opened in that time; those of rules under trial and baselines apart."""
    told = (~alerts.c.shadow, alerts.c.standing == Standing.LIVE)
    opened = (*opened_since(since), alerts.c.number <= numbers.last_at(until), alerts.c.opened < until)
    query = select(alerts.c.level, func.count()).where(*told, *opened).group_by(alerts.c.level)
    return {level: count for level, count in conn.execute(query)}  # noqa: C416 - mypy takes no rows for dict


def count_of(conn: Connection, rule: str) -> int:
    """How many alerts name the rule."""
    same = alert_tags.c.kind == "rule", alert_tags.c.value == rule
    return conn.execute(select(func.count()).select_from(alert_tags).where(*same)).scalar_one()


def by_rule(conn: Connection) -> dict[str, int]:
    """How many alerts name each rule."""
    query = select(alert_tags.c.value, func.count()).where(alert_tags.c.kind == "rule")
    found = conn.execute(query.group_by(alert_tags.c.value))
    return {rule: count for rule, count in found}  # noqa: C416 - as above


def tags(conn: Connection) -> dict[str, set[str]]:
    """Every rule, actor, place and publisher that an alert bears, by kind."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, value in conn.execute(select(alert_tags.c.kind, alert_tags.c.value).distinct()):
        found[kind].add(value)
    return found


def _numbers(conn: Connection, saved: Sequence[Alert]) -> dict[str, int]:
    """By alert the number that it has, else a new one."""
    query = select(alerts.c.id, alerts.c.number)
    known = [conn.execute(query.where(alerts.c.id.in_(chunk))) for chunk in chunks(each.id for each in saved)]
    found = {each.id: each.number for rows in known for each in rows}
    new = [each for each in saved if each.id not in found]
    return found | dict(
        zip((each.id for each in new), numbers.new(conn, [each.opened for each in new]), strict=True)
    )


def _lock_order(conn: Connection) -> None:
    """Until this transaction ends no other numbers anything. On SQLite a write transaction is alone anyhow."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(_ORDER, 0)))


def _load(conn: Connection, *wanted: ColumnElement[bool], limit: int | None = None) -> list[Alert]:
    """Alerts with their reports, newest first, in two queries."""
    newest = select(alerts.c.body).where(*wanted).order_by(alerts.c.number.desc()).limit(limit)
    return _with_reports(conn, conn.execute(newest).scalars().all())


def _with_reports(conn: Connection, bodies: Sequence[Alert]) -> list[Alert]:
    told = _reports(conn, [alert.id for alert in bodies])
    return [replace(alert, reports=tuple(told[alert.id])) for alert in bodies]


def _reports(conn: Connection, ids: Sequence[str]) -> dict[str, list[Report]]:
    told: dict[str, list[Report]] = {alert: [] for alert in ids}
    query = select(reports.c.alert, reports.c.body).order_by(reports.c.alert, reports.c.position)
    for chunk in chunks(ids):
        for each in conn.execute(query.where(reports.c.alert.in_(chunk))):
            told[each.alert].append(each.body)
    return told


def _put(conn: Connection, whose: Column[Any], rows: Mapping[Any, Sequence[dict[str, object]]]) -> None:
    """Make these the alerts' only rows in the table; the column says whose they are."""
    for chunk in chunks(rows):
        conn.execute(delete(whose.table).where(whose.in_(chunk)))
    if every := [each | {whose.name: alert} for alert, own in rows.items() for each in own]:
        conn.execute(insert(whose.table), every)


def _revision(alert: Alert, number: int) -> dict[str, object]:
    return {
        "alert": alert.id,
        "revision": alert.revision,
        "level": alert.level,
        "stage": alert.stage,
        "changes": alert.changes,
        "updated": alert.updated,
        "number": number,
    }


def _row(alert: Alert, number: int) -> dict[str, object]:
    return {
        "id": alert.id,
        "number": number,
        "date": alert.date,
        "figure": min(alert.count.min, _LARGEST) if alert.count else None,
        "published": min((each.published for each in alert.reports if each.published), default=None),
        "level": alert.level,
        "status": alert.status,
        "standing": alert.standing,
        "shadow": alert.shadow,
        "opened": alert.opened,
        "updated": alert.updated,
        "revision": alert.revision,
        "body": replace(alert, reports=()),
    }


def _tags(alert: Alert) -> list[dict[str, object]]:
    publishers = {report.publisher for report in alert.reports if report.publisher}
    named = (
        ("rule", alert.rules),
        ("actor", alert.actors),
        ("place", alert.places),
        ("publisher", publishers),
    )
    return [{"kind": kind, "value": value} for kind, values in named for value in dict.fromkeys(values)]


def _reports_of(alert: Alert) -> list[dict[str, object]]:
    return [
        {"article": report.article, "position": at, "body": report} for at, report in enumerate(alert.reports)
    ]
