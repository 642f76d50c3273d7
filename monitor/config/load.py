"""From the text of a config file to a Config, or to every mistake in it."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from monitor.config.positions import Key, Position, nearest, positions
from monitor.config.schema import (
    Apprise,
    Config,
    Console,
    Email,
    FeedEntry,
    Slack,
    SubscriptionEntry,
    Webhook,
)
from monitor.config.values import is_mailbox, place
from monitor.errors import ConfigError, Mistake, UsageError

_KINDS: Mapping[str, type[BaseModel]] = {
    "apprise": Apprise,
    "console": Console,
    "email": Email,
    "slack": Slack,
    "webhook": Webhook,
}
_ENTRIES: Mapping[str, type[BaseModel]] = {"feeds": FeedEntry, "subscriptions": SubscriptionEntry}
_ALIKE = 70  # of 100: how like a known word an unknown one must be to be taken for it

Entry = TypeVar("Entry", FeedEntry, SubscriptionEntry)
Found = tuple[Key, str, str]  # where, what, hint


def find(given: Path | None = None) -> Path:
    """The file given, else the one MONITOR_CONFIG names, else ./config.toml."""
    return given or Path(os.environ.get("MONITOR_CONFIG") or "config.toml")


def load(path: Path) -> Config:
    """Read the file; UsageError when there is none, ConfigError with all its mistakes."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows put a mark before it
    except OSError as error:
        todo = "name the file in it" if path.is_dir() else "`monitor init` writes one"
        msg = f"cannot read the config file {path}: {error.strerror}; {todo}"
        raise UsageError(msg) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Mistake(where=str(path), what="the file is not UTF-8 text")]) from error
    return parse(text, path=path)


def parse(text: str, *, path: Path) -> Config:
    """Read the text; `path` names it in messages, and its folder is where relative paths count from."""
    raw = _toml(text, path)
    found: list[Found] = []
    config: Config | None = None
    try:
        config = Config.model_validate(raw, context={"folder": path.parent})
    except ValidationError as error:
        found += [_found(detail, raw) for detail in error.errors(include_url=False, include_input=False)]
    found += _across(raw)
    if config is None or found:
        raise ConfigError(_mistakes(found, text, path))
    return config


def entry(kind: type[Entry], values: Mapping[str, object]) -> Entry:
    """A feed or subscription that a command gives in place of the file; UsageError with all its mistakes."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = [_found(detail, {}) for detail in error.errors(include_url=False, include_input=False)]
    raise UsageError("; ".join(f"{'.'.join(map(str, key))}: {what}" for key, what, _ in found))


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        spot = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", str(error))
        where, what = (f"{path}:{spot[2]}:{spot[3]}", spot[1]) if spot else (str(path), str(error))
        raise ConfigError([Mistake(where=where, what=what)]) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists in lists
        raise ConfigError([Mistake(where=str(path), what=f"cannot be read: {error}")]) from error


def _mistakes(found: list[Found], text: str, path: Path) -> list[Mistake]:
    """In the order of the file, each with its line, column and key."""
    where: dict[Key, Position] = positions(text)
    ordered = sorted(found, key=lambda each: nearest(where, each[0]))
    return [_mistake(each, nearest(where, each[0]), path) for each in ordered]


def _mistake(found: Found, position: Position, path: Path) -> Mistake:
    key, what, hint = found
    line, column = position
    dotted = ".".join(str(part) for part in key)
    return Mistake(where=f"{path}:{line}:{column}: {dotted}", what=what, hint=hint)


# --- what pydantic says, in our words ----------------------------------------------------------------


def _found(detail: ErrorDetails, raw: Mapping[str, Any]) -> Found:
    key = _key(detail["loc"], raw)
    word = str(key[-1]) if key else ""
    match detail["type"]:
        case "extra_forbidden":
            return key, f"unknown key '{word}'", _hint(word, _known(key[:-1], raw))
        case "missing":
            return key, f"'{word}' is missing", ""
        case "union_tag_not_found":
            return key, "'kind' is missing", "one of " + ", ".join(_KINDS)
        case "union_tag_invalid":
            kind = str(_at(raw, (*key, "kind")))
            return (*key, "kind"), f"unknown kind '{kind}'", _hint(kind, _KINDS)
        case "value_error":
            return key, detail["msg"].removeprefix("Value error, "), ""
    return key, detail["msg"][:1].lower() + detail["msg"][1:], ""


def _key(loc: tuple[str | int, ...], raw: Mapping[str, Any]) -> Key:
    """The place in the file, without the word that pydantic adds for a channel's kind."""
    if loc[:1] == ("channels",) and loc[2:3] == (_at(raw, (*loc[:2], "kind")),):
        return (*loc[:2], *loc[3:])
    return tuple(part for part in loc if part != "[key]")


