from __future__ import annotations

import datetime as dt
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme
from builders import NOW, alert, message, report, span
from mailserver import DROP, MailServer, mail_server

from monitor.alerting.channels.email import EmailChannel, compose
from monitor.alerting.channels.settings import EmailSettings
from monitor.alerting.digest import digest
from monitor.demo.loopback import HOST, listen, port_of
from monitor.errors import DeliveryError
from monitor.extraction.sentences import MAX_SENTENCE
from monitor.model import Digest, Message, Timing

SETTINGS = EmailSettings(host=HOST, sender="Bongsu <alerts@bongsu.example>", security="none")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


async def send(server: MailServer, told: Message | Digest | None = None, **changed: object) -> None:
    settings = replace(SETTINGS, port=server.port, **changed)  # type: ignore[arg-type]  # its own fields
    await EmailChannel(settings).send(told or message(), now=NOW)


async def test_what_the_server_says_is_told(server: MailServer) -> None:
    taken = await EmailChannel(replace(SETTINGS, port=server.port)).send(message(), now=NOW)
    assert taken.answer == "kept"


async def refusal(server: MailServer, told: Message | None = None, **changed: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(server, told, **changed)
    return caught.value


def mail(told: Message) -> EmailMessage:
    """The mail as a receiver reads it."""
    made = compose(told, SETTINGS, now=NOW).as_bytes()
    return email.message_from_bytes(made, EmailMessage, policy=email.policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


# --- what a mail is --------------------------------------------------------------------------------


@pytest.mark.fault("EM13", "EM14")
async def test_a_mail_carries_what_clients_sort_and_thread_by(server: MailServer) -> None:
    told = message()
    await send(server, told)
    (taken,) = server.mails
    headers = {name: str(value) for name, value in taken.items()}
    assert {name: headers[name] for name in headers if not name.startswith(("Content", "MIME", "X-"))} == {
        "From": "Bongsu <alerts@bongsu.example>",
        "To": "desk@example.org",
        "Subject": told.headline,
        "Date": "Wed, 11 Mar 2026 23:00:00 +0000",
        "Message-ID": f"<{told.delivery.id}@bongsu.example>",
        "References": f"<alert-{told.alert.id}@bongsu.example>",
        "List-Id": "Bongsu alerts <desk.bongsu.bongsu.example>",
        "Auto-Submitted": "auto-generated",
    }


@pytest.mark.fault("EM05")
async def test_each_subscriber_gets_a_mail_of_their_own(server: MailServer) -> None:
    for name in ("one", "two", "three"):
        await send(server, message(target=f"{name}@example.org", subscription=name))
    assert server.recipients == [["one@example.org"], ["two@example.org"], ["three@example.org"]]
    assert len({taken["Message-ID"] for taken in server.mails}) == 3
    assert len({taken["References"] for taken in server.mails}) == 1


def test_the_plain_text_reads_well_alone() -> None:
    assert part(mail(message()), "plain").splitlines()[:9] == [
        "HIGH · occurred · DPRK fired 2 SRBMs, Sunan to East Sea · 12 Mar 07:52 KST",
        "NEW · Yonhap (1 report)",
        "",
        "  North Korea fired two short-range ballistic missiles from Sunan toward",
        "  the East Sea, Seoul said.",
        "  Yonhap, grade B: https://news.example/1",
        "",
        "Rule:   North Korea launches a missile (dprk-missile-launch)",
        "Day:    12 March 2026, local to the place",
    ]


def test_the_html_marks_the_evidence_and_knows_dark_screens() -> None:
    text = part(mail(message()), "html")
    assert '<mark class="actor">North Korea</mark> <mark class="action">fired</mark> two' in text
    assert "prefers-color-scheme: dark" in text
    assert '<a href="https://news.example/1">' in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://[", 'https://a"onclick="b']
)
def test_a_link_is_a_web_address_or_no_link(url: str) -> None:
    text = part(mail(message(alert(reports=(report(url=url),)))), "html")
    assert 'href="javascript' not in text
    assert 'href="data' not in text
    assert '"onclick' not in text


HOSTILE = "<script>x</script> &amp; {{ 7*7 }} <img src=x onerror=y>"


def test_what_feeds_write_is_escaped_in_html() -> None:
    hostile = report(title=HOSTILE, publisher=HOSTILE, sentence=span(HOSTILE, within=HOSTILE), evidence=())
    text = part(mail(message(alert(reports=(hostile,)))), "html")
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "<script" not in text
    assert "<img" not in text


@pytest.mark.fault("EM01", "EM02", "EM03")
@pytest.mark.parametrize(
    "words",
    [
        "a\r\nBcc: eve@example.org",
        "=?utf-8?q?=0ABcc:_eve@example.org?=",
        "=?utf-8?q?hi=0D=0A=0D=0A<b>owned</b>?=",
        "a\x0b\x1c\x85\u2028b",
        "nul\x00 and half a pair \ud83d",
        "x" * 100_000,
        "한" * 1000,
    ],
)
async def test_no_headline_makes_a_header_or_stops_a_mail(server: MailServer, words: str) -> None:
    plain = message()
    await send(server, replace(plain, headline=words))
    (taken,) = server.mails
    assert sorted(taken.keys()) == sorted(
        {*mail(plain).keys(), "X-Peer", "X-MailFrom", "X-RcptTo"} & set(taken.keys())
    )
    assert len(str(taken["Subject"])) <= 200
    assert "eve@example.org" not in "".join(server.recipients[0])
    assert all(len(line) <= 998 for line in server.raw[0].splitlines())


# --- whom it goes to -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "",
        "a@b.c, e@x.y",
        "a@b.c;e@x.y",
        "Name <a@b.c>",
        "a@b.c (Name)",
        "nobody",
        "a@",
        "@b.c",
        "a@b@c",
        "a@b.c\r\nRCPT TO:<e@x.y>",
        "a@b.c\x00",
        "a b@c.d",
    ],
)
async def test_a_target_that_is_not_one_address_is_refused_for_good(server: MailServer, target: str) -> None:
    error = await refusal(server, message(target=target))
    assert error.permanent
    assert "target" in str(error)
    assert server.seen == []


