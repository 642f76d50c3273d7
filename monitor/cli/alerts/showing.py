"""`monitor alerts show`: one alert with all that is known of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import typer

from monitor.alerting.origins import stage_at
from monitor.alerting.render import both_times, first_lines
from monitor.cli.alerts.options import AlertId
from monitor.cli.alerts.stored import known, whole, why_not_sent
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import show, shown, to_json
from monitor.config import Config
from monitor.history import known_when, names, open_database, utc_now
from monitor.model import Alert, AlertVerdict, Decision, Delivery, DeliveryState, Report, Revision, Stage
from monitor.storage import acknowledgements, alerts, deliveries, verdicts


def show_alert(
    alert: AlertId,
    *,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """One alert with its reports, and who was told, who was not, and why."""
    settings = read_config(config)
    with open_database(settings, now=utc_now()) as database, database.read() as conn:
        found = known(conn, alert)
        said = verdicts.of(conn, [found.id])[found.id]
        seen = acknowledgements.of(conn, found.id)
        decided = deliveries.decided(conn, found.id)
        made = deliveries.listed(conn, alert=found.id)
        revisions = alerts.revisions(conn, found.id)
    if as_json:
        everything = {
            **whole(found, said),
            "revisions": [{**asdict(each), "level": str(each.level)} for each in revisions],
            "acknowledged": list(map(asdict, seen)),
            "decisions": list(map(asdict, decided)),
            "deliveries": list(map(asdict, made)),
        }
        typer.echo(to_json(everything))
    else:
        _tell(settings, found, decided, made, said=said, revisions=revisions)


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
    show(rows, columns, as_json=False, empty="Nobody subscribed when it came.", note="said")


def _stage(alert: Alert) -> str:
    """How far it has come; how many tell it says nothing of what a rule over time puts together."""
    stage = stage_at(alert, utc_now())
    return "" if alert.said and stage in {Stage.REPORTED, Stage.CORROBORATED} else stage.value


def _facts(alert: Alert) -> Mapping[str, object]:
    """What the history knows beside the first lines; slugs, for these are what filters take."""
    return {
        "alert": f"{alert.id}, revision {alert.revision}",
        "stage": _stage(alert),
        "not sent": why_not_sent(alert),
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
        "said": (delivery.error or delivery.answer) if delivery else "",
    }
