"""The history in pictures: each with its numbers, as a table and as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import drawsvg as svg
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.storage import Connection, alerts, counts
from monitor.web import atlas, series
from monitor.web.drawing import bars, calendar, grid, inline, month_heads
from monitor.web.site import SEOUL, Site, of, page

WEEKS = 26
_MOST_RULES = 20
_BESIDE = 18  # places
_LISTED = 60  # rows of a table; the file has all
_MOST_ALERTS = 1000  # of which publishers and waits are told
_DAYS = 90  # of aircraft, publishers and waits


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture and the numbers behind it."""

    name: str  # in addresses
    title: str
    about: str  # how to read it
    says: str  # what it shows just now, in words
    drawing: svg.Drawing
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    beside: int = 0  # rows that are shown beside the drawing

    @functools.cached_property
    def inline(self) -> Markup:
        """The drawing as part of the page."""
        return inline(self.drawing)


Draw = Callable[[Connection, Site], list[Picture]]


def shown(request: Request) -> Response:
    """Every picture."""
    return page(request, "pictures", pictures=_drawn(of(request), PICTURES), most=_LISTED)


def numbers(request: Request) -> Response:
    """The numbers behind one picture, as CSV."""
    name = request.path_params["picture"]
    asked = [draw for draw, names in PICTURES.items() if name.partition("-")[0] in names]
    found = next((each for each in _drawn(of(request), asked) if each.name == name), None)
    if found is None:
        raise HTTPException(404, "There is no such picture.")
    written = io.StringIO()
    csv.writer(written).writerows([found.columns, *found.rows])
    name = f'attachment; filename="{found.name}.csv"'
    return Response(written.getvalue(), media_type="text/csv", headers={"content-disposition": name})


def mondays(now: dt.datetime) -> list[dt.date]:
    """The first days of the last 26 weeks in Seoul, the running one last."""
    last = series.monday(now.astimezone(SEOUL).date())
    return [last - dt.timedelta(weeks=back) for back in reversed(range(WEEKS))]


def midnight(day: dt.date) -> dt.datetime:
    """When that day began in Seoul."""
    return dt.datetime.combine(day, dt.time(), SEOUL)


def _drawn(site: Site, asked: Iterable[Draw]) -> list[Picture]:
    with site.app.parts.database.read() as conn:
        state = (alerts.newest(conn), site.now.astimezone(SEOUL).date(), id(site.app.pack))
        return [picture for draw in asked for picture in _kept(draw, conn, site, state)]


def _kept(draw: Draw, conn: Connection, site: Site, state: object) -> list[Picture]:
    """As it was drawn last, while no alert has come or changed since and the day is the same."""
    known, drawn = site.drawn.get(draw.__name__, (None, []))
    if known != state:
        drawn = draw(conn, site)
        site.drawn[draw.__name__] = (state, drawn)
    return drawn


def _map(conn: Connection, site: Site) -> list[Picture]:
    found = counts.by_place(conn, since=site.now - dt.timedelta(days=_DAYS))
    told = atlas.spots(found, site.app.pack.vocabulary.entities, site.names)
    said = f"Most at {told[0].name}, {told[0].count}." if told else "No alert at a place yet."
    return [
        Picture(
            name="map",
            title=f"Where it happened, {_DAYS} days",
            about="A disc for each place that alerts name: the larger, the more; in the colour of the highest level.",
            says=said,
            drawing=atlas.drawn(told),
            columns=("place", "alerts", "highest level", "latitude", "longitude"),
            rows=[(spot.name, spot.count, str(spot.level), *spot.at) for spot in told],
            beside=_BESIDE,
        )
    ]


def _timeline(conn: Connection, site: Site) -> list[Picture]:
    weeks = mondays(site.now)
    found = counts.by_rule_and_day(conn, since=midnight(weeks[0]))
    by_week = {rule: series.weekly(days, weeks) for rule, days in found.items()}
    rows = dict(sorted(by_week.items(), key=lambda pair: (-sum(pair[1]), pair[0]))[:_MOST_RULES])
    heads = [f"week of {week:%-d %b}" for week in weeks]
    first = next(iter(rows), "")
    said = f"{first} raised most, {sum(rows[first])}." if first else "No alert yet."
    return [
        Picture(
            name="timeline",
            title="Alerts of each indicator by week",
            about=f"The last {WEEKS} weeks, the indicators with most alerts first. The darker, the more.",
            says=said,
            drawing=grid(rows, heads, months=month_heads(weeks)),
            columns=("indicator", *map(str, weeks)),
            rows=[(rule, *values) for rule, values in rows.items()],
        )
    ]


