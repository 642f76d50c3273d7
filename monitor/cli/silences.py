"""`monitor silences`: alerts that nobody is sent for a time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from monitor import history
from monitor.alerting.render import both_times
from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, Json, read_config, who
from monitor.cli.output import counted, show, shown
from monitor.errors import UsageError
from monitor.history import open_database, utc_now, would_hide
from monitor.matching.load import load_pack
from monitor.model import Alert, Silence
from monitor.storage import silences

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Silences: add, list, remove.")

_COLUMNS = ("id", "until", "author", "reason", "about", "hid")
_SHOWN = 5
_Many = Annotated[list[str] | None, typer.Option(help="Only these; may be given several times.")]


@app.command()
def add(
    *,
    reason: Annotated[str, typer.Option(help="Why; it is told to those from whom alerts are hidden.")],
    until: Annotated[str, typer.Option(help="When it ends: 2h, 3d, 2026-03-14 or 2026-03-14T08:00+09:00.")],
    rule: _Many = None,
    actor: _Many = None,
    place: _Many = None,
    text: Annotated[str, typer.Option(help='Only alerts that say all these words, or a "phrase".')] = "",
    max_level: Annotated[str, typer.Option(help="Above this level alerts are sent all the same.")] = "high",
    everything: Annotated[
        bool, typer.Option("--everything", help="Silence all, without any filter.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would have hidden.")] = False,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who; else the name you logged in by.")] = "",
    config: ConfigFile = None,
) -> None:
    """Hold alerts back for a time; first it says what the silence would have hidden in the last 30 days."""
    now = utc_now()
    asked = history.silence(
        author=who(by),
        reason=reason,
        until=until,
        rules=rule or (),
        actors=actor or (),
        places=place or (),
        text=text,
        max_level=max_level,
        everything=everything,
        now=now,
    )
    settings = read_config(config)
    if unknown := history.unknown_words(asked, load_pack(settings.rule_folders)):
        raise UsageError("; ".join(unknown))
    with open_database(settings, now=now) as database, database.write() as conn:
        _preview(would_hide(conn, asked, now=now))
        if not dry_run:
            silences.add(conn, asked)
            told = f"{_about(asked)}: {reason}"
            record(conn, what="add", thing=f"silence {asked.id}", comment=told, now=now)
    if dry_run:
        typer.echo("Nothing was changed.")
    else:
        typer.echo(f"Silence {asked.id} is in force until {both_times(asked.until)}.")


@app.command(name="list")
def list_silences(
    *,
    over: Annotated[bool, typer.Option("--over", help="Those that have ended too.")] = False,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """The silences in force, and how many alerts each hid."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.read() as conn:
        found = silences.all(conn, since=None if over else now)
        hid = silences.hidden(conn)
    rows = [
        {**asdict(each), "max_level": str(each.max_level), "about": _about(each), "hid": hid.get(each.id, 0)}
        for each in found
    ]
    show(rows, _COLUMNS, as_json=as_json, empty="No silence is in force.")


@app.command()
def remove(
    silence: Annotated[str, typer.Argument(metavar="ID", help="The silence's id.")], config: ConfigFile = None
) -> None:
    """End a silence now; what it hid is told with the next alert."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        silences.end(conn, silence, now=now)
        record(conn, what="end", thing=f"silence {silence}", now=now)
    typer.echo(f"Silence {silence} has ended.")


def _preview(hidden: list[Alert]) -> None:
    typer.echo(f"In the last 30 days it would have hidden {counted(len(hidden), 'alert')}.")
    for alert in hidden[:_SHOWN]:
        typer.echo(
            f"  {alert.opened:%Y-%m-%d} {alert.level} {', '.join(alert.rules)}: {shown(alert.reports[0].title)}"
        )
    if len(hidden) > _SHOWN:
        typer.echo(f"  and {len(hidden) - _SHOWN} more")


def _about(silence: Silence) -> str:
    told = (
        *sorted(silence.rules),
        *sorted(silence.actors),
        *sorted(silence.places),
        f"“{silence.text}”" if silence.text else "",
    )
    about = ", ".join(part for part in told if part) or "everything"
    return f"{about}, up to {silence.max_level}"
