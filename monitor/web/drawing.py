"""Plain drawings for the pages, drawn as SVG by drawsvg. Pure.

The shapes bear classes and no colours, so that the style sheet keeps them legible in light and dark. drawsvg escapes
what stands in a text or a title and nothing in an attribute: attributes are numbers and class names of our own.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping, Sequence

import drawsvg as svg
from markupsafe import Markup

SHADES = 4  # steps of a heat map above nothing
_CELL = 13  # with the gap
_GAP = 2
_NAMES = 172  # width left of a grid
_NARROW = 30  # width left of a calendar or of bars
_HEAD = 18


def inline(drawing: svg.Drawing) -> Markup:
    """The drawing as part of a page."""
    return Markup(drawing.as_svg(header=""))  # noqa: S704 - words stand in texts and titles alone


def grid(rows: Mapping[str, Sequence[int]], heads: Sequence[str], *, months: Sequence[str]) -> svg.Drawing:
    """A row for each name, a column for each head; `months` are written over the columns that begin one."""
    most = max((max(values, default=0) for values in rows.values()), default=0)
    drawing = blank(_NAMES + len(heads) * _CELL, _HEAD + len(rows) * _CELL)
    for at, (name, values) in enumerate(rows.items()):
        top = _HEAD + at * _CELL
        drawing.append(label(_shortened(name), _NAMES - 6, top + 10, anchor="end"))
        drawing.append(_band(_NAMES, top, columns=len(heads)))
        for column, count in enumerate(values):
            if count:
                title = f"{name}, {heads[column]}: {count}"
                drawing.append(_cell(_NAMES + column * _CELL, top, count, most, title))
    drawing.extend(_over(months, left=_NAMES))
    return drawing


def calendar(counts: Mapping[dt.date, int], *, until: dt.date) -> svg.Drawing:
    """The year that ends with that day: a column for each week from Monday, a row for each weekday."""
    first = until - dt.timedelta(days=364 + (until - dt.timedelta(days=364)).weekday())
    days = [first + dt.timedelta(days=number) for number in range((until - first).days + 1)]
    most = max((counts.get(day, 0) for day in days), default=0)
    weeks = math.ceil(len(days) / 7)
    drawing = blank(_NARROW + weeks * _CELL, _HEAD + 7 * _CELL)
    drawing.extend(_band(_NARROW, _HEAD + at * _CELL, columns=weeks) for at in range(7))
    for number, day in enumerate(days):
        if count := counts.get(day, 0):
            place = (_NARROW + number // 7 * _CELL, _HEAD + day.weekday() * _CELL)
            drawing.append(_cell(*place, count, most, f"{day:%-d %b %Y}: {count}"))
    drawing.extend(_over(month_heads(days[::7]), left=_NARROW))
    for at, name in ((0, "Mon"), (2, "Wed"), (4, "Fri")):
        drawing.append(label(name, _NARROW - 5, _HEAD + at * _CELL + 10, anchor="end"))
    return drawing


def bars(
    values: Sequence[tuple[str, float]], *, heads: Sequence[str], line: Sequence[float | None] = ()
) -> svg.Drawing:
    """A bar for each named value, the heads below, and a line over them where one is given."""
    width, height, foot = 530.0, 130.0, 18.0  # two fit beside one another
    most = max([value for _, value in values] + [each or 0 for each in line] + [1])
    step = (width - _NARROW) / max(len(values), 1)
    middle = _NARROW + step / 2

    def up(value: float) -> float:
        return round(height - foot - value / most * (height - foot - _HEAD), 1)

    drawing = blank(width, height)
    for at, (name, value) in enumerate(values):
        if value:
            left, wide = round(_NARROW + at * step, 1), round(max(step - max(step * 0.15, 1), 1), 1)
            tall = round(height - foot - up(value), 1)
            drawing.append(
                titled(svg.Rectangle(left, up(value), wide, tall, class_="bar"), f"{name}: {value:g}")
            )
    drawing.append(svg.Rectangle(_NARROW, height - foot, width - _NARROW, 1, class_="axis"))
    points = [(round(middle + at * step, 1), up(each)) for at, each in enumerate(line) if each is not None]
    if len(points) > 1:
        drawing.append(outline(points, look="usual"))
    for at, head in enumerate(heads):
        if head:
            drawing.append(label(head, round(middle + at * step, 1), height - 4, anchor="middle"))
    for value in (0, most):
        drawing.append(label(f"{value:g}", _NARROW - 5, up(value) + 4, anchor="end"))
    return drawing


def spark(values: Sequence[int]) -> svg.Drawing:
    """Small bars without words, on one line with text."""
    most = max([*values, 1])
    drawing = blank(len(values) * 5, 20, look="spark")
    some, none = svg.Path(class_="bar"), svg.Path(class_="none")
    for at, value in enumerate(values):
        top = round(20 - max(value / most * 18, 1), 1)
        (some if value else none).M(at * 5, 20).V(top).H(at * 5 + 4).V(20).Z()
    drawing.extend(path for path in (some, none) if path.args["d"])
    return drawing


def blank(width: float, height: float, *, look: str = "drawing") -> svg.Drawing:
    """Nothing yet, in a space of so many units."""
    return svg.Drawing(width, height, class_=look)


def label(text: str, x: float, y: float, *, anchor: str = "start", look: str = "") -> svg.Text:
    """Words whose baseline is at y, in the size that the style sheet gives them; `anchor` is start, middle or end."""
    return svg.Text(text, None, x, y, class_=look or None, text_anchor=None if anchor == "start" else anchor)


def titled(shape: svg.DrawingBasicElement, title: str) -> svg.DrawingBasicElement:
    """The shape with a title, which is shown when one points at it."""
    shape.append_title(title)
    return shape


def outline(points: Sequence[tuple[float, float]], *, look: str, close: bool = False) -> svg.Lines:
    """Straight lines from point to point."""
    return svg.Lines(*itertools.chain.from_iterable(points), close=close, class_=look)


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


def _over(heads: Sequence[str], *, left: float) -> list[svg.Text]:
    return [label(head, left + at * _CELL, 11) for at, head in enumerate(heads) if head]


def _band(x: float, y: float, *, columns: int) -> svg.Rectangle:
    """What lies under the cells of a row, in place of a cell for each nothing."""
    return svg.Rectangle(x, y, columns * _CELL - _GAP, _CELL - _GAP, class_="heat0")


def _cell(x: float, y: float, count: int, most: int, title: str) -> svg.Rectangle:
    shade = math.ceil(SHADES * count / most)
    return titled(svg.Rectangle(x, y, _CELL - _GAP, _CELL - _GAP, class_=f"heat{shade}"), title)


def _shortened(name: str, most: int = 26) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
