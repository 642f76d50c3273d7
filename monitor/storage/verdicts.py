"""What analysts say of alerts: every verdict is kept, and the latest of each analyst counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from monitor.model import AlertVerdict, Opinion
from monitor.storage.rows import chunks, columns, row
from monitor.storage.tables import alert_tags, alerts, verdicts

_VERDICT = columns(verdicts, AlertVerdict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinions:
    """How many verdicts that count say what of a rule's alerts."""

    true: int = 0
    false: int = 0
    duplicate: int = 0

    @property
    def precision(self) -> float | None:
        """True among true and false, 0 to 1; None where there are neither."""
        judged = self.true + self.false
        return self.true / judged if judged else None


def add(conn: Connection, verdict: AlertVerdict) -> None:
    """Store a verdict beside those that are there."""
    conn.execute(insert(verdicts), [row(verdict)])


def of(conn: Connection, ids: Iterable[str]) -> dict[str, list[AlertVerdict]]:
    """Every verdict on each of the alerts, first given first; an alert without any has an empty list."""
    ids = list(ids)
    said: dict[str, list[AlertVerdict]] = {alert: [] for alert in ids}
    query = select(*_VERDICT).order_by(verdicts.c.given, verdicts.c.number)
    for chunk in chunks(ids):
        for each in conn.execute(query.where(verdicts.c.alert.in_(chunk))).mappings():
            said[each["alert"]].append(AlertVerdict(**each))
    return said


def by_rule(conn: Connection) -> dict[str, Opinions]:
    """What the verdicts that count say of each rule, over the alerts that name it; rules without any are absent."""
    latest = (verdicts.c.given.desc(), verdicts.c.number.desc())
    place = func.row_number().over(partition_by=(verdicts.c.alert, verdicts.c.analyst), order_by=latest)
    ranked = select(verdicts.c.alert, verdicts.c.opinion, place.label("place")).subquery()
    named = (alert_tags.c.number == alerts.c.number) & (alert_tags.c.kind == "rule")
    query = (
        select(alert_tags.c.value, ranked.c.opinion, func.count())
        .join_from(ranked, alerts, alerts.c.id == ranked.c.alert)
        .join(alert_tags, named)
        .where(ranked.c.place == 1)
        .group_by(alert_tags.c.value, ranked.c.opinion)
    )
    counts: dict[str, dict[str, int]] = {}
    for rule, opinion, count in conn.execute(query):
        counts.setdefault(rule, {})[Opinion(opinion).value] = count
    return {rule: Opinions(**said) for rule, said in counts.items()}
