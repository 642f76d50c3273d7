from __future__ import annotations

import datetime as dt

from builders import NOW, delivery, subscription

from monitor.alerting.render import plain_text, render
from monitor.alerting.route import admits
from monitor.alerting.sample import open_to_all, sample_alert
from monitor.model import Level


def test_it_says_that_nothing_happened() -> None:
    text = plain_text(render(sample_alert(NOW), delivery(), names={}))
    assert "nothing happened" in text
    assert text.startswith("INFORMATIONAL · hypothetical · this test may be ignored · ")


def test_two_tests_are_no_repeat_of_one_another() -> None:
    assert sample_alert(NOW).id != sample_alert(NOW + dt.timedelta(seconds=1)).id


def test_a_test_passes_every_filter() -> None:
    narrow = subscription(
        rules=frozenset({"x"}), min_level=Level.CRITICAL, actors=frozenset({"y"}), text="z", paused=True
    )
    opened = open_to_all(narrow)
    assert not admits(narrow, sample_alert(NOW))
    assert admits(opened, sample_alert(NOW))
    assert not opened.paused
    assert (opened.id, opened.channel) == (narrow.id, narrow.channel)
