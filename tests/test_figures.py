"""The figures of docs/reliability.md in short: the same harm, done less often."""

from __future__ import annotations

import pytest
import pytest_socket
from postgres import Postgres

from benchmarks.reliability import __main__ as command
from benchmarks.reliability import bombs, feeds, kills, mails, planted, rules, ssrf, standby, together
from benchmarks.reliability.figure import Figure, markdown


def ignore(done: int, of: int) -> None:
    """Nobody watches."""


def harm(*figures: Figure) -> dict[str, int]:
    """What happened that may not."""
    return {name: count for each in figures for name, count in each.harm.items() if count}


@pytest.mark.fault("CR01", "CR13")
def test_killed_at_random_moments_it_loses_nothing_and_tells_nothing_twice(empty_url: str) -> None:
    assert harm(kills.on(empty_url, 15, ignore)) == {}


@pytest.mark.fault("IN01")
def test_two_services_on_one_database_tell_each_event_once(empty_url: str) -> None:
    assert harm(together.on(empty_url, 60)) == {}


@pytest.mark.fault("IN01")
@pytest.mark.xdist_group("postgresql")
def test_an_instance_that_stands_by_tells_what_a_killed_or_frozen_one_did_not(postgres: Postgres) -> None:
    assert harm(*standby.measure(16, postgres, ignore)) == {}


@pytest.mark.fault("FP23")
def test_damaged_documents_are_parsed_or_refused_within_limits() -> None:
    assert harm(*feeds.measure(60, ignore)) == {}


@pytest.mark.fault("FP05", "HT01", "HT02", "HT05")
def test_bombs_take_neither_memory_nor_the_feeds_beside_them() -> None:
    some = ("gzip", "chain", "entities", "large-chunked")
    assert harm(*bombs.measure(ignore, some)) == {}


@pytest.mark.fault("SR01", "SR02", "SR05", "SR06", "SR08")
def test_no_address_that_is_not_public_is_reached_by_any_way() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2", "::1"], allow_unix_socket=True)
    assert harm(*ssrf.measure(ignore)) == {}


@pytest.mark.fault("LG02", "SL08", "CF02")
def test_no_planted_secret_is_shown_anywhere() -> None:
    (found,) = planted.measure(ignore, planted.COMMANDS[1:4])
    assert harm(found) == {}, found.note


@pytest.mark.fault("SU03", "WB04")
def test_forms_pester_nobody_and_a_get_changes_nothing() -> None:
    assert harm(*mails.measure(60, ignore)) == {}


def test_files_with_mistakes_do_not_hold_up_matching() -> None:
    assert harm(*rules.measure(rules.FILES[20:22], ignore)) == {}


def test_the_page_holds_the_figures_of_the_command() -> None:
    written = command.PAGE.read_text(encoding="utf-8").partition(command.HEAD)[2].partition(command.FOOT)[0]
    assert written.startswith(markdown([]))
    assert "not measured" not in written
