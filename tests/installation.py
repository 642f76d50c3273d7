"""One installation on PostgreSQL as tests run it: a database, feeds, and processes that share the work."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from feedserver import FeedServer
from sqlalchemy import text

from monitor.storage import Database, alerts, deliveries, feeds, matches
from monitor.storage.query import AlertQuery

TESTS = Path(__file__).parent
FEEDS = [f"feed-{letter}" for letter in "abcdef"]
LOOPBACK = "127.0.0.1/32"
PATIENCE = 90.0  # seconds, on a machine that is busy with other tests


@dataclass
class Site:
    """One installation: a database, feeds, and the processes that work on it."""

    url: str
    folder: Path
    server: FeedServer
    theirs: str = ""  # the URL by which the processes reach the database, where it is another
    allowed: str = LOOPBACK  # where the feeds are
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        (self.folder / "config.json").write_text(json.dumps(self._config()), encoding="utf-8")
        for name in FEEDS:
            self.server.publish(name, [("old", "Nothing of note", dt.datetime.now(dt.UTC))])

    def _config(self) -> dict[str, object]:
        listed = [
            {"id": name, "url": self.server.url(name), "name": name, "publisher": name, "interval": "1s"}
            for name in FEEDS
        ]
        return {
            "storage": {"url": self.theirs or self.url},
            "poll": {"allow_networks": [self.allowed]},
            "scheduler": {"tick": 0.1},
            "workers": {"stalled_after": "2s"},
            "delivery": {"lease": "3s", "timeout": "2s"},
            "subscriptions": [{"id": "desk", "channel": "console"}],
            "feeds": listed,
        }

    def start(self, mode: str, *, within: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """A process as `monitor run` or `monitor worker`; `within` is the command that starts it elsewhere."""
        words = [*within, sys.executable, str(TESTS / "workers.py"), mode]
        files = [str(self.folder / "config.json"), str(self.folder / "sent")]
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        with self.log(len(self.started)).open("wb") as log:
            child = subprocess.Popen(
                [*words, *files], env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=subprocess.STDOUT
            )
        self.started.append(child)
        return child

    def log(self, number: int) -> Path:
        return self.folder / f"log-{number}"

    def said(self, number: int) -> str:
        return self.log(number).read_text(encoding="utf-8")

    def publish(self, words: tuple[str, ...]) -> None:
        """Put up reports of these events in every feed, each feed in another order."""
        now = dt.datetime.now(dt.UTC)
        for at, name in enumerate(FEEDS):
            items = [(f"{name} {word}", f"{word} fired", now) for word in words[at:] + words[:at]]
            self.server.publish(name, items)

    def past_the_baseline(self) -> bool:
        with self.database.read() as conn:
            return sum(bool(state.first_polled) for state in feeds.states(conn).values()) == len(FEEDS)

    def reports(self) -> int:
        """How many articles are told of in alerts."""
        with self.database.read() as conn:
            return sum(len(alert.reports) for alert in alerts.search(conn, AlertQuery(limit=None)))

    def done(self, words: tuple[str, ...]) -> bool:
        with self.database.read() as conn:
            waiting = [str(each.state) for each in deliveries.listed(conn)]
        return self.reports() == len(words) * len(FEEDS) and waiting == ["sent"] * len(words)

    def state(self) -> str:
        """What waits, the jobs, and what the server's sessions do: for a test that failed."""
        asked = {
            "waiting": "SELECT title, fetched FROM articles WHERE analysed IS NULL",
            "deliveries": "SELECT state, count(*) FROM deliveries GROUP BY state",
            "jobs": "SELECT id, queue_name, status, lock, worker_id, attempts, args FROM procrastinate_jobs",
            "workers": "SELECT id, last_heartbeat, now() FROM procrastinate_workers",
            "sessions": "SELECT pid, state, wait_event, xact_start, query, pg_blocking_pids(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        }
        with self.database.read() as conn:
            told = {name: conn.execute(text(query)).all() for name, query in asked.items()}
        return "\n".join(f"{name}: {row}" for name, rows in told.items() for row in rows)

    def stop(self, child: subprocess.Popen[bytes]) -> int:
        child.send_signal(signal.SIGTERM)
        return child.wait(timeout=PATIENCE)

    def outcome(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """Matches by article and rule, alerts by event with their number of reports, messages by event."""
        with self.database.read() as conn:
            history = alerts.search(conn, AlertQuery(limit=None))
            told = [report for alert in history for report in alert.reports]
            found = [(each, matches.for_article(conn, each.article)) for each in told]
            names = {alert.id: f"{alert.date} {len(alert.reports)}" for alert in history}
        held = Counter(f"{each.title} {each.publisher} {m.rule}" for each, v in found for m in v.matches)
        lines = (self.folder / "sent").read_text(encoding="utf-8").splitlines()
        return held, Counter(names.values()), Counter(names[line.split()[1]] for line in lines)


@contextmanager
def site(
    url: str, folder: Path, server: FeedServer, *, theirs: str = "", allowed: str = LOOPBACK
) -> Iterator[Site]:
    """An installation; what it started is ended, each process by its id."""
    folder.mkdir()
    running = Site(url, folder, server, theirs, allowed)
    try:
        yield running
    finally:
        for child in running.started:
            if child.poll() is None:
                child.kill()
                child.wait()
        running.database.close()


def wait_for(true: Callable[[], bool], *, otherwise: Callable[[], str] = lambda: "") -> None:
    """Until it is true; where it does not come, the failure says what `otherwise` tells of the state."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"it did not come {otherwise()}"
        time.sleep(0.05)
