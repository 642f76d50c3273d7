"""Alerts in Slack: Block Kit by an incoming webhook, or by a bot's chat.postMessage.

Everything from outside is escaped, in blocks and in the text for notifications alike: nobody is mentioned, no
link is made but ours. Sizes keep clear of Slack's limits; the one on a whole message is not documented and lies
near 13,200 characters (https://github.com/slackapi/bolt-js/issues/2509).
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.metadata import Metadata

from monitor.alerting.channels.post import check, origin, post
from monitor.alerting.channels.protocol import Posted, Poster
from monitor.alerting.channels.settings import SlackSettings
from monitor.alerting.channels.slackbuttons import actions
from monitor.alerting.render import both_times, first_report, segments
from monitor.alerting.text import calm, cut
from monitor.errors import DeliveryError
from monitor.model import Digest, Message, Notice, Reason, Report, Taken, Thread

# Errors of chat.postMessage that trying again cannot mend, https://docs.slack.dev/reference/methods/chat.postMessage.
# All others are retried: Slack's own faults pass, and a token or an invitation can be mended meanwhile.
PERMANENT: Mapping[str, str] = {
    "channel_not_found": "the subscription's target is no channel that the bot can see",
    "invalid_arguments": "",
    "invalid_blocks": "",
    "invalid_blocks_format": "",
    "is_archived": "the channel is archived",
    "metadata_too_large": "",
    "msg_blocks_too_long": "",
    "msg_too_long": "",
    "no_text": "",
    "restricted_action": "the workspace does not let the bot post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "the channel takes threads only",
    "too_many_attachments": "",
    "user_not_found": "the subscription's target is nobody",
}
# What to do about some that are retried.
MENDABLE: Mapping[str, str] = {
    "account_inactive": "the bot was removed; install the app again and set its token",
    "invalid_auth": "set the bot's token anew",
    "missing_scope": "give the bot the scope chat:write and install it again",
    "not_authed": "set the bot's token",
    "not_in_channel": "invite the bot to the channel",
    "token_expired": "set the bot's token anew",
    "token_revoked": "set the bot's token anew",
}

# Errors that say the first post is gone: deleted, or not where it was.
_LOST = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message", "invalid_thread_ts"})
_POST, _UPDATE = "chat.postMessage", "chat.update"
_MENDED = frozenset({Reason.CORRECTED, Reason.WITHDRAWN, Reason.DISPUTED})
_JSON = {"content-type": "application/json; charset=utf-8"}
_HEADLINE, _STANDING, _SENTENCE, _RULES = 150, 400, 1500, 800  # characters, as escaped
_CHANGES = 5
_TITLE, _URL, _LINKS = 150, 500, 5
_ALERTS = 14  # of a digest: each takes up to 800 characters with its link
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What would format: shown by its double. After @ stands an invisible joiner, so that no name follows it.
_DOUBLES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "@": "@\u2060"}
_IN_LINKS = {"<": "%3C", ">": "%3E", "|": "%7C", "&": "&amp;"}
_ID = re.compile(r"[A-Z0-9.]{1,40}")
_WORD = re.compile(r"[a-z][a-z_]{0,60}")  # Slack's errors; anything longer might be an echo of ours


class LostThreadError(DeliveryError):
    """The thread's first post is gone."""


