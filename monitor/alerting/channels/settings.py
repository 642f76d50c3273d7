"""What each kind of channel must know. Secrets never show in a repr, and so never in a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SLACK_API = "https://slack.com/api/chat.postMessage"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleSettings:
    """Alerts on the terminal."""

    width: int | None = None  # columns; None: as wide as the terminal


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailSettings:
    """Alerts by SMTP."""

    host: str
    sender: str  # "Bongsu <alerts@example.org>", or the bare address
    port: int = 587
    username: str = ""
    password: str = field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"  # tls: from the first byte
    ca_file: str = ""  # PEM of an own authority; "" for those that the system trusts
    timeout: float = 30.0  # seconds for each command

    @property
    def domain(self) -> str:
        """The sender's domain, under which messages get their ids."""
        return self.sender.rpartition("@")[2].rstrip("> ")


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackSettings:
    """Alerts in Slack, by an incoming webhook or, where a token is given, by a bot."""

    webhook_url: str = field(default="", repr=False)  # the address is itself the secret
    token: str = field(default="", repr=False)
    slack_channel: str = ""  # id where the bot posts, unless the subscription names its own
    api_url: str = SLACK_API
    buttons: bool = False  # under each alert, for an app that hears them


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookSettings:
    """Alerts as CloudEvents to an address of the user's."""

    url: str = field(repr=False)  # may carry a token
    secret: str = field(default="", repr=False)  # "whsec_…" in base64, or any text; "" sends unsigned
    source: str = "urn:bongsu"  # tells the receiver which installation speaks


@dataclass(frozen=True, kw_only=True, slots=True)
class AppriseSettings:
    """Alerts by a service that the library Apprise knows."""

    url: str = field(repr=False)  # names the service and holds its secrets: "ntfys://topic"


Settings = AppriseSettings | ConsoleSettings | EmailSettings | SlackSettings | WebhookSettings
