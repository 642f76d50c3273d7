"""The Slack app: what may be asked is done, and done once."""

from __future__ import annotations

import pytest
import slackserver
from builders import message, subscription
from slackdesk import ALERT, Desk
from slackserver import KIM, LEE, POST, ROOM

from monitor.alerting.channels.slack import compose
from monitor.model import Opinion
from monitor.storage import acknowledgements, silences, subscriptions

# --- buttons ---------------------------------------------------------------------------------------


def test_without_an_app_there_are_no_buttons() -> None:
    blocks = compose(message(ALERT))["blocks"]
    assert isinstance(blocks, list)
    assert [each for each in blocks if each["type"] == "actions"] == []


async def test_a_press_acknowledges_and_the_thread_hears_who(desk: Desk) -> None:
    assert (
        await desk.presses("Acknowledge")
        == f"You take care of {ALERT.id[:8]}. It is not passed on to others."
    )
    with desk.database.read() as conn:
        (seen,) = acknowledgements.of(conn, ALERT.id)
    assert seen.analyst == f"slack {KIM}"
    assert desk.audit == [(f"slack {KIM}", "acknowledge", f"alert {ALERT.id}", f"slack {slackserver.TEAM}")]
    (note,) = await desk.slack.said(POST)
    assert (note["channel"], note["thread_ts"]) == (ROOM, "1773269000.000200")
    assert note["text"] == f"kim ({KIM}) takes care of it."


@pytest.mark.parametrize(("label", "opinion"), [("True", Opinion.TRUE), ("False", Opinion.FALSE)])
async def test_a_press_judges(desk: Desk, label: str, opinion: Opinion) -> None:
    await desk.presses(label)
    assert desk.opinions == [(f"slack {KIM}", opinion)]
    assert [each[1] for each in desk.audit] == ["verdict"]


async def test_what_slack_hands_over_twice_is_done_once(desk: Desk) -> None:
    for again in ("once", "once", "by-another-envelope"):
        await desk.presses("True", again=again)
    await desk.presses("Acknowledge", again="seen")
    await desk.presses("Acknowledge", again="seen-again")
    assert desk.opinions == [(f"slack {KIM}", Opinion.TRUE)]
    assert [each[1] for each in desk.audit] == ["verdict", "acknowledge"]
    assert len(await desk.slack.said(POST, 2)) == 2


async def test_an_old_press_that_comes_late_changes_no_newer_one(desk: Desk) -> None:
    """As after a connection that broke before we could acknowledge it."""
    await desk.presses("False", at="1773260020.000100")
    assert (
        await desk.presses("True", at="1773260010.000100")
        == f"{ALERT.id[:8]} is false, as you have said already."
    )
    assert desk.opinions == [(f"slack {KIM}", Opinion.FALSE)]
    await desk.presses("True", at="1773260030.000100")
    assert desk.opinions[-1] == (f"slack {KIM}", Opinion.TRUE)


async def test_a_subscription_of_the_config_is_not_muted_by_a_button(desk: Desk) -> None:
    said = await desk.presses("Mute")
    assert said.startswith("subscription desk is written in the config")
    assert desk.audit == []


async def test_a_press_mutes_the_rules_of_the_alert_for_that_subscription(desk: Desk) -> None:
    await desk.asks("subscribe here")
    await desk.presses("Mute", subscription=f"slack-{ROOM.lower()}")
    with desk.database.read() as conn:
        found = subscriptions.get(conn, f"slack-{ROOM.lower()}")
    assert found is not None
    assert found.muted == set(ALERT.rules)
    assert [each[1] for each in desk.audit] == ["add", "mute"]


async def test_a_reader_mutes_what_comes_to_them_alone(desk: Desk) -> None:
    for words, user in (("subscribe", LEE), ("subscribe", KIM)):
        await desk.asks(words, user=user)
    said = [
        await desk.presses("Mute", subscription=f"slack-{whose.lower()}", user=LEE) for whose in (KIM, LEE)
    ]
    assert said == [
        "You are a reader, and may not do this. Whoever runs this app can change that in people of [channels.slack].",
        f"Muted for slack-{LEE.lower()}: dprk-missile-launch",
    ]