class SlackChannel:
    """Posts as a bot where there is a token, else to the incoming webhook."""

    def __init__(self, settings: SlackSettings, *, poster: Poster) -> None:
        self._settings = settings
        self._poster = poster

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken:
        """Post the message, in the thread of its story; DeliveryError unless Slack says that it has it.

        A bot's first post on an alert starts the thread. What corrects or withdraws it is put in its place too.
        """
        if not self._settings.token:
            return await self._by_webhook(compose(message), now=now)
        place = self._slack_channel(message)
        thread = message.thread if isinstance(message, Message) else None
        if thread is None or not isinstance(message, Message):
            return await self._start(message, place, now=now)
        try:
            said = await self._ask(_POST, self._compose(message) | _reply(message, thread), now=now)
        except LostThreadError:
            return await self._start(message, place, now=now)
        if message.delivery.reason in _MENDED:
            await self._mend(self._compose(message), thread, now=now)
        return Taken(answer=_answer(said))

    def _compose(self, message: Message | Digest | Notice) -> dict[str, object]:
        return compose(message, buttons=self._settings.buttons)

    async def _by_webhook(self, payload: Mapping[str, object], *, now: dt.datetime) -> Taken:
        url = self._settings.webhook_url
        if not url:
            raise DeliveryError("the Slack channel needs a webhook_url or a token in the config")
        content = json.dumps(payload, ensure_ascii=False).encode()
        answer = await post(self._poster, url, content=content, headers=_JSON)
        _check(answer, url=url, now=now, bot=False)
        return Taken(answer=f"HTTP {answer.status}")

    async def _start(self, message: Message | Digest | Notice, place: str, *, now: dt.datetime) -> Taken:
        """Post anew; of an alert a thread begins with it."""
        said = await self._ask(_POST, self._compose(message) | {"channel": place}, now=now)
        first, room = said.get("ts", ""), said.get("channel", place)
        begins = first and isinstance(message, Message)
        return Taken(answer=_answer(said), thread=Thread(place=room, first=first) if begins else None)

    async def _mend(self, payload: Mapping[str, object], thread: Thread, *, now: dt.datetime) -> None:
        """Put the message in place of the first. The reply is sent already, so a refusal is let pass."""
        kept = {name: payload[name] for name in ("text", "blocks", "metadata", "parse", "link_names")}
        with suppress(DeliveryError):
            await self._ask(_UPDATE, kept | {"channel": thread.place, "ts": thread.first}, now=now)

    async def _ask(self, method: str, payload: Mapping[str, object], *, now: dt.datetime) -> dict[str, str]:
        """What Slack's API answers to the method."""
        url = self._settings.api_url
        if method != _POST:
            url = f"{url.rpartition('/')[0]}/{method}"
        headers = {**_JSON, "authorization": f"Bearer {self._settings.token}"}
        content = json.dumps(payload, ensure_ascii=False).encode()
        answer = await post(self._poster, url, content=content, headers=headers)
        _check(answer, url=url, now=now, bot=True)
        return _said(answer.body)

    def _slack_channel(self, message: Message | Digest | Notice) -> str:
        target = message.delivery.target if isinstance(message, Message) else message.target
        named = target or self._settings.slack_channel
        if not named:
            raise DeliveryError(
                "no Slack channel to post in: set slack_channel, or the subscription's target"
            )
        return named


def _answer(said: Mapping[str, str]) -> str:
    """Where the post stands: by both of these Slack finds it."""
    return f"ok, channel {said.get('channel', '?')}, ts {said.get('ts', '?')}"


def _reply(message: Message, thread: Thread) -> dict[str, object]:
    """Where a reply goes; the room sees it too, unless it only brings the story up to date."""
    shown = message.delivery.reason is not Reason.UPDATED
    return {"channel": thread.place, "thread_ts": thread.first, "reply_broadcast": shown}


