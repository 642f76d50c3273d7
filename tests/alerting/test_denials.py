"""What a denial, a retraction or a correction by another report does to the alert that stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import NAMES, NOW, SENTENCE, actor, article, delivery, event, match, mention, span
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerting.group import group
from monitor.alerting.render import render
from monitor.alerting.route import decide
from monitor.model import (
    Alert,
    Article,
    Bearing,
    Count,
    Kind,
    Level,
    Match,
    Mention,
    Reason,
    Stage,
    Status,
    Subscription,
    Turn,
)

HOUR = dt.timedelta(hours=1)
SEOUL = actor("south-korea", "KR", text="Seoul")
TOKYO = actor("japan", "JP", text="Tokyo")
PYONGYANG = actor("north-korea", "KP", text="Pyongyang")
UNTRUE = "Nothing left the ground at Sunan on Thursday."
TWO, THREE = Count(min=2, max=2, text="two"), Count(min=3, max=3, text="three")

Told = tuple[Article, Sequence[Match], Sequence[Match]]  # an article, what it tells, what it denies


def by(source: Mention | None, **changed: object) -> Match:
    return match(event=event(reporter=source, **changed))


def tells(key: str, *matches: Match, hours: int = 0, **changed: object) -> Told:
    text = f"Report {key} in words of its own, with number {key * 3}."
    when = NOW + hours * HOUR
    told = article(
        **{"key": key, "title": f"Title {key}", "text": text, "published": when, "fetched": when, **changed}
    )
    return told, [_in_own_words(each, text) for each in matches], ()


def _in_own_words(told: Match, text: str) -> Match:
    """The match in the article's sentence, where it has none of its own; else all would be copies of one text."""
    own = told.event.sentence.text != SENTENCE
    return told if own else replace(told, event=replace(told.event, sentence=span(text)))


def untrue(source: Mention | None, *, back: bool = False, **changed: object) -> Match:
    said = {"status": Status.DENIED, "untrue": True, "taken_back": back, "sentence": span(UNTRUE), **changed}
    return by(source, **said)


def denies(key: str, *denials: Match, hours: int = 2, **changed: object) -> Told:
    told, _, _ = tells(key, hours=hours, **changed)
    return told, (), denials


def after(*told: Told) -> list[Alert]:
    """The alerts that these make, one after the other."""
    alerts: dict[str, Alert] = {}
    for each, matches, denials in told:
        touched = group(each, matches, list(alerts.values()), denials=denials, now=each.fetched)
        alerts |= {alert.id: alert for alert in touched}
    return list(alerts.values())


def one(*told: Told) -> Alert:
    (alert,) = after(*told)
    return alert


def test_a_retraction_by_its_source_withdraws_the_alert_and_says_who() -> None:
    alert = one(tells("1", by(SEOUL)), denies("2", untrue(SEOUL, back=True), publisher="Kyodo"))
    assert (alert.stage, alert.turn, alert.revision) == (Stage.WITHDRAWN, Turn.WITHDRAWN, 2)
    assert alert.changes == ("withdrawn: Seoul takes it back (Kyodo)",)
    assert [each.remark for each in alert.reports] == ["taken back by Seoul", "takes it back"]


def test_a_withdrawal_shows_the_sentence_that_takes_it_back() -> None:
    alert = one(tells("1", by(SEOUL)), denies("2", untrue(SEOUL, back=True)))
    made = render(alert, delivery(reason=Reason.WITHDRAWN), names=NAMES)
    assert made.headline.startswith("HIGH · withdrawn · DPRK fired 2 SRBMs")
    assert made.standing_line.startswith("WITHDRAWN · taken back by Seoul · was told by ")
    assert made.sentence == UNTRUE


def test_the_army_of_a_state_takes_back_what_the_state_said() -> None:
    army = actor("rok-jcs", "KR", text="the JCS")
    assert one(tells("1", by(SEOUL)), denies("2", untrue(army))).stage is Stage.WITHDRAWN


def test_a_retraction_takes_back_what_was_told_in_nobodys_name() -> None:
    assert one(tells("1", by(None)), denies("2", untrue(SEOUL, back=True))).stage is Stage.WITHDRAWN


