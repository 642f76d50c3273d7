"""Killed at any moment and started again, the service loses nothing and tells nobody twice under two names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from builders import article, subscription
from crash import START, WORDS

from monitor.model import DeliveryState
from monitor.storage import Database, alerts, articles, deliveries, matches, setbacks, subscriptions
from monitor.storage.query import AlertQuery

TESTS = Path(__file__).parent
KILLS = 12


def fill(url: str) -> Database:
    """Two feeds that tell of every event, and one subscription."""
    database = Database(url)
    database.upgrade()
    with database.write() as conn:
        subscriptions.sync(conn, [subscription()])
        for at, feed in enumerate("ab"):
            told = [article(feed=feed, key=word, title=f"{word} fired", fetched=START) for word in WORDS]
            articles.add(conn, told[:: 1 - 2 * at])  # the second feed the other way round
    return database


def lives(url: str, sent: Path, *, seed: int) -> list[int]:
    """How each life ended: 0, or the signal that ended it."""
    words = [sys.executable, str(TESTS / "crash.py"), url, str(sent), str(seed), str(KILLS)]
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    done = subprocess.run(
        words,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=100,
    )
    return [os.waitstatus_to_exitcode(each) for each in json.loads(done.stdout)]


@pytest.mark.fault("CR02", "CR03", "CR04", "CR06", "CR13")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_service_killed_again_and_again_loses_nothing_and_repeats_only_under_one_id(
    empty_url: str, tmp_path: Path, seed: int
) -> None:
    database, sent = fill(empty_url), tmp_path / "sent"
    ended = lives(empty_url, sent, seed=seed)
    assert ended.count(-signal.SIGKILL) >= KILLS // 2  # late lives may find nothing left to die of
    assert set(ended) == {0, -signal.SIGKILL}
    assert ended[-1] == 0
    times: dict[str, int] = defaultdict(int)
    ids: dict[str, set[str]] = defaultdict(set)
    for line in sent.read_text().splitlines():
        delivery, alert = line.split()
        times[delivery] += 1
        ids[alert].add(delivery)
    with database.read() as conn:
        history = alerts.search(conn, AlertQuery(limit=None))
        outbox = {each.id: each for each in deliveries.listed(conn)}
        stored = [matches.for_article(conn, each.article) for alert in history for each in alert.reports]
        assert articles.pending(conn, limit=99) == []
        assert setbacks.set_aside(conn) == []
    database.close()
    assert len(history) == len(WORDS)
    assert [len(alert.reports) for alert in history] == [2] * len(WORDS)
    assert [len(verdict.matches) for verdict in stored] == [1] * 2 * len(WORDS)
    assert {alert.id for alert in history} == set(ids)
    assert [len(each) for each in ids.values()] == [1] * len(WORDS)
    assert {each.state for each in outbox.values()} == {DeliveryState.SENT}
    assert set(outbox) == set(times)
    assert all(outbox[delivery].repeated for delivery, count in times.items() if count > 1)