def _year(conn: Connection, site: Site) -> list[Picture]:
    today = site.now.astimezone(SEOUL).date()
    found = counts.by_day(conn, since=midnight(today - dt.timedelta(days=371)))
    most = max(found, key=lambda day: (found[day], day), default=None)
    said = (
        f"{sum(found.values())} alerts; most on {most:%-d %B %Y}, {found[most]}." if most else "No alert yet."
    )
    return [
        Picture(
            name="year",
            title="A year of alerts by day",
            about="Each square is a day in Seoul, each column a week from Monday. The darker, the more alerts.",
            says=said,
            drawing=calendar(found, until=today),
            columns=("day", "alerts"),
            rows=sorted(found.items(), reverse=True),
        )
    ]


def _aircraft(conn: Connection, site: Site) -> list[Picture]:
    """One for each zone in which aircraft were counted."""
    today = site.now.astimezone(SEOUL).date()
    since = midnight(today - dt.timedelta(days=2 * _DAYS))
    found = counts.figures(conn, rules=series.AIRCRAFT, places=series.ZONES, since=since)
    days = [today - dt.timedelta(days=back) for back in reversed(range(_DAYS))]
    return [
        _of_zone(zone, site.names.get(zone, zone), found[zone], days)
        for zone in series.ZONES
        if zone in found
    ]


def _of_zone(zone: str, named: str, figures: Mapping[dt.date, int], days: Sequence[dt.date]) -> Picture:
    usual = series.baseline(figures, days)
    heads = [f"{day:%-d %b}" if day.weekday() == 0 and day.isocalendar().week % 2 else "" for day in days]
    last = max(figures)
    return Picture(
        name=f"aircraft-{zone}",
        title=f"Aircraft by day: {named}",
        about="Bars: the largest figure that alerts gave for the day. The line: the median of the 13 weeks before.",
        says=f"The last figure is {figures[last]}, of {last:%-d %B %Y}.",
        drawing=bars([(f"{day:%-d %b}", figures.get(day, 0)) for day in days], heads=heads, line=usual),
        columns=("day", "aircraft", "median of 13 weeks before"),
        rows=[
            (day, figures[day], "" if often is None else often)
            for day, often in zip(days, usual, strict=True)
            if day in figures
        ],
    )


def _confirmed(conn: Connection, site: Site) -> list[Picture]:
    told = counts.newest(conn, since=site.now - dt.timedelta(days=_DAYS), most=_MOST_ALERTS)
    return [
        _classes(
            "publishers",
            f"On how many publishers alerts rest, {_DAYS} days",
            f"The more publishers, the better it is confirmed. Of the newest {_MOST_ALERTS:,} alerts.",
            series.publishers(told),
        ),
        _classes(
            "waits",
            f"From publication to alert, {_DAYS} days",
            "How long after its first report was published an alert was opened, at the most. "
            f"Of the newest {_MOST_ALERTS:,} alerts.",
            series.waits(told),
        ),
    ]


def _classes(name: str, title: str, about: str, found: Mapping[str, int]) -> Picture:
    return Picture(
        name=name,
        title=title,
        about=about,
        says=", ".join(f"{named}: {count}" for named, count in found.items()) + ".",
        drawing=bars(list(found.items()), heads=[f"{named} · {count}" for named, count in found.items()]),
        columns=(name, "alerts"),
        rows=list(found.items()),
    )


PICTURES: Mapping[Draw, tuple[str, ...]] = {  # and how the names of what each draws begin
    _map: ("map",),
    _timeline: ("timeline",),
    _year: ("year",),
    _aircraft: ("aircraft",),
    _confirmed: ("publishers", "waits"),
}
