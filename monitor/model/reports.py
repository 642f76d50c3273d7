"""One article's part in an alert: what it says of the event, and whether that stands."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from monitor.model.extraction import Count, Span
from monitor.model.matching import Evidence
from monitor.model.words import Level, Status


class Bearing(enum.StrEnum):
    """What a report says of the alert's event."""

    TELLS = "tells"
    RETRACTS = "retracts"  # who told it takes it back
    DENIES = "denies"  # somebody says that it did not happen
    DISOWNS = "disowns"  # whoever is said to have done it denies it, which takes nothing back


_REMARKS = {
    Bearing.RETRACTS: "takes it back",
    Bearing.DENIES: "says it did not happen",
    Bearing.DISOWNS: "denies it",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One article's part in an alert."""

    article: str  # Article.id
    publisher: str
    grade: str
    url: str
    title: str
    published: dt.datetime | None
    fetched: dt.datetime
    sentence: Span
    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...]
    level: Level = Level.INFORMATIONAL  # the highest that its own sentences reach
    actors: tuple[str, ...] = ()  # slugs of those who did it, as the sentence tells it
    action: str = ""  # slug of the deed
    objects: tuple[str, ...] = ()  # slugs
    nominal: bool = False  # the sentence tells it by a noun
    answering: bool = False  # its verb is another's, who answers the deed: "Manila protests China's ban"
    count: Count | None = None
    sketch: tuple[int, ...] = ()  # of the article's text, by which copies are known
    status: Status = Status.OCCURRED  # of the event, as the sentence tells it
    source: str = ""  # slug of whom the sentence names as its source
    side: str = ""  # the source's country, else its slug: an army and its state are one origin
    voice: str = ""  # the source, in the sentence's own words
    bearing: Bearing = Bearing.TELLS
    corrects: bool = False  # it says of itself that it corrects what was told before
    retracted: bool = False  # the publisher's edited text no longer tells it
    returned: bool = False  # it tells it again, after an edit that did not
    taken_back_by: str = ""  # whose denial took it back, in words
    disputed_by: str = ""  # who denies it in the very article that tells it, in words

    @property
    def stands(self) -> bool:
        """Whether it tells the event, and nobody took that back."""
        return self.bearing is Bearing.TELLS and not self.retracted and not self.taken_back_by

    @property
    def fallen(self) -> bool:
        """Whether it told the event and that was taken back."""
        return self.bearing is Bearing.TELLS and not self.stands

    @property
    def remark(self) -> str:
        """What must be known of it, in words: `retracted`, `taken back by Seoul`, `denies it`; "" where it stands."""
        if self.retracted:
            return "retracted"
        if self.bearing is not Bearing.TELLS:
            return _REMARKS[self.bearing]
        return f"taken back by {self.taken_back_by}" if self.fallen else ""

    @property
    def who(self) -> str:
        """Whose word it is: its source, in the sentence's own words, else its publisher."""
        return self.voice or self.publisher or "an unknown publisher"
