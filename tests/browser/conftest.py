"""One browser for all tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browsing import Unavailable
from browsing import browser as chromium
from playwright.async_api import Browser


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    try:
        async with chromium() as started:
            yield started
    except Unavailable as error:
        pytest.skip(str(error))  # on CI too, as `.ci/run` says
