"""Links in messages that let a subscriber confirm, change or end a subscription: signed, each for one purpose."""

from __future__ import annotations

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


_AGES = {Purpose.CONFIRM: 3 * 24 * 3600}  # seconds; the others hold for ever: an old mail must let go too


@dataclass(frozen=True, kw_only=True)
class Links:
    """Makes and reads the links of one installation."""

    key: str
    address: str  # under which readers reach the pages; "": there are no links

    def to(self, purpose: Purpose, subscription: Subscription) -> str:
        """The link, or "" where it would lead nowhere: commands and config own the other subscriptions."""
        if not self.address or subscription.from_config or subscription.asked is None:
            return ""
        return f"{self.address}/{purpose}/{self._signer(purpose).dumps(subscription.id)}"

    def read(self, purpose: Purpose, token: str) -> str:
        """The id of the subscription; UsageError for a token that is not ours, of another purpose, or too old."""
        try:
            found = self._signer(purpose).loads(token, max_age=_AGES.get(purpose))
        except BadSignature as error:
            raise UsageError(
                "This link is not complete, or too old. Subscribe again to get another."
            ) from error
        return str(found)

    def _signer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=f"link {purpose}")
