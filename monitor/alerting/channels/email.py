"""Alerts by SMTP: one mail for one recipient, as plain text and as HTML."""

from __future__ import annotations

import datetime as dt
import email.errors
import email.policy
import email.utils
import re
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

import aiosmtplib

from monitor.alerting import retry
from monitor.alerting.channels.settings import EmailSettings
from monitor.alerting.render import html, plain_text
from monitor.alerting.text import header_safe
from monitor.errors import DeliveryError
from monitor.model import Digest, Message, Notice, Taken

_TOO_LARGE = 552  # of the mail, or of all that the mailbox holds: then the brief one is refused too
_NOT_ASCII = re.compile(r"[^\x00-\x7f\s]")
_BRIEF = 4_000  # characters, and up to nine bytes in the mail for each


class _TooLargeError(DeliveryError):
    """The server takes no mail of that size."""


class EmailChannel:
    """Connects anew for each mail: alerts are few, and a kept connection dies unseen."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken:
        """Hand the mail to the server; a target that is not one address is permanent."""
        mail, brief = (compose(message, self._settings, now=now, brief=each) for each in (False, True))
        async with await _session(self._settings) as server:
            try:
                answer = await _hand_over(server, mail, self._settings.host)
            except _TooLargeError:
                answer = await _hand_over(server, brief, self._settings.host)
        return Taken(answer=answer)


async def log_in(settings: EmailSettings) -> None:
    """Go as far as a mail would need, encryption and password too, and send none; DeliveryError where that fails."""
    async with await _session(settings):
        pass


async def _session(settings: EmailSettings) -> aiosmtplib.SMTP:
    """A session in which mail can be sent."""
    server = _server(settings)
    try:
        await server.connect()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        # Nothing was said of the mail yet: whatever is wrong is the operator's to mend, and worth a retry.
        raise DeliveryError(_no_session(settings, error)) from error
    return server


def compose(
    message: Message | Digest | Notice, settings: EmailSettings, *, now: dt.datetime, brief: bool = False
) -> EmailMessage:
    """The mail; its Message-ID is that of every attempt. `brief`: the first lines of its text alone.

    Its References are those of every mail on the alert, or of every digest of the subscription.
    DeliveryError when the sender or the target is not one address; the target's fault is permanent.
    """
    envelope = _envelope(message)
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = _sender(settings)
    mail["To"] = _recipient(envelope.target)
    mail["Subject"] = header_safe(message.headline)
    mail["Date"] = email.utils.format_datetime(now)
    domain = settings.domain.encode("idna").decode()
    mail["Message-ID"] = f"<{envelope.id}@{domain}>"
    mail["References"] = f"<{envelope.thread}@{domain}>"  # a mail that never was: clients thread by it
    mail["List-Id"] = f"Bongsu alerts <{envelope.subscription}.bongsu.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.leave:  # RFC 8058: the mail program ends the subscription by one POST; a GET only shows a page
        mail["List-Unsubscribe"] = f"<{message.leave}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = plain_text(message)
    mail.set_content(_begun(text) if brief else text, cte="quoted-printable")
    if not brief:
        mail.add_alternative(html(message), subtype="html", cte="quoted-printable")
    return mail


def _begun(text: str) -> str:
    """The first lines, with a word on the rest."""
    if len(text) <= _BRIEF:
        return text
    lines = text[:_BRIEF].rpartition("\n")[0]
    return f"{lines}\n\nThe mail server takes no larger mail; the rest: monitor alerts list\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Envelope:
    """What the headers say of a message."""

    id: str
    thread: str
    subscription: str
    target: str


def _envelope(message: Message | Digest | Notice) -> _Envelope:
    match message:
        case Message(delivery=delivery):
            whose = (delivery.id, f"alert-{message.alert.id}", delivery.subscription, delivery.target)
        case Digest():
            whose = (message.id, f"digest-{message.subscription}", message.subscription, message.target)
        case Notice():
            whose = (message.id, f"notice-{message.id}", message.subscription, message.target)
    name, thread, subscription, target = whose
    return _Envelope(id=name, thread=thread, subscription=subscription, target=target)


def _sender(settings: EmailSettings) -> Address:
    name, spec = email.utils.parseaddr(header_safe(settings.sender))
    found = _address(spec)
    if found is None:
        raise DeliveryError(
            f"the sender {settings.sender!r} is not an address; set sender in the channel's config"
        )
    return Address(display_name=name, addr_spec=found.addr_spec)


def _recipient(target: str) -> Address:
    found = _address(target)
    if found is None:
        said = f"the target {target!r} is not one email address" if target else "no target: whom to mail?"
        raise DeliveryError(f"{said}; set the subscription's target to one address", permanent=True)
    return found


def _address(spec: str) -> Address | None:
    """The address, if the text is one and nothing but one: no list, no name, no comment.

    Its domain is in ASCII, which every server takes; a name before the @ that is not needs one that knows SMTPUTF8.
    """
    name, _, domain = spec.rpartition("@")
    stand_in = _NOT_ASCII.sub("x", name)  # Address takes a name in ASCII alone
    try:
        domain = domain.encode("idna").decode()
        found = Address(addr_spec=f"{stand_in}@{domain}")
    except (ValueError, IndexError, email.errors.MessageError):  # IndexError: the parser's, on an early end
        return None
    if found.addr_spec != f"{stand_in}@{domain}" or not found.domain:
        return None
    return found if name == stand_in else Address(username=name, domain=domain)


def _server(settings: EmailSettings) -> aiosmtplib.SMTP:
    """A connection to be made; with `starttls` the server must offer it, or no mail is sent."""
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.timeout,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=_trusted(settings) if settings.security != "none" else None,
        username=settings.username or None,
        password=settings.password or None,
    )


def _trusted(settings: EmailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        raise DeliveryError(
            f"ca_file {settings.ca_file} cannot be used: {error}; it must be a PEM file"
        ) from error


def _no_session(settings: EmailSettings, error: Exception) -> str:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        said = f"the server refuses username and password ({error.code})"
    return f"{settings.host}:{settings.port}: no session to send mail in: {said}"


async def _hand_over(server: aiosmtplib.SMTP, mail: EmailMessage, host: str) -> str:
    """Send within the session; what the server says. DeliveryError as the table of retries has it."""
    answer = ""
    try:
        _, answer = await server.send_message(mail)
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        retry.check(retry.Protocol.SMTP, refused.code, f"{refused.recipient}: {refused.message}")
    except aiosmtplib.SMTPResponseException as error:
        if error.code == _TOO_LARGE:
            raise _TooLargeError(f"SMTP {error.code}: {host}: {error.message}", permanent=True) from error
        if error.code < 0:  # no answer that can be read, to the whole mail perhaps
            raise DeliveryError(f"{host}: {' '.join(error.message.split())[:200]}", unsure=True) from error
        retry.check(retry.Protocol.SMTP, error.code, f"{host}: {error.message}")
    except aiosmtplib.SMTPNotSupported as error:
        raise DeliveryError(f"{host}: {error.message}", permanent=True) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        said = str(error) or type(error).__name__
        raise DeliveryError(f"{host}: the connection broke off: {said}", unsure=True) from error
    return answer
