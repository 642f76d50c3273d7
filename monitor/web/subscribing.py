"""Subscribing without an account: ask, confirm from the mail, change, mute, pause, leave.

Whoever holds a link from a mail to an address holds that subscription. Opening a link changes nothing, for
scanners open every link in a mail; the button on its page does. The one exception is the POST of RFC 8058, which
mail programs send by themselves to end a subscription.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import secrets
from collections.abc import Mapping
from dataclasses import replace

import structlog
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.config import SubscriptionEntry, entry
from monitor.errors import DeliveryError, UsageError
from monitor.links import Purpose
from monitor.model import Notice, Subscription, notice_id
from monitor.model.mailbox import mailbox
from monitor.storage import Connection, subscriptions
from monitor.web import access, choosing, forms
from monitor.web.site import Site, of, page

log = structlog.get_logger()

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)  # in which a mailbox is asked once to confirm, however spelt: nobody is pestered
_PER_HOUR = 30  # mails that ask anybody
_STALE = dt.timedelta(days=3)  # as long as the link in the mail holds


def form(request: Request) -> Response:
    """The form that asks for a subscription."""
    site = of(request)
    _offered(site)
    return page(
        request, "subscribe", offer=choosing.offer(site), wish=choosing.searched(request, site), problem=""
    )


async def ask(request: Request) -> Response:
    """Store what is asked for, unconfirmed, and mail a link to confirm; the answer never tells who subscribes."""
    site = of(request)
    channel = _offered(site)
    fields = await forms.received(request, key=site.key)
    wish = choosing.wished(fields)
    try:
        subscription = _asked(choosing.meant(wish, site), channel, site.now)
    except UsageError as error:
        shown = {**wish, "target": str(fields.get("target", ""))}
        return page(
            request, "subscribe", status=400, offer=choosing.offer(site), wish=shown, problem=str(error)
        )
    new = _stored(request, site, subscription)
    said = (
        f"A mail is on its way to {subscription.target}. Nothing is sent until the link in it was used. "
        "If it does not come within the hour, ask again tomorrow."
    )
    answer = page(request, "said", title="Look into your mail", said=said)
    if new:  # after the answer, so that how long it takes tells nothing either
        answer.background = BackgroundTask(_mail, site, subscription)
    return answer


def confirming(request: Request) -> Response:
    """The page that a confirmation link opens."""
    subscription = held(request, Purpose.CONFIRM)
    return page(request, "confirm", subscription=subscription)


async def confirm(request: Request) -> Response:
    """The address says yes; again and again does no harm."""
    site = of(request)
    await forms.received(request, key=site.key)
    subscription = replace(held(request, Purpose.CONFIRM), confirmed=True)
    async with site.app.parts.database.writing() as conn:
        for other in subscriptions.all(conn):
            if _twice(other, subscription):
                subscriptions.remove(conn, other.id)
        subscriptions.change(conn, subscription)
        _note(conn, request, "confirm", subscription)
    return RedirectResponse(_path(site, Purpose.MANAGE, subscription), status_code=303)


def managing(request: Request) -> Response:
    """What the subscriber chose, to be changed."""
    subscription = held(request, Purpose.MANAGE)
    return _manage(request, subscription)


async def manage(request: Request) -> Response:
    """Save what the subscriber chose; the address cannot be changed, for it was that which said yes."""
    site = of(request)
    fields = await forms.received(request, key=site.key)
    subscription = held(request, Purpose.MANAGE)
    wish = {**choosing.wished(fields), "target": subscription.target}
    try:
        chosen = _entry(
            subscription.id, choosing.meant(wish, site, before=subscription), subscription.channel
        )
    except UsageError as error:
        return _manage(request, subscription, wish=wish, problem=str(error), status=400)
    changed = replace(
        chosen,
        asked=subscription.asked,
        confirmed=subscription.confirmed,
        paused="paused" in fields,
        feed_renewed=subscription.feed_renewed,
    )
    async with site.app.parts.database.writing() as conn:
        subscriptions.change(conn, changed)
        _note(conn, request, "change", changed)
    return RedirectResponse(request.url.path, status_code=303)


async def renew_feed(request: Request) -> Response:
    """Give the feed a new link; the old one opens it no longer."""
    site = of(request)
    await forms.received(request, key=site.key)
    subscription = held(request, Purpose.MANAGE)
    renewed = replace(subscription, feed_renewed=subscription.feed_renewed + 1)
    async with site.app.parts.database.writing() as conn:
        subscriptions.change(conn, renewed)
        _note(conn, request, "renew the link to the feed of", renewed)
    return RedirectResponse(_path(site, Purpose.MANAGE, renewed), status_code=303)


def leaving(request: Request) -> Response:
    """The page that a link to leave opens."""
    return page(request, "leave", subscription=held(request, Purpose.LEAVE), action=request.url.path)


async def leave(request: Request) -> Response:
    """End the subscription: from our page, or by the mail program itself; the signed link is the proof."""
    site = of(request)
    try:
        name = site.app.links.read(Purpose.LEAVE, request.path_params["token"])
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
    async with site.app.parts.database.writing() as conn:
        subscription = subscriptions.get(conn, name)
        if subscription is not None:
            subscriptions.remove(conn, name)
            _note(conn, request, "leave", subscription)
    return page(
        request, "said", title="You have left", said="Nothing more will be sent for this subscription."
    )


def held(request: Request, purpose: Purpose) -> Subscription:
    """The subscription that the link in the address is for; 404 where it is gone."""
    site = of(request)
    try:
        name = site.app.links.read(purpose, request.path_params["token"])
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
    return existing(request, name)


def existing(request: Request, name: str) -> Subscription:
    """The subscription of that id; 404 where it is gone."""
    with of(request).app.parts.database.read() as conn:
        subscription = subscriptions.get(conn, name)
    if subscription is None:
        raise HTTPException(404, "This subscription has ended. You can subscribe again.")
    return subscription


# --- what was chosen ---------------------------------------------------------------------------------


def _asked(wish: Mapping[str, object], channel: str, now: dt.datetime) -> Subscription:
    name = f"by-mail-{secrets.token_hex(6)}"
    _, address = email.utils.parseaddr(str(wish["target"]))
    if not address or address != wish["target"] or "@" not in address.strip("@") or len(address) > 254:  # noqa: PLR2004 - RFC 5321
        raise UsageError("Give one email address, such as name@example.org.")
    return replace(_entry(name, wish, channel), asked=now, confirmed=False)


def _entry(name: str, wish: Mapping[str, object], channel: str) -> Subscription:
    stated = entry(SubscriptionEntry, {"id": name, "channel": channel, **wish})
    return stated.subscription(from_config=False)


# --- what is stored and sent -------------------------------------------------------------------------


def _stored(request: Request, site: Site, subscription: Subscription) -> bool:
    """Whether it was stored; not when its mailbox was asked within the day."""
    with site.app.parts.database.write() as conn:
        subscriptions.drop_unconfirmed(conn, site.now - _STALE)
        today = map(mailbox, subscriptions.asked_since(conn, site.now - _DAY))
        if mailbox(subscription.target) in today:
            return False
        if len(subscriptions.asked_since(conn, site.now - _HOUR)) >= _PER_HOUR:
            raise HTTPException(
                429, "Many subscriptions were asked for within the hour. Try again in an hour."
            )
        subscriptions.add(conn, subscription)
        _note(conn, request, "ask to subscribe", subscription)
    return True


def _note(conn: Connection, request: Request, what: str, subscription: Subscription) -> None:
    """In the audit log, without the address: that is to be gone when its subscription is."""
    access.note_by(conn, request, "subscriber", what=what, thing=f"subscription {subscription.id}")


async def _mail(site: Site, subscription: Subscription) -> None:
    notice = Notice(
        id=notice_id("confirm", subscription.id),
        subscription=subscription.id,
        target=subscription.target,
        headline="Please confirm: alerts on North-East Asian security",
        lines=(
            "Somebody, we hope you, asked for alerts to this address.",
            "If it was not you, do nothing: nothing is sent without the link, and after three days all is forgotten.",
        ),
        link=site.app.links.to(Purpose.CONFIRM, subscription),
        link_text="Confirm the subscription",
        created=site.now,
    )
    try:
        await site.app.notify(subscription, notice)
    except DeliveryError as error:
        async with site.app.parts.database.writing() as conn:
            subscriptions.remove(conn, subscription.id)
        log.warning("confirmation.failed", subscription=subscription.id, error=str(error))


def _twice(other: Subscription, subscription: Subscription) -> bool:
    """Whether one mailbox would be told the same by both."""
    if other.id == subscription.id or other.asked is None or not other.confirmed:
        return False
    same = replace(
        other,
        id=subscription.id,
        target=subscription.target,
        asked=subscription.asked,
        feed_renewed=subscription.feed_renewed,
    )
    return same == subscription and mailbox(other.target) == mailbox(subscription.target)


# --- the pages ------------------------------------------------------------------------------


def _offered(site: Site) -> str:
    """The channel by which anybody may subscribe; 404 where nobody may."""
    settings = site.app.parts.config.web
    if not settings.subscribe or not settings.address:
        raise HTTPException(404, "Subscriptions by mail are not offered here: ask whoever runs this service.")
    return settings.subscribe


def _manage(
    request: Request,
    subscription: Subscription,
    *,
    wish: Mapping[str, object] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    site = of(request)
    return page(
        request,
        "manage",
        status=status,
        offer=choosing.offer(site),
        wish=choosing.chosen(subscription, site) if wish is None else wish,
        problem=problem,
        subscription=subscription,
        leave=_path(site, Purpose.LEAVE, subscription),
        feed=_path(site, Purpose.FEED, subscription),
        renew=f"{_path(site, Purpose.MANAGE, subscription)}/feed",
    )


def _path(site: Site, purpose: Purpose, subscription: Subscription) -> str:
    return site.app.links.to(purpose, subscription).removeprefix(site.app.links.address)
