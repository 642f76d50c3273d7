"""config.example.toml is the reference: it may not drift from what the code accepts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from monitor import config
from monitor.config import Config, Email, FeedEntry, Slack, SubscriptionEntry, Webhook

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
SWITCHED_ON = re.sub(r"^#(?=\S)", "", TEXT, flags=re.MULTILINE)  # with the options that are off
RAW: dict[str, Any] = tomllib.loads(SWITCHED_ON)
CHANNELS: list[tuple[str, type[BaseModel]]] = [("mail", Email), ("slack", Slack), ("hook", Webhook)]


def sections() -> Iterator[tuple[str, dict[str, Any], type[BaseModel]]]:
    for name, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield name, RAW[name], field.annotation
    for name, model in CHANNELS:
        yield f"channels.{name}", RAW["channels"][name], model
    yield "subscriptions", RAW["subscriptions"][0], SubscriptionEntry


@pytest.mark.parametrize(
    ("name", "table", "model"), list(sections()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_is_shown_with_its_default(
    name: str, table: dict[str, Any], model: type[BaseModel]
) -> None:
    del name
    assert set(table) == set(model.model_fields)
    shown = model.model_validate(table)
    required = {key for key, field in model.model_fields.items() if field.is_required()}
    default = model.model_validate({key: table[key] for key in required})
    for key in set(model.model_fields) - required - {"min_level"}:
        assert getattr(shown, key) == getattr(default, key), key


def test_every_option_says_why_it_is_there() -> None:
    lines = SWITCHED_ON.partition("# --- feeds")[0].splitlines()
    options = [number for number, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    lonely = [lines[number] for number in options if not re.match(r"# \S|\[", lines[number - 1])]
    assert lonely == []


def test_the_example_is_the_default_but_for_its_feeds() -> None:
    read = config.parse(TEXT, path=EXAMPLE)
    assert read.model_copy(update={"feeds": ()}) == config.parse("", path=EXAMPLE)


def test_the_feeds_are_complete_and_english_editions_come_first() -> None:
    feeds = config.parse(TEXT, path=EXAMPLE).feeds
    assert len(feeds) >= 30
    for feed in feeds:
        assert all((feed.publisher, feed.country, feed.language, feed.group)), feed.id
        assert feed.model_fields_set >= {"grade"}, feed.id
        assert urlsplit(feed.url).scheme == "https", feed.id
    english = [feed.language == "en" for feed in feeds]
    assert english == sorted(english, reverse=True)


def test_every_feed_option_is_shown() -> None:
    shown = {key for table in RAW["feeds"] for key in table}
    assert shown | {"interval", "full_text"} == set(FeedEntry.model_fields)
    assert "interval" in TEXT.partition("# --- feeds")[2]
