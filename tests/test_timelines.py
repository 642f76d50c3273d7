"""The shipped rules over time hold on their own timelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import timelines
from monitor.extraction.extractor import Extractor
from monitor.matching.load import load_pack
from monitor.matching.overtime.rule import OverTime

PACK = load_pack([Path(__file__).parents[1] / "rules"])

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]


@pytest.mark.parametrize("rule", PACK.over_time, ids=lambda rule: rule.id)
def test_it_holds_on_its_timelines(rule: OverTime) -> None:
    reader = Extractor(PACK.vocabulary, PACK.needs, gated=False)
    outcomes = timelines.run([rule], PACK.rules, reader)
    assert len(outcomes) >= 3
    assert [f"{each.where}: {each.wrong}" for each in outcomes if each.wrong] == []
