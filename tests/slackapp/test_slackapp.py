"""The Slack app against a server that speaks Socket Mode: what may be asked is done, and done once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import slackserver
from builders import NOW, alert, message, subscription
from fakes import FakeClock
from slackserver import ANSWER, KIM, LEE, POST, ROOM, SlackServer, slack_server
from websockets.asyncio.server import ServerConnection

from monitor.alerting.channels.slack import compose
from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import open_database
from monitor.matching.load import load_pack
from monitor.model import Opinion, Record
from monitor.slackapp import serve
from monitor.slackapp.session import SocketModeOffError, Waits
from monitor.storage import (
    Database,
    acknowledgements,
    alerts,
    audit,
    silences,
    subscriptions,
    verdicts,
)

RULES = Path(__file__).parents[1] / "data/rules"
ALERT = alert()
WAITS = Waits(least=0.01, most=0.02)


class Desk:
    """The app at work, one connection to it, and the database that it writes to."""

    def __init__(self, slack: SlackServer, connection: ServerConnection, database: Database) -> None:
        self.slack = slack
        self.connection = connection
        self.database = database

    async def asks(self, text: str, **who: str) -> str:
        """What a slash command is answered."""
        said = await self.slack.hand(self.connection, "slash_commands", self.slack.command(text, **who))
        assert said["payload"]["response_type"] == "ephemeral"
        return str(said["payload"]["text"])

    async def presses(self, label: str, *, again: str = "", subscription: str = "desk", **who: str) -> str:
        """What a press is answered: the newest word to whoever pressed."""
        before = sum(each.path == ANSWER for each in self.slack.http.requests)
        pressed = self.slack.press(button(label, subscription), **who)
        await self.slack.hand(self.connection, "interactive", pressed, again=again)
        return str((await self.slack.said(ANSWER, before + 1))[-1]["text"])

    @property
    def audit(self) -> list[tuple[str, str, str, str]]:
        with self.database.read() as conn:
            lines: list[Record] = audit.listed(conn)
        return [(each.who, each.what, each.thing, each.origin) for each in reversed(lines)]

    @property
    def opinions(self) -> list[tuple[str, Opinion]]:
        with self.database.read() as conn:
            return [(each.analyst, each.opinion) for each in verdicts.of(conn, [ALERT.id])[ALERT.id]]


def button(label: str, subscription: str = "desk") -> Mapping[str, Any]:
    """The button of that name under the alert, as we post it."""
    told = message(ALERT)
    told = replace(told, delivery=replace(told.delivery, subscription=subscription))
    blocks = compose(told, buttons=True)["blocks"]
    assert isinstance(blocks, list)
    (found,) = [each for each in blocks[-1]["elements"] if each["text"]["text"] == label]
    return dict(found)


def config(folder: Path, slack: SlackServer, **more: object) -> Config:
    app = {
        "kind": "slack",
        "token": "xoxb-s3cret",
        "app_token": "xapp-s3cret",
        "workspaces": [slackserver.TEAM],
        "people": {KIM: "analyst", LEE: "reader"},
        "api_url": slack.api_url,
        **more,
    }
    settings: dict[str, object] = {
        "storage": {"url": f"sqlite:///{folder}/monitor.db"},
        "poll": {"allow_networks": ["127.0.0.1/32"]},
        "channels": {"slack": app},
        "subscriptions": [{"id": "desk", "channel": "slack", "target": ROOM}],
    }
    return Config.model_validate(settings, context={"folder": folder})


@asynccontextmanager
async def served(settings: Config, waits: Waits = WAITS) -> AsyncIterator[asyncio.Task[None]]:
    """The app at work."""
    stop = asyncio.Event()
    pack = load_pack([RULES])
    running = asyncio.create_task(
        serve(settings, "slack", stop, clock=FakeClock(NOW), draw=lambda: 1.0, waits=waits, pack=lambda: pack)
    )
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait({running})


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as running:
        yield running


@pytest.fixture
async def desk(tmp_path: Path, slack: SlackServer) -> AsyncIterator[Desk]:
    settings = config(tmp_path, slack)
    with open_database(settings, now=NOW) as database:
        with database.write() as conn:
            alerts.save(conn, ALERT)
        async with served(settings) as running:
            yield Desk(slack, await connection_of(slack), database)
        running.result()


async def connection_of(slack: SlackServer) -> ServerConnection:
    async with asyncio.timeout(20):
        return await slack.connected.get()


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


# --- the connection --------------------------------------------------------------------------------


async def test_who_is_asked_to_move_is_connected_anew_before_the_old_ends(desk: Desk) -> None:
    old = desk.connection
    await old.send('{"type": "disconnect", "reason": "refresh_requested", "debug_info": {}}')
    new = await connection_of(desk.slack)
    for connection in (old, new):
        pressed = desk.slack.press(button("True"))
        await desk.slack.hand(connection, "interactive", pressed, again=str(id(connection)))
    assert desk.opinions == [(f"slack {KIM}", Opinion.TRUE)]


async def test_a_connection_that_breaks_is_made_anew(desk: Desk) -> None:
    desk.slack.lets_in("internal_error", "ratelimited")
    desk.connection.transport.abort()
    desk.connection = await connection_of(desk.slack)
    await desk.presses("Acknowledge")
    assert [each[1] for each in desk.audit] == ["acknowledge"]


async def test_what_is_not_for_us_is_acknowledged_and_left(desk: Desk) -> None:
    said = await desk.slack.hand(desk.connection, "events_api", {"event": {"type": "app_home_opened"}})
    assert set(said) == {"envelope_id"}
    await desk.connection.send("not json")
    await desk.connection.send('{"type": "interactive", "envelope_id": "x", "payload": "words"}')
    assert await desk.asks("list")


async def test_what_takes_long_is_acknowledged_first_and_answered_later(
    tmp_path: Path, slack: SlackServer
) -> None:
    settings = config(tmp_path, slack)
    with open_database(settings, now=NOW) as database:
        async with served(settings, Waits(answer=0.0)):
            connection = await connection_of(slack)
            with database.write():  # nobody else writes meanwhile
                said = await slack.hand(connection, "slash_commands", slack.command("subscribe"))
            assert set(said) == {"envelope_id"}
            (late,) = await slack.said(ANSWER)
    assert late["text"] == f"slack-{KIM.lower()}: alerts of every rule, from medium on"


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type"])
async def test_an_app_that_slack_refuses_for_good_stops_and_shows_no_token(
    tmp_path: Path, slack: SlackServer, error: str
) -> None:
    slack.lets_in(error)
    async with served(config(tmp_path, slack)) as running:
        async with asyncio.timeout(20):
            await asyncio.wait({running})
        with pytest.raises(SocketModeOffError, match=error) as raised:
            running.result()
    assert "s3cret" not in str(raised.value)


async def test_socket_mode_that_is_switched_off_stops_it(tmp_path: Path, slack: SlackServer) -> None:
    async with served(config(tmp_path, slack)) as running:
        connection = await connection_of(slack)
        await connection.send('{"type": "disconnect", "reason": "link_disabled"}')
        async with asyncio.timeout(20):
            await asyncio.wait({running})
        with pytest.raises(SocketModeOffError, match="switched off"):
            running.result()


async def test_the_token_goes_where_it_belongs_and_nowhere_else(desk: Desk) -> None:
    await desk.presses("Acknowledge")
    await desk.slack.said(POST)
    tokens = {each.path: each.headers.get("authorization") for each in desk.slack.http.requests}
    assert tokens == {
        slackserver.OPEN: "Bearer xapp-s3cret",
        ANSWER: None,
        POST: "Bearer xoxb-s3cret",
    }


def test_an_app_without_people_is_a_mistake_in_the_config(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="whom it answers"):
        Config.model_validate(
            {"channels": {"slack": {"kind": "slack", "token": "xoxb-1", "app_token": "xapp-1"}}},
            context={"folder": tmp_path},
        )


async def test_a_channel_without_an_app_is_said_to_be_none(tmp_path: Path, slack: SlackServer) -> None:
    with pytest.raises(UsageError, match=r"of these there are: slack"):
        await serve(
            config(tmp_path, slack), "console", asyncio.Event(), clock=lambda: dt.datetime.now(dt.UTC)
        )
