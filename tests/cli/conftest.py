from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from commands import Monitor, run


@pytest.fixture
def monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    """The command line, in a folder of its own, without a config in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    yield run
    structlog.reset_defaults()
