"""How alerts divide."""

from __future__ import annotations

from pydantic import Field

from monitor.shapes.base import Shape
from monitor.storage import facets


class Facets(Shape):
    """How many alerts bear each value; the most frequent first, levels from the highest, months from the newest."""

    total: int = Field(examples=[3])
    rules: dict[str, int] = Field(examples=[{"dprk-missile-launch": 2, "adiz-incursion": 1}])
    actors: dict[str, int] = Field(examples=[{"north-korea": 2, "china": 1}])
    places: dict[str, int] = Field(examples=[{"east-sea": 2}])
    publishers: dict[str, int] = Field(examples=[{"Yonhap": 3, "Kyodo": 1}])
    levels: dict[str, int] = Field(examples=[{"high": 2, "low": 1}])
    statuses: dict[str, int] = Field(examples=[{"occurred": 3}])
    months: dict[str, int] = Field(description="In UTC.", examples=[{"2026-03": 3}])

    @classmethod
    def of(cls, found: facets.Facets) -> Facets:
        """As the history counts them."""
        tags = {f"{kind}s": dict(counts) for kind, counts in found.tags.items()}
        return cls(
            total=found.total,
            **tags,
            levels={str(level): many for level, many in found.levels.items()},
            statuses={str(status): many for status, many in found.statuses.items()},
            months=dict(found.months),
        )
