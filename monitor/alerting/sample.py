"""A made-up alert, to try a channel with."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

from monitor.model import Alert, Level, Report, Span, Status, Subscription, Timing

_SENTENCE = "This is a test of Bongsu: nothing happened, and no rule matched."


def sample_alert(now: dt.datetime) -> Alert:
    """An alert that says it is a test; another each second, so that no receiver takes it for a repeat."""
    span = Span(field="text", start=0, end=len(_SENTENCE), text=_SENTENCE)
    report = Report(
        article="test",
        publisher="Bongsu",
        grade="F",
        url="",
        title="Test message",
        published=now,
        fetched=now,
        sentence=span,
        evidence=(),
        rules=("test",),
    )
    return Alert(
        id=hashlib.sha256(f"test\x1f{now.isoformat(timespec='seconds')}".encode()).hexdigest()[:16],
        keys=frozenset(),
        rules=("test",),
        titles=("Test message",),
        level=Level.INFORMATIONAL,
        status=Status.HYPOTHETICAL,
        actors=(),
        action="be-ignored",  # with the status, the headline says "this test may be ignored"
        objects=("this-test",),
        recipients=(),
        places=(),
        date=None,
        count=None,
        opened=now,
        updated=now,
        reports=(report,),
    )


def open_to_all(subscription: Subscription) -> Subscription:
    """The subscription without its filters: a test must arrive."""
    return replace(
        subscription,
        rules=frozenset(),
        muted=frozenset(),
        min_level=Level.INFORMATIONAL,
        actors=frozenset(),
        places=frozenset(),
        text="",
        tags=frozenset(),
        min_grade="F",
        timing=Timing(),
        confirmed=True,
        paused=False,
    )
