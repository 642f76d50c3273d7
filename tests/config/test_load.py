from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from monitor import config
from monitor.config import Config
from monitor.errors import ConfigError, UsageError
from monitor.model import Level

PATH = Path("/etc/bongsu/config.toml")


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        config.parse(text, path=PATH)
    return [str(mistake).removeprefix(f"{PATH}:") for mistake in raised.value.mistakes]


def test_an_empty_file_is_the_defaults() -> None:
    assert config.parse("", path=Path("config.toml")) == Config()


@pytest.mark.fault("CF01")
def test_every_mistake_is_reported_at_once_with_line_column_and_key() -> None:
    found = mistakes(
        '[poll]\nintervall = "3m"\ntimeout = "soon"\n\n'
        '[channels.mail]\nkind = "email"\nhots = "smtp.example.org"\n\n'
        '[[feeds]]\nid = "a"\nurl = "ftp://example.org"\nname = "A"\npublisher = "A"\n'
    )
    assert found == [
        "2:1: poll.intervall: unknown key 'intervall'; did you mean 'interval'?",
        '3:1: poll.timeout: write a duration such as "90s", "10m", "6h" or "3d"',
        "5:1: channels.mail.host: 'host' is missing",
        "5:1: channels.mail.sender: 'sender' is missing",
        "7:1: channels.mail.hots: unknown key 'hots'; did you mean 'host'?",
        "11:1: feeds.0.url: must be an address that starts with http:// or https://",
    ]


ENTRY = 'url = "https://e.org"\nname = "A"\npublisher = "A"\n'


