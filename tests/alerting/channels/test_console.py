from __future__ import annotations

import io
from dataclasses import replace

import pytest
from builders import NOW, alert, message, report, span
from rich.console import Console

from monitor.alerting.channels.console import ConsoleChannel
from monitor.alerting.channels.settings import ConsoleSettings
from monitor.errors import DeliveryError
from monitor.model import Message


async def printed(told: Message, *, color: bool = False, width: int | None = None) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=color, color_system="truecolor" if color else None, width=100)
    await ConsoleChannel(ConsoleSettings(width=width), console=console).send(told, now=NOW)
    return out.getvalue()


async def test_the_message_says_it_all_even_without_colours() -> None:
    told = message()
    lines = [line.strip() for line in (await printed(told)).splitlines()]
    assert lines == [
        "HIGH  occurred · DPRK fired 2 SRBMs, Sunan to East Sea · 12 Mar 07:52 KST",
        "NEW · Yonhap (1 report)",
        "“North Korea fired two short-range ballistic missiles from Sunan toward the East Sea, Seoul said.”",
        "actor North Korea · action fired · object short-range ballistic missiles · place Sunan, East Sea",
        "rule North Korea launches a missile (dprk-missile-launch)",
        "source Yonhap, grade B https://news.example/1",
        f"alert {told.alert.id} · delivery {told.delivery.id}",
        "",
    ]


async def test_evidence_is_marked_by_role() -> None:
    text = await printed(message(), color=True)
    assert "\x1b[1;36mNorth Korea\x1b[0m \x1b[1;33mfired\x1b[0m two" in text


async def test_a_link_is_never_broken() -> None:
    url = "https://news.example/" + "a" * 200
    assert url in await printed(message(alert(reports=(report(url=url),))), width=60)


async def test_what_feeds_write_is_neither_markup_nor_terminal_code() -> None:
    hostile = "[red]fired[/red] \x1b[2J\x1b]0;owned\x07 \x9b31m :boom: \u202emissiles"
    told = message(
        alert(reports=(report(sentence=span(hostile, within=hostile), publisher=hostile, evidence=()),))
    )
    text = await printed(replace(told, headline=f"{told.headline} {hostile}"))
    assert "[red]fired[/red]" in text
    assert ":boom:" in text
    assert not set("\x1b\x07\x9b\u202e") & set(text)


async def test_a_repeat_says_so() -> None:
    assert "may be a repeat" in await printed(message(repeated=True))


async def test_a_terminal_that_is_gone_is_a_delivery_error() -> None:
    out = io.StringIO()
    console = Console(file=out)
    out.close()
    with pytest.raises(DeliveryError, match="terminal"):
        await ConsoleChannel(ConsoleSettings(), console=console).send(message(), now=NOW)


async def test_a_broken_pipe_is_a_delivery_error_and_not_the_end_of_the_service() -> None:
    class Broken(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError(text[:0])

    with pytest.raises(DeliveryError):
        await ConsoleChannel(ConsoleSettings(), console=Console(file=Broken())).send(message(), now=NOW)
