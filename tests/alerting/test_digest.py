"""Several alerts in one message."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from builders import NOW, alert, message
from rich.console import Console

from monitor.alerting.channels.console import ConsoleChannel
from monitor.alerting.channels.email import compose as mail
from monitor.alerting.channels.settings import ConsoleSettings, EmailSettings
from monitor.alerting.channels.slack import compose as slack
from monitor.alerting.digest import digest, latest
from monitor.alerting.render import html, plain_text
from monitor.model import Digest, Held, Level, Message, Timing

DUE = NOW + dt.timedelta(hours=1)
BATCH = f"desk@{DUE.isoformat()}"
SEOUL = Timing(zone="Asia/Seoul")
SMTP = EmailSettings(host="localhost", port=25, sender="b@example.org")


def held(number: int, level: Level = Level.HIGH, *, revision: int = 1) -> Message:
    told = alert(id=f"{number:016x}", level=level, revision=revision)
    return message(told, alert=told.id, revision=revision, batch=BATCH, held=Held.QUIET_HOURS, created=NOW)


def many(count: int) -> Digest:
    return digest([held(number) for number in range(count)], timing=SEOUL)


def test_the_gravest_alert_comes_first_and_the_head_counts_them() -> None:
    found = digest([held(1), held(2, Level.CRITICAL), held(3, Level.LOW)], timing=SEOUL)
    assert [each.alert.level for each in found.messages] == [Level.CRITICAL, Level.HIGH, Level.LOW]
    assert found.headline == "DIGEST · 3 alerts: 1 critical, 1 high, 1 low · 12 Mar 09:00 KST"
    assert found.standing_line == "held for your quiet hours · the oldest since 12 Mar 08:00 KST"


def test_an_alert_with_two_revisions_stands_in_it_once() -> None:
    chosen = latest([held(1, revision=2).delivery, held(1).delivery, held(2).delivery])
    assert [(each.alert[-1], each.revision) for each in chosen] == [("1", 2), ("2", 1)]


def test_every_attempt_has_the_same_id() -> None:
    assert many(2).id == digest([held(7), held(8)], timing=Timing()).id


@pytest.mark.parametrize("count", [2, 300])
def test_a_digest_fits_every_channel(count: int) -> None:
    found = many(count)
    payload = slack(found)
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks) <= 50
    assert len(json.dumps(blocks)) < 13_200 * 2
    letter = mail(found, SMTP, now=DUE)
    assert letter["Message-ID"] == f"<{found.id}@example.org>"
    assert letter["Subject"] == found.headline
    assert len(html(found)) < 1_000_000


def test_what_is_not_shown_is_counted() -> None:
    assert "And 200 more: monitor alerts list" in plain_text(many(300))
    assert "and 286 more" in json.dumps(slack(many(300)))


async def test_the_terminal_shows_each_alert_of_it() -> None:
    paper = io.StringIO()
    channel = ConsoleChannel(ConsoleSettings(), console=Console(file=paper, width=100))
    await channel.send(many(2), now=DUE)
    assert paper.getvalue().count("alert 000000000000000") == 2
    assert "DIGEST" in paper.getvalue()


def test_nothing_from_outside_becomes_markup() -> None:
    evil = alert(titles=("<script>x</script>",))
    told = message(evil, batch=BATCH, held=Held.DIGEST)
    assert "<script>" not in html(digest([told, held(2)], timing=SEOUL))
