"""Ways out: each channel takes a message and hands it to the world, or says why it could not.

To add one: its settings in settings.py, its class in a file of its own, a line in KINDS and one in
`open_channel`, and its name in the contract tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from monitor.alerting.channels.apprise import AppriseChannel
from monitor.alerting.channels.console import ConsoleChannel
from monitor.alerting.channels.email import EmailChannel
from monitor.alerting.channels.protocol import Channel, Poster
from monitor.alerting.channels.settings import (
    AppriseSettings,
    ConsoleSettings,
    EmailSettings,
    Settings,
    SlackSettings,
    WebhookSettings,
)
from monitor.alerting.channels.slack import SlackChannel
from monitor.alerting.channels.webhook import WebhookChannel

__all__ = ["KINDS", "Channel", "Poster", "open_channel"]

KINDS: Mapping[str, tuple[type[Settings], type[Channel]]] = {
    "apprise": (AppriseSettings, AppriseChannel),
    "console": (ConsoleSettings, ConsoleChannel),
    "email": (EmailSettings, EmailChannel),
    "slack": (SlackSettings, SlackChannel),
    "webhook": (WebhookSettings, WebhookChannel),
}


def open_channel(settings: Settings, *, poster: Poster, console: Console) -> Channel:
    """The channel for these settings; `poster` carries HTTP, `console` is where text is printed."""
    match settings:
        case AppriseSettings():
            return AppriseChannel(settings)
        case ConsoleSettings():
            return ConsoleChannel(settings, console=console)
        case EmailSettings():
            return EmailChannel(settings)
        case SlackSettings():
            return SlackChannel(settings, poster=poster)
        case WebhookSettings():
            return WebhookChannel(settings, poster=poster)
