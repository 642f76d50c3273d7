from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from builders import NOW
from slackdesk import ALERT, Desk, config, connection_of, served
from slackserver import SlackServer, slack_server

from monitor.history import open_database
from monitor.storage import alerts


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as running:
        yield running


@pytest.fixture
async def desk(tmp_path: Path, slack: SlackServer) -> AsyncIterator[Desk]:
    settings = config(tmp_path, slack)
    with open_database(settings, now=NOW) as database:
        with database.write() as conn:
            alerts.save(conn, ALERT)
        async with served(settings) as running:
            yield Desk(slack, await connection_of(slack), database)
        running.result()
