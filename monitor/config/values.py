"""The kinds of value that a config file holds, each checked as it is read."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo

from monitor.model import Every, Level, Quiet, Rhythm, Role
from monitor.model.timing import DAYS

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_LONGEST = dt.timedelta(days=36_500)  # counted from today, it stays within every calendar


def _resolve(value: object, info: ValidationInfo) -> object:
    """Text as given, or what `{env = "NAME"}` or `{file = "path"}` points to."""
    if not isinstance(value, dict):
        return value
    match value:
        case {"env": str(name), **rest} if not rest:
            return _from_environment(name)
        case {"file": str(name), **rest} if not rest:
            return _from_file(_folder(info) / name)
    msg = 'give text, {env = "NAME"} or {file = "path"}'
    raise ValueError(msg)


def _from_environment(name: str) -> str:
    if name not in os.environ:
        msg = f"the environment variable {name} is not set"
        raise ValueError(msg)
    return os.environ[name]


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        msg = f"cannot read {path}: {reason}"
        raise ValueError(msg) from error


def _folder(info: ValidationInfo) -> Path:
    """The config file's folder, from which its relative paths count."""
    return Path((info.context or {}).get("folder", "."))


def place(url: str) -> str:
    """What addresses of one place have in common: without scheme and last slash, the host in small letters."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"


def _ten_minutes_at_most(value: dt.timedelta) -> dt.timedelta:
    if value > dt.timedelta(minutes=10):
        msg = "write 10m or less: an alert may wait no longer for the text of its article"
        raise ValueError(msg)
    return value


def _duration(value: object) -> object:
    """`90s`, `10m`, `6h`, `3d`, or a number of seconds."""
    if isinstance(value, dt.timedelta):
        return value
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return dt.timedelta(seconds=value)
        if found is not None:
            return dt.timedelta(**{_UNITS[found[2]]: float(found[1])})
    except (ValueError, OverflowError):  # not a number, infinite, or beyond all calendars
        pass
    msg = 'write a duration such as "90s", "10m", "6h" or "3d"'
    raise ValueError(msg)


def _positive(value: dt.timedelta) -> dt.timedelta:
    if value <= dt.timedelta(0):
        msg = "must be longer than nothing"
        raise ValueError(msg)
    if value > _LONGEST:
        msg = f"must be no longer than {_LONGEST.days}d"
        raise ValueError(msg)
    return value


def _level(value: object) -> object:
    if isinstance(value, Level):
        return value
    if isinstance(value, str) and value.upper() in Level.__members__:
        return Level.parse(value)
    msg = "must be one of " + ", ".join(str(level) for level in Level)
    raise ValueError(msg)


def _web_address(value: str) -> str:
    """An http or https address; its text stays out of the message, for it may be a secret."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "must be an address that starts with http:// or https://"
        raise ValueError(msg)
    return value


def _web_address_if_any(value: str) -> str:
    return _web_address(value).rstrip("/") if value else value


