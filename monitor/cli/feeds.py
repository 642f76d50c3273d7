"""`monitor feeds`: what is polled, and how each feed fares."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.archive import opened
from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import counted, show, shown
from monitor.config import Config, FeedEntry, entry, place
from monitor.errors import UsageError
from monitor.exports import opml
from monitor.history import open_database, utc_now
from monitor.model import Feed, FeedState
from monitor.storage import feeds, webpages

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Feeds: list, add, remove, check, import, export."
)

_COLUMNS = ("id", "name", "country", "grade", "state", "last_good", "last_new")


@app.command(name="list")
def list_feeds(config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Every feed with its state."""
    with open_database(read_config(config), now=utc_now()) as database, database.read() as conn:
        states = feeds.states(conn)
        configured = feeds.from_config(conn)
        asked = webpages.since(conn, utc_now() - webpages.LATELY)
        unread = {feed: whys for feed, (_, whys) in asked.items() if whys}
        rows = [_row(feed, states.get(feed.id), configured, unread) for feed in feeds.all(conn)]
    show(rows, _COLUMNS, as_json=as_json, empty="No feeds; `monitor feeds add` adds one.", note="error")


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Address of the feed.")],
    *,
    feed_id: Annotated[str, typer.Option("--id", help="Short name, unique: small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="Name for people; else the id.")] = "",
    publisher: Annotated[str, typer.Option(help="Who publishes it; else the name.")] = "",
    group: Annotated[str, typer.Option(help="Heading under which lists show it.")] = "other",
    country: Annotated[str, typer.Option(help="Country of the publisher, such as KR.")] = "",
    language: Annotated[str, typer.Option(help="Language, such as en.")] = "",
    grade: Annotated[str, typer.Option(help="Admiralty grade of the source, A to F.")] = "F",
    full_text: Annotated[
        bool,
        typer.Option("--full-text", help="It gives summaries: read the pages of articles that could matter."),
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Add a feed to those of the config; its first poll is the baseline, which sends nothing."""
    settings = read_config(config)
    values = {
        "id": feed_id,
        "url": url,
        "name": name or feed_id,
        "publisher": publisher or name or feed_id,
        "group": group,
        "country": country,
        "language": language,
        "grade": grade,
        "full_text": full_text,
    }
    feed = entry(FeedEntry, values).feed(settings.poll.interval)
    with open_database(settings, now=utc_now()) as database, database.write() as conn:
        if other := next((each for each in feeds.all(conn) if place(each.url) == place(url)), None):
            raise UsageError(f"feed '{other.id}' has this address already")
        feeds.add(conn, feed, now=utc_now())
        record(conn, what="add", thing=f"feed {feed_id}", comment=url, now=utc_now())
    typer.echo(f"Added {feed_id}.")


@app.command(name="import")
def import_feeds(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="An OPML file; - for stdin.")],
    *,
    grade: Annotated[str, typer.Option(help="Admiralty grade of these sources, A to F.")] = "F",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be added.")] = False,
    config: ConfigFile = None,
) -> None:
    """Add the feeds of an OPML file; those whose address is known already stay as they are."""
    settings = read_config(config)
    with opened(file) as text:
        outlines = opml.read(text.read())
    now = utc_now()
    with open_database(settings, now=now) as database, database.write() as conn:
        known = feeds.all(conn)
        addresses, ids = {feed.url for feed in known}, {feed.id for feed in known}
        new = [outline for outline in outlines if outline.url not in addresses]
        for outline in new:
            name = opml.name_for(outline.title, ids)
            ids.add(name)
            values = {
                "id": name,
                "url": outline.url,
                "name": outline.title,
                "publisher": outline.title,
                "group": outline.group,
                "grade": grade,
            }
            feed = entry(FeedEntry, values).feed(settings.poll.interval)
            typer.echo(f"{name}  {shown(outline.url)}")
            if not dry_run:
                feeds.add(conn, feed, now=now)
                record(conn, what="add", thing=f"feed {name}", comment=outline.url, now=now)
    done = "would be added" if dry_run else "added"
    typer.echo(f"{counted(len(new), 'feed')} {done}, {len(outlines) - len(new)} known already.")


@app.command(name="export")
def export_feeds(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Else stdout.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write every feed as OPML."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.read() as conn:
        text = opml.write(feeds.all(conn), now=now)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from error


@app.command()
def remove(
    feed_id: Annotated[str, typer.Argument(metavar="ID", help="The feed's id.")], config: ConfigFile = None
) -> None:
    """Forget a feed that a command added; its articles and alerts stay."""
    with open_database(read_config(config), now=utc_now()) as database, database.write() as conn:
        feeds.remove(conn, feed_id)
        record(conn, what="remove", thing=f"feed {feed_id}", now=utc_now())
    typer.echo(f"Removed {feed_id}.")


@app.command()
def check(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these.")] = None,
    config: ConfigFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Ask every feed now, and say how each fares; what comes in is kept. 1 when one failed."""
    states = asyncio.run(_poll(read_config(config), ids or []))
    rows = [{"id": feed.id, "url": feed.url, **_health(state)} for feed, state in states]
    show(rows, ("id", "ok", "url"), as_json=as_json, empty="No feeds.", note="error")
    if not all(row["ok"] for row in rows):
        raise typer.Exit(1)


async def _poll(config: Config, ids: list[str]) -> list[tuple[Feed, FeedState]]:
    from monitor.app import App  # noqa: PLC0415 - loads all there is, which the lists need not

    async with App.open(config) as service:
        database = service.parts.database
        with database.read() as conn:
            known = {feed.id: feed for feed in feeds.all(conn)}
            states = feeds.states(conn)
        for unknown in set(ids) - set(known):
            raise UsageError(f"there is no feed '{unknown}'; `monitor feeds list` shows those there are")
        chosen = [known[each] for each in ids] or [
            feed for feed in known.values() if not _state(states, feed).paused
        ]
        await service.poll_these([(feed, _state(states, feed)) for feed in chosen])
        with database.read() as conn:
            after = feeds.states(conn)
    return [(feed, _state(after, feed)) for feed in chosen]


def _state(states: Mapping[str, FeedState], feed: Feed) -> FeedState:
    return states.get(feed.id, FeedState(feed=feed.id))


def _health(state: FeedState) -> dict[str, Any]:
    return {"ok": state.failures == 0, "moved_to": state.moved_to, "error": state.error}


def _row(
    feed: Feed, state: FeedState | None, configured: frozenset[str], unread: Mapping[str, list[str]]
) -> Mapping[str, Any]:
    state = state or FeedState(feed=feed.id)
    whys = unread.get(feed.id, [])
    pages = [f"{counted(len(whys), 'page')} unread within a day, the last: {whys[0]}"] if whys else []
    return {
        **asdict(feed),
        **{key: value for key, value in asdict(state).items() if key not in {"feed", "identity"}},
        "identity": state.identity.value,
        "error": "; ".join([*filter(None, [state.error]), *pages]) or None,
        "from_config": feed.id in configured,
        "state": _word(state, utc_now()),
    }


def _word(state: FeedState, now: dt.datetime) -> str:
    """How the feed fares, in a word."""
    if state.paused:
        return "paused"
    if state.failures:
        return f"failed {state.failures}x"
    if state.last_polled is None:
        return "new"
    return "due" if state.next_due is None or state.next_due <= now else "ok"