def _at(raw: Mapping[str, Any], key: Key) -> object:
    value: Any = raw
    for part in key:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _known(table: Key, raw: Mapping[str, Any]) -> list[str]:
    """The keys that a table may have."""
    match table:
        case ():
            model: object = Config
        case ("channels", _):
            model = _KINDS.get(str(_at(raw, (*table, "kind"))))
        case (str(name), int()):
            model = _ENTRIES.get(name)
        case (str(name),):
            model = Config.model_fields[name].annotation
        case _:
            model = None
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _hint(word: str, known: Mapping[str, object] | list[str]) -> str:
    best = process.extractOne(word, list(known), score_cutoff=_ALIKE)
    return f"did you mean '{best[0]}'?" if best else "known: " + ", ".join(known) if known else ""


# --- what one table cannot know of another -----------------------------------------------------------


def _across(raw: Mapping[str, Any]) -> Iterator[Found]:
    """Mistakes between tables; looks at the raw file, so that they come with all the others."""
    for name, word in (("feeds", "id"), ("feeds", "url"), ("subscriptions", "id")):
        yield from _repeated(raw, name, word)
    yield from _unknown_channels(raw)
    yield from _no_mailboxes(raw)
    yield from _slack_without_door(raw)


def _tables(raw: Mapping[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    tables = raw.get(name, [])
    if not isinstance(tables, list):
        return []
    return [(number, table) for number, table in enumerate(tables) if isinstance(table, dict)]


def _repeated(raw: Mapping[str, Any], name: str, word: str) -> Iterator[Found]:
    seen: Counter[str] = Counter()
    for number, table in _tables(raw, name):
        value = table.get(word)
        if not isinstance(value, str):
            continue
        key = place(value) if word == "url" else value
        seen[key] += 1
        if seen[key] == 2:  # noqa: PLR2004 - said once, at the second
            yield (name, number, word), f"'{value}' is there twice", f"each of {name} needs its own {word}"


def _unknown_channels(raw: Mapping[str, Any]) -> Iterator[Found]:
    channels = raw.get("channels")
    known = ["console", *(channels if isinstance(channels, dict) else ())]
    for number, table in _tables(raw, "subscriptions"):
        channel = table.get("channel")
        if isinstance(channel, str) and channel not in known:
            yield (
                ("subscriptions", number, "channel"),
                f"there is no channel '{channel}'",
                _hint(channel, known),
            )


def _no_mailboxes(raw: Mapping[str, Any]) -> Iterator[Found]:
    for number, table in _tables(raw, "subscriptions"):
        target = table.get("target", "")
        by_mail = _at(raw, ("channels", str(table.get("channel")), "kind")) == "email"
        if by_mail and isinstance(target, str) and not is_mailbox(target):
            where: Key = ("subscriptions", number)
            key: Key = (*where, "target") if target else where
            yield key, f"'{target}' is no email address", 'write one such as "kim@example.org"'


def _slack_without_door(raw: Mapping[str, Any]) -> Iterator[Found]:
    channels = raw.get("channels", {})
    for name, table in channels.items() if isinstance(channels, dict) else ():
        if not isinstance(table, dict) or table.get("kind") != "slack":
            continue
        if bool(table.get("webhook_url")) == bool(table.get("token")):
            yield ("channels", name), "give either webhook_url or token", "a webhook posts to its one channel"
