"""One Socket Mode session: connected for as long as it lasts, again and again.

Slack asks us to move every few hours (`disconnect`): the new connection is open before the old one ends, so that
nothing is lost between. What comes is answered within three seconds, or Slack tells the person that the app failed;
what takes longer is acknowledged first and answered later. Slack may hand us an envelope twice: each is done once.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from monitor.errors import FetchError, MonitorError, UsageError
from monitor.http import Client, Socket

log = structlog.get_logger()

_REMEMBERED = 1000  # envelopes
_GRACE = 5.0  # seconds for what is in hand at the end
_MOVING = 30.0  # seconds that an old connection may still bring something
Handler = Callable[[SocketModeRequest], Awaitable[str]]
Late = Callable[[SocketModeRequest, str], Awaitable[None]]


class SocketModeOffError(MonitorError):
    """Slack will not let us in, and trying again cannot help."""


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Seconds."""

    answer: float = 2.0  # for an answer, before the envelope is acknowledged without one: Slack waits for 3
    least: float = 1.0  # before the next try to connect
    most: float = 60.0


class Session:
    """Connects, listens, answers; `handle` gives the answer to an envelope, `late` brings one that came too late."""

    def __init__(
        self,
        client: Client,
        *,
        url: str,
        token: str,
        handle: Handler,
        late: Late,
        random: Callable[[], float],
        waits: Waits | None = None,
    ) -> None:
        self._client = client
        self._url = url
        self._token = token
        self._handle = handle
        self._late = late
        self._random = random
        self._waits = waits or Waits()
        self._known: OrderedDict[str, asyncio.Task[str]] = OrderedDict()
        self._at_work: set[asyncio.Task[None]] = set()
        self._failures = 0

    async def run(self) -> None:
        """Listen until cancelled; SocketModeOffError where Slack refuses for good."""
        try:
            while True:
                await self._connected()
                if self._failures:
                    await asyncio.sleep(self._patience())
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Give what is in hand a little time to end: it may be writing."""
        working = [task for task in self._known.values() if not task.done()]
        if working:
            await asyncio.wait(working, timeout=_GRACE)
        left = (*self._at_work, *working)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _connected(self) -> None:
        """One connection, until it ends or Slack asks us to move on."""
        moving = asyncio.Event()
        listening = asyncio.create_task(self._listen(moving))
        moved = asyncio.create_task(moving.wait())
        try:
            await asyncio.wait({listening, moved}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            raise
        finally:
            moved.cancel()
        if not listening.done():
            self._keep(asyncio.create_task(_ended(listening)))
            return
        self._failures += 1
        try:
            listening.result()
        except (SocketModeOffError, UsageError):
            raise
        except MonitorError as error:
            log.warning("slack.disconnected", error=str(error))

    async def _listen(self, moving: asyncio.Event) -> None:
        async with self._client.socket(await self._ticket()) as socket:
            async for text in socket.texts():
                said = _table(text)
                if said.get("type") == "hello":
                    self._failures = 0
                    log.info("slack.connected")
                elif said.get("type") == "disconnect":
                    log.info("slack.moves", reason=str(said.get("reason"))[:60])
                    if said.get("reason") == "link_disabled":
                        raise SocketModeOffError(
                            "Socket Mode is switched off in the settings of the Slack app"
                        )
                    moving.set()
                elif request := _request(said):
                    self._keep(asyncio.create_task(self._answer(socket, request)))

    async def _ticket(self) -> str:
        """The address to connect to, good for one connection."""
        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/x-www-form-urlencoded",
        }
        answer = await self._client.post(self._url, content=b"", headers=headers)
        said = _table(answer.body.decode("utf-8", "replace"))
        if said.get("ok") is True and isinstance(said.get("url"), str):
            return str(said["url"])
        error = str(said.get("error") or f"HTTP {answer.status}")[:60]
        if error in REFUSALS:
            raise SocketModeOffError(f"Slack refuses the app: {error}; {REFUSALS[error]}")
        raise FetchError(f"Slack gives no connection: {error}", url=self._url)

    async def _answer(self, socket: Socket, request: SocketModeRequest) -> None:
        """Acknowledge in time, with the answer where that is ready and Slack takes it; else bring it later."""
        work = self._work(request)
        await asyncio.wait({work}, timeout=self._waits.answer)
        ready = work.done() and request.accepts_response_payload
        payload = {"response_type": "ephemeral", "text": work.result()} if ready and work.result() else None
        acknowledged = SocketModeResponse(envelope_id=request.envelope_id, payload=payload)
        try:
            await socket.send(json.dumps(acknowledged.to_dict()))
        except FetchError as error:  # it is done all the same, and Slack may ask again
            log.warning("slack.unacknowledged", error=str(error))
            return
        if not ready and (text := await asyncio.shield(work)):
            with suppress(MonitorError):
                await self._late(request, text)

    def _work(self, request: SocketModeRequest) -> asyncio.Task[str]:
        """What is done about the envelope, the same however often it comes."""
        known = self._known.get(request.envelope_id)
        if known is None:
            known = asyncio.create_task(self._safely(request))
            self._known[request.envelope_id] = known
            if len(self._known) > _REMEMBERED and next(iter(self._known.values())).done():
                self._known.popitem(last=False)
        return known

    async def _safely(self, request: SocketModeRequest) -> str:
        try:
            return await self._handle(request)
        except Exception:  # one press that fails is to stop no other
            log.exception("slack.failed")
            return "This failed, by a fault of ours; whoever runs the app finds it in its log."

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Hold on to it until it ends: nobody else does."""
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    def _patience(self) -> float:
        most = min(self._waits.least * 2.0 ** min(self._failures - 1, 10), self._waits.most)
        return self._random() * most


# Answers of apps.connections.open that trying again cannot mend.
REFUSALS: Mapping[str, str] = {
    "account_inactive": "install the app again",
    "forbidden_team": "the workspace does not let the app in",
    "invalid_auth": "set app_token anew",
    "missing_scope": "give the app-level token the scope connections:write",
    "not_allowed_token_type": "app_token must be the app-level token, which begins with xapp-",
    "not_authed": "set app_token",
    "token_revoked": "set app_token anew",
}


async def _ended(listening: asyncio.Task[None]) -> None:
    """Let an old connection bring what it still has."""
    with suppress(MonitorError, TimeoutError):
        await asyncio.wait_for(listening, _MOVING)


def _request(said: Mapping[str, Any]) -> SocketModeRequest | None:
    return SocketModeRequest.from_dict(dict(said)) if isinstance(said.get("payload"), dict) else None


def _table(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