def test_a_denial_by_somebody_else_disputes_and_takes_nothing_back() -> None:
    alert = one(tells("1", by(SEOUL)), denies("2", untrue(TOKYO), publisher="Kyodo"))
    assert (alert.stage, alert.turn) == (Stage.REPORTED, Turn.DISPUTED)
    assert alert.changes == ("disputed: Tokyo says it did not happen (Kyodo)",)
    made = render(alert, delivery(reason=Reason.DISPUTED), names=NAMES)
    assert made.headline.startswith("HIGH · disputed · ")
    assert made.standing_line == "DISPUTED · South Korea (1 report) · disputed by Tokyo"
    assert made.sentence == UNTRUE


@pytest.mark.parametrize("back", [False, True])
def test_a_denial_by_the_accused_never_withdraws(back: bool) -> None:  # noqa: FBT001 - both cases of one rule
    alert = one(tells("1", by(None)), denies("2", untrue(PYONGYANG, back=back), publisher="KCNA"))
    assert (alert.stage, alert.turn, alert.level) == (Stage.REPORTED, Turn.UPDATED, Level.HIGH)
    assert alert.changes == ("disputed: Pyongyang denies it (KCNA)",)
    assert [each.bearing for each in alert.denials] == [Bearing.DISOWNS]


def test_a_denial_beside_the_report_is_noted_in_the_alert() -> None:
    told, matches, _ = tells("1", by(SEOUL))
    alert = one((told, matches, [untrue(PYONGYANG)]))
    assert (alert.stage, alert.deniers) == (Stage.REPORTED, ("Pyongyang",))
    assert "disputed by Pyongyang" in render(alert, delivery(), names=NAMES).standing_line
    later = one(tells("0", by(SEOUL)), (told, matches, [untrue(PYONGYANG)]))
    assert (later.turn, later.changes) == (Turn.UPDATED, ("disputed: Pyongyang denies it (Yonhap)",))


def test_what_another_source_told_stands_after_a_retraction() -> None:
    tokyo = by(TOKYO, sentence=span("Tokyo saw it too."))
    alert = one(
        tells("1", by(SEOUL)), tells("2", tokyo, publisher="NHK"), denies("3", untrue(SEOUL, back=True))
    )
    assert (alert.stage, alert.turn) == (Stage.CORRECTED, Turn.CORRECTED)
    assert [each.source for each in alert.standing_reports] == ["japan"]
    assert "Seoul takes its report back, others stand (Yonhap)" in alert.changes


@pytest.mark.parametrize(
    ("reported", "denied", "stage"),
    [
        ("B", "F", Stage.REPORTED),
        ("B", "E", Stage.REPORTED),
        ("B", "C", Stage.REPORTED),
        ("B", "B", Stage.WITHDRAWN),
        ("C", "B", Stage.WITHDRAWN),
        ("F", "F", Stage.WITHDRAWN),
    ],
)
@pytest.mark.parametrize("source", [SEOUL, None], ids=["its source", "nobody"])
def test_only_a_publisher_of_at_least_the_reports_grade_takes_it_back(
    reported: str, denied: str, stage: Stage, source: Mention | None
) -> None:
    back = denies("2", untrue(SEOUL, back=True), publisher="The Rumour", grade=denied)
    alert = one(tells("1", by(source), grade=reported), back)
    assert alert.stage is stage
    if stage is Stage.REPORTED:
        assert (alert.turn, alert.level) == (Turn.DISPUTED, Level.HIGH)
        assert alert.changes == ("disputed: Seoul says it did not happen (The Rumour)",)


def test_a_publisher_takes_back_its_own_report_whatever_its_grade_is_by_now() -> None:
    back = denies("2", untrue(SEOUL, back=True), grade="F")
    assert one(tells("1", by(SEOUL), grade="C"), back).stage is Stage.WITHDRAWN


def test_of_reports_of_several_grades_a_lesser_publisher_takes_back_those_of_its_own() -> None:
    told = (
        tells("1", by(SEOUL), grade="B"),
        tells("2", by(SEOUL), publisher="The Rumour", grade="E"),
    )
    alert = one(*told, denies("3", untrue(SEOUL, back=True), publisher="Gossip", grade="E"))
    assert [each.fallen for each in alert.reports] == [False, True, False]
    assert alert.stage is not Stage.WITHDRAWN