async def test_a_button_mutes_no_subscription_of_another_channel(desk: Desk) -> None:
    with desk.database.write() as conn:
        subscriptions.add(conn, subscription(id="by-mail", channel="mail"))
    assert await desk.presses("Mute", subscription="by-mail") == "There is no such subscription any more."


# --- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ({"user": "U0STRANGER"}, "You are not among those"),
        ({"team": "T0ELSEWHERE"}, "You are not among those"),
        ({"user": LEE}, "You are a reader"),
    ],
)
async def test_whom_the_config_does_not_list_changes_nothing(
    desk: Desk, who: dict[str, str], said: str
) -> None:
    for label in ("Acknowledge", "True", "Mute"):
        assert (await desk.presses(label, **who)).startswith(said)
    for words in (
        f"ack {ALERT.id}",
        f"false {ALERT.id}",
        "subscribe here",
        "silence dprk-missile-launch 2h drill",
    ):
        assert (await desk.asks(words, **who)).startswith(said)
    assert (desk.opinions, desk.audit) == ([], [])


async def test_a_reader_subscribes_for_themselves(desk: Desk) -> None:
    said = await desk.asks("subscribe high", user=LEE)
    assert said == f"slack-{LEE.lower()}: alerts of every rule, from high on"


# --- the slash command -----------------------------------------------------------------------------


async def test_subscribing_muting_and_leaving_are_in_the_audit_log(desk: Desk) -> None:
    rule = "dprk-missile-launch"
    name = f"slack-{KIM.lower()}"
    for words in ("subscribe", "subscribe", f"mute {rule}", f"mute {rule}"):
        await desk.asks(words)
    assert await desk.asks("list") == (
        f"desk: alerts of every rule, from informational on\n"
        f"{name}: alerts of every rule, without {rule}, from medium on"
    )
    with desk.database.read() as conn:
        found = subscriptions.get(conn, name)
    assert found is not None
    assert (found.channel, found.target, found.muted) == ("slack", KIM, frozenset({rule}))
    for words in (f"unmute {rule}", "unsubscribe", "unsubscribe"):
        await desk.asks(words)
    assert [(who, what) for who, what, *_ in desk.audit] == [
        (f"slack {KIM}", what) for what in ("add", "mute", "unmute", "remove")
    ]


async def test_here_subscribes_the_slack_channel(desk: Desk) -> None:
    await desk.asks("subscribe here critical dprk-missile-launch")
    with desk.database.read() as conn:
        found = subscriptions.get(conn, f"slack-{ROOM.lower()}")
    assert found is not None
    assert (found.target, str(found.min_level), found.rules) == (
        ROOM,
        "critical",
        frozenset({"dprk-missile-launch"}),
    )


async def test_an_alert_is_judged_by_command(desk: Desk) -> None:
    await desk.asks(f"true {ALERT.id[:8]} seen on radar")
    await desk.asks(f"ack {ALERT.id[:8]}")
    assert desk.opinions == [(f"slack {KIM}", Opinion.TRUE)]
    assert [each[1] for each in desk.audit] == ["verdict", "acknowledge"]


async def test_a_silence_is_made_once_however_often_it_is_handed_over(desk: Desk) -> None:
    for _ in range(2):
        said = await desk.asks("silence dprk-missile-launch 24h announced drills", trigger="9.9.9")
        assert said.startswith("dprk-missile-launch is silent until 12 Mar 23:00 UTC")
    with desk.database.read() as conn:
        (found,) = silences.all(conn)
    assert (found.author, found.reason) == (f"slack {KIM}", "announced drills")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "/bongsu list"),
        ("dance", "/bongsu list"),
        ("ack", "Say which alert"),
        ("true nothing-like-it", "There is no such alert."),
        ("mute no-such-rule", "no rule is called 'no-such-rule'"),
        ("subscribe no-such-rule", "no rule is called 'no-such-rule'"),
        ("mute dprk-missile-launch", "There is no such subscription"),
        ("silence dprk-missile-launch soon because", "'soon' is no time"),
    ],
)
async def test_what_cannot_be_done_is_said(desk: Desk, words: str, said: str) -> None:
    assert (await desk.asks(words)).startswith(said)
    assert desk.audit == []


async def test_no_answer_mentions_anybody(desk: Desk) -> None:
    said = await desk.asks("mute <!channel>@here*bold*")
    assert not {"<", ">", "*"} & set(said)
