"""Whatever a person does wrong: a plain message that says what to do, and the exit status that scripts expect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Monitor

CONFIG = """\
[poll]
timeout = "5s"

[[feeds]]
id = "home"
url = "http://127.0.0.1:1/feed.xml"
name = "Home"
publisher = "Home"
"""
BROKEN = """\
[poll]
intervall = "10m"
per_host = 0

[[subscriptions]]
id = "desk"
channel = "mail"
"""


@pytest.fixture(autouse=True)
def folder(monitor: Monitor) -> Path:
    """A working folder with a good and a broken config."""
    del monitor
    Path("config.toml").write_text(CONFIG)
    Path("broken.toml").write_text(BROKEN)
    Path("noise.toml").write_bytes(b"\xff\xfe\x00")
    return Path()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("alerts list -c absent.toml", "cannot read the config file absent.toml: No such file or directory"),
        ("run -c .", "cannot read the config file .: Is a directory"),
        ("doctor -c noise.toml", "the file is not UTF-8 text"),
        ("alerts show ffff", "there is no alert ffff; `monitor alerts list` shows those there are"),
        (
            "alerts list --level top",
            "'top' is no level; there are informational, low, medium, high, critical",
        ),
        ("alerts list --since soon", "'soon' is no time; write 2026-03-12"),
        ("alerts export -o absent/out.json", "cannot write absent/out.json: No such file or directory"),
        ("match absent.jsonl", "cannot read absent.jsonl: No such file or directory"),
        ("eval absent.jsonl", "cannot read absent.jsonl: No such file or directory"),
        ("match .", "cannot read .: Is a directory"),
        ("rules test nope", "there is no rule 'nope'; `monitor rules list` shows those there are"),
        ("rules list --rules absent", "absent: no such folder of rules"),
        ("feeds add ftp://example.org/f --id f", "must be an address that starts with http:// or https://"),
        ("feeds add https://example.org/f --id F_1", "must be small letters, digits and hyphens"),
        ("feeds add http://127.0.0.1:1/feed.xml --id f", "feed 'home' has this address already"),
        ("feeds remove nope", "nope"),
        ("feeds remove home", "config"),
        ("feeds check nope", "there is no feed 'nope'; `monitor feeds list` shows those there are"),
        ("poll https://example.org/nope.xml", "no feed has the address https://example.org/nope.xml"),
        ("subscriptions show nope", "there is no subscription 'nope'"),
        ("subscriptions test nope", "there is no subscription 'nope'"),
        ("subscriptions pause nope", "nope"),
        ("subscriptions remove everyone", "config"),
        ("subscriptions add x --channel mail", "the config has no channel 'mail'; it has console"),
        ("subscriptions add x --channel console --min-level top", "min_level: must be one of informational"),
        (
            "subscriptions add x --channel console --rule dprk-missile-lunch",
            "did you mean 'dprk-missile-launch'?",
        ),
        ("subscriptions add x --channel console --actor atlantis", "no actor is called 'atlantis'"),
        ("subscriptions add x --channel console --actor taiwan-strait", "no actor is called 'taiwan-strait'"),
        (
            "silences add --rule dprk-missile-lunch --until 3d --reason x",
            "did you mean 'dprk-missile-launch'?",
        ),
        ("silences add --place atlantis --until 3d --reason x", "no place is called 'atlantis'"),
        ("subscriptions add x --channel console --tag misile", "did you mean 'missile'?"),
        ("subscriptions add x --channel console --escalate-to nope", "there is no subscription 'nope'"),
        ("deliveries retry", "name deliveries, or give --all"),
        ("deliveries retry abc", "no delivery that was given up begins with 'abc'"),
        ("init .", "config.toml is there already; nothing was written"),
        ("deliveries list --state lost", "'lost' is not one of"),
        ("alerts lst", "No such command 'lst'"),
        ("alerts list --limit many", "unable to parse string as an integer"),
    ],
)
def test_wrong_usage_is_told_in_words(monitor: Monitor, words: str, says: str) -> None:
    answer = monitor(*words.split())
    said = " ".join(answer.err.replace("│", " ").split())
    assert (answer.status, answer.out) == (2, "")
    assert says in said
    assert "Traceback" not in said


def test_every_mistake_of_a_config_is_told_with_its_line_and_key(monitor: Monitor) -> None:
    answer = monitor("run", "-c", "broken.toml")
    assert answer.status == 2
    assert [line.removeprefix("monitor: ").partition(" ")[0] for line in answer.err.splitlines()] == [
        "broken.toml:2:1:",
        "broken.toml:3:1:",
        "broken.toml:7:1:",
    ]
    for said in ("poll.intervall", "did you mean 'interval'?", "poll.per_host", "there is no channel 'mail'"):
        assert said in answer.err


def test_an_address_that_is_not_public_is_refused_with_what_to_do(monitor: Monitor) -> None:
    checked = monitor("feeds", "check", "home")
    assert checked.status == 1
    assert "this address is not public; if it is yours, list its network in allow_networks" in checked.out
    polled = monitor("poll", "http://127.0.0.1:1/feed.xml")
    assert polled.status == 1
    assert "home: http://127.0.0.1:1/feed.xml: refused" in polled.err


def test_a_subscription_by_mail_needs_a_mailbox(monitor: Monitor) -> None:
    Path("config.toml").write_text('[channels.m]\nkind = "email"\nhost = "h"\nsender = "a@e.org"\n')
    answer = monitor("subscriptions", "add", "desk", "--channel", "m", "--target", "kim")
    assert answer.status == 2
    assert "'kim' is no email address; say by --target whom to mail" in answer.err


def test_a_database_that_cannot_be_made_is_an_outside_failure(monitor: Monitor) -> None:
    Path("file").write_text("")
    Path("config.toml").write_text('[storage]\nurl = "sqlite:///file/monitor.db"\n')
    answer = monitor("alerts", "list")
    assert answer.status == 3
    assert "monitor.db" in answer.err
    assert "Traceback" not in answer.err


def test_the_environment_names_the_config(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_CONFIG", "absent.toml")
    assert "absent.toml" in monitor("alerts", "list").err
    assert monitor("alerts", "list", "--config", "config.toml").status == 0


FAULTY = """
import typer

