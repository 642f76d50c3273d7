"""Plain drawings for the pages: places and sizes, which a template writes as SVG. Pure.

The shapes bear classes and no colours, so that the style sheet keeps them legible in light and dark.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHADES = 4  # steps of a heat map above nothing
_CELL = 13  # with the gap
_GAP = 2
_NAMES = 172  # width left of a grid
_NARROW = 30  # width left of a calendar or of bars
_HEAD = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle; the title is shown when one points at it."""

    x: float
    y: float
    width: float
    height: float
    look: str  # class in the style sheet
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """Words whose baseline is at y."""

    x: float
    y: float
    text: str
    anchor: str = "start"  # or middle, end
    look: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disc:
    """A circle around a point."""

    x: float
    y: float
    radius: float
    look: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """Shapes in a space of so many units."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    labels: tuple[Label, ...] = ()
    line: str = ""  # points of a polyline
    areas: tuple[str, ...] = ()  # each the points of a polygon
    discs: tuple[Disc, ...] = ()


def grid(rows: Mapping[str, Sequence[int]], heads: Sequence[str], *, months: Sequence[str]) -> Drawing:
    """A row for each name, a column for each head; `months` are written over the columns that begin one."""
    most = max((max(values, default=0) for values in rows.values()), default=0)
    boxes, labels = [], _over(months, left=_NAMES)
    for at, (name, values) in enumerate(rows.items()):
        top = _HEAD + at * _CELL
        labels.append(Label(x=_NAMES - 6, y=top + 10, text=_shortened(name), anchor="end"))
        boxes.append(_band(_NAMES, top, columns=len(heads)))
        for column, count in enumerate(values):
            if count:
                title = f"{name}, {heads[column]}: {count}"
                boxes.append(_cell(_NAMES + column * _CELL, top, count, most, title))
    size = (_NAMES + len(heads) * _CELL, _HEAD + len(rows) * _CELL)
    return Drawing(width=size[0], height=size[1], boxes=tuple(boxes), labels=tuple(labels))


def calendar(counts: Mapping[dt.date, int], *, until: dt.date) -> Drawing:
    """The year that ends with that day: a column for each week from Monday, a row for each weekday."""
    first = until - dt.timedelta(days=364 + (until - dt.timedelta(days=364)).weekday())
    days = [first + dt.timedelta(days=number) for number in range((until - first).days + 1)]
    most = max((counts.get(day, 0) for day in days), default=0)
    weeks = math.ceil(len(days) / 7)
    boxes = [_band(_NARROW, _HEAD + at * _CELL, columns=weeks) for at in range(7)]
    for number, day in enumerate(days):
        if count := counts.get(day, 0):
            place = (_NARROW + number // 7 * _CELL, _HEAD + day.weekday() * _CELL)
            boxes.append(_cell(*place, count, most, f"{day:%-d %b %Y}: {count}"))
    weekdays = [
        Label(x=_NARROW - 5, y=_HEAD + at * _CELL + 10, text=name, anchor="end")
        for at, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"))
    ]
    labels = (*_over(month_heads(days[::7]), left=_NARROW), *weekdays)
    size = (_NARROW + weeks * _CELL, _HEAD + 7 * _CELL)
    return Drawing(width=size[0], height=size[1], boxes=tuple(boxes), labels=labels)


def bars(
    values: Sequence[tuple[str, float]], *, heads: Sequence[str], line: Sequence[float | None] = ()
) -> Drawing:
    """A bar for each named value, the heads below, and a line over them where one is given."""
    width, height, foot = 530.0, 130.0, 18.0  # two fit beside one another
    most = max([value for _, value in values] + [each or 0 for each in line] + [1])
    step = (width - _NARROW) / max(len(values), 1)

    def up(value: float) -> float:
        return round(height - foot - value / most * (height - foot - _HEAD), 1)

    shown = [
        Box(
            x=round(_NARROW + at * step, 1),
            y=up(value),
            width=round(max(step - max(step * 0.15, 1), 1), 1),
            height=round(height - foot - up(value), 1),
            look="bar",
            title=f"{name}: {value:g}",
        )
        for at, (name, value) in enumerate(values)
        if value
    ]
    middle = _NARROW + step / 2
    points = [f"{middle + at * step:.1f},{up(each)}" for at, each in enumerate(line) if each is not None]
    below = [
        Label(x=round(middle + at * step, 1), y=height - 4, text=head, anchor="middle")
        for at, head in enumerate(heads)
        if head
    ]
    scale = [Label(x=_NARROW - 5, y=up(value) + 4, text=f"{value:g}", anchor="end") for value in (0, most)]
    ground = Box(x=_NARROW, y=height - foot, width=width - _NARROW, height=1, look="axis")
    return Drawing(
        width=width,
        height=height,
        boxes=(*shown, ground),
        labels=(*below, *scale),
        line=" ".join(points) if len(points) > 1 else "",
    )


def spark(values: Sequence[int]) -> Drawing:
    """Small bars without words, on one line with text."""
    most = max([*values, 1])
    tall = [max(round(value / most * 18, 1), 1) for value in values]
    boxes = [
        Box(x=at * 5, y=20 - high, width=4, height=high, look="bar" if value else "none")
        for at, (value, high) in enumerate(zip(values, tall, strict=True))
    ]
    return Drawing(width=len(values) * 5, height=20, boxes=tuple(boxes))


def month_heads(days: Sequence[dt.date]) -> list[str]:
    """The month's name at the first day of each month that is there, and nothing at the others."""
    heads, last = [], ""
    for day in days:
        name = f"{day:%b}"
        heads.append(name if name != last else "")
        last = name
    if len(heads) > 1 and heads[1]:
        heads[0] = ""  # two names would lie on one another
    return heads


def _over(heads: Sequence[str], *, left: float) -> list[Label]:
    return [Label(x=left + at * _CELL, y=11, text=head) for at, head in enumerate(heads) if head]


def _band(x: float, y: float, *, columns: int) -> Box:
    """What lies under the cells of a row, in place of a cell for each nothing."""
    return Box(x=x, y=y, width=columns * _CELL - _GAP, height=_CELL - _GAP, look="heat0")


def _cell(x: float, y: float, count: int, most: int, title: str) -> Box:
    shade = math.ceil(SHADES * count / most)
    return Box(x=x, y=y, width=_CELL - _GAP, height=_CELL - _GAP, look=f"heat{shade}", title=title)


def _shortened(name: str, most: int = 26) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
