"""When tokens were last used: noted in memory, for a GET writes nothing, and stored now and then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from monitor.errors import StorageError
from monitor.storage import tokens
from monitor.web.site import Site

log = structlog.get_logger()
_EVERY = 60.0  # seconds


@contextlib.asynccontextmanager
async def kept(site: Site) -> AsyncIterator[None]:
    """Store the use of tokens every minute, and once more at the end."""
    task = asyncio.create_task(_keep(site))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        store(site)


def store(site: Site) -> None:
    """Store what was noted; what cannot be stored now is noted still."""
    when = dict(site.token_use)
    if not when:
        return
    try:
        with site.app.parts.database.write() as conn:
            tokens.used(conn, when)
    except StorageError as error:
        log.warning("tokens.use_not_stored", error=str(error))
        return
    for name, moment in when.items():
        if site.token_use.get(name) == moment:
            del site.token_use[name]


async def _keep(site: Site) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        await asyncio.to_thread(store, site)
