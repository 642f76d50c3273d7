"""What rules over time see and say: signs in, findings out."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from monitor.model.reports import Report
from monitor.model.words import Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """One match, as far as a rule over time looks at it."""

    rule: str
    date: dt.date  # of the event
    seen: dt.date  # when its article came out
    article: str = ""
    publisher: str = ""
    grade: str = "F"
    reporter: str = ""  # slug of whom the sentence names as its source
    count: int | None = None
    slugs: frozenset[str] = frozenset()  # of everybody and everything in the event
    words: str = ""  # headline and sentence, casefolded
    said: str = ""  # the headline, or else the sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """A stretch of days on which a feed brought nothing; both ends count, None is still so."""

    feed: str
    began: dt.date
    ended: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the feed was down on that day."""
        return self.began <= day and (self.ended is None or day <= self.ended)


class Holds(enum.StrEnum):
    """How a finding stands."""

    OPEN = "open"  # it holds, and is told
    HELD = "held"  # it would hold, but the feeds that could know were down
    RESOLVED = "resolved"  # an absence that ended
    WITHDRAWN = "withdrawn"  # it rested on reports that were taken back


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one rule over time says: one onset of a correlation, or one absence."""

    rule: str
    date: dt.date  # of the onset: the last step of a sequence, the day after the last sign of an absence
    zone: str = ""  # slug; what keeps findings of one day apart
    holds: Holds = Holds.OPEN
    level: Level
    said: str  # for the headline
    signs: tuple[Sign, ...] = ()  # the evidence, oldest first
    alert: str = ""  # Alert.id, once it is told


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """A report on which rules over time looked and which stands no longer."""

    report: Report  # as its own alert has it now
    denials: tuple[Report, ...] = ()  # what takes it back; none where its publisher edited it