@pytest.mark.parametrize("target", ["desk@example.org", "desk+alerts@localhost", "d.e-sk@mail.local"])
async def test_any_one_address_will_do(server: MailServer, target: str) -> None:
    await send(server, message(target=target))
    assert server.recipients == [[target]]


@pytest.mark.parametrize("utf8", [True, False])
async def test_a_domain_in_any_script_is_reached_by_every_server(utf8: bool) -> None:  # noqa: FBT001 - a parameter
    async with mail_server(utf8=utf8) as server:
        await send(server, message(target="desk@한국.example"))
    assert server.recipients == [["desk@xn--3e0b707e.example"]]


async def test_a_name_in_any_script_is_reached_where_the_server_can(server: MailServer) -> None:
    await send(server, message(target="류@한국.example"))
    assert server.recipients == [["류@xn--3e0b707e.example"]]
    assert str(server.mails[0]["To"]) == "류@xn--3e0b707e.example"
    async with mail_server(utf8=False) as older:
        error = await refusal(older, message(target="류@example.org"))
    assert error.permanent
    assert "SMTPUTF8" in str(error)


async def test_an_answer_that_cannot_be_read_leaves_open_whether_the_mail_was_taken(
    server: MailServer,
) -> None:
    server.to_data = ["what?"]
    error = await refusal(server)
    assert error.unsure
    assert not error.permanent


async def test_a_sender_that_is_no_address_is_for_the_operator_to_mend(server: MailServer) -> None:
    error = await refusal(server, sender="Bongsu")
    assert not error.permanent
    assert "set sender" in str(error)


# --- what the server says --------------------------------------------------------------------------


@pytest.mark.fault("EM08")
@pytest.mark.parametrize(
    "told", ["421 closing", "450 greylisted, come again", "451 local error", "452 full", "530 log in first"]
)
async def test_a_passing_refusal_is_tried_again_under_the_same_id(server: MailServer, told: str) -> None:
    server.to_data = [told]
    error = await refusal(server)
    await send(server)
    assert not error.permanent
    assert told[:3] in str(error)
    assert len(server.seen) == 2
    assert len(set(server.seen)) == 1


@pytest.mark.fault("EM09")
@pytest.mark.parametrize("told", ["550 no such user", "552 too big", "553 no", "554 spam"])
async def test_a_refusal_for_good_is_permanent(server: MailServer, told: str) -> None:
    server.to_data = [told] * 2
    assert (await refusal(server)).permanent