@pytest.mark.fault("DD11")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[pol]\n", "1:1: pol: unknown key 'pol'; did you mean 'poll'?"),
        (
            '[[subscriptions]]\nid = "s"\nchannel = "consle"\n',
            "3:1: subscriptions.0.channel: there is no channel 'consle'; did you mean 'console'?",
        ),
        (
            '[channels.a]\nkind = "slak"\n[[subscriptions]]\nid = "s"\nchannel = "a"\n',
            "2:1: channels.a.kind: unknown kind 'slak'; did you mean 'slack'?",
        ),
        (
            '[channels.console]\nkind = "console"\n[channels.s]\nkind = "slack"\n',
            "3:1: channels.s: give either webhook_url or token; a webhook posts to its one channel",
        ),
        (
            f'[[feeds]]\nid = "a"\n{ENTRY}[[feeds]]\nid = "b"\n{ENTRY}',
            "8:1: feeds.1.url: 'https://e.org' is there twice; each of feeds needs its own url",
        ),
        (
            f'[[feeds]]\nid = "a"\n{ENTRY}[[feeds]]\nid = "b"\n{ENTRY.replace("https://e.org", "http://E.org/")}',
            "8:1: feeds.1.url: 'http://E.org/' is there twice; each of feeds needs its own url",
        ),
        (
            '[poll]\n[delivery]\nlease = "30s"\n',
            "2:1: delivery: the lease must be more than 1.25 times the timeout, or what is in flight counts as lost",
        ),
        (f'[[feeds]]\nid = "A B"\n{ENTRY}', "2:1: feeds.0.id: must be small letters, digits and hyphens"),
        (
            f'[[feeds]]\nid = "a"\ncountry = "Korea"\n{ENTRY}',
            '3:1: feeds.0.country: must be two capital letters, such as "KR"',
        ),
        (
            '[poll]\nallow_networks = ["home"]\n',
            '2:1: poll.allow_networks.0: must be a network such as "10.0.0.0/8" or "127.0.0.1/32"',
        ),
        (
            '[[subscriptions]]\nid = "s"\nchannel = "console"\nmin_level = "top"\n',
            "4:1: subscriptions.0.min_level: must be one of informational, low, medium, high, critical",
        ),
        ("[poll]\nper_host = 0\n", "2:1: poll.per_host: input should be greater than or equal to 1"),
        ('[poll]\ninterval = "0s"\n', "2:1: poll.interval: must be longer than nothing"),
        ("[channels]\nmail = 3\n", "2:1: channels.mail: "),
        ('[web]\nhost = "everywhere"\n', "2:1: web.host: must be an IP address of this machine"),
        ('[web]\nhost = "0.0.0.0"\n', "1:1: : web.host: 0.0.0.0 can be reached from elsewhere"),
        (
            '[web]\npeople = {"kim@e.org" = "admin"}\n',
            "1:1: : web.people: people sign in by a link in a mail",
        ),
        ('[web]\npeople = {"kim" = "admin"}\n', '2:1: web.people: "kim" is no email address'),
        ('[web]\npeople = {"kim@e.org" = "boss"}\n', "2:1: web.people.kim@e.org: input should be 'reader'"),
    ],
)
def test_each_mistake_is_said_so_that_it_can_be_mended(text: str, expected: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(expected)


@pytest.mark.parametrize("target", ["", "kim", "kim@example.org, lee@example.org", " kim"])
def test_who_is_told_by_mail_has_one_mailbox(target: str) -> None:
    channel = '[channels.m]\nkind = "email"\nhost = "h"\nsender = "a@e.org"\n'
    text = f'{channel}[[subscriptions]]\nid = "s"\nchannel = "m"\ntarget = "{target}"\n'
    where = "8:1: subscriptions.0.target" if target else "5:1: subscriptions.0"
    assert mistakes(text) == [
        f"{where}: '{target}' is no email address; write one such as \"kim@example.org\""
    ]
    assert config.parse(text.replace(f'"{target}"', '"김@example.org"'), path=PATH).subscriptions


def test_the_console_is_there_beside_other_channels() -> None:
    read = config.parse('[channels.h]\nkind = "webhook"\nurl = "https://e.org"\n', path=PATH)
    assert set(read.channels) == {"console", "h"}


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e300", '"99999999999999d"', '"36501d"'])
def test_a_duration_that_no_calendar_holds_is_a_mistake(value: str) -> None:
    (found,) = mistakes(f"[poll]\ninterval = {value}\n")
    assert found.startswith("2:1: poll.interval: ")
    assert (
        "write a duration" in found or "must be longer" in found or "must be no longer than 36500d" in found
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mysql://hush@host/name", 'must look like "sqlite:///bongsu.db" or "postgresql://user@host/name"'),
        ("hush.db", 'must look like "sqlite:///bongsu.db" or "postgresql://user@host/name"'),
        (
            "sqlite:///hush.db?mode=ro",
            "a SQLite address takes no options; it ends with the file's name",
        ),
    ],
)
def test_an_address_of_no_database_of_ours_is_a_mistake_with_its_line(url: str, expected: str) -> None:
    assert mistakes(f'[storage]\nurl = "{url}"\n') == [f"2:1: storage.url: {expected}"]


@pytest.mark.parametrize("text", [f"a = {'[' * 5000}{']' * 5000}\n", f"a = {'1' * 5000}\n"])
def test_toml_that_python_gives_up_on_is_a_mistake(text: str) -> None:
    (found,) = mistakes(text)
    assert "cannot be read" in found


def test_the_mark_that_windows_editors_put_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "hook.txt").write_text("hush\r\n", encoding="utf-8-sig")
    path = tmp_path / "config.toml"
    text = '[channels.h]\r\nkind = "webhook"\r\nurl = "https://e.org"\r\nsecret = {file = "hook.txt"}\r\n'
    path.write_text(text, encoding="utf-8-sig", newline="")
    hook = config.load(path).channels["h"]
    assert isinstance(hook, config.Webhook)
    assert hook.secret.get_secret_value() == "hush"


def test_toml_that_cannot_be_read_names_the_spot() -> None:
    (found,) = mistakes("[poll]\ninterval = \n")
    assert found.startswith("2:")


