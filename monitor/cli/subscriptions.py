"""`monitor subscriptions`: who is told what."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from monitor import history
from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import show, to_json
from monitor.config import Config, Email, SubscriptionEntry, entry, is_mailbox
from monitor.errors import UsageError
from monitor.history import open_database, utc_now
from monitor.links import Links, Purpose
from monitor.matching.load import load_pack
from monitor.model import Subscription, Timing
from monitor.storage import keys, subscriptions

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Subscriptions: add, list, show, pause, remove, test."
)

_COLUMNS = (
    "id",
    "channel",
    "target",
    "min_level",
    "rules",
    "actors",
    "places",
    "text",
    "timing",
    "paused",
    "trial",
    "updates",
    "from_config",
)
_Id = Annotated[str, typer.Argument(metavar="ID", help="The subscription's id.")]
_Many = Annotated[list[str] | None, typer.Option(help="Only these; may be given several times.")]
_Mute = Annotated[
    list[str] | None, typer.Option(help="Rules whose alerts never come; may be given several times.")
]
_Level = Annotated[str, typer.Option(help="informational, low, medium, high or critical.")]
_Grade = Annotated[str, typer.Option(help="A to F: only alerts that a source this good reports.")]
_Quiet = Annotated[str, typer.Option(help='As "22:00-07:00": only critical alerts come in these hours.')]
_EscalateTo = Annotated[
    str, typer.Option(help="The subscription that gets critical alerts which nobody acknowledged.")
]
_Updates = Annotated[bool, typer.Option("--updates", help="Each change of count, place, day or origin too.")]


@app.command(name="list")
def list_subscriptions(config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Every subscription, those of the config too."""
    with open_database(read_config(config), now=utc_now()) as database, database.read() as conn:
        rows = [_row(each) for each in subscriptions.all(conn)]
    show(rows, _COLUMNS, as_json=as_json, empty="No subscriptions; `monitor subscriptions add` adds one.")


@app.command(name="show")
def show_subscription(subscription: _Id, config: ConfigFile = None, *, as_json: Json = False) -> None:
    """One subscription, with the link to its feed where the pages have an address."""
    settings = read_config(config)
    with open_database(settings, now=utc_now()) as database, database.write() as conn:
        found = _found(subscriptions.get(conn, subscription), subscription)
        links = Links(key=keys.signing_key(conn), address=settings.web.address)
    link = links.to(Purpose.FEED, found)
    row = {**_row(found), "feed": f"{link}.atom" if link else ""}
    if as_json:
        typer.echo(to_json(row))
    else:
        show(
            [{"is": key, "what": value} for key, value in row.items()],
            ("is", "what"),
            as_json=False,
            empty="",
        )


@app.command()
def add(
    subscription: _Id,
    *,
    channel: Annotated[str, typer.Option(help="A channel of the config.")],
    target: Annotated[str, typer.Option(help="Email address or Slack channel.")] = "",
    rule: _Many = None,
    min_level: _Level = "informational",
    actor: _Many = None,
    place: _Many = None,
    text: Annotated[str, typer.Option(help='Only alerts that say all these words, or a "phrase".')] = "",
    mute: _Mute = None,
    tag: _Many = None,
    min_grade: _Grade = "F",
    digest: Annotated[str, typer.Option(help='"hourly", "daily 08:00" or "weekly monday 08:00".')] = "",
    quiet: _Quiet = "",
    zone: Annotated[str, typer.Option(help='In which these times are told, as "Asia/Seoul".')] = "UTC",
    notices: Annotated[bool, typer.Option("--notices", help="Of the service itself too.")] = False,
    daily: Annotated[str, typer.Option(help='As "08:00": a line every day, on quiet days too.')] = "",
    escalate_to: _EscalateTo = "",
    escalate_after: Annotated[str, typer.Option(help="In what time.")] = "15m",
    cap: Annotated[int, typer.Option(help="Messages an hour; more come as a digest. 0: any number.")] = 0,
    trial: Annotated[bool, typer.Option("--trial", help="Alerts of rules in `test` too.")] = False,
    updates: _Updates = False,
    config: ConfigFile = None,
) -> None:
    """Add a subscription to those of the config."""
    _add(
        read_config(config),
        id=subscription,
        channel=channel,
        target=target,
        rules=rule or (),
        min_level=min_level,
        actors=actor or (),
        places=place or (),
        text=text,
        muted=mute or (),
        tags=tag or (),
        notices=notices,
        daily=daily,
        escalate_to=escalate_to,
        escalate_after=escalate_after,
        min_grade=min_grade,
        digest=digest,
        quiet=quiet,
        zone=zone,
        cap=cap,
        trial=trial,
        updates=updates,
    )