def compose(message: Message | Digest | Notice, *, buttons: bool = False) -> dict[str, object]:
    """The payload without its channel, within Slack's limits; `buttons` for an app that hears them, under alerts."""
    text, blocks, metadata = _composed(message)
    if buttons and isinstance(message, Message):
        row = actions(message.alert.id, message.delivery.subscription)
        blocks = itertools.chain(blocks, [row])
    return {
        "text": text,
        "blocks": [block.to_dict() for block in blocks],
        "metadata": metadata.to_dict(),
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _composed(message: Message | Digest | Notice) -> tuple[str, Iterable[Block], Metadata]:
    match message:
        case Digest():
            return _digest_said(message)
        case Notice():
            return _notice_said(message)
        case _:
            return _alert_said(message)


def _notice_said(notice: Notice) -> tuple[str, Iterator[Block], Metadata]:
    payload = {"delivery_id": notice.id, "subscription": notice.subscription}
    return escaped(notice.headline, _SENTENCE), _notice_blocks(notice), Metadata("bongsu_notice", payload)


def _notice_blocks(notice: Notice) -> Iterator[Block]:
    yield _section(f"*{escaped(notice.headline, _STANDING)}*")
    for line in notice.lines[:_ALERTS]:
        yield _section(escaped(line, _STANDING))
    if url := _link(notice.link):
        yield _section(f"<{url}|{escaped(notice.link_text, _TITLE) or 'open'}>")


def _alert_said(message: Message) -> tuple[str, Iterator[Block], Metadata]:
    payload = {"delivery_id": message.delivery.id, "alert_id": message.alert.id}
    return _fallback(message), _blocks(message), Metadata("bongsu_alert", payload)


def _digest_said(digest: Digest) -> tuple[str, Iterator[Block], Metadata]:
    payload = {"delivery_id": digest.id, "subscription": digest.subscription}
    return _digest_fallback(digest), _digest_blocks(digest), Metadata("bongsu_digest", payload)


def _digest_fallback(digest: Digest) -> str:
    lines = ((digest.headline, _HEADLINE), (digest.standing_line, _STANDING))
    return "\n".join(escaped(text, limit) for text, limit in lines)


def _digest_blocks(digest: Digest) -> Iterator[Block]:
    yield HeaderBlock(text=PlainTextObject(text=escaped(digest.headline, _HEADLINE), emoji=False))
    yield _section(escaped(digest.standing_line, _STANDING))
    if digest.note:
        yield _section(escaped(digest.note, _STANDING))
    for message in digest.messages[:_ALERTS]:
        headline = _linked(message, escaped(message.headline, _TITLE))
        yield _section(f"{headline}\n{escaped(message.standing_line, _TITLE)}")
    if len(digest.messages) > _ALERTS:
        yield _section(f"and {len(digest.messages) - _ALERTS} more: `monitor alerts list`")
    repeated = " · may be a repeat" if digest.repeated else ""
    foot = f"Digest {digest.id}{repeated}"
    yield ContextBlock(elements=[MarkdownTextObject(text=foot, verbatim=True)])


def _linked(message: Message, text: str) -> str:
    url = _link(message.page) or (_link(message.links[0]) if message.links else "")
    return f"<{url}|{text}>" if url else f"*{text}*"


def _fallback(message: Message) -> str:
    """What notifications and screen readers give: the first three lines."""
    lines = ((message.headline, _HEADLINE), (message.standing_line, _STANDING), (message.sentence, _SENTENCE))
    return "\n".join(escaped(text, limit) for text, limit in lines)


def _blocks(message: Message) -> Iterator[Block]:
    yield HeaderBlock(text=PlainTextObject(text=escaped(message.headline, _HEADLINE), emoji=False))
    yield _section(escaped(message.standing_line, _STANDING))
    if message.note:
        yield _section(escaped(message.note, _STANDING))
    if message.changes:
        changes = [f"• {escaped(each, _TITLE)}" for each in message.changes[-_CHANGES:]]
        yield _section("\n".join(("*Changed since you were last told*", *changes)))
    if message.sentence.strip():
        yield _section(f"&gt; {_marked(message)}")
    yield _section("\n".join(_rules(message)))
    if links := list(_links(message.alert.reports)):
        yield _section("\n".join(links))
    if page := _link(message.page):
        yield _section(f"<{page}|Open the alert>")
    yield ContextBlock(elements=[MarkdownTextObject(text=_foot(message), verbatim=True)])


def _section(text: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))


def _marked(message: Message) -> str:
    """The sentence with its evidence in bold, cut where it grows too long."""
    pieces, room = [], _SENTENCE
    for text, role in segments(message):
        told = escaped(text, room)
        room -= len(told)
        edge = told if not role or told != told.strip() else f"*{told}*"  # bold must not touch a space
        pieces.append(edge)
        if room <= 1:
            break
    return "".join(pieces)


