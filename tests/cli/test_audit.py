"""Every change that a command makes is in the audit log, and nothing else is."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
from builders import NOW, alert, delivery
from commands import Monitor

from monitor import config
from monitor.history import open_database
from monitor.storage import alerts, deliveries

LAUNCH = alert()
OPML = '<opml version="2.0"><body><outline type="rss" text="Wire" xmlUrl="https://e.org/wire"/></body></opml>'
CHANGES = [  # the command, what it does, to what, and the note
    (f"alerts verdict {LAUNCH.id[:4]} false --by kim", "verdict", f"alert {LAUNCH.id}", "false, kim"),
    (f"alerts ack {LAUNCH.id[:4]} --by kim", "acknowledge", f"alert {LAUNCH.id}", "kim"),
    ("subscriptions add desk --channel console", "add", "subscription desk", "channel console"),
    ("subscriptions pause desk", "pause", "subscription desk", ""),
    ("subscriptions pause desk --resume", "resume", "subscription desk", ""),
    ("subscriptions remove desk", "remove", "subscription desk", ""),
    ("feeds add https://e.org/rss --id e", "add", "feed e", "https://e.org/rss"),
    ("feeds remove e", "remove", "feed e", ""),
    ("feeds import feeds.opml", "add", "feed wire", "https://e.org/wire"),
    ("tokens add bot --scope write", "add", "token bot", "scope write"),
    ("tokens revoke bot", "revoke", "token bot", ""),
    ("deliveries retry --all", "retry", "deliveries", "1"),
    ("db prune", "prune", "history", None),
]


@pytest.fixture(autouse=True)
def _filled(monitor: Monitor) -> None:
    del monitor
    Path("config.toml").write_text("")
    Path("feeds.opml").write_text(OPML)
    told = delivery()
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        alerts.save(conn, LAUNCH)
        deliveries.enqueue(conn, [told])
        deliveries.mark_dead(conn, told, error="no such address")


def test_every_change_is_logged_with_who_made_it(monitor: Monitor) -> None:
    for words, *_ in CHANGES:
        assert monitor(*words.split()).status == 0, words
    rows = monitor("audit", "list", "--json").json[::-1]
    assert [(row["what"], row["thing"]) for row in rows] == [(what, thing) for _, what, thing, _ in CHANGES]
    for row, (_, _, _, note) in zip(rows, CHANGES, strict=True):
        assert (row["who"], row["origin"]) == (getpass.getuser(), "command")
        assert note in {None, row["note"]}


def test_a_silence_is_logged_from_its_start_to_its_end(monitor: Monitor) -> None:
    words = ("silences", "add", "--reason", "drills", "--until", "2h", "--rule", "taiwan-coercion")
    assert monitor(*words, "--dry-run").status == 0
    assert monitor("audit", "list").out == "Nothing was changed.\n"
    assert monitor(*words).status == 0
    (silence,) = monitor("silences", "list", "--json").json
    assert monitor("silences", "remove", silence["id"]).status == 0
    ended, added = monitor("audit", "list", "--thing", "silence", "--json").json
    assert (added["what"], added["note"]) == ("add", "taiwan-coercion, up to high: drills")
    assert (ended["what"], ended["thing"]) == ("end", f"silence {silence['id']}")


@pytest.mark.parametrize(
    "words",
    ["alerts verdict ffff true", "subscriptions remove everyone", "feeds remove nope", "tokens revoke nope"],
)
def test_what_was_refused_is_not_logged(monitor: Monitor, words: str) -> None:
    assert monitor(*words.split()).status == 2
    assert monitor("audit", "list", "--json").json == []


def test_the_log_is_narrowed(monitor: Monitor) -> None:
    for words in ("tokens add one", "tokens add two", "feeds add https://e.org/rss --id e"):
        monitor(*words.split())
    assert [
        row["thing"] for row in monitor("audit", "list", "--thing", "token", "--limit", "1", "--json").json
    ] == ["token two"]
    assert monitor("audit", "list", "--who", "nobody-at-all", "--json").json == []
    assert monitor("audit", "list", "--until", "1h", "--json").json == []
    assert monitor("audit", "list", "--since", "soon").status == 2
