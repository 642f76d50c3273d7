"""`monitor alerts`: the history."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.alerting.origins import stage_at
from monitor.alerting.render import both_times, first_lines
from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, Json, read_config, who
from monitor.cli.output import short, show, shown, to_json
from monitor.cli.sparkline import by_week, sparkline
from monitor.config import Config
from monitor.errors import UsageError
from monitor.exports import FORMATS, About
from monitor.history import known_when, names, open_database, question, utc_now
from monitor.model import (
    Acknowledgement,
    Alert,
    AlertVerdict,
    Decision,
    Delivery,
    DeliveryState,
    Opinion,
    Report,
    Revision,
    Standing,
)
from monitor.storage import Connection, acknowledgements, alerts, counts, deliveries, verdicts
from monitor.storage.query import AlertQuery

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The history: list, show, search, export, ack, verdict."
)

_WEEKS = 26
_COLUMNS = ("id", "level", "headline", "rules", "reports", "not_sent")

_Rule = Annotated[str | None, typer.Option(help="Only of this rule.")]
_LevelOption = Annotated[str, typer.Option("--level", help="Only at this level or above.")]
_Actor = Annotated[str | None, typer.Option(help="Only with this actor, by its name in the vocabulary.")]
_Place = Annotated[str | None, typer.Option(help="Only at this place, by its name in the vocabulary.")]
_TextOption = Annotated[
    str, typer.Option("--text", help='Only with these words, or "phrases", in titles and sentences.')
]
_Since = Annotated[
    str, typer.Option(help="Opened since: 2026-03-12, 2026-03-12T08:00+09:00, or 24h, 7d, 4w ago.")
]
_Until = Annotated[str, typer.Option(help="Opened before that time.")]
_Limit = Annotated[int, typer.Option(min=1, help="At most so many, newest first.")]


Form = StrEnum("Form", {name.upper(): name for name in FORMATS})  # type: ignore[misc]  # mypy wants a literal
_JSON = Form("json")


@app.command(name="list")
def list_alerts(
    *,
    rule: _Rule = None,
    level: _LevelOption = "informational",
    actor: _Actor = None,
    place: _Place = None,
    text: _TextOption = "",
    since: _Since = "",
    until: _Until = "",
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


@app.command()
def search(
    text: Annotated[
        str, typer.Argument(help='Words and "phrases" to look for in titles and sentences; all must occur.')
    ],
    *,
    rule: _Rule = None,
    level: _LevelOption = "informational",
    actor: _Actor = None,
    place: _Place = None,
    since: _Since = "",
    until: _Until = "",
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


@app.command()
def export(
    *,
    form: Annotated[Form, typer.Option("--format", help="In what format.")] = _JSON,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Else stdout.")
    ] = None,
    rule: _Rule = None,
    level: _LevelOption = "informational",
    actor: _Actor = None,
    place: _Place = None,
    text: _TextOption = "",
    since: _Since = "",
    until: _Until = "",
    config: ConfigFile = None,
) -> None:
    """Write out the history; of an article no more than the sentence that mattered."""
    settings = read_config(config)
    query = question(
        rule=rule,
        level=level,
        actor=actor,
        place=place,
        text=text,
        since=since,
        until=until,
        limit=None,
        now=utc_now(),
    )
    found, said = _found(settings, query)
    about = About(now=utc_now(), names=names(settings), address=settings.web.address, verdicts=said)
    written = FORMATS[form.value].write(found, about)
    if output is None:
        sys.stdout.write(written)
        return
    try:
        output.write_text(written, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from error
    typer.echo(f"Wrote {len(found)} alerts to {output}.", err=True)


@app.command(name="show")
def show_alert(
    alert: Annotated[str, typer.Argument(metavar="ID", help="The alert's id, or its beginning.")],
    *,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """One alert with its reports, and who was told, who was not, and why."""
    settings = read_config(config)
    with open_database(settings, now=utc_now()) as database, database.read() as conn:
        found = _known(conn, alert)
        said = verdicts.of(conn, [found.id])[found.id]
        seen = acknowledgements.of(conn, found.id)
        decided = deliveries.decided(conn, found.id)
        made = deliveries.listed(conn, alert=found.id)
        revisions = alerts.revisions(conn, found.id)
    if as_json:
        whole = {
            **_whole(found, said),
            "revisions": [{**asdict(each), "level": str(each.level)} for each in revisions],
            "acknowledged": list(map(asdict, seen)),
            "decisions": list(map(asdict, decided)),
            "deliveries": list(map(asdict, made)),
        }
        typer.echo(to_json(whole))
    else:
        _tell(settings, found, decided, made, said=said, revisions=revisions)


@app.command()
def verdict(
    alert: Annotated[str, typer.Argument(metavar="ID", help="The alert's id, or its beginning.")],
    opinion: Annotated[Opinion, typer.Argument(help="What the alert is.")],
    *,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Whose verdict; else that of the name you logged in by.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    config: ConfigFile = None,
) -> None:
    """Say whether an alert is true, false or a duplicate; your latest verdict counts."""
    analyst, now = who(by), utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        found = _known(conn, alert)
        said = AlertVerdict(alert=found.id, analyst=analyst, opinion=opinion, given=now, note=note)
        verdicts.add(conn, said)
        told = f"{opinion}, {analyst}"
        record(conn, what="verdict", thing=f"alert {found.id}", comment=told, now=now)
    typer.echo(f"{short(found.id)} is {opinion}, says {shown(analyst)}.")


@app.command()
def ack(
    alert: Annotated[str, typer.Argument(metavar="ID", help="The alert's id, or its beginning.")],
    *,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who takes care of it; else the name you logged in by.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What is being done.")] = "",
    config: ConfigFile = None,
) -> None:
    """Say that you have seen an alert and take care of it: it is not passed on to others."""
    analyst, now = who(by), utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        found = _known(conn, alert)
        seen = Acknowledgement(alert=found.id, analyst=analyst, given=now, note=note)
        acknowledgements.add(conn, seen)
        record(conn, what="acknowledge", thing=f"alert {found.id}", comment=analyst, now=now)
    typer.echo(f"{short(found.id)} is acknowledged by {shown(analyst)}.")


def _known(conn: Connection, alert: str) -> Alert:
    """The alert of that id or beginning; UsageError where there is none, or several."""
    found = alerts.get(conn, alert)
    if found is None:
        raise UsageError(f"there is no alert {alert}; `monitor alerts list` shows those there are")
    return found


def _found(config: Config, query: AlertQuery) -> tuple[list[Alert], Mapping[str, list[AlertVerdict]]]:
    """The alerts, and the verdicts on each."""
    with open_database(config, now=utc_now()) as database, database.read() as conn:
        found = alerts.search(conn, query)
        return found, verdicts.of(conn, [alert.id for alert in found])


def _show(config: Config, query: AlertQuery, *, as_json: bool) -> None:
    found, said = _found(config, query)
    named = {} if as_json else names(config)
    rows = [_whole(alert, said[alert.id]) if as_json else _row(alert, named) for alert in found]
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
        "not_sent": _why_not_sent(alert),
    }


def _why_not_sent(alert: Alert) -> str:
    """Why nobody was told at all, in a word; empty where it was up to each subscription."""
    if alert.shadow:
        return "shadow"
    return "" if alert.standing is Standing.LIVE else alert.standing.value


def _whole(alert: Alert, said: Sequence[AlertVerdict]) -> Mapping[str, Any]:
    told = asdict(alert)
    for report in told["reports"]:
        del report["sketch"]  # hashes, of no use to people
    return {**told, "level": str(alert.level), "verdicts": list(map(asdict, said))}


def _tell(
    config: Config,
    alert: Alert,
    decided: list[Decision],
    made: list[Delivery],
    *,
    said: Sequence[AlertVerdict],
    revisions: Sequence[Revision],
) -> None:
    headline, known, sentence = first_lines(alert, names=names(config), now=utc_now())
    typer.secho(headline, bold=True)
    typer.echo(f"{known}\n“{sentence}”\n")
    for name, value in _facts(alert).items():
        if value:
            typer.echo(f"{name:10} {shown(value)}")
    typer.echo(f"{'known':10} {_steps(known_when(alert, made))}")
    for line in _verdict_lines(said):
        typer.echo(f"{'verdict':10} {line}")
    for each in revisions[1:]:
        typer.echo(f"{'changed':10} {both_times(each.updated)}: {shown('; '.join(each.changes))}")
    for report in alert.reports:
        more = [f"source {report.source}" if report.source else "", shown(report.remark)]
        typer.echo(
            f"\n{_told_when(report)} · {shown(report.publisher) or 'unknown publisher'}, grade {report.grade}"
            f"{''.join(f', {each}' for each in more if each)}"
        )
        typer.echo(f"  {shown(report.title)}")
        if report.sentence.field != "title":
            typer.echo(f"  “{shown(report.sentence.text)}”")
        typer.echo(f"  {shown(report.url)}")
    typer.echo("")
    outbox = {(each.revision, each.subscription): each for each in made}
    rows = [_decision(each, outbox.get((each.revision, each.subscription))) for each in decided]
    columns = ("subscription", "revision", "reason", "channel", "told")
    show(rows, columns, as_json=False, empty="Nobody subscribed when it came.", note="error")


def _facts(alert: Alert) -> Mapping[str, object]:
    """What the history knows beside the first lines; slugs, for these are what filters take."""
    return {
        "alert": f"{alert.id}, revision {alert.revision}",
        "stage": "" if alert.said else stage_at(alert, utc_now()).value,
        "not sent": _why_not_sent(alert),
        "sent to": "trial subscriptions only" if alert.trial and not alert.shadow else "",
        "rules": "; ".join(f"{rule}: {title}" for rule, title in zip(alert.rules, alert.titles, strict=True)),
        "actors": alert.actors,
        "action": alert.action,
        "objects": alert.objects,
        "recipients": alert.recipients,
        "places": alert.places,
        "date": alert.date,
        "count": alert.count.text if alert.count else None,
        "opened": both_times(alert.opened),
        "updated": both_times(alert.updated) if alert.updated != alert.opened else None,
    }


def _steps(when: Mapping[str, dt.datetime | None]) -> str:
    """`published 12 Mar 2026 07:52 KST (…), fetched 7 min later, alerted 1 min later`."""
    (first, began), *others = ((name, reached) for name, reached in when.items() if reached)
    words, last = [f"{first} {both_times(began)}"], began
    for name, reached in others:
        words.append(f"{name} {_stretch(reached - last)}")
        last = reached
    return ", ".join(words)


def _stretch(between: dt.timedelta) -> str:
    seconds = round(between.total_seconds())
    if seconds < 0:
        return "before that"  # the publisher's clock is fast
    if seconds < 2 * 60:
        return f"{seconds} s later"
    return f"{seconds // 60} min later" if seconds < 2 * 3600 else f"{seconds // 3600} h later"


def _verdict_lines(said: Sequence[AlertVerdict]) -> list[str]:
    """Each verdict in a line, oldest first; one that its analyst took back is marked."""
    latest = {each.analyst: at for at, each in enumerate(said)}
    return [
        f"{each.opinion}, {shown(each.analyst)}, {both_times(each.given)}"
        + ("" if latest[each.analyst] == at else ", replaced")
        + (f": {shown(each.note)}" if each.note else "")
        for at, each in enumerate(said)
    ]


def _told_when(report: Report) -> str:
    return both_times(report.published or report.fetched)


def _decision(decision: Decision, delivery: Delivery | None) -> Mapping[str, object]:
    if delivery is None:
        told = "no"
    elif delivery.sent is None:
        told = "not yet" if delivery.state is DeliveryState.PENDING else "no: given up"
    else:
        told = both_times(delivery.sent) + (", may be a repeat" if delivery.repeated else "")
    return {
        "subscription": decision.subscription,
        "revision": decision.revision,
        "reason": decision.reason,
        "channel": delivery.channel if delivery else "",
        "told": told,
        "error": delivery.error if delivery else "",
    }