def is_loopback(host: str) -> bool:
    """Whether the name or IP address is this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(value: str) -> str:
    try:
        return value if value == "localhost" else str(ipaddress.ip_address(value))
    except ValueError as error:
        msg = 'must be an IP address of this machine, such as "127.0.0.1", or "0.0.0.0" for all it has'
        raise ValueError(msg) from error


def is_mailbox(address: str) -> bool:
    """Whether it has the form of one email address."""
    name, _, domain = address.partition("@")
    alone = address.split() == [address] and not {",", ";", "<", ">"}.intersection(address)
    return alone and bool(name and domain) and "@" not in domain


def _people(value: dict[str, Role]) -> dict[str, Role]:
    """Addresses in small letters, for that is how they are compared."""
    for address in value:
        if not is_mailbox(address):
            msg = f'"{address}" is no email address; write such as {{"kim@example.org" = "analyst"}}'
            raise ValueError(msg)
    return {address.lower(): role for address, role in value.items()}


def _slack_id(value: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9]{2,40}", value):
        msg = f'"{value}" is no id of Slack\'s, which are such as "T024BE7LD" or "U061F7AUR"; names change'
        raise ValueError(msg)
    return value


def _secret_web_address(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        _web_address(value.get_secret_value())
    return value


def _database_address(value: SecretStr) -> SecretStr:
    """An address of SQLite or PostgreSQL; its text stays out of the message, for it may hold a password."""
    scheme, _, rest = value.get_secret_value().partition("://")
    kind, path = scheme.partition("+")[0], rest.removeprefix("/")
    if kind == "sqlite" and "?" in path:
        msg = "a SQLite address takes no options; it ends with the file's name"
        raise ValueError(msg)
    if kind == "sqlite" and rest.startswith("/") and path:
        return value
    if kind in {"postgresql", "postgres"} and rest:
        return value
    msg = 'must look like "sqlite:///bongsu.db" or "postgresql://user@host/name"'
    raise ValueError(msg)


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        msg = 'must be a network such as "10.0.0.0/8" or "127.0.0.1/32"'
        raise ValueError(msg) from error
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", value):
        msg = "must be small letters, digits and hyphens"
        raise ValueError(msg)
    return value


def _country(value: str) -> str:
    if not re.fullmatch(r"([A-Z]{2})?", value):
        msg = 'must be two capital letters, such as "KR"'
        raise ValueError(msg)
    return value


def _rhythm(value: object) -> object:
    """`hourly`, `daily 08:00`, `weekly monday 08:00`; a weekday may be cut to three letters; "" is none."""
    if value is None or isinstance(value, Rhythm):
        return value
    if value == "":
        return None
    match value.lower().split() if isinstance(value, str) else []:
        case ["hourly"]:
            return Rhythm(every=Every.HOUR)
        case ["daily", at]:
            return Rhythm(every=Every.DAY, at=_clock(at))
        case ["weekly", day, at] if day in _WEEKDAYS:
            return Rhythm(every=Every.WEEK, at=_clock(at), weekday=_WEEKDAYS[day])
    msg = 'write "hourly", "daily 08:00" or "weekly monday 08:00"'
    raise ValueError(msg)


def _quiet(value: object) -> object:
    """`22:00-07:00`; "" is none."""
    if value is None or isinstance(value, Quiet):
        return value
    if value == "":
        return None
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash or start.strip() == end.strip():
        msg = 'write two times of the day, such as "22:00-07:00"'
        raise ValueError(msg)
    return Quiet(start=_clock(start.strip()), end=_clock(end.strip()))


def _clock(text: str) -> dt.time:
    try:
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError as error:
        msg = f'"{text}" is no time of the day; write it as "08:00"'
        raise ValueError(msg) from error


def _time_of_day(value: object) -> object:
    """`08:00`; "" is none."""
    return (_clock(value) if value else None) if isinstance(value, str) else value


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f'"{value}" is no time zone; write one such as "Asia/Seoul" or "Europe/Berlin"'
        raise ValueError(msg) from error


_WEEKDAYS = {name[:length]: number for number, name in enumerate(DAYS) for length in (3, len(name))}

Text = Annotated[str, BeforeValidator(_resolve)]
Secret = Annotated[SecretStr, BeforeValidator(_resolve)]
DatabaseAddress = Annotated[SecretStr, BeforeValidator(_resolve), AfterValidator(_database_address)]
SecretAddress = Annotated[SecretStr, BeforeValidator(_resolve), AfterValidator(_secret_web_address)]
Address = Annotated[str, BeforeValidator(_resolve), AfterValidator(_web_address)]
Slug = Annotated[str, AfterValidator(_slug)]
Country = Annotated[str, AfterValidator(_country)]
Duration = Annotated[dt.timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
PageWait = Annotated[Duration, AfterValidator(_ten_minutes_at_most)]
LevelName = Annotated[Level, BeforeValidator(_level)]
Network = Annotated[str, AfterValidator(_network)]
Digest = Annotated[Rhythm | None, BeforeValidator(_rhythm)]
QuietHours = Annotated[Quiet | None, BeforeValidator(_quiet)]
Zone = Annotated[str, AfterValidator(_zone)]
WebAddress = Annotated[str, BeforeValidator(_resolve), AfterValidator(_web_address_if_any)]
Host = Annotated[str, AfterValidator(_host)]
People = Annotated[dict[str, Role], AfterValidator(_people)]
SlackId = Annotated[str, AfterValidator(_slack_id)]
SlackPeople = dict[SlackId, Role]
TimeOfDay = Annotated[dt.time | None, BeforeValidator(_time_of_day)]
