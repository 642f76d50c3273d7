from __future__ import annotations

import subprocess
import sys

import pytest
from commands import Monitor

from monitor import __version__
from monitor.cli.root import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(monitor: Monitor, command: str) -> None:
    answer = monitor(command, "--help")
    assert answer.status == 0
    assert "Usage" in answer.out


def test_help_names_every_command(monitor: Monitor) -> None:
    answer = monitor("--help")
    assert all(command in answer.out for command in COMMANDS)


def test_the_version(monitor: Monitor) -> None:
    assert monitor("--version").out == f"bongsu {__version__}\n"


def test_an_unknown_command_is_wrong_usage(monitor: Monitor) -> None:
    answer = monitor("alrets")
    assert answer.status == 2
    assert "alerts" in answer.err


def test_without_a_config_the_person_is_told_how_to_get_one(monitor: Monitor) -> None:
    answer = monitor("run")
    assert answer.status == 2
    assert "`monitor init` writes one" in answer.err


def test_a_database_that_cannot_be_reached_is_an_outside_failure(monitor: Monitor) -> None:
    with open("config.toml", "w", encoding="utf-8") as file:  # noqa: PTH123 - the folder is the test's own
        file.write('[storage]\nurl = "postgresql://nobody:hush@127.0.0.1:1/none"\n')
    answer = monitor("alerts", "list")
    assert answer.status == 3
    assert "Traceback" not in answer.err
    assert "hush" not in answer.err


def test_matching_loads_no_database_and_no_network() -> None:
    """Start-up of `monitor match` counts at every call."""
    program = (
        "import sys; from monitor.cli.root import COMMANDS; import importlib;"
        "importlib.import_module(COMMANDS['match']);"
        "print([name for name in ('sqlalchemy', 'feedparser', 'apscheduler', 'monitor.http') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