@pytest.mark.fault("CF02", "LG02")
def test_secrets_come_from_the_environment_or_a_file_and_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONGSU_TEST_DATABASE", "postgresql+psycopg://u:hush@db/bongsu")
    (tmp_path / "hook.txt").write_text("hush-hush\n")
    read = config.parse(
        '[storage]\nurl = {env = "BONGSU_TEST_DATABASE"}\n[channels.console]\nkind = "console"\n'
        '[channels.h]\nkind = "webhook"\nurl = "https://e.org"\nsecret = {file = "hook.txt"}\n',
        path=tmp_path / "config.toml",
    )
    hook = read.channels["h"]
    assert isinstance(hook, config.Webhook)
    assert hook.secret.get_secret_value() == "hush-hush"
    assert read.database_url == "postgresql+psycopg://u:hush@db/bongsu"
    assert "hush" not in repr(read)


@pytest.mark.fault("CF01")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{env = "BONGSU_NOT_SET"}', "the environment variable BONGSU_NOT_SET is not set"),
        ('{file = "absent.txt"}', "cannot read /etc/bongsu/absent.txt: No such file or directory"),
        ('{enw = "X"}', 'give text, {env = "NAME"} or {file = "path"}'),
    ],
)
def test_a_secret_that_cannot_be_had_is_a_mistake(value: str, expected: str) -> None:
    assert mistakes(f"[storage]\nurl = {value}\n") == [f"2:1: storage.url: {expected}"]


@pytest.mark.fault("CF02")
def test_mistakes_do_not_show_what_was_given() -> None:
    found = mistakes(
        '[channels.console]\nkind = "console"\n[channels.s]\nkind = "slack"\nwebhook_url = "hush"\n'
    )
    assert "hush" not in "".join(found)


def test_entries_become_feeds_and_subscriptions() -> None:
    read = config.parse(
        '[poll]\ninterval = "15m"\n'
        f'[[feeds]]\nid = "a"\n{ENTRY}'
        '[[feeds]]\nid = "b"\nurl = "https://e.org/b"\nname = "B"\npublisher = "B"\ninterval = 60\n'
        '[[subscriptions]]\nid = "s"\nchannel = "console"\nmin_level = "high"\nrules = ["x"]\n',
        path=PATH,
    )
    assert [feed.interval for feed in read.all_feeds()] == [dt.timedelta(minutes=15), dt.timedelta(minutes=1)]
    (subscription,) = read.all_subscriptions()
    assert subscription.min_level is Level.HIGH
    assert subscription.rules == {"x"}
    assert subscription.from_config


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/monitor.db", "sqlite:////etc/bongsu/data/monitor.db"),
        ("sqlite:////var/monitor.db", "sqlite:////var/monitor.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://db/bongsu", "postgresql+psycopg://db/bongsu"),
    ],
)
def test_a_relative_sqlite_path_counts_from_the_config_file(url: str, expected: str) -> None:
    assert config.parse(f'[storage]\nurl = "{url}"\n', path=PATH).database_url == expected


def test_the_file_is_the_one_given_else_the_environments_else_the_folders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    assert config.find() == Path("config.toml")
    monkeypatch.setenv("MONITOR_CONFIG", "/a.toml")
    assert config.find() == Path("/a.toml")
    assert config.find(Path("/b.toml")) == Path("/b.toml")


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`monitor init` writes one"):
        config.load(tmp_path / "config.toml")


def test_a_file_that_is_not_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config.load(tmp_path / "config.toml")


@pytest.mark.fault("TM06")
@pytest.mark.parametrize(
    "quiet", ["22:00", "22:00:00", "1320", '"22:00"', '"22:00-25:00"', '"8-8"', '"08:00-08:00"']
)
def test_quiet_hours_are_two_times_or_a_mistake(quiet: str) -> None:
    (found,) = mistakes(f'[[subscriptions]]\nid = "s"\nchannel = "console"\nquiet = {quiet}\n')
    assert found.startswith("4:")
