"""A real SMTP server on loopback that refuses, drops and encrypts as a test tells it."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.demo.loopback import HOST, listen, port_of

DROP = "drop"  # in place of an answer: the connection is cut


class MailServer:
    """Keeps what it takes; before that it gives the answers that a test lined up, one at each attempt."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.to_rcpt: list[str] = []
        self.to_data: list[str] = []
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.seen: list[str] = []  # Message-IDs, those of refused mails too
        self.logins: list[tuple[str, str]] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.to_rcpt:
            return self.to_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, EmailMessage, policy=email.policy.default)
        self.seen.append(str(mail["Message-ID"]))
        if self.to_data:
            told = self.to_data.pop(0)
            if told == DROP:
                assert isinstance(server.transport, asyncio.Transport)
                server.transport.abort()
            return told
        self.mails.append(mail)
        self.raw.append(envelope.content)
        self.recipients.append(list(envelope.rcpt_tos))
        self.encrypted.append(session.ssl is not None)
        return "250 kept"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)


@asynccontextmanager
async def mail_server(
    *,
    port: int = 0,
    kind: type[MailServer] = MailServer,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    utf8: bool = True,
) -> AsyncIterator[MailServer]:
    """A server on the port, else on a free one, in the loop of the test; `tls` encrypts from the first byte.

    Without `utf8` it knows no addresses but those in ASCII.
    """
    loop = asyncio.get_running_loop()
    listener = listen(port)
    running = kind(port_of(listener))
    server = await loop.create_server(
        lambda: SMTP(
            running,
            loop=loop,
            hostname=HOST,
            enable_SMTPUTF8=utf8,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=running.authenticate,
            auth_require_tls=False,  # a trap: who sends a password in the clear is heard
        ),
        sock=listener,
        ssl=tls,
    )
    try:
        yield running
    finally:
        server.close()