def test_a_correction_by_a_lesser_publisher_outvotes_nobody() -> None:
    told = [tells(key, by(SEOUL, count=THREE)) for key in ("1", "2")]
    title = "Seoul corrects number to two"
    for grade, count in (("F", THREE), ("B", TWO)):
        new = tells("3", by(SEOUL, count=TWO), title=title, hours=2, grade=grade, publisher="The Rumour")
        assert one(*told, new).count == count


def test_the_level_falls_with_the_report_that_raised_it_and_the_revision_says_so() -> None:
    icbm = replace(by(SEOUL, sentence=span("It was an ICBM.")), level=Level.CRITICAL)
    alert = one(tells("1", by(TOKYO)), tells("2", icbm), denies("3", untrue(SEOUL, back=True)))
    assert alert.level is Level.HIGH
    assert "level critical to high" in alert.changes
    assert alert.turn is Turn.CORRECTED


def test_a_late_copy_of_what_was_taken_back_does_not_bring_it_back() -> None:
    late = tells("3", by(SEOUL), hours=1, fetched=NOW + 5 * HOUR)
    assert one(tells("1", by(SEOUL)), denies("2", untrue(SEOUL, back=True)), late).stage is Stage.WITHDRAWN


def test_a_new_report_of_a_withdrawn_event_brings_it_back() -> None:
    again = tells("3", by(SEOUL), hours=5)
    alert = one(tells("1", by(SEOUL)), denies("2", untrue(SEOUL, back=True)), again)
    assert (alert.turn, alert.changes[0]) == (Turn.CORRECTED, "reported again by Yonhap")


def test_a_denial_that_an_edit_takes_out_lets_the_alert_stand_again() -> None:
    alert = one(tells("1", by(SEOUL)), denies("2", untrue(SEOUL)), denies("2", hours=3))
    assert (alert.stage, alert.turn) == (Stage.CORRECTED, Turn.CORRECTED)
    assert alert.changes == ("a denial was taken back",)
    assert alert.denials == ()


def test_the_same_denial_twice_changes_nothing() -> None:
    told = (tells("1", by(SEOUL)), denies("2", untrue(SEOUL, back=True)))
    assert one(*told, told[1]) == one(*told)


def test_a_denial_of_what_nobody_told_opens_nothing() -> None:
    assert after(denies("2", untrue(SEOUL, back=True))) == []


def test_a_denial_that_names_another_day_speaks_of_another_event() -> None:
    other = untrue(SEOUL, back=True, date=dt.date(2026, 3, 10))
    assert one(tells("1", by(SEOUL)), denies("2", other)).revision == 1


def test_did_not_of_no_day_is_said_of_the_day_itself() -> None:
    vague = untrue(SEOUL, negated=True, date=None, date_given=False)
    assert one(tells("1", by(SEOUL)), denies("2", vague)).stage is Stage.WITHDRAWN
    assert one(tells("1", by(SEOUL)), denies("2", vague, hours=48)).revision == 1


def test_that_something_else_was_not_done_denies_nothing() -> None:
    other = untrue(SEOUL, negated=True, action=mention("violate", Kind.ACTION, text="violate"))
    assert one(tells("1", by(SEOUL)), denies("2", other)).revision == 1


def test_a_retraction_after_three_days_is_no_longer_heard() -> None:
    late = untrue(SEOUL, back=True, date=None, date_given=False)
    assert one(tells("1", by(SEOUL)), denies("2", late, hours=71)).stage is Stage.WITHDRAWN
    assert one(tells("1", by(SEOUL)), denies("2", late, hours=73)).revision == 1


def test_that_it_was_no_icbm_leaves_a_launch() -> None:
    kind = untrue(TOKYO, back=True, objects=(mention("icbm", Kind.OBJECT),))
    assert one(tells("1", by(None)), denies("2", kind)).stage is Stage.REPORTED


def test_whoever_was_told_hears_of_a_withdrawal_and_nobody_else() -> None:
    alert = one(tells("1", by(SEOUL)), denies("2", untrue(SEOUL, back=True)))
    desk = Subscription(id="desk", channel="console")
    assert decide(alert, desk, told=Level.HIGH).reason is Reason.WITHDRAWN
    assert not decide(alert, desk, told=None).send


# --- counts ----------------------------------------------------------------------------------------


