"""The map of events: Mercator's projection of the coasts, and a disc for each place."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import drawsvg as svg

from monitor.model import Entity, Level
from monitor.web.drawing import blank, label, outline, titled

_WATERS = (  # names that take no side
    ("East Sea / Sea of Japan", 135.6, 41.8),
    ("Yellow Sea", 123.4, 36.6),
    ("East China Sea", 125.4, 30.9),
    ("South China Sea", 113.6, 11.4),
    ("Philippine Sea", 130.5, 19),
    ("Sea of Okhotsk", 146.4, 47.3),
)
_TOWNS = (
    ("Pyongyang", 125.75, 39.03),
    ("Seoul", 127, 37.55),
    ("Tokyo", 139.7, 35.7),
    ("Beijing", 116.4, 39.9),
    ("Taipei", 121.5, 25.05),
    ("Manila", 121, 14.6),
    ("Vladivostok", 131.9, 43.1),
)
_COASTS = Path(__file__).parent / "coasts.txt"
_WEST, _EAST, _SOUTH, _NORTH = 103.0, 151.0, 4.0, 50.0
_WIDTH = 640.0
_DEGREE = _WIDTH / (_EAST - _WEST)
_SMALLEST, _LARGEST = 4.0, 26.0  # radius of a disc
_NAMED = 16  # places whose names are written
_LETTER, _TALL = 5.2, 11.0  # of a name, about


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """Words on the map, whose baseline is at y."""

    text: str
    x: float
    y: float
    anchor: str = "start"  # or middle, end
    look: str  # class in the style sheet


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place on the map with what it saw."""

    name: str
    at: tuple[float, float]  # latitude and longitude
    count: int
    level: Level  # the highest


def spots(
    found: Mapping[str, tuple[int, Level]], entities: Mapping[str, Entity], names: Mapping[str, str]
) -> list[Spot]:
    """The places of which we know where they lie, or where the larger place lies, the most alerts first."""
    told = []
    for place, (count, level) in found.items():
        at = _position(place, entities)
        if at is not None:
            told.append(Spot(name=names.get(place, place), at=at, count=count, level=level))
    return sorted(told, key=lambda spot: (-spot.count, spot.name))


def drawn(shown: Iterable[Spot]) -> svg.Drawing:
    """Coasts and discs; names are written where there is room, those of the busiest places first."""
    listed = [spot for spot in shown if _is_within(spot.at)]
    most = max((spot.count for spot in listed), default=1)
    height = round(_y(_SOUTH), 1)
    drawing = blank(_WIDTH, height)
    drawing.append(svg.Rectangle(0, 0, _WIDTH, height, class_="sea"))
    drawing.extend(outline(land, look="land", close=True) for land in _coasts())
    drawing.extend(_disc(spot, most) for spot in listed)
    drawing.extend(
        label(each.text, each.x, each.y, anchor=each.anchor, look=each.look)
        for each in legible((*_of_spots(listed, most), *_of_towns(), *_of_waters()))
    )
    return drawing


def _of_spots(listed: list[Spot], most: int) -> Iterator[Name]:
    for spot in listed[:_NAMED]:
        right = _x(spot.at[1]) + _radius(spot, most) + 3
        text = f"{spot.name} {spot.count}"
        if right + _LETTER * len(text) > _WIDTH:
            left = round(_x(spot.at[1]) - _radius(spot, most) - 3, 1)
            yield Name(x=left, y=_y(spot.at[0]) + 3, text=text, anchor="end", look="spot")
        else:
            yield Name(x=round(right, 1), y=_y(spot.at[0]) + 3, text=text, look="spot")


def _of_towns() -> Iterator[Name]:
    for name, longitude, latitude in _TOWNS:
        yield Name(x=_x(longitude) - 2, y=_y(latitude) + 3, text=f"· {name}", look="town")


def _of_waters() -> Iterator[Name]:
    for name, longitude, latitude in _WATERS:
        yield Name(x=_x(longitude), y=_y(latitude), text=name, anchor="middle", look="water")


def legible(names: Iterable[Name]) -> Iterator[Name]:
    """Those that lie upon no earlier one."""
    taken: list[tuple[float, float, float]] = []
    for name in names:
        wide = _LETTER * len(name.text)
        left = name.x - {"start": 0.0, "middle": wide / 2, "end": wide}[name.anchor]
        if all(abs(name.y - y) > _TALL or left > right or left + wide < other for other, right, y in taken):
            taken.append((left, left + wide, name.y))
            yield name


def _disc(spot: Spot, most: int) -> svg.Circle:
    title = f"{spot.name}: {spot.count} alert{'' if spot.count == 1 else 's'}, at most {spot.level}"
    disc = svg.Circle(_x(spot.at[1]), _y(spot.at[0]), _radius(spot, most), class_=f"mark {spot.level}")
    return titled(disc, title)


def _radius(spot: Spot, most: int) -> float:
    """Of a disc whose area grows with the count."""
    return round(_SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt((spot.count - 1) / max(most - 1, 9)), 1)


def _position(place: str, entities: Mapping[str, Entity]) -> tuple[float, float] | None:
    seen: set[str] = set()
    while place in entities and place not in seen:
        seen.add(place)
        entity = entities[place]
        if entity.at is not None:
            return entity.at
        place = entity.within
    return None


def _is_within(at: tuple[float, float]) -> bool:
    return _SOUTH <= at[0] <= _NORTH and _WEST <= at[1] <= _EAST


@functools.cache
def _coasts() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Each land's outline as points of the drawing."""
    lines = _COASTS.read_text(encoding="utf-8").splitlines()
    return tuple(_points(line.partition(" ")[2]) for line in lines if not line.startswith("#"))


def _points(line: str) -> tuple[tuple[float, float], ...]:
    pairs = (point.split(",") for point in line.split())
    return tuple((_x(float(lon)), _y(float(lat))) for lon, lat in pairs)


def _x(longitude: float) -> float:
    return round((longitude - _WEST) * _DEGREE, 1)


def _y(latitude: float) -> float:
    return round((_mercator(_NORTH) - _mercator(latitude)) * _DEGREE, 1)


def _mercator(latitude: float) -> float:
    """Degrees of longitude by which the latitude lies from the equator on the map."""
    return math.degrees(math.asinh(math.tan(math.radians(latitude))))
