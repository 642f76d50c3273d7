"""The demo's receivers, a process of their own: a mail server, a Slack-shaped endpoint and a webhook.

`python -m monitor.demo.sinks FOLDER` prints one JSON line with its addresses and stays until its standard
input closes, so that it ends with the process that started it, however that one ends. Every message is in the
ledger of FOLDER before it is accepted; a message whose id is known counts once.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import fcntl
import json
import sys
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.demo.ledger import Ledger
from monitor.demo.loopback import HOST, listen, port_of, uvicorn_server


class MailSink:
    """aiosmtpd's handler: keeps each mail under its Message-ID."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept the mail once it is in the ledger."""
        body = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(body, EmailMessage, policy=email.policy.default)
        message_id = str(message["Message-ID"] or "").strip()
        if not message_id:
            return "550 a Message-ID is needed"
        self._ledger.accept(
            "email", message_id, summary=str(message["Subject"] or ""), body=body, suffix=".eml"
        )
        return "250 accepted"


def http_app(ledger: Ledger) -> Starlette:
    """Slack's two ways in, and a webhook."""

    async def incoming_webhook(request: Request) -> Response:
        payload = await request.json()
        if not _accept_slack(ledger, payload, await request.body()):
            return PlainTextResponse("no_text", status_code=400)
        return PlainTextResponse("ok")

    async def post_message(request: Request) -> Response:
        payload = await request.json()
        if not _accept_slack(ledger, payload, await request.body()):
            return JSONResponse({"ok": False, "error": "invalid_metadata_format"})
        return JSONResponse({"ok": True, "channel": payload.get("channel"), "ts": "1653350400.000100"})

    async def webhook(request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        if not key:
            return PlainTextResponse("an Idempotency-Key is needed", status_code=400)
        body = await request.body()
        ledger.accept("webhook", key, summary=_event_summary(body), body=body, suffix=".json")
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/services/{path:path}", incoming_webhook, methods=["POST"]),
            Route("/api/chat.postMessage", post_message, methods=["POST"]),
            Route("/webhook", webhook, methods=["POST"]),
        ]
    )


def _accept_slack(ledger: Ledger, payload: dict[str, object], body: bytes) -> bool:
    metadata = payload.get("metadata")
    event = metadata.get("event_payload") if isinstance(metadata, dict) else None
    delivery = event.get("delivery_id") if isinstance(event, dict) else None
    text = payload.get("text")
    if not delivery or not text:
        return False
    ledger.accept("slack", str(delivery), summary=str(text).splitlines()[0], body=body, suffix=".json")
    return True


def _event_summary(body: bytes) -> str:
    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    return str(data.get("headline", "")) if isinstance(data, dict) else ""


async def run(ledger: Ledger) -> None:
    """Print the addresses and serve until standard input closes."""
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(
        lambda: SMTP(MailSink(ledger), loop=loop, hostname=HOST, enable_SMTPUTF8=True), sock=listen()
    )
    listener = listen()
    http = uvicorn_server(http_app(ledger))
    serving = asyncio.create_task(http.serve(sockets=[listener]))
    addresses = {"smtp": port_of(mail.sockets[0]), "http": f"http://{HOST}:{port_of(listener)}"}
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.buffer.read)
    http.should_exit = True
    mail.close()
    await serving


def main(folder: Path) -> None:
    """Receive into the folder, once no earlier process is still at its ledger."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        asyncio.run(run(Ledger(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
