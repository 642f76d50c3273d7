from __future__ import annotations

from dataclasses import replace

import pytest
from builders import NAMES, alert, report, span

from monitor.alerting.phrase import count_text, past, phrase, shown
from monitor.model import Alert, Count, Evidence, Report, Status


def told(sentence: str, **parts: str) -> Report:
    """A report with this sentence; `actor="Japan"` marks evidence, several of one role by "|"."""
    marks = [
        Evidence(span=span(words, within=sentence), role=role)
        for role, listed in parts.items()
        for words in listed.split("|")
    ]
    return report(sentence=span(sentence, within=sentence), evidence=tuple(marks))


def test_who_did_what_from_where_to_where() -> None:
    assert phrase(alert(), report(), NAMES) == "DPRK fired 2 SRBMs, Sunan to East Sea"


def test_parts_that_the_event_lacks_are_left_out() -> None:
    bare = alert(objects=(), places=(), count=None)
    assert phrase(bare, told("North Korea fired.", action="fired"), NAMES) == "DPRK fired"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.OCCURRED, "DPRK launched 2 SRBMs"),
        (Status.CLAIMED, "DPRK launched 2 SRBMs"),
        (Status.PLANNED, "DPRK to launch 2 SRBMs"),
        (Status.THREATENED, "DPRK threatening to launch 2 SRBMs"),
        (Status.HYPOTHETICAL, "DPRK may launch 2 SRBMs"),
        (Status.DENIED, "DPRK denying to have launched 2 SRBMs"),
    ],
)
def test_the_status_sets_the_tense(status: Status, words: str) -> None:
    assert phrase(alert(status=status, places=()), told("The launch."), NAMES) == words


def test_an_object_that_comes_first_stays_first() -> None:
    entered = alert(actors=("china",), action="enter", objects=("fighter-jet",), places=("kadiz",))
    sentence = told("Two Chinese jets entered KADIZ.", object="jets", action="entered", place="KADIZ")
    assert phrase(entered, sentence, {"kadiz": "KADIZ"}) == "China: 2 fighter jets entered, KADIZ"


def test_a_verb_of_whoever_answers_is_not_laid_to_the_doer() -> None:
    ban = alert(actors=("china",), action="protest", objects=("fishing-ban",), titles=("China coerces",))
    said = told(
        "Manila protests China's fishing ban.", actor="Manila", action="protests", object="fishing ban"
    )
    assert phrase(ban, replace(said, answering=True), {}) == "China coerces"
    jets = alert(actors=("china",), action="detect", objects=("fighter-jet",), places=(), count=None)
    seen = told("Chinese jets detected by Taiwan.", object="jets", action="detected")
    assert phrase(jets, replace(seen, answering=True), {}) == "China: fighter jets detected"
    active = told("Taiwan detected Chinese jets.", object="jets", action="detected")
    assert phrase(jets, replace(active, answering=True), {}) == "China: fighter jets detected"
    sent_up = replace(jets, action="scramble", titles=("China intrudes",))
    scrambled = told("Seoul scrambles jets.", object="jets", action="scrambles")
    assert phrase(sent_up, replace(scrambled, answering=True), {}) == "China intrudes"


@pytest.mark.parametrize(
    ("actors", "words"),
    [
        (("china", "russia"), "China and Russia"),
        (("china", "russia", "iran"), "China, Russia and Iran"),
        (("china", "russia", "iran", "cuba"), "China, Russia and 2 others"),
    ],
)
def test_several_actors_are_named_as_far_as_there_is_room(actors: tuple[str, ...], words: str) -> None:
    joint = alert(actors=actors, action="drill", objects=(), places=(), count=None)
    assert phrase(joint, told("They drilled.", action="drilled"), {}) == f"{words} drilled"


def test_a_recipient_comes_with_its_preposition() -> None:
    sold = alert(action="sell", objects=("shell",), recipients=("russia",), places=(), count=None)
    sentence = told("Pyongyang sold shells to Russia.", action="sold", object="shells", recipient="Russia")
    assert phrase(sold, sentence, NAMES) == "DPRK sold shells to Russia"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (Count(min=1, max=1, text="one"), "1 SRBM"),
        (Count(min=2, max=3, text="two or three"), "2-3 SRBMs"),
        (Count(min=10, max=None, text="at least 10"), "at least 10 SRBMs"),
        (Count(min=24, max=None, text="dozens"), "dozens of SRBMs"),
        (Count(min=5, max=None, text=""), "at least 5 SRBMs"),
        (Count(min=1, max=None, text="At least one"), "at least one SRBM"),
        (Count(min=1, max=None, text="more than one"), "more than one SRBM"),
        (Count(min=1, max=None, text="one or more"), "one or more SRBMs"),
        (Count(min=1, max=None, text=""), "at least 1 SRBM"),
    ],
)
def test_the_count_stands_before_the_object(count: Count, words: str) -> None:
    assert phrase(counted(count), told("The launch."), NAMES) == f"DPRK launched {words}"


