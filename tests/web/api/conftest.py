from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from apiworld import World, open_world

from monitor.storage import Database


@pytest.fixture
async def world(tmp_path: Path, database: Database) -> AsyncIterator[World]:
    """On SQLite and on PostgreSQL."""
    url = f"sqlite:///{database.path}" if database.path else database.conninfo
    async with open_world(tmp_path, url=url) as opened:
        yield opened
