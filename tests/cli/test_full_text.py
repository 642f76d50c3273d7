"""`monitor feeds add --full-text`: of a feed that gives summaries the pages of articles that could matter are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Monitor
from feedserver import FeedServer, feed_server

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]

CONFIG = '[poll]\nallow_networks = ["127.0.0.1/32"]\ninterval = "1s"\n'
TITLE = "North Korea could fire a missile soon, Seoul warns"
TOLD = "North Korea fired two ballistic missiles from Sunan toward the East Sea on Tuesday, Seoul said."


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.mark.parametrize("words", [["--full-text"], []])
def test_pages_are_read_where_the_feed_was_added_so(
    monitor: Monitor, server: FeedServer, words: list[str]
) -> None:
    Path("config.toml").write_text(CONFIG, encoding="utf-8")
    url = server.publish("wire", [])
    said = f"<h1>{TITLE}</h1><p>{TITLE}.</p><p>{TOLD}</p>"
    more = "<p>More of it follows here, in some detail.</p>" * 20
    server.pages["/shot"] = f"<html><body><article>{said}{more}</article>".encode()
    assert monitor("feeds", "add", url, "--id", "wire", *words).status == 0
    (row,) = monitor("feeds", "list", "--json").json
    assert row["full_text"] is bool(words)
    assert monitor("poll", url).status == 0
    now = dt.datetime.now(dt.UTC)
    server.publish("wire", [("shot", TITLE, now)], site=server.base)
    answer = monitor("poll", url)
    assert answer.status == 0, answer.err
    assert (("/shot", 200) in server.asked) is bool(words)
    told = monitor("alerts", "list", "--json").json
    assert [TOLD in str(each) for each in told] == [True] * len(words), answer.out + answer.err
