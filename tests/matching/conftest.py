from __future__ import annotations

from pathlib import Path

import pytest
from rulefolder import RuleFolder


@pytest.fixture
def folder(tmp_path: Path) -> RuleFolder:
    """A folder of one rule and the lists that it needs."""
    return RuleFolder(tmp_path / "rules")