def _add(settings: Config, **wished: object) -> None:
    """Store the subscription that has these options of the config's; UsageError for what makes no sense."""
    name, channel = wished["id"], wished["channel"]
    if channel not in settings.channels:
        raise UsageError(f"the config has no channel '{channel}'; it has {', '.join(settings.channels)}")
    wish = entry(SubscriptionEntry, wished).subscription(from_config=False)
    if isinstance(settings.channels[wish.channel], Email) and not is_mailbox(wish.target):
        raise UsageError(f"'{wish.target}' is no email address; say by --target whom to mail")
    if unknown := history.unknown_words(wish, load_pack(settings.rule_folders)):
        raise UsageError("; ".join(unknown))
    now = utc_now()
    with open_database(settings, now=now) as database, database.write() as conn:
        if wish.escalate_to:
            _found(subscriptions.get(conn, wish.escalate_to), wish.escalate_to)
        subscriptions.add(conn, wish)
        record(conn, what="add", thing=f"subscription {name}", comment=f"channel {channel}", now=now)
    typer.echo(f"Added {name}.")


@app.command()
def pause(
    subscription: _Id,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Send again.")] = False,
    config: ConfigFile = None,
) -> None:
    """Send nothing to a subscription until `--resume`; what it misses is not sent later."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        subscriptions.pause(conn, subscription, paused=not resume)
        record(conn, what="resume" if resume else "pause", thing=f"subscription {subscription}", now=now)
    typer.echo(f"{subscription} is {'active again' if resume else 'paused'}.")


@app.command()
def remove(subscription: _Id, config: ConfigFile = None) -> None:
    """Forget a subscription; what it was sent stays in the history."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        subscriptions.remove(conn, subscription)
        record(conn, what="remove", thing=f"subscription {subscription}", now=now)
    typer.echo(f"Removed {subscription}.")


@app.command(name="test")
def send_test(subscription: _Id, config: ConfigFile = None) -> None:
    """Send a test message, marked as one, and say whether the channel took it."""
    asyncio.run(_test(read_config(config), subscription))
    typer.echo(f"Sent a test message to {subscription}.")


async def _test(config: Config, name: str) -> None:
    from monitor.app import App  # noqa: PLC0415 - loads all there is, which the lists need not

    async with App.open(config) as service:
        with service.parts.database.read() as conn:
            found = _found(subscriptions.get(conn, name), name)
        await service.send_test(found)


def _found(subscription: Subscription | None, name: str) -> Subscription:
    if subscription is None:
        raise UsageError(
            f"there is no subscription '{name}'; `monitor subscriptions list` shows those there are"
        )
    return subscription


def _row(subscription: Subscription) -> dict[str, object]:
    return {
        **asdict(subscription),
        "min_level": str(subscription.min_level),
        "timing": _timing(subscription.timing),
    }


def _timing(timing: Timing) -> str:
    """`at once`, or `digest daily 08:00, quiet 22:00-07:00 Asia/Seoul`."""
    told = (
        f"digest {timing.digest}" if timing.digest else "",
        f"quiet {timing.quiet}" if timing.quiet else "",
        f"at most {timing.cap} an hour" if timing.cap else "",
    )
    wishes = ", ".join(filter(None, told))
    return f"{wishes} {timing.zone}" if timing.digest or timing.quiet else wishes or "at once"
