"""The config file: what it may say, how it is read, and what is wrong with it."""

from __future__ import annotations

from monitor.config.load import entry, find, load, parse
from monitor.config.schema import (
    Analysis,
    Apprise,
    Channel,
    Config,
    Console,
    Delivery,
    Email,
    FeedEntry,
    Out,
    Poll,
    Rules,
    Scheduler,
    Slack,
    Storage,
    SubscriptionEntry,
    Web,
    Webhook,
)
from monitor.config.values import is_mailbox, place

__all__ = [
    "Analysis",
    "Apprise",
    "Channel",
    "Config",
    "Console",
    "Delivery",
    "Email",
    "FeedEntry",
    "Out",
    "Poll",
    "Rules",
    "Scheduler",
    "Slack",
    "Storage",
    "SubscriptionEntry",
    "Web",
    "Webhook",
    "entry",
    "find",
    "is_mailbox",
    "load",
    "parse",
    "place",
]
