"""Trouble with a real mail server: down for hours, or refusing one mailbox for good."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from pathlib import Path

import pytest
from desk import desk, free_port
from mailserver import MailServer, mail_server

from monitor.model import DeliveryState


@pytest.mark.fault("EM07")
async def test_a_mail_server_down_for_six_hours_gets_every_mail_once_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    async with desk(tmp_path, port, "ryu@example.org") as service:
        tries: list[int] = []
        for _ in range(24):
            await service.learns(int(len(tries) < 8))
            await service.app.deliver()
            tries.append(max(each.attempts for each in service.outbox("ryu")))
            service.clock.move(minutes=15)
        waiting = service.outbox("ryu")
        assert {each.state for each in waiting} == {DeliveryState.PENDING}
        assert all("127.0.0.1" in (each.error or "") for each in waiting)  # why it is late can be seen
        assert max(tries) < 24  # not at every look: it waits longer and longer
        async with mail_server(port=port) as server:
            service.clock.move(hours=3)
            await service.app.deliver()
        assert Counter(server.seen).most_common(1)[0][1] == 1
        assert len(server.mails) == 8
        assert {each.state for each in service.outbox("ryu")} == {DeliveryState.SENT}


class Refusing(MailServer):
    """Takes no mail for one mailbox."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802 - aiosmtpd's
        if address.startswith("gone"):
            self.to_rcpt = ["550 no such mailbox"]
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.mark.fault("EM09")
async def test_a_mailbox_that_refuses_for_good_is_left_in_peace_and_others_are_told(tmp_path: Path) -> None:
    async with (
        mail_server(kind=Refusing) as server,
        desk(tmp_path, server.port, "ryu@example.org", "gone@example.org") as service,
    ):
        for number in range(5):
            await service.learns()
            await service.app.deliver()
            assert service.paused("gone") == (number >= 2)
            service.clock.move(hours=1)
            await service.app.deliver()
        assert [str(mail["To"]) for mail in server.mails] == ["ryu@example.org"] * 5
        assert [each.attempts for each in service.outbox("gone")] == [1, 1, 1]  # once each, and no more
        assert {each.state for each in service.outbox("gone")} == {DeliveryState.DEAD}
        assert not service.paused("ryu")


class Leaving(MailServer):
    """Says goodbye to whoever wants to send, the first time."""

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802 - aiosmtpd's
        if not self.logins:
            self.logins.append(("turned away", ""))
            return "421 4.3.2 closing, come again"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 ok"


@pytest.mark.fault("EM11")
async def test_a_mail_that_a_closing_server_did_not_take_goes_out_later(tmp_path: Path) -> None:
    async with (
        mail_server(kind=Leaving) as server,
        desk(tmp_path, server.port, "ryu@example.org") as service,
    ):
        await service.learns()
        await service.app.deliver()
        (waiting,) = service.outbox("ryu")
        assert (waiting.state, waiting.attempts, waiting.repeated) == (DeliveryState.PENDING, 1, False)
        assert "421" in (waiting.error or "")
        service.clock.move(hours=1)
        await service.app.deliver()
        assert len(server.mails) == 1


@pytest.mark.fault("EM11")
async def test_a_server_that_answers_for_ever_is_given_up_for_now(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def tarpit(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A greeting that never ends, a letter at a time: each read brings something, and no command an answer."""
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"w")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        gone.set()

    async with (
        await asyncio.start_server(tarpit, "127.0.0.1", 0) as slow,
        desk(tmp_path, slow.sockets[0].getsockname()[1], "ryu@example.org", patience="1s") as service,
    ):
        await service.learns()
        await service.app.deliver()
        (waiting,) = service.outbox("ryu")
        assert (waiting.state, waiting.attempts, waiting.repeated) == (DeliveryState.PENDING, 1, True)
        assert "no answer within" in (waiting.error or "")
        await gone.wait()
