"""The Slack app's connection: kept, moved, made anew, and given up where Slack refuses for good."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import signal
import sys
from pathlib import Path

import pytest
import slackserver
from builders import NOW
from slackdesk import Desk, button, config, connection_of, served
from slackserver import ANSWER, KIM, POST, SlackServer

from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import open_database
from monitor.model import Opinion
from monitor.slackapp import serve
from monitor.slackapp.session import SocketModeOffError, Waits


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


async def test_the_command_listens_until_it_is_told_to_stop(tmp_path: Path, slack: SlackServer) -> None:
    settings = config(tmp_path, slack)
    with open_database(settings, now=NOW):
        pass
    file = tmp_path / "config.toml"
    app = f"""
[poll]
allow_networks = ["127.0.0.1/32"]
[storage]
url = "sqlite:///{tmp_path}/monitor.db"
[channels.slack]
kind = "slack"
token = "xoxb-s3cret"
app_token = "xapp-s3cret"
workspaces = ["{slackserver.TEAM}"]
people = {{{KIM} = "analyst"}}
api_url = {json.dumps(slack.api_url)}
"""
    file.write_text(app, encoding="utf-8")
    words = (sys.executable, "-m", "monitor", "slack", "-c", str(file))
    running = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(100):
        connection = await slack.connected.get()
        said = await slack.hand(
            connection, "slash_commands", slack.command("subscribe high dprk-missile-launch")
        )
        if "payload" not in said:  # the rules take a while to load
            said = {"payload": (await slack.said(ANSWER))[0]}
        running.send_signal(signal.SIGTERM)
        _, told = await running.communicate()
    assert said["payload"]["text"] == f"slack-{KIM.lower()}: alerts of dprk-missile-launch, from high on"
    assert running.returncode == 0, told.decode()
    assert "s3cret" not in told.decode()
