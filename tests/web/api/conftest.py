from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from apiworld import World, open_world


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """On SQLite and on PostgreSQL."""
    async with open_world(tmp_path, url=database_url) as opened:
        yield opened
