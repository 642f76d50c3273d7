"""Trouble with a real mail server: down for hours, or refusing one mailbox for good."""

from __future__ import annotations

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
