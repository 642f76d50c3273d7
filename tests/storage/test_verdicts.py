from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, alert

from monitor.model import AlertVerdict, Opinion
from monitor.storage import Database, alerts, verdicts
from monitor.storage.verdicts import Opinions

ALERT = alert(rules=("launch", "threat"), titles=("A launch", "A threat"))
OTHER = alert(id="b000000000000000", keys=frozenset({"other"}), rules=("launch",), titles=("A launch",))
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _alerts(database: Database) -> None:
    """A verdict belongs to an alert."""
    with database.write() as conn:
        for each in (ALERT, OTHER):
            alerts.save(conn, each)


def said(
    opinion: Opinion, *, alert: str = ALERT.id, analyst: str = "kim", given: dt.datetime = NOW, note: str = ""
) -> AlertVerdict:
    return AlertVerdict(alert=alert, analyst=analyst, opinion=opinion, given=given, note=note)


def add(database: Database, *new: AlertVerdict) -> None:
    with database.write() as conn:
        for each in new:
            verdicts.add(conn, each)


def by_rule(database: Database) -> dict[str, Opinions]:
    with database.read() as conn:
        return verdicts.by_rule(conn)


def test_all_verdicts_come_out_as_they_went_in_oldest_first(database: Database) -> None:
    late = said(Opinion.FALSE, given=NOW + MINUTE, note="央行 50 %")
    early = said(Opinion.TRUE)
    add(database, late, early)
    with database.read() as conn:
        assert verdicts.of(conn, [ALERT.id, OTHER.id]) == {ALERT.id: [early, late], OTHER.id: []}


def test_without_verdicts_no_rule_has_any(database: Database) -> None:
    assert by_rule(database) == {}


def test_a_verdict_counts_for_every_rule_that_the_alert_names(database: Database) -> None:
    add(database, said(Opinion.TRUE), said(Opinion.FALSE, alert=OTHER.id))
    assert by_rule(database) == {"launch": Opinions(true=1, false=1), "threat": Opinions(true=1)}


@pytest.mark.parametrize("later", [MINUTE, dt.timedelta()])
def test_the_latest_verdict_of_one_analyst_counts(database: Database, later: dt.timedelta) -> None:
    add(database, said(Opinion.TRUE), said(Opinion.FALSE, given=NOW + later))
    assert by_rule(database)["threat"] == Opinions(false=1)


def test_each_analyst_counts_once(database: Database) -> None:
    add(database, said(Opinion.TRUE), said(Opinion.FALSE, analyst="lee"))
    assert by_rule(database)["threat"] == Opinions(true=1, false=1)


@pytest.mark.parametrize(
    ("opinions", "precision"),
    [
        (Opinions(), None),
        (Opinions(duplicate=2), None),
        (Opinions(true=3, false=1, duplicate=5), 0.75),
        (Opinions(false=1), 0.0),
    ],
)
def test_precision_is_true_among_true_and_false(opinions: Opinions, precision: float | None) -> None:
    assert opinions.precision == precision
