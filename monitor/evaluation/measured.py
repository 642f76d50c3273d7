"""Everything that is measured on one set of labelled articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.evaluation.baselines import Direction, directions, keywords, mentioned_order, read_direction
from monitor.evaluation.figures import Figures, total
from monitor.evaluation.tally import Labelled, Tally, evaluate
from monitor.model import Need, Reading, Verdict

ALL = "all"  # where the counts of all rules are added up


@dataclass(frozen=True, kw_only=True)
class Read:
    """A labelled article as it was read and judged."""

    item: Labelled
    reading: Reading
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Our figures and those of the baselines; the latter hold only where readings were ungated."""

    tallies: Sequence[Tally]  # one a rule, then all
    keywords: Mapping[str, Figures]  # same, by the rule's id
    directions: Mapping[str, Direction]  # by the way of reading

    def as_dicts(self, *, baselines: bool) -> list[dict[str, object]]:
        """For --json: one object a rule, then that of all, which also holds the directions."""
        told = [tally.as_dict() for tally in self.tallies]
        if baselines:
            for each in told:
                each["keywords"] = self.keywords[str(each["rule"])].as_dict()
            told[-1]["directions"] = {way: found.as_dict() for way, found in self.directions.items()}
        return told


def measure(read: Sequence[Read], needs: Mapping[str, Sequence[Need]]) -> Measured:
    """All figures; `needs` are the alternatives of each rule that is judged."""
    items = [each.item for each in read]
    readings = [each.reading for each in read]
    fired = keywords(items, readings, needs)
    return Measured(
        tallies=evaluate(((each.item, each.verdict) for each in read), list(needs)),
        keywords={**fired, ALL: total(fired.values())},
        directions={
            "grammar": directions(items, [read_direction(each.reading, each.verdict) for each in read]),
            "order of names": directions(items, [mentioned_order(reading) for reading in readings]),
        },
    )
