"""Links in messages by which a subscriber confirms, changes or ends a subscription, or a person signs in.

They are signed, each for one purpose.
"""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeTimedSerializer

from monitor.errors import UsageError
from monitor.model import Subscription


class Purpose(StrEnum):
    """What a link lets its holder do."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    LEAVE = "leave"
    FEED = "feed"
    SIGN_IN = "sign-in"


SIGN_IN_HOLDS = dt.timedelta(minutes=15)
_AGES = {Purpose.CONFIRM: dt.timedelta(days=3), Purpose.SIGN_IN: SIGN_IN_HOLDS}
# The others hold for ever: an old mail must let go too.


@dataclass(frozen=True, kw_only=True)
class Links:
    """Makes and reads the links of one installation."""

    key: str
    address: str  # under which readers reach the pages; "": there are no links

    def to(self, purpose: Purpose, subscription: Subscription) -> str:
        """The link, or "" where it would lead nowhere: what commands and config own is read by it, never changed."""
        owned = subscription.from_config or subscription.asked is None
        if not self.address or (owned and purpose is not Purpose.FEED):
            return ""
        carried = _of_feed(subscription) if purpose is Purpose.FEED else subscription.id
        return f"{self.address}/{purpose}/{self._signer(purpose).dumps(carried)}"

    def read(self, purpose: Purpose, token: str) -> str:
        """The id of the subscription; UsageError for a token that is not ours, of another purpose, or too old."""
        try:
            return self._read(purpose, token)
        except BadSignature as error:
            raise UsageError(
                "This link is not complete, or too old. Subscribe again to get another."
            ) from error

    def read_feed(self, token: str) -> tuple[str, int]:
        """The id of the subscription, and how often the link to its feed had been renewed; UsageError as `read`."""
        name, _, renewed = self.read(Purpose.FEED, token).partition(" ")
        return name, int(renewed or 0)

    def feed_id(self, subscription: Subscription) -> str:
        """The id of its feed: no other feed's, here or elsewhere, and the same whatever link it is read by."""
        said = hmac.digest(self.key.encode(), f"feed {subscription.id}".encode(), "sha256")
        return uuid.UUID(bytes=said[:16], version=4).urn

    def to_sign_in(self, carried: str) -> str:
        """The link that carries this to the page where one signs in."""
        return f"{self.address}/{Purpose.SIGN_IN}/{self._signer(Purpose.SIGN_IN).dumps(carried)}"

    def read_sign_in(self, token: str) -> str:
        """What the link carries; UsageError for one that is not ours, or too old."""
        try:
            return self._read(Purpose.SIGN_IN, token)
        except BadSignature as error:
            raise UsageError("This link is not complete, or too old. Ask for another.") from error

    def _read(self, purpose: Purpose, token: str) -> str:
        age = _AGES.get(purpose)
        return str(self._signer(purpose).loads(token, max_age=int(age.total_seconds()) if age else None))

    def _signer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=f"link {purpose}")


def _of_feed(subscription: Subscription) -> str:
    """What the newest link to its feed carries."""
    renewed = subscription.feed_renewed
    return f"{subscription.id} {renewed}" if renewed else subscription.id