@pytest.mark.fault("EM11")
async def test_a_mail_that_is_too_large_goes_again_in_brief(server: MailServer) -> None:
    told = message()
    many = tuple(replace(told, headline=f"{number} {told.headline}") for number in range(90))
    whole = replace(digest([told], timing=Timing()), target="desk@example.org", messages=many)
    server.to_data = ["552 5.3.4 too big"]
    await send(server, whole)
    (mail,) = server.mails
    assert server.seen == [mail["Message-ID"]] * 2
    text = mail.get_content()
    assert (len(text) < 5_000, many[0].headline in text, many[-1].headline in text) == (True, True, False)
    assert "no larger mail" in text


@pytest.mark.fault("EM11")
async def test_a_mail_is_never_very_large() -> None:
    words = "한" * MAX_SENTENCE  # no shorter in a mail than nine letters each
    told = message(alert(reports=(report(title=words, sentence=span(words, within=words)),)))
    many = tuple(replace(told, headline=f"{number} {told.headline}") for number in range(500))
    whole = replace(digest([told], timing=Timing()), target="desk@example.org", messages=many)
    for each in (told, whole):
        assert len(compose(each, SETTINGS, now=NOW).as_bytes()) < 4 * 2**20


@pytest.mark.parametrize(("told", "permanent"), [("550 unknown user", True), ("450 mailbox busy", False)])
async def test_a_refused_recipient_is_named(server: MailServer, told: str, *, permanent: bool) -> None:
    server.to_rcpt = [told]
    error = await refusal(server)
    assert (error.permanent, "desk@example.org" in str(error)) == (permanent, True)


@pytest.mark.fault("EM11")
async def test_a_connection_cut_before_the_answer_is_tried_again(server: MailServer) -> None:
    server.to_data = [DROP]
    error = await refusal(server)
    assert (error.permanent, error.unsure) == (False, True)
    assert "connection" in str(error)


async def test_a_server_that_is_down_is_tried_again() -> None:
    with listen() as free:
        port = port_of(free)
    error = await refusal(MailServer(port))
    assert (error.permanent, error.unsure) == (False, False)
    assert f"{HOST}:{port}" in str(error)


@pytest.mark.fault("EM11")
async def test_a_server_that_says_nothing_is_given_up_for_now() -> None:
    with listen() as listener:
        error = await refusal(MailServer(port_of(listener)), timeout=0.05)
    assert not error.permanent


# --- encryption and login --------------------------------------------------------------------------


async def test_starttls_encrypts_and_then_logs_in(certificate: ssl.SSLContext, ca_file: str) -> None:
    async with mail_server(starttls=certificate) as server:
        await send(server, security="starttls", ca_file=ca_file, username="desk", password="right")
    assert server.encrypted == [True]
    assert server.logins == [("desk", "right")]


async def test_tls_encrypts_from_the_first_byte(certificate: ssl.SSLContext, ca_file: str) -> None:
    async with mail_server(tls=certificate) as server:
        await send(server, security="tls", ca_file=ca_file)
    assert len(server.mails) == 1


@pytest.mark.fault("TL04")
async def test_without_starttls_on_offer_nothing_is_sent_and_no_password_told(ca_file: str) -> None:
    async with mail_server() as server:
        error = await refusal(server, security="starttls", ca_file=ca_file, username="desk", password="right")
    assert not error.permanent
    assert "STARTTLS" in str(error)
    assert (server.seen, server.logins) == ([], [])


@pytest.mark.fault("TL01")
async def test_a_server_of_an_unknown_authority_is_not_trusted(certificate: ssl.SSLContext) -> None:
    async with mail_server(starttls=certificate) as server:
        error = await refusal(server, security="starttls")
    assert not error.permanent
    assert "certificate" in str(error)
    assert server.seen == []


@pytest.mark.fault("LG02")
async def test_a_wrong_password_is_for_the_operator_to_mend_and_not_shown() -> None:
    async with mail_server() as server:
        error = await refusal(server, username="desk", password="wr0ng")
    assert not error.permanent
    assert "password" in str(error)
    assert "wr0ng" not in str(error)


async def test_a_ca_file_that_is_none_is_told(server: MailServer, tmp_path: Path) -> None:
    error = await refusal(server, security="starttls", ca_file=str(tmp_path / "absent.pem"))
    assert "absent.pem" in str(error)
    assert not error.permanent


def test_the_date_is_that_of_the_attempt() -> None:
    later = NOW + dt.timedelta(hours=6)
    first, second = (compose(message(), SETTINGS, now=moment) for moment in (NOW, later))
    assert second["Date"].datetime == later
    assert first["Message-ID"] == second["Message-ID"]
