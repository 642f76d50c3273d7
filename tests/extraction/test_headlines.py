from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Event, Status

pytestmark = pytest.mark.model
Told = Callable[..., Event]


@pytest.mark.parametrize(
    ("trigger", "title", "actors", "thing"),
    [
        ("fires", "North Korea fires two ballistic missiles", "KP", "ballistic missiles"),
        ("fires", "N. Korea fires ballistic missile toward East Sea: JCS", "KP", "ballistic missile"),
        ("Fires", "North Korea Fires Suspected Ballistic Missile", "KP", "Ballistic Missile"),
        ("LAUNCHES", "NORTH KOREA LAUNCHES ICBM", "KP", "ICBM"),
        ("launches", "N Korea launches missile, Seoul says", "KP", "missile"),
        ("fired", "Japan says North Korea fired missile", "KP", "missile"),
        ("sends", "China sends 45 military aircraft near Taiwan", "CN", "aircraft"),
        ("joint air patrol", "China, Russia hold joint air patrol near Japan", "CN RU", ""),
        ("fired", "Two missiles fired by North Korea", "KP", "missiles"),
        ("enter", "Chinese warships enter Japan's waters", "CN", "warships"),
        (
            "fires",
            "Seoul: N. Korea fires 3 short-range ballistic missiles",
            "KP",
            "short-range ballistic missiles",
        ),
        ("missile launch", "Kim Jong Un oversees missile launch", "KP", "missile"),
        ("test-fires", "North Korea test-fires cruise missiles", "KP", "cruise missiles"),
        ("missile launch", "Japan, South Korea condemn North Korea missile launch", "KP", "missile"),
        ("fires", "North Korea fires missile over Japan", "KP", "missile"),
        ("fires", "US seizes ship hours after Pyongyang fires two missiles", "KP", "missiles"),
        ("fires", "North Korea shrugs off sanctions, fires missile", "KP", "missile"),
        ("crossed", "Taiwan reports 30 Chinese aircraft crossed median line", "CN", "aircraft"),
        ("nuclear test", "North Korea conducts nuclear test", "KP", ""),
        ("rams", "Chinese coast guard rams Philippine boat", "CN", ""),
        ("steal", "North Korean hackers steal cryptocurrency", "KP", "cryptocurrency"),
    ],
)
def test_a_headline_tells_who_did_what(told: Told, trigger: str, title: str, actors: str, thing: str) -> None:
    event = told(trigger, title=title)
    assert event.status is Status.OCCURRED
    assert sorted({actor.entity.country for actor in event.actors}) == actors.split()
    assert not thing or any(each.span.text.endswith(thing) for each in event.objects)
    assert all(each.span.field == "title" for each in (event.action, *event.actors, *event.objects))


@pytest.mark.parametrize(
    ("trigger", "title", "status"),
    [
        ("launch", "North Korea to launch satellite", Status.PLANNED),
        ("fire", "North Korea threatens to fire missiles at US", Status.THREATENED),
        ("launch", "North Korea may launch ICBM, Seoul warns", Status.HYPOTHETICAL),
        ("firing", "North Korea denies firing missile", Status.DENIED),
        ("fires", "If North Korea fires missile, Japan will intercept it", Status.HYPOTHETICAL),
    ],
)
def test_a_headline_that_tells_of_no_deed_does_not(
    told: Told, trigger: str, title: str, status: Status
) -> None:
    assert told(trigger, title=title).status is status


@pytest.mark.parametrize(
    ("trigger", "title", "number"),
    [
        ("fires", "North Korea fires two ballistic missiles", 2),
        ("Fires", "North Korea Fires 23 Missiles", 23),
        ("fired", "Two missiles fired by North Korea", 2),
        ("crossed", "Taiwan reports 30 Chinese aircraft crossed median line", 30),
        ("test-fires", "N. Korea test-fires third ballistic missile in a week", 1),
    ],
)
def test_a_headline_counts_its_object(told: Told, trigger: str, title: str, number: int) -> None:
    count = told(trigger, title=title).count
    assert count is not None
    assert (count.min, count.max) == (number, number)


def test_a_headline_in_capitals_reads_as_one_in_running_text(told: Told) -> None:
    running = told("fires", title="North Korea fires ballistic missile toward Japan")
    title_case = told("Fires", title="North Korea Fires Ballistic Missile Toward Japan")
    shouted = told("FIRES", title="NORTH KOREA FIRES BALLISTIC MISSILE TOWARD JAPAN")
    for event in (title_case, shouted):
        assert [each.entity for each in event.actors] == [each.entity for each in running.actors]
        assert [each.entity for each in event.objects] == [each.entity for each in running.objects]
        assert event.status is running.status


@pytest.mark.parametrize(
    ("trigger", "title", "actor"),
    [
        ("crosses", "North Korean ship crosses NLL; South fires warning shots", "KP"),
        ("enters", "Chinese warship enters Japanese waters near Senkakus", "CN"),
        ("rammed", "Chinese ship 'rammed' Vietnamese boat", "CN"),
        ("violates", "Russian plane violates Japanese airspace", "RU"),
        ("crosses", "North Korean patrol boat crosses NLL, Seoul fires warning shots", "KP"),
        ("lands", "Chinese missile lands in Japan's waters, could start a war", "CN"),
    ],
)
def test_a_ship_or_plane_acts_for_whose_it_is(told: Told, trigger: str, title: str, actor: str) -> None:
    event = told(trigger, title=title)
    assert event.status is Status.OCCURRED
    assert {each.entity.country for each in event.actors} == {actor}


@pytest.mark.parametrize(
    "title",
    [
        "North Korea missile launch: what we know",
        "North Korea missile launch: How the world reacted",
        "North Korea missile launch - in pictures",
        "Opinion: North Korea's missile launch shows that sanctions fail",
    ],
)
def test_a_piece_that_explains_a_deed_reports_none(told: Told, title: str) -> None:
    assert told("missile launch", title=title).status is Status.HISTORICAL


def test_what_follows_the_name_of_a_deed_may_be_its_news(told: Told) -> None:
    title = "North Korea missile launch: Japan tells people to shelter"
    assert told("missile launch", title=title).status is Status.OCCURRED


@pytest.mark.parametrize(
    "text",
    [
        "North Korea fires cruise missiles off west coast",
        "BREAKING: North Korea fires missile, Japan coast guard says",
        "Hours after Putin deal, North Korea fires missile",
    ],
)
def test_a_text_that_is_no_more_than_a_line_is_read_as_a_headline(told: Told, text: str) -> None:
    event = told("fires", text)
    assert event.status is Status.OCCURRED
    assert [actor.entity.country for actor in event.actors] == ["KP"]


def test_a_list_of_names_before_a_verb_is_no_first_deed(told: Told) -> None:
    event = told("fires", title="South Korea, Japan, US on alert as North Korea fires missile")
    assert [actor.entity.country for actor in event.actors] == ["KP"]
