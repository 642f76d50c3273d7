"""`monitor alerts list` and `search`: alerts in a table, newest first."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from monitor.alerting.render import first_lines
from monitor.cli.alerts.options import Actor, LevelOption, Place, Rule, Since, TextOption, Until
from monitor.cli.alerts.stored import found_by, whole, why_not_sent
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import short, show
from monitor.cli.sparkline import by_week, sparkline
from monitor.config import Config
from monitor.history import names, open_database, question, utc_now
from monitor.model import Alert
from monitor.storage import counts
from monitor.storage.query import AlertQuery

_WEEKS = 26
_COLUMNS = ("id", "level", "headline", "rules", "reports", "not_sent")
_Limit = Annotated[int, typer.Option(min=1, help="At most so many, newest first.")]


def list_alerts(
    *,
    rule: Rule = None,
    level: LevelOption = "informational",
    actor: Actor = None,
    place: Place = None,
    text: TextOption = "",
    since: Since = "",
    until: Until = "",
    limit: _Limit = 50,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Alerts, newest first; on a terminal also how many came in each week."""
    query = question(
        rule=rule,
        level=level,
        actor=actor,
        place=place,
        text=text,
        since=since,
        until=until,
        limit=limit,
        now=utc_now(),
    )
    settings = read_config(config)
    _show(settings, query, as_json=as_json)
    if sys.stdout.isatty() and not as_json:
        typer.echo(f"\n{_by_week(settings, utc_now())}")


def search(
    text: Annotated[
        str, typer.Argument(help='Words and "phrases" to look for in titles and sentences; all must occur.')
    ],
    *,
    rule: Rule = None,
    level: LevelOption = "informational",
    actor: Actor = None,
    place: Place = None,
    since: Since = "",
    until: Until = "",
    limit: _Limit = 50,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Alerts that say this, newest first."""
    query = question(
        rule=rule,
        level=level,
        actor=actor,
        place=place,
        text=text,
        since=since,
        until=until,
        limit=limit,
        now=utc_now(),
    )
    _show(read_config(config), query, as_json=as_json)


def _show(config: Config, query: AlertQuery, *, as_json: bool) -> None:
    found, said = found_by(config, query)
    named = {} if as_json else names(config)
    rows = [whole(alert, said[alert.id]) if as_json else _row(alert, named) for alert in found]
    show(rows, _COLUMNS, as_json=as_json, empty="No alerts.")
    if len(found) == query.limit and not as_json:
        typer.echo(f"\nThe newest {query.limit}; --limit shows more, --since and --until other times.")


def _by_week(config: Config, now: dt.datetime) -> str:
    """As in `All alerts by week, 26 weeks to 12 Mar: ··▁··█▂, 34`."""
    with open_database(config, now=now) as database, database.read() as conn:
        days = counts.by_day(conn, since=now - dt.timedelta(weeks=_WEEKS))
    weeks = by_week(days, until=now.date(), weeks=_WEEKS)
    return f"All alerts by week, {_WEEKS} weeks to {now:%-d %b}: {sparkline(weeks)}, {sum(weeks):,}"


def _row(alert: Alert, named: Mapping[str, str]) -> Mapping[str, Any]:
    headline, *_ = first_lines(alert, names=named, now=utc_now())
    level = str(alert.level)
    return {
        "id": short(alert.id),
        "level": level,
        "headline": headline.removeprefix(f"{level.upper()} · ").removeprefix("occurred · "),
        "rules": alert.rules,
        "reports": len(alert.reports),
        "not_sent": why_not_sent(alert),
    }