def counted(count: Count) -> Alert:
    return alert(count=count, places=())


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("launch", "launched"),
        ("fire", "fired"),
        ("carry-out", "carried out"),
        ("test-fire", "test-fired"),
        ("fly", "flew"),
        ("shoot-down", "shot down"),
        ("transfer", "transferred"),
        ("enter", "entered"),
        ("ram", "rammed"),
        ("deploy", "deployed"),
        ("intercept", "intercepted"),
    ],
)
def test_past_tenses(slug: str, words: str) -> None:
    assert past(slug) == words


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("destroyer", "destroyers"),
        ("aircraft", "aircraft"),
        ("battery", "batteries"),
        ("hwasong-18", "hwasong 18s"),
    ],
)
def test_plurals(noun: str, many: str) -> None:
    several = alert(objects=(noun,), places=())
    assert phrase(several, told("The launch."), {}) == f"North Korea launched 2 {many}"


def test_a_slug_without_a_name_is_shown_in_words() -> None:
    assert shown("east-sea", {}) == "East Sea"
    assert shown("east-sea", NAMES) == "East Sea"


def test_a_count_of_one_value_is_a_number() -> None:
    assert count_text(Count(min=2, max=2, text="a pair")) == "2"


@pytest.mark.parametrize(("said", "words"), [("missiles", "SRBMs"), ("missile", "SRBM"), ("chassis", "SRBM")])
def test_without_a_count_the_object_is_as_many_as_the_sentence_says(said: str, words: str) -> None:
    sentence = told(f"North Korea fired {said}.", action="fired", object=said)
    assert phrase(alert(count=None, places=()), sentence, NAMES) == f"DPRK fired {words}"


@pytest.mark.parametrize(
    ("said", "objects", "count", "words"),
    [
        ("nuclear test", (), None, "DPRK: nuclear test"),
        ("Missile test", ("missile",), None, "DPRK: missile test"),
        ("missile test", ("srbm",), Count(min=3, max=3, text="three"), "DPRK: missile test of 3 SRBMs"),
        ("ICBM test", (), None, "DPRK: ICBM test"),
        ("incursion", (), None, "DPRK: incursion"),
    ],
)
def test_a_deed_told_by_a_noun_is_named_by_it(
    said: str, objects: tuple[str, ...], count: Count | None, words: str
) -> None:
    done = alert(action="weapons-test", objects=objects, count=count, places=())
    thing = {"object": "SRBMs"} if objects else {}
    report = replace(told(f"{said} of SRBMs.", action=said, **thing), nominal=True)
    assert phrase(done, report, NAMES) == words


@pytest.mark.parametrize(
    ("action", "name", "words"),
    [
        ("cut-cable", "sever", "DPRK severed"),
        ("construct", "build up", "DPRK built up"),
        ("declare-zone", "declare baselines", "DPRK declared baselines"),
        ("dig", "dig", "DPRK dug"),
        ("keep-for-ever", "never give up", "DPRK never give up"),
    ],
)
def test_what_a_headline_told_in_the_present_is_told_in_the_past(action: str, name: str, words: str) -> None:
    done = alert(action=action, objects=(), count=None, places=())
    assert phrase(done, told("It happens."), {**NAMES, action: name}) == words


def test_only_the_actors_that_the_sentence_names_are_named() -> None:
    sentence = told("China drills around Taiwan.", actor="China", action="drills")
    drill = alert(
        actors=("china", "pla"), action="drill", objects=(), count=None, places=(), reports=(sentence,)
    )
    assert phrase(drill, sentence, NAMES) == "China drilled"
    assert phrase(replace(drill, reports=(report(), sentence)), sentence, NAMES) == "China and Pla drilled"


def test_a_recipient_that_the_sentence_does_not_name_is_left_out() -> None:
    fired = alert(recipients=("joint-chiefs", "north-korea"))
    assert phrase(fired, report(), NAMES) == "DPRK fired 2 SRBMs, Sunan to East Sea"


@pytest.mark.parametrize(
    ("sentence", "place", "words"),
    [
        ("North Korea fired missiles into the sea.", "sea", "DPRK fired SRBMs into the sea"),
        ("North Korea fired missiles into the sea.", "into the sea", "DPRK fired SRBMs into the sea"),
        ("They fired missiles over the South China Sea.", "the South China Sea", "DPRK fired SRBMs, South China Sea"),
        ("North Korea fired missiles from Sunan toward the sea.", "Sunan|sea", "DPRK fired SRBMs, Sunan to the sea"),
    ],
)  # fmt: skip
def test_a_place_is_told_by_its_name_or_by_the_way_to_it(sentence: str, place: str, words: str) -> None:
    fired = told(sentence, actor="North Korea", action="fired", object="missiles", place=place)
    assert phrase(alert(count=None), fired, NAMES) == words


def test_a_verb_that_takes_no_object_stands_after_its_doer() -> None:
    sentence = told(
        "China stayed there with coast guard vessels.", action="stayed", object="coast guard vessels"
    )
    stayed = alert(actors=("china",), action="stay", objects=("coast-guard-vessel",), places=(), count=None)
    assert phrase(stayed, sentence, {}) == "China: coast guard vessels stayed"
