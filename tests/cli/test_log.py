"""The log: one line for each record, whatever feeds and servers wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog
from logs import plain_log

from monitor.cli.output import log_to_stderr


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MONITOR_LOG", "debug")
    yield
    plain_log()


@pytest.mark.fault("LG01")
@pytest.mark.parametrize(
    "title",
    [
        "Ships\n2026-03-12 ERROR forged",
        "Ships\r\x1b[2J\x1b]0;x\x07 sail",
        "Ships\u2028\u202esail",
        "Ships" * 10**6,
    ],
    ids=["line", "terminal", "reversed", "long"],
)
def test_a_record_is_one_bounded_line_that_steers_no_terminal(
    title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr()
    structlog.get_logger().info("feed.polled", feed="a", error=title)
    said = capsys.readouterr().err
    (line,) = said.splitlines()
    assert json.loads(line)["error"].startswith("Ships")
    assert len(line) < 2000
    assert not {"\x1b", "\r", "\u2028", "\u202e"} & set(line)
