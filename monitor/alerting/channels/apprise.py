"""Alerts by any of the services that the library Apprise knows: a title and a plain text, https://appriseit.com.

The library makes the connection itself, so what our HTTP client guards against is not guarded against here.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from monitor.alerting import retry
from monitor.alerting.channels.settings import AppriseSettings
from monitor.alerting.render import plain_text
from monitor.alerting.text import calm, header_safe
from monitor.errors import DeliveryError, UsageError
from monitor.model import Digest, Message, Notice

if TYPE_CHECKING:
    import apprise

# Many services call people by a name after @: an invisible joiner stands between. Addresses of mail and web stay.
_CALL = re.compile(
    r"(?<![\w/.+-])@|@(?=(?:all|channel|everyone|here|online|room)(?![a-z0-9_]|[.-][a-z]))", re.IGNORECASE
)
_STATUS = re.compile(r"\berror=(\d{3})\b")  # the library tells of a status in its log only


class AppriseChannel:
    """Sends to the one service of its settings; a subscription's target says nothing here."""

    def __init__(self, settings: AppriseSettings) -> None:
        self._scheme = settings.url.partition(":")[0]
        self._service = _opened(settings.url)

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> None:
        """Send once; DeliveryError by the status that the library tells of, else worth another try."""
        del now
        name = message.delivery.id if isinstance(message, Message) else message.id
        body = f"{plain_text(message).rstrip()}\n\nDelivery {name}\n"
        result = await self._service.async_notify(
            title=_shown(header_safe(message.headline)), body=_shown(body), body_format="text"
        )
        if not result:
            self._refused(result)

    def _refused(self, result: apprise.AppriseResult) -> None:
        """The library's words may hold a secret: only the status is passed on."""
        found = [_STATUS.search(entry.message) for each in result.results for entry in each.logs()]
        status = next((int(each[1]) for each in found if each), None)
        if status is not None:
            retry.check(retry.Protocol.HTTP, status, f"{self._scheme}:// did not take it")
        raise DeliveryError(f"{self._scheme}:// did not take it; no status was told", unsure=True)


def _shown(text: str) -> str:
    """The text, of one line or several, that steers no screen and calls nobody."""
    return _CALL.sub("@\u2060", "\n".join(map(calm, text.split("\n"))))


def _opened(url: str) -> apprise.Apprise:
    """The one service of the address; UsageError without the library, or for an address that it does not know."""
    try:
        import apprise  # noqa: PLC0415 - an extra, which may not be there
    except ImportError as error:
        said = "the channel kind apprise is an extra that is not installed: pip install 'bongsu[apprise]'"
        raise UsageError(said) from error
    asset = apprise.AppriseAsset(app_id="Bongsu", http_redirects=False, storage_mode="memory")
    service = apprise.Apprise(asset=asset)
    if not service.add(url) or len(service) != 1:
        raise UsageError(
            "the url of a channel of kind apprise is not one address that Apprise knows; see https://appriseit.com"
        )
    return service
