"""Every error that this product raises on purpose.

MonitorError
├── ConfigError          the config file, all its mistakes at once          exit 2
├── RuleError            rule and vocabulary files, all mistakes at once    exit 2
├── UsageError           a command called with words that do not fit        exit 2
├── FetchError           one request to one address failed                  exit 3
│   └── AddressRefused   the address is not public, and not listed
├── ParseError           the document is not a feed that we can read
├── StorageError         the database is absent, too new or cannot be used  exit 3
└── DeliveryError        a channel did not take a message                   exit 3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MonitorError(Exception):
    """Base of all errors that speak to the person: what happened, where, what to do."""

    exit_status = 3


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake in a file that a person wrote."""

    where: str  # "rules/dprk.yml:12:5", or a key such as "feeds.3.url"
    what: str  # "unknown key 'actr'"
    hint: str = ""  # "did you mean 'actor'?"

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class _Mistakes(MonitorError):
    """Carries every mistake found, so that one run is enough to mend them all."""

    exit_status = 2

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ConfigError(_Mistakes):
    """The config file has mistakes."""


class RuleError(_Mistakes):
    """Rule or vocabulary files have mistakes."""


class UsageError(MonitorError):
    """A command was called with words that do not fit."""

    exit_status = 2


class FetchError(MonitorError):
    """One request failed; `url` is its subject and `status` the HTTP status, if one came.

    The message leaves out what follows a question mark: there the keys of paid feeds stand.
    """

    def __init__(
        self,
        what: str,
        *,
        url: str,
        status: int | None = None,
        retry_after: float | None = None,
        unsure: bool = False,
    ) -> None:
        self.url = url
        self.unsure = unsure  # True: the other side may have got the request all the same
        self.status = status
        self.retry_after = retry_after  # seconds the server asks us to wait
        address, asked, _ = url.partition("?")
        super().__init__(f"{address}{'?…' if asked else ''}: {what}")


class AddressRefused(FetchError):
    """The address is not public and the operator did not list it."""


class ParseError(MonitorError):
    """The document is not a feed that we can read."""


class StorageError(MonitorError):
    """The database cannot be used."""

    def __init__(self, what: str = "", *, passing: bool = False, for_good: bool = False) -> None:
        self.passing = passing  # True: it was the database's trouble, and the same may be done later
        self.for_good = for_good  # True: whoever goes on may do harm; somebody must mend it first
        super().__init__(what)


class DeliveryError(MonitorError):
    """A channel did not take a message."""

    def __init__(
        self,
        what: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        unsure: bool = False,
    ) -> None:
        self.permanent = permanent  # True: trying again cannot help
        self.unsure = unsure  # True: the receiver may have taken it all the same
        self.retry_after = retry_after  # seconds the receiver asks us to wait
        super().__init__(what)
