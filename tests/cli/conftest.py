from __future__ import annotations

from pathlib import Path

import pytest
from commands import Monitor, run


@pytest.fixture
def monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monitor:
    """The command line, in a folder of its own, without a config in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    return run