app = typer.Typer()

@app.command()
def fail():
    1 / 0
"""
PROGRAM = "from monitor.cli import root; root.COMMANDS['faulty'] = 'faulty'; root.main()"


@pytest.mark.parametrize(("debug", "shown"), [("", False), ("1", True)])
def test_a_fault_of_ours_is_a_line_and_a_traceback_only_on_request(debug: str, *, shown: bool) -> None:
    Path("faulty.py").write_text(FAULTY)
    path = os.pathsep.join([str(Path.cwd()), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "faulty"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "MONITOR_DEBUG": debug, "PYTHONPATH": path},
    )
    assert done.returncode == (1 if shown else 3)
    assert ("Traceback" in done.stderr) is shown
    assert "ZeroDivisionError: division by zero" in done.stderr


UNPRIVILEGED = (  # root may read what chmod forbids
    "setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search "
    if os.geteuid() == 0
    else ""
)


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """What a shell makes of the line, in which `$monitor` is the command."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={
            **os.environ,
            "monitor": f"{UNPRIVILEGED}{sys.executable} -m monitor",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )


def test_output_that_finds_no_room_is_told_and_no_fault_of_ours() -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this machine has no /dev/full")
    done = shell("$monitor alerts list > /dev/full")
    assert done.returncode == 3
    assert done.stderr == "monitor: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_whose_standard_files_are_closed_does_its_work(closed: str) -> None:
    done = shell(f"$monitor alerts list {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("data/monitor.db").exists()


@pytest.mark.parametrize(
    ("closed", "says"),
    [
        ("rules", "rules: mistake: the folder cannot be read: Permission denied"),
        ("rules/theme", "rules/theme: mistake: the folder cannot be read: Permission denied"),
        (
            "rules/theme/own.yml",
            "rules/theme/own.yml:1:1: mistake: cannot be read: [Errno 13] Permission denied",
        ),
    ],
)
def test_rules_that_may_not_be_read_are_never_simply_missing(closed: str, says: str) -> None:
    Path("rules/theme").mkdir(parents=True)
    Path("rules/theme/own.yml").write_text("id: own\n")
    Path("config.toml").write_text('[rules]\nfolder = "rules"\n')
    done = shell(f"chmod 000 {closed}; $monitor rules check; code=$?; chmod 700 {closed}; exit $code")
    assert done.returncode == 1
    assert says in done.stdout + done.stderr
    assert "fault of ours" not in done.stderr
