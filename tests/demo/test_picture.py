from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from monitor.demo.picture import draw


@pytest.mark.model
@pytest.mark.xdist_group("demo")
def test_the_picture_shows_alerts_near_misses_and_deliveries(tmp_path: Path) -> None:
    path = tmp_path / "demo.svg"
    draw(path)
    shown = "".join(ET.parse(path).getroot().itertext()).replace("\N{NO-BREAK SPACE}", " ")
    for said in ("monitor demo --exit", " HIGH ", "rule ", "Not alerted", "hypothetical", "webhook"):
        assert said in shown
