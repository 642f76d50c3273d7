"""What a document says of itself and of how things are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.alerting.render import first_lines, page_of
from monitor.model import Alert, AlertVerdict

URN = "urn:bongsu"


@dataclass(frozen=True, kw_only=True)
class About:
    """The time of writing, the names of slugs, where the pages are ("" for nowhere), what analysts said."""

    now: dt.datetime
    names: Mapping[str, str] = field(default_factory=dict)
    wikidata: Mapping[str, str] = field(default_factory=dict)  # slug to the Wikidata id of the same thing
    address: str = ""
    verdicts: Mapping[str, Sequence[AlertVerdict]] = field(default_factory=dict)  # by alert
    feed: str = f"{URN}:alerts"  # id of the document as a feed, the same at every reading
    itself: str = ""  # where the document is to be had; "" where it is not served

    def link(self, alert: Alert) -> str:
        """The alert's page, else the first report's address."""
        page = page_of(alert, self.address)
        return page or next((report.url for report in alert.reports if report.url), "")

    def lines(self, alert: Alert) -> tuple[str, str, str]:
        """Headline, who told it, the sentence."""
        return first_lines(alert, names=self.names, now=self.now)
