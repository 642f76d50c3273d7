"""`monitor slack`: listens to the Slack app of one channel of the config, and answers."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Mapping

import structlog
from slack_sdk.socket_mode.request import SocketModeRequest

from monitor.alerting.channels.slack import escaped
from monitor.app import web_client
from monitor.config import Config, Slack
from monitor.errors import MonitorError, UsageError
from monitor.history import open_database, utc_now
from monitor.http import Client
from monitor.matching.load import Pack
from monitor.slackapp.asked import Press, asked
from monitor.slackapp.doing import Desk
from monitor.slackapp.session import Session, Waits

log = structlog.get_logger()

_LINES, _LONGEST = 30, 400  # of an answer
_JSON = {"content-type": "application/json; charset=utf-8"}


async def serve(
    config: Config,
    channel: str,
    stop: asyncio.Event,
    *,
    clock: Callable[[], dt.datetime] = utc_now,
    draw: Callable[[], float] = random.random,
    waits: Waits | None = None,
    pack: Callable[[], Pack] | None = None,
) -> None:
    """Answer until `stop` is set. SocketModeOffError where Slack refuses the app for good.

    `draw` (0 to 1) spreads new connections, `pack` gives the rules in place of those of the config.
    """
    settings = slack_of(config, channel)
    with open_database(config, now=clock()) as database:
        async with web_client(config) as client:
            desk = Desk(config=config, channel=channel, database=database, clock=clock, pack=pack)
            mouth = _Mouth(client, settings, desk)
            session = Session(
                client,
                url=_method(settings, "apps.connections.open"),
                token=settings.app_token.get_secret_value(),
                handle=mouth.handle,
                late=mouth.answer,
                random=draw,
                waits=waits,
            )
            running = asyncio.create_task(session.run())
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                if not running.done():
                    running.cancel()
                done, _ = await asyncio.wait({running})
                await mouth.finish()
            for task in done:
                if not task.cancelled():
                    task.result()


def slack_of(config: Config, channel: str) -> Slack:
    """The channel's settings; UsageError where it is none of an app."""
    settings = config.channels.get(channel)
    if not isinstance(settings, Slack) or not settings.app_token.get_secret_value():
        apps = ", ".join(apps_of(config)) or "none"
        raise UsageError(
            f"[channels.{channel}] is no Slack channel with an app_token; of these there are: {apps}"
        )
    return settings


def apps_of(config: Config) -> list[str]:
    """The channels that have an app."""
    return [
        name
        for name, each in config.channels.items()
        if isinstance(each, Slack) and each.app_token.get_secret_value()
    ]


class _Mouth:
    """Speaks to Slack: to whoever asked, and to the others in the alert's thread."""

    def __init__(self, client: Client, settings: Slack, desk: Desk) -> None:
        self._client = client
        self._settings = settings
        self._desk = desk
        self._notes: set[asyncio.Task[None]] = set()

    async def handle(self, request: SocketModeRequest) -> str:
        """Do what the envelope asks; the answer, "" where there is none to give."""
        wish = asked(request.type, request.payload)
        if wish is None:
            return ""
        done = await asyncio.to_thread(self._desk.do, wish)
        log.info("slack.asked", user=wish.asker.user, answer=done.answer[:100])
        if done.note and isinstance(wish, Press) and wish.thread:
            note = asyncio.create_task(self._tell_all(wish, done.note))
            self._notes.add(note)
            note.add_done_callback(self._notes.discard)
        return _text(done.answer)

    async def answer(self, request: SocketModeRequest, text: str) -> None:
        """To whoever asked, alone, by the address that came with the question."""
        wish = asked(request.type, request.payload)
        if wish is not None and wish.answer_to:
            said = {"response_type": "ephemeral", "replace_original": False, "text": text}
            await self._post(wish.answer_to, said, headers=_JSON)

    async def finish(self) -> None:
        """Wait until all that is being said is said."""
        await asyncio.gather(*self._notes)

    async def _tell_all(self, press: Press, note: str) -> None:
        said = {"channel": press.room, "thread_ts": press.thread, "text": _text(note), "parse": "none"}
        headers = {**_JSON, "authorization": f"Bearer {self._settings.token.get_secret_value()}"}
        await self._post(self._settings.api_url, said, headers=headers)

    async def _post(self, url: str, said: Mapping[str, object], *, headers: Mapping[str, str]) -> None:
        """What is done is done: a word that Slack does not take is only noted."""
        try:
            answer = await self._client.post(url, content=json.dumps(said).encode(), headers=headers)
        except MonitorError as error:
            log.warning("slack.unsaid", error=str(error))
            return
        if answer.status != 200 or b'"ok":false' in answer.body.replace(b" ", b""):  # noqa: PLR2004 - HTTP's own
            log.warning("slack.unsaid", status=answer.status)


def _method(settings: Slack, name: str) -> str:
    return f"{settings.api_url.rpartition('/')[0]}/{name}"


def _text(said: str) -> str:
    """Line by line, so that nothing in it formats, links or mentions."""
    return "\n".join(escaped(line, _LONGEST) for line in said.splitlines()[:_LINES])
