"""`monitor slack`: the buttons and the slash command of a Slack app."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from monitor.cli.options import ConfigFile, read_config
from monitor.config import Config
from monitor.errors import UsageError
from monitor.slackapp.serve import apps_of, serve, slack_of

app = typer.Typer(add_completion=False)


@app.command()
def slack(
    *,
    channel: Annotated[
        str, typer.Option(metavar="NAME", help="The channel of the config, where several have an app.")
    ] = "",
    config: ConfigFile = None,
) -> None:
    """Answer the buttons under alerts in Slack and the slash command, until told to stop."""
    settings = read_config(config)
    asyncio.run(_serve(settings, channel or _only(settings)))


def _only(settings: Config) -> str:
    apps = apps_of(settings)
    if not apps:
        raise UsageError("no channel of the config is a Slack app: give one of kind slack its app_token")
    if len(apps) > 1:
        raise UsageError(f"several channels have an app: {', '.join(apps)}; say which by --channel")
    return apps[0]


async def _serve(settings: Config, channel: str) -> None:
    slack_of(settings, channel)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    typer.echo(f"Listening to the Slack app of {channel}; Ctrl-C stops.", err=True)
    await serve(settings, channel, stop)