def _rules(message: Message) -> Iterator[str]:
    room = _RULES
    for title, rule in zip(message.alert.titles, message.alert.rules, strict=True):
        line = f"Rule: {escaped(title, _TITLE)} ({escaped(rule, _TITLE)})"
        room -= len(line)
        if room < 0:
            yield "and more"
            return
        yield line


def _links(reports: Sequence[Report]) -> Iterator[str]:
    """The first report and the latest, each by publisher and linked title."""
    shown = reports if len(reports) <= _LINKS else (reports[0], *reports[1 - _LINKS :])
    for report in shown:
        publisher = f"{escaped(report.publisher, _TITLE) or 'unknown publisher'}, grade {report.grade}"
        title = escaped(report.title, _TITLE) or "untitled"
        url = _link(report.url)
        told = f"{publisher}: <{url}|{title}>" if url else f"{publisher}: {title}"
        struck = f"~{told}~" if report.fallen else told
        yield f"• {struck} {escaped(report.remark, _TITLE)}" if report.remark else f"• {struck}"
    if more := len(reports) - len(shown):
        yield f"and {more} more"


def _link(url: str) -> str:
    """The address as Slack takes it; "" when it is none, or longer than is good."""
    safe = "".join(_IN_LINKS.get(char, char) for char in url)
    web = url.startswith(("https://", "http://")) and url.isprintable() and " " not in url
    return safe if web and len(safe) <= _URL else ""


def _foot(message: Message) -> str:
    repeated = " · may be a repeat" if message.delivery.repeated else ""
    alert, delivery = message.alert, message.delivery
    first, alerted = (both_times(each, message.zone) for each in (first_report(alert), alert.opened))
    ids = f"Alert {alert.id}, revision {alert.revision} · delivery {delivery.id}{repeated}"
    return f"First {first} · alerted {alerted}\n{ids}"


def escaped(text: str, limit: int) -> str:
    """Text for any text object, at most `limit` characters long once escaped."""
    short = cut(calm(text[: 8 * limit]), limit, measure=_length)
    return "".join(_escape(char) for char in short)


def _escape(char: str) -> str:
    return _ENTITIES.get(char) or _DOUBLES.get(char, char)


def _length(cluster: str) -> int:
    return sum(len(_escape(char)) for char in cluster)


def _check(answer: Posted, *, url: str, now: dt.datetime, bot: bool) -> None:
    """Status first; then the API's own word, as it answers 200 to what it refuses too."""
    said = _said(answer.body)
    check(answer, url=url, now=now, said=said.get("error", ""))
    taken = "ok" not in said and not _is_web_page(answer.body)
    if said.get("ok") == "true" or (not bot and taken):  # a webhook answers a plain "ok"
        return
    word = said.get("error")
    error = word or "nothing that Slack would say"
    if error in _LOST:
        raise LostThreadError(f"{origin(url)} answers {error}", permanent=False)
    advice = PERMANENT.get(error) or MENDABLE.get(error)
    raise DeliveryError(
        f"{origin(url)} answers {error}" + (f": {advice}" if advice else ""),
        permanent=error in PERMANENT,
        unsure=not word,  # whoever answers in Slack's place may have passed it on
    )


def _is_web_page(body: bytes) -> bool:
    """Whether a proxy or a page of maintenance answers in Slack's place."""
    return body.lstrip().startswith(b"<")


def _said(body: bytes) -> dict[str, str]:
    """`ok` and `error` of the answer, as far as they are words of Slack's."""
    text = body[:100_000].decode("utf-8", "replace").strip()
    if _WORD.fullmatch(text):
        return {} if text == "ok" else {"error": text}
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(answer, dict):
        return {}
    error = answer.get("error")
    word = error if isinstance(error, str) and _WORD.fullmatch(error) else ""
    named = {name: answer[name] for name in ("ts", "channel") if _is_id(answer.get(name))}
    return {"ok": json.dumps(answer.get("ok", False)), "error": word, **named}


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None
