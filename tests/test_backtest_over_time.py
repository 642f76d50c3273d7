"""A backtest judges rules over time as the service does: what was taken back counts no more, from then on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from builders import actor, article, event, match, span, subscription

from monitor.backtest import Record, Side
from monitor.backtest.messages import Audience
from monitor.backtest.replay import Replay, replay
from monitor.matching.load import Pack, load_pack
from monitor.model import Alert, Article, Match, Stage, Status, Verdict

RULE = "stress-then-provocation"
SEEN = dt.datetime(2026, 5, 1, 3, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SEOUL = actor("south-korea", "KR", text="Seoul")
UNTRUE = "Nothing left the ground at Sunan, Seoul said."


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([Path(__file__).parents[1] / "rules"])


def told(rule: str, when: dt.datetime, **changed: object) -> tuple[Article, Match]:
    own = article(key=f"{rule}{when}", title=f"{rule} {when:%j}", text="", published=when, fetched=when)
    return own, match(rule=rule, event=event(date=when.date(), reporter=SEOUL, **changed))


def after(pack: Pack, *, denied: bool) -> Replay:
    """Fever, a missile ten days later, and, five hours after that, Seoul's word that there was none."""
    launched = SEEN + 10 * DAY
    tells = [told("dprk-epidemic", SEEN), told("dprk-missile-launch", launched)]
    held = [(each, Verdict(matches=(found,))) for each, found in tells]
    if denied:
        later = launched + dt.timedelta(hours=5)
        word, found = told(
            "dprk-missile-launch",
            later,
            status=Status.DENIED,
            untrue=True,
            taken_back=True,
            sentence=span(UNTRUE, within=UNTRUE),
        )
        held.append((word, Verdict(denials=(found,))))
    record = Record()
    record.add([each for each, _ in held])
    record.add([article(published=when) for when in (SEEN - 90 * DAY, launched + 2 * DAY)])
    side = Side(pack=pack, rules=frozenset({RULE, *_BENEATH}))
    return replay(held, side, record, Audience(subscriptions=[subscription(id="desk")]))


_BENEATH = ("dprk-epidemic", "dprk-missile-launch")


def over_time(done: Replay) -> Alert:
    (found,) = (each for each in done.alerts.values() if each.rules == (RULE,))
    return found


def test_a_sequence_stands_while_its_steps_do(pack: Pack) -> None:
    assert over_time(after(pack, denied=False)).stage is not Stage.WITHDRAWN


def test_a_sequence_is_withdrawn_when_a_step_is_taken_back(pack: Pack) -> None:
    alert = over_time(after(pack, denied=True))
    assert (alert.stage, alert.revision) == (Stage.WITHDRAWN, 2)
    assert alert.changes[0].startswith("withdrawn: Seoul takes it back")
