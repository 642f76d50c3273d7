"""Signing in by a link in a mail, and out again. There are no passwords.

Opening the link changes nothing, for scanners open every link in a mail; the button on its page signs in, once.
"""

from __future__ import annotations

import datetime as dt
import math
from urllib.parse import urlsplit

import structlog
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.errors import DeliveryError, UsageError
from monitor.links import SIGN_IN_HOLDS
from monitor.model import Notice, Session, SignIn, Subscription, notice_id
from monitor.storage import Connection
from monitor.storage import sessions as stored
from monitor.web import access, forms, sessions
from monitor.web.pace import household
from monitor.web.site import Site, of, page

log = structlog.get_logger()

_HOUR = dt.timedelta(hours=1)
_PER_ADDRESS = 3  # links an hour, so that nobody is pestered
_KEPT = dt.timedelta(days=1)  # links, so that they can be counted
_LONGEST = 1000  # characters of a path where somebody was going


def form(request: Request) -> Response:
    """The form that asks for a link; to one who is signed in, how to sign out."""
    site = of(request)
    _offered(site)
    session = sessions.current(request)
    onward = _local(request.query_params.get("next", ""))
    return page(request, "sign-in", onward=onward, session=session, minutes=_minutes())


async def ask(request: Request) -> Response:
    """Mail a link to an address that the config lists; the answer, and its time, never tell whether it does."""
    site = of(request)
    _offered(site)
    fields = await forms.received(request, key=site.key)
    _let_wait(request)
    person = str(fields.get("person", "")).strip().lower()
    wanted = SignIn(
        person=person,
        created=site.now,
        expires=site.now + SIGN_IN_HOLDS,
        onward=_local(str(fields.get("next", ""))),
    )
    said = (
        f"If {person[:254]} may sign in here, a mail with a link is on its way. "
        f"The link holds for {_minutes()} minutes, in any browser, once."
    )
    answer = page(request, "said", title="Look into your mail", said=said)
    answer.background = BackgroundTask(_mail, site, wanted, access.origin(request))
    return answer


def following(request: Request) -> Response:
    """The page that the link opens."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = stored.asked(conn, _carried(request), now=site.now)
    return page(request, "enter", wanted=_still_held(site, found))


async def enter(request: Request) -> Response:
    """Begin a session in this browser; the link is used up."""
    site = of(request)
    await forms.received(request, key=site.key)
    carried, before = _carried(request), sessions.carried_by(request)
    async with site.app.parts.database.writing() as conn:
        wanted = _still_held(site, stored.use(conn, carried, now=site.now))
        if before:
            stored.end(conn, before)
        session = Session(person=wanted.person, created=site.now, expires=site.now + sessions.LASTS)
        given = stored.begin(conn, session)
        _note(conn, request, wanted.person, "sign in")
    answer = RedirectResponse(wanted.onward or "/", status_code=303)
    sessions.give(answer, site, given)
    return answer


async def leave(request: Request) -> Response:
    """End the session of this browser."""
    return await _out(request, everywhere=False)


async def leave_everywhere(request: Request) -> Response:
    """End every session of whoever is signed in."""
    return await _out(request, everywhere=True)


# --- how ---------------------------------------------------------------------------------------------


def _let_wait(request: Request) -> None:
    """429 where too many links were asked for from one address, whether for people who are listed or not."""
    site = of(request)
    asked_from = household(request.client.host if request.client else "")
    if wait := math.ceil(site.signing_in.wait(asked_from, now=site.now)):
        said = f"Many links were asked for from where you are. Ask again in {math.ceil(wait / 60)} min."
        raise HTTPException(429, said, headers={"retry-after": str(wait)})


async def _out(request: Request, *, everywhere: bool) -> Response:
    site = of(request)
    await forms.received(request, key=site.key)
    session = sessions.current(request)
    if session is not None:
        async with site.app.parts.database.writing() as conn:
            if everywhere:
                stored.end_all(conn, session.person)
            else:
                stored.end(conn, sessions.carried_by(request))
            _note(conn, request, session.person, "sign out everywhere" if everywhere else "sign out")
    answer = RedirectResponse("/sign-in", status_code=303)
    sessions.take_back(answer, site)
    return answer


def _note(conn: Connection, request: Request, person: str, what: str) -> None:
    access.note_by(conn, request, person, what=what, thing=f"person {person}")


async def _mail(site: Site, wanted: SignIn, origin: str) -> None:
    """After the answer has gone out: it was the same for everybody, and as quick."""
    if wanted.person not in site.app.parts.config.web.people:
        log.info("sign_in.not_listed")
        return
    async with site.app.parts.database.writing() as conn:
        stored.forget(conn, wanted.created - _KEPT)
        if stored.asked_since(conn, wanted.person, wanted.created - _HOUR) >= _PER_ADDRESS:
            log.warning("sign_in.too_many", person=wanted.person)
            return
        carried = stored.ask(conn, wanted)
        access.write(
            conn,
            site,
            who="anybody",
            origin=origin,
            what="mail sign-in link",
            thing=f"person {wanted.person}",
        )
    whose = Subscription(id="sign-in", channel=site.app.parts.config.web.sign_in, target=wanted.person)
    try:
        await site.app.notify(whose, _notice(site, wanted, carried))
    except DeliveryError as error:
        log.error("sign_in.not_mailed", person=wanted.person, error=str(error))  # noqa: TRY400 - its words are logged


def _notice(site: Site, wanted: SignIn, carried: str) -> Notice:
    return Notice(
        id=notice_id("sign-in", wanted.person, wanted.created.isoformat()),
        subscription="sign-in",
        target=wanted.person,
        headline="Your link to sign in",
        lines=(
            "Somebody, we hope you, asked to sign in with this address.",
            f"The link holds for {_minutes()} minutes, and once.",
            "If it was not you, do nothing: without the link nobody gets in.",
        ),
        link=site.app.links.to_sign_in(carried),
        link_text="Sign in",
        created=wanted.created,
    )


def _offered(site: Site) -> None:
    """404 where nobody is listed."""
    if not site.app.parts.config.web.people:
        raise HTTPException(404, "Nobody signs in here: [web] people in the config lists nobody.")


def _carried(request: Request) -> str:
    try:
        return of(request).app.links.read_sign_in(request.path_params["token"])
    except UsageError as error:
        raise HTTPException(404, str(error)) from error


def _still_held(site: Site, found: SignIn | None) -> SignIn:
    """The sign-in, where its link was not used and its person is listed still."""
    if found is None or found.person not in site.app.parts.config.web.people:
        raise HTTPException(404, "This link was used, or is too old. Ask for another.")
    return found


def _local(path: str) -> str:
    """The path where somebody was going, if it leads nowhere but to a page of ours; else ""."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return ""
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) <= _LONGEST
    ours = path.startswith("/") and not path.startswith("//") and not parts.scheme and not parts.netloc
    return path if plain and ours else ""


def _minutes() -> int:
    return int(SIGN_IN_HOLDS.total_seconds() // 60)
