"""What Slack hands us, https://docs.slack.dev/apis/events-api/using-socket-mode: who asks for what, and from where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.alerting.channels.slackbuttons import Button, carried

_LONGEST = 1000  # characters of a command that are read


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """Who asks, by Slack's own ids: names may be changed by whoever bears them."""

    user: str
    workspace: str
    name: str = ""  # for people to read

    @property
    def analyst(self) -> str:
        """As verdicts, acknowledgements and the audit log name them."""
        return f"slack {self.user}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """A button was pressed."""

    asker: Asker
    button: Button
    alert: str
    subscription: str
    at: dt.datetime  # by Slack's clock: the same however often it is handed to us
    room: str = ""  # Slack channel of the message
    thread: str = ""  # first message of its thread
    answer_to: str = ""  # address for answers that only the asker sees


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A slash command was given."""

    asker: Asker
    words: tuple[str, ...]
    room: str = ""  # Slack channel in which it was given
    name: str = "/bongsu"  # by which the workspace calls it
    trigger: str = ""  # its own id: the same however often it is handed to us
    answer_to: str = ""


Asked = Press | Command


def asked(kind: str, payload: Mapping[str, Any]) -> Asked | None:
    """What an envelope of that type asks for; None for what is not for us."""
    if kind == "slash_commands":
        return _command(payload)
    if kind == "interactive" and payload.get("type") == "block_actions":
        return _press(payload)
    return None


def _command(payload: Mapping[str, Any]) -> Command:
    who = Asker(
        user=_text(payload, "user_id"),
        workspace=_text(payload, "team_id"),
        name=_text(payload, "user_name"),
    )
    return Command(
        asker=who,
        words=tuple(_text(payload, "text")[:_LONGEST].split()),
        room=_text(payload, "channel_id"),
        name=_text(payload, "command") or "/bongsu",
        trigger=_text(payload, "trigger_id"),
        answer_to=_text(payload, "response_url"),
    )


def _press(payload: Mapping[str, Any]) -> Press | None:
    pressed = next(iter(_list(payload, "actions")), {})
    if _text(pressed, "action_id") not in set(Button):
        return None
    user, message, container = (_table(payload, name) for name in ("user", "message", "container"))
    alert, subscription = carried(_text(pressed, "value"))
    # Of a workspace in an organisation `team` may be empty: then the user says which it is.
    workspace = _text(_table(payload, "team"), "id") or _text(user, "team_id")
    return Press(
        asker=Asker(user=_text(user, "id"), workspace=workspace, name=_text(user, "username")),
        button=Button(_text(pressed, "action_id")),
        alert=alert,
        subscription=subscription,
        at=_moment(_text(pressed, "action_ts")),
        room=_text(container, "channel_id") or _text(_table(payload, "channel"), "id"),
        thread=_text(message, "thread_ts") or _text(container, "message_ts"),
        answer_to=_text(payload, "response_url"),
    )


def _moment(text: str) -> dt.datetime:
    """Slack's time, in seconds since 1970; the beginning of time for what is none."""
    try:
        return dt.datetime.fromtimestamp(float(text), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    return value if isinstance(value, str) else ""


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}


def _list(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = table.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
