"""`monitor poll`: one round now."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from monitor.app import App, Round
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import complain, counted, to_json
from monitor.config import Config
from monitor.errors import UsageError
from monitor.model import Feed, FeedState
from monitor.storage import feeds

app = typer.Typer(add_completion=False)


@app.command()
def poll(
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Only these feeds, due or not.")
    ] = None,
    config: ConfigFile = None,
    *,
    as_json: Json = False,
) -> None:
    """One round now: poll what is due, analyse, deliver; then exit. 1 when a feed failed."""
    done, errors = asyncio.run(_round(read_config(config), urls or [], as_json=as_json))
    if as_json:
        typer.echo(to_json({**asdict(done), "errors": errors}))
    else:
        for feed, error in errors.items():
            complain(f"{feed}: {error}")
        typer.echo(_said(done))
    if done.polled.failed:
        raise typer.Exit(1)


async def _round(config: Config, urls: list[str], *, as_json: bool) -> tuple[Round, dict[str, str]]:
    """What was done, and what each feed that failed at it says."""
    console = Console(stderr=as_json)  # alerts of the console channel may not get in between
    async with App.open(config, console=console) as service:
        start = service.clock()
        if not urls:
            return await service.round(), _errors(service, start)
        named = _named(service, urls)
        polled = await service.poll_these(named)
        await service.read_pages(of=[feed.id for feed, _ in named])
        done = Round(polled=polled, analysed=await service.analyse(), delivered=await service.deliver())
        return done, _errors(service, start)


def _errors(service: App, since: dt.datetime) -> dict[str, str]:
    with service.parts.database.read() as conn:
        states = feeds.states(conn).values()
    failed = [each for each in states if each.failures and each.last_polled and each.last_polled >= since]
    return {each.feed: each.error or "failed" for each in failed}


def _named(service: App, urls: list[str]) -> list[tuple[Feed, FeedState]]:
    """The feeds of these addresses or ids, with what we know of them."""
    with service.parts.database.read() as conn:
        listed = {word: feed for feed in feeds.all(conn) for word in (feed.id, feed.url)}
        states = feeds.states(conn)
    for url in urls:
        if url not in listed:
            raise UsageError(f"no feed has the address {url}; `monitor feeds add` makes it one")
    chosen = dict.fromkeys(listed[url] for url in urls)
    return [(feed, states.get(feed.id, FeedState(feed=feed.id))) for feed in chosen]


def _said(done: Round) -> str:
    polled, analysed, delivered = done.polled, done.analysed, done.delivered
    return (
        f"{counted(polled.feeds, 'feed')} polled, {polled.failed} failed; "
        f"{counted(polled.articles, 'new article')}, {analysed.articles} analysed; "
        f"{counted(analysed.alerts, 'alert')} opened or amended; "
        f"{counted(delivered.sent, 'message')} sent, {delivered.failed} to be tried again, "
        f"{delivered.dead} given up."
    )