def test_a_correction_outweighs_what_its_origin_told_before() -> None:
    first = [tells(str(n), by(SEOUL, count=THREE), publisher=f"Wire {n}") for n in range(3)]
    fixed = tells("9", by(SEOUL, count=TWO), hours=2, title="JCS corrects the number to two")
    alert = one(*first, fixed)
    assert (alert.count, alert.turn) == (TWO, Turn.CORRECTED)
    assert alert.changes == ("Seoul corrected its report", "count 3 to 2")


def test_a_correction_leaves_what_another_source_counts() -> None:
    told = [tells(str(n), by(TOKYO, count=THREE), publisher=f"Wire {n}") for n in range(2)]
    fixed = tells("9", by(SEOUL, count=TWO), hours=2, title="JCS corrects its count")
    assert one(*told, fixed).count == THREE


def test_an_edit_that_lowers_the_count_is_judged_against_what_others_say() -> None:
    told = [tells(str(n), by(None, count=THREE), publisher=f"Wire {n}") for n in range(3)]
    edited = tells("0", by(None, count=TWO), publisher="Wire 0", hours=2)
    assert one(*told, edited).count == THREE
    alone = one(told[0], edited)
    assert (alone.count, alone.turn) == (TWO, Turn.CORRECTED)


def test_copies_of_one_text_give_their_count_once() -> None:
    wire = "Seoul said that three missiles left Sunan at dawn and fell into the East Sea within minutes."
    copies = [tells(str(n), by(None, count=THREE), text=wire, title=wire) for n in range(3)]
    others = [tells(str(n), by(None, count=TWO, sentence=span(f"Own words {n * 7}."))) for n in (7, 8)]
    assert one(*copies, *others).count == TWO


@pytest.mark.parametrize(
    "vague", [Count(min=1, max=None, text="at least one"), Count(min=2, max=4, text="2 to 4")]
)
def test_a_vaguer_count_speaks_for_the_exact_one_that_it_allows(vague: Count) -> None:
    exact, loose = by(SEOUL, count=TWO), by(TOKYO, count=vague)
    assert one(tells("1", exact), tells("2", loose, hours=1)).count == TWO
    assert one(tells("1", loose), tells("2", exact, hours=1)).count == TWO


def test_an_edit_that_drops_the_higher_level_lowers_it_aloud() -> None:
    critical = replace(by(None), level=Level.CRITICAL)
    alert = one(tells("1", critical), tells("1", by(None), hours=1))
    assert (alert.level, alert.turn) == (Level.HIGH, Turn.CORRECTED)
    assert "level critical to high" in alert.changes


# --- laws ------------------------------------------------------------------------------------------

SOURCES = [None, SEOUL, TOKYO, PYONGYANG]
STEPS = st.tuples(
    st.integers(0, 3),  # the article: the same again is an edit
    st.sampled_from(SOURCES),
    st.sampled_from([None, False, True]),  # it tells; it denies; it takes back
    st.sampled_from([Level.HIGH, Level.CRITICAL]),
    st.sampled_from([None, TWO, THREE]),
)


def step(hour: int, told: tuple[int, Mention | None, bool | None, Level, Count | None]) -> Told:
    key, source, back, level, count = told
    if back is not None:
        return denies(str(key), untrue(source, back=back), hours=hour)
    return tells(str(key), replace(by(source, count=count), level=level), hours=hour)


@given(st.lists(STEPS, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_a_change_is_told_and_the_accused_alone_takes_nothing_back(
    steps: list[tuple[int, Mention | None, bool | None, Level, Count | None]],
) -> None:
    alerts: dict[str, Alert] = {}
    for hour, each in enumerate(steps):
        told, matches, denials = step(hour, each)
        before = dict(alerts)
        touched = group(told, matches, list(alerts.values()), denials=denials, now=told.fetched)
        alerts |= {alert.id: alert for alert in touched}
        assert (
            group(told, matches, list(alerts.values()), denials=denials, now=told.fetched + HOUR) == touched
        )
        for alert in touched:
            was = before.get(alert.id)
            if was and (was.level, was.count, was.stage) != (alert.level, alert.count, alert.stage):
                assert alert.revision > was.revision
                assert alert.changes
            if was and each[1] is PYONGYANG and denials and str(each[0]) not in _keys(was):
                assert (alert.stage, alert.level, alert.count) == (was.stage, was.level, was.count)


def _keys(alert: Alert) -> set[str]:
    """The keys of the articles that it holds."""
    return {each.title.removeprefix("Title ") for each in alert.reports}
