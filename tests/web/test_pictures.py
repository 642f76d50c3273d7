from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from builders import NOW, alert, report
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.load import load_pack
from monitor.model import Alert, Count, Entity, Kind, Level
from monitor.storage import Database, alerts, counts
from monitor.web import atlas, series
from monitor.web.atlas import Spot
from monitor.web.drawing import bars, calendar, grid, inline, month_heads, spark
from monitor.web.site import SEOUL

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 3, 12)
DAY = dt.timedelta(days=1)
counted = st.integers(min_value=0, max_value=500)


def sortie(day: dt.date, many: int, **changed: object) -> Alert:
    values = {"rules": ("adiz-incursion",), "places": ("taiwan-adiz",), "date": day}
    return alert(**{**values, "count": Count(min=many, max=many, text=str(many)), **changed})


def test_days_are_those_of_seoul(database: Database) -> None:
    late = dt.datetime(2026, 3, 10, 15, 30, tzinfo=dt.UTC)  # the 11th in Seoul
    with database.write() as conn:
        alerts.save(conn, alert(id="one", opened=late, rules=("a", "b"), titles=("A", "B")))
        alerts.save(conn, alert(id="two", opened=late - dt.timedelta(hours=1), rules=("a",), titles=("A",)))
        alerts.save(conn, alert(id="trial", opened=late, shadow=True))
    with database.read() as conn:
        by_day = counts.by_day(conn, since=NOW - 9 * DAY)
        by_rule = counts.by_rule_and_day(conn, since=NOW - 9 * DAY)
    assert by_day == {dt.date(2026, 3, 10): 1, dt.date(2026, 3, 11): 1}
    assert by_rule["a"] == by_day
    assert by_rule["b"] == {dt.date(2026, 3, 11): 1}


def test_the_largest_figure_of_a_day_counts_in_one_zone_alone(database: Database) -> None:
    told = [
        sortie(TODAY, 12),
        sortie(TODAY, 30),
        sortie(TODAY, 99, places=("taiwan-adiz", "kadiz")),
        sortie(TODAY, 98, rules=("drill",)),
        sortie(TODAY, 97, shadow=True),
        sortie(TODAY, 96, opened=NOW - 9 * DAY),
        sortie(TODAY, 0, count=None),
        sortie(TODAY - DAY, 4, places=("kadiz", "east-sea")),
        sortie(TODAY, 10**12, date=None, places=("jadiz",), opened=NOW),
    ]
    with database.write() as conn:
        for at, each in enumerate(told):
            alerts.save(conn, replace(each, id=str(at)))
    with database.read() as conn:
        found = counts.figures(conn, rules=series.AIRCRAFT, places=series.ZONES, since=NOW - DAY)
    assert found == {
        "taiwan-adiz": {TODAY: 30},
        "kadiz": {TODAY - DAY: 4},
        "jadiz": {NOW.astimezone(SEOUL).date(): 2**31 - 1},
    }


def test_the_baseline_is_the_median_of_thirteen_weeks_before() -> None:
    figures = {TODAY - 92 * DAY: 900, TODAY - 91 * DAY: 10, TODAY - 5 * DAY: 20, TODAY - DAY: 60, TODAY: 500}
    assert series.baseline(figures, [TODAY, TODAY - 2 * DAY]) == [20, 20]
    assert series.baseline(figures, [TODAY - 90 * DAY]) == [None]


def test_an_alert_is_as_well_confirmed_as_it_has_publishers(database: Database) -> None:
    several = [replace(report(), article=str(at), publisher=f"P{at % 5}") for at in range(9)]
    with database.write() as conn:
        alerts.save(conn, alert(id="old", opened=NOW - 9 * DAY))
        alerts.save(conn, alert(id="one"))
        alerts.save(conn, alert(id="many", reports=tuple(several)))
        alerts.save(conn, alert(id="two", reports=tuple(several[:2])))
    with database.read() as conn:
        told = counts.newest(conn, since=NOW - DAY, most=10)
        assert counts.newest(conn, since=NOW - DAY, most=1) == told[:1]
    assert series.publishers(told) == {"1": 1, "2": 1, "3": 0, "4 or more": 1}


@pytest.mark.parametrize(
    ("minutes", "name"), [(0, "5 min"), (5, "5 min"), (6, "15 min"), (61, "6 h"), (24 * 60 + 1, "longer")]
)
def test_the_wait_counts_from_the_first_publication(database: Database, minutes: int, name: str) -> None:
    first = replace(report(), published=NOW - dt.timedelta(minutes=minutes))
    later = replace(report(), article="b", published=NOW)
    unknown = replace(report(), article="c", published=None)
    with database.write() as conn:
        alerts.save(conn, alert(id="told", opened=NOW, reports=(later, first, unknown)))
        alerts.save(conn, alert(id="untold", opened=NOW, reports=()))
    with database.read() as conn:
        found = series.waits(counts.newest(conn, since=NOW - DAY, most=10))
    assert {named for named, count in found.items() if count} == {name}


@given(st.dictionaries(st.dates(dt.date(2025, 1, 1), TODAY), counted))
def test_a_week_holds_what_its_days_held(days: dict[dt.date, int]) -> None:
    weeks = sorted({series.monday(day) for day in days})
    assert sum(series.weekly(days, weeks)) == sum(days.values())


