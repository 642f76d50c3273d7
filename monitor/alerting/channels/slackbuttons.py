"""The buttons under an alert in Slack, for an app that hears when they are pressed."""

from __future__ import annotations

from enum import StrEnum

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject, PlainTextObject

_APART = " "  # between alert and subscription in what a button carries: neither holds a space


class Button(StrEnum):
    """What a press means; the word is Slack's action_id."""

    ACKNOWLEDGE = "bongsu-acknowledge"
    TRUE = "bongsu-true"
    FALSE = "bongsu-false"
    MUTE = "bongsu-mute"


_LABELS = {Button.ACKNOWLEDGE: "Acknowledge", Button.TRUE: "True", Button.FALSE: "False", Button.MUTE: "Mute"}


def actions(alert: str, subscription: str) -> ActionsBlock:
    """A row of all buttons, each with what it is about."""
    return ActionsBlock(elements=[_button(each, f"{alert}{_APART}{subscription}") for each in Button])


def carried(value: str) -> tuple[str, str]:
    """The ids of alert and subscription that a button carries; "" for what is not there."""
    alert, _, subscription = value.partition(_APART)
    return alert, subscription


def _button(button: Button, value: str) -> ButtonElement:
    label = PlainTextObject(text=_LABELS[button], emoji=False)
    return ButtonElement(
        text=label, action_id=button, value=value, confirm=_mute() if button is Button.MUTE else None
    )


def _mute() -> ConfirmObject:
    return ConfirmObject(
        title=PlainTextObject(text="Mute these rules?"),
        text=PlainTextObject(
            text="Their alerts come no more to this subscription. The slash command unmutes."
        ),
        confirm=PlainTextObject(text="Mute"),
        deny=PlainTextObject(text="Leave it"),
    )
