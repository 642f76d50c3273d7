from __future__ import annotations

import datetime as dt
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from monitor.demo.loopback import serve
from monitor.demo.sample import START, load_week
from monitor.demo.server import feed_app


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def base(clock: Clock) -> Iterator[str]:
    with serve(feed_app(load_week(), clock)) as url:
        yield url


def get(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, {k.lower(): v for k, v in error.headers.items()}


def test_a_known_etag_is_answered_with_304_until_the_feed_changes(base: str, clock: Clock) -> None:
    status, headers = get(f"{base}/feeds/wire-a")
    assert status == 200
    assert get(f"{base}/feeds/wire-a", If_None_Match=headers["etag"])[0] == 304
    clock.now += dt.timedelta(hours=12)
    assert get(f"{base}/feeds/wire-a", If_None_Match=headers["etag"])[0] == 200


def test_an_outage_answers_503_with_a_time_to_come_back(base: str, clock: Clock) -> None:
    feed = next(feed for feed in load_week() if feed.outage)
    assert feed.outage
    clock.now = feed.outage[0]
    status, headers = get(f"{base}/feeds/{feed.id}")
    assert (status, headers["retry-after"]) == (503, "1800")
    clock.now = feed.outage[1]
    assert get(f"{base}/feeds/{feed.id}")[0] == 200


def test_an_unknown_feed_is_404(base: str) -> None:
    assert get(f"{base}/feeds/nobody")[0] == 404
