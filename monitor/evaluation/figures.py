"""Counts, and the shares that follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Bounds = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How many there were, how many were found, and how many of those were right."""

    labelled: int = 0
    found: int = 0
    right: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was found that was right; None when nothing was found."""
        return _ratio(self.right, self.found)

    @property
    def recall(self) -> float | None:
        """Share of the labels that were found; None when there was no label."""
        return _ratio(self.right, self.labelled)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when neither is known."""
        return _ratio(2 * self.right, self.labelled + self.found)

    @property
    def precision_bounds(self) -> Bounds | None:
        """95 % bounds of the precision."""
        return wilson(self.right, self.found)

    @property
    def recall_bounds(self) -> Bounds | None:
        """95 % bounds of the recall."""
        return wilson(self.right, self.labelled)

    def as_dict(self) -> dict[str, object]:
        """For --json: counts, and shares with their bounds."""
        return {
            "labelled": self.labelled,
            "found": self.found,
            "precision": self.precision,
            "precision_bounds": self.precision_bounds,
            "recall": self.recall,
            "recall_bounds": self.recall_bounds,
            "f1": self.f1,
        }


def total(figures: Iterable[Figures]) -> Figures:
    """All counts added up: what follows from them is the micro average."""
    listed = list(figures)
    return Figures(
        labelled=sum(each.labelled for each in listed),
        found=sum(each.found for each in listed),
        right=sum(each.right for each in listed),
    )


def wilson(hits: int, total: int, *, z: float = 1.96) -> Bounds | None:
    """Wilson score interval of a share (E. B. Wilson, 1927); z 1.96 gives 95 %. None where the total is 0."""
    if total == 0:
        return None
    share = hits / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    # Rounding may carry a bound a hair past what a share can be.
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
