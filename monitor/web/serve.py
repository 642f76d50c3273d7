"""The web server beside the service, in the same loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

import structlog
import uvicorn
from starlette.applications import Starlette

from monitor.web.site import Site

log = structlog.get_logger()
_GRACE = 1  # seconds for requests in hand when the service stops: a client may take its time on purpose


class _Server(uvicorn.Server):
    """Leaves signals to the service that it runs beside."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: the service stops the server."""
        yield


@contextlib.asynccontextmanager
async def serving(
    app: Starlette, *, host: str, port: int, proxies: Sequence[str] = ()
) -> AsyncIterator[str | None]:
    """Serve until the block ends; gives the address, or None where the port cannot be had.

    `proxies` are the networks of those who are believed when they say for whom they ask.

    The watch goes on without pages: a launch counts more than a look at the board.
    """
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            forwarded_allow_ips=list(proxies),
            timeout_graceful_shutdown=_GRACE,
        )
    )
    task = asyncio.create_task(_run(server))
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells of its start by this flag
        await asyncio.sleep(0.01)
    try:
        yield None if task.done() else f"http://{_shown(host)}:{_port(server, port)}"
    finally:
        site = app.state.site
        assert isinstance(site, Site)
        site.closing.set()  # the server waits for the streams to end
        server.should_exit = True
        await task


async def _run(server: _Server) -> None:
    try:
        await server.serve()
    except SystemExit:  # uvicorn's answer to a port that is taken
        log.error("web.not_served", host=server.config.host, port=server.config.port)  # noqa: TRY400 - its words are logged


def _port(server: uvicorn.Server, asked: int) -> int:
    """The port that is listened on: another one than asked for where that was 0."""
    sockets = [each for listener in server.servers for each in listener.sockets]
    return int(sockets[0].getsockname()[1]) if sockets else asked


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