@given(st.lists(counted, max_size=60), st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)))
def test_every_shape_lies_within_its_drawing(values: list[int], until: dt.date) -> None:
    days = [until - at * DAY for at in range(len(values))]
    named = [(str(day), float(value)) for day, value in zip(days, values, strict=True)]
    for drawing in (
        grid({"rule": values, "other": values}, list(map(str, days)), months=month_heads(days)),
        calendar(dict(zip(days, values, strict=True)), until=until),
        bars(named, heads=[str(day) for day in days], line=[float(each) for each in values]),
        spark(values),
    ):
        assert lies_within(read(inline(drawing)))


PLACES = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@given(st.lists(st.tuples(PLACES, st.integers(1, 10_000)), max_size=40))
def test_every_disc_of_the_map_lies_on_it_and_no_name_upon_another(
    told: list[tuple[tuple[float, float], int]],
) -> None:
    spots = [
        Spot(name=f"Place {at}", at=place, count=count, level=Level.HIGH)
        for at, (place, count) in enumerate(told)
    ]
    drawing = read(inline(atlas.drawn(spots)))
    width, height = size(drawing)
    discs = list(drawing.iter(f"{SVG}circle"))
    assert all(
        0 <= number(each, "cx") <= width
        and 0 <= number(each, "cy") <= height
        and 4 <= number(each, "r") <= 26
        for each in discs
    )
    seats = [(each.get("x"), each.get("y")) for each in drawing.iter(f"{SVG}text")]
    assert len(set(seats)) == len(seats)


def test_a_place_without_a_position_has_that_of_the_larger_place() -> None:
    bay = Entity(slug="bay", kind=Kind.PLACE, terms=(), within="island")
    island = Entity(slug="island", kind=Kind.PLACE, terms=(), at=(26.5, 127.9))
    nowhere = Entity(slug="nowhere", kind=Kind.PLACE, terms=(), within="nowhere")
    found = {"bay": (2, Level.LOW), "nowhere": (9, Level.HIGH), "unknown": (9, Level.HIGH)}
    entities = {each.slug: each for each in (bay, island, nowhere)}
    (spot,) = atlas.spots(found, entities, {"bay": "The Bay"})
    assert (spot.name, spot.at, spot.count) == ("The Bay", (26.5, 127.9), 2)


def test_the_shipped_places_lie_where_they_are() -> None:
    entities = load_pack([ROOT / "rules"]).vocabulary.entities
    placed = {slug: each.at for slug, each in entities.items() if each.at}
    assert len(placed) >= 80
    assert all(each.kind is Kind.PLACE for each in entities.values() if each.at)
    north, south = placed["punggye-ri"], placed["south-china-sea"]
    assert north
    assert south
    assert north[0] > 40
    assert south[0] < 20


def test_places_are_counted_with_the_highest_level(database: Database) -> None:
    with database.write() as conn:
        alerts.save(conn, alert(id="one", level=Level.LOW, places=("sunan", "east-sea")))
        alerts.save(conn, alert(id="two", level=Level.CRITICAL, places=("sunan",)))
        alerts.save(conn, alert(id="trial", shadow=True, places=("sunan",)))
    with database.read() as conn:
        found = counts.by_place(conn, since=NOW - DAY)
    assert found == {"sunan": (2, Level.CRITICAL), "east-sea": (1, Level.LOW)}


EVIL = "<script>alert(1)</script> & \"'"


def test_names_are_words_in_a_drawing_whatever_they_say() -> None:
    """And what stands in attributes is none of them; the page's policy allows no style in a line either."""
    spots = [Spot(name=EVIL, at=(37.5, 127.0), count=3, level=Level.HIGH)]
    for drawing in (
        grid({EVIL: [1]}, [EVIL], months=[EVIL]),
        bars([(EVIL, 2.0)], heads=[EVIL]),
        atlas.drawn(spots),
    ):
        shown = read(inline(drawing))
        said = [each.text or "" for each in shown.iter() if each.tag in {f"{SVG}text", f"{SVG}title"}]
        assert any("alert(1)" in each for each in said)
        assert not [each for each in shown.iter() if each.tag not in SHAPES]
        given = {name: value for each in shown.iter() for name, value in each.items()}
        assert set(given) <= ATTRIBUTES
        assert not any("alert" in value for value in given.values())


def test_a_spark_has_a_bar_for_each_week_and_a_line_for_those_without() -> None:
    some, none = read(inline(spark([4, 0, 2]))).iter(f"{SVG}path")
    assert (some.get("class"), some.get("d", "").count("Z")) == ("bar", 2)
    assert (none.get("class"), none.get("d", "").count("Z")) == ("none", 1)


# --- what a drawing holds ----------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {f"{SVG}{name}" for name in ("svg", "defs", "rect", "path", "circle", "text", "title")}
SIZES = {"width", "height", "viewBox", "x", "y", "cx", "cy", "r", "d"}
ATTRIBUTES = SIZES | {"class", "text-anchor"}


def read(drawing: str) -> Element:
    return fromstring(drawing)


def number(shape: Element, name: str) -> float:
    return float(shape.get(name, "nan"))


def size(drawing: Element) -> tuple[float, float]:
    return number(drawing, "width"), number(drawing, "height")


def lies_within(drawing: Element) -> bool:
    width, height = size(drawing)
    return all(
        number(each, "x") >= 0
        and number(each, "y") >= 0
        and number(each, "x") + number(each, "width") <= width + 1
        and number(each, "y") + number(each, "height") <= height + 1
        for each in drawing.iter(f"{SVG}rect")
    )
