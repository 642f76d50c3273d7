"""Silences: seen, tried, made and lifted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor import history, model
from monitor.shapes import silences as shapes
from monitor.storage import silences
from monitor.web import access
from monitor.web.access import Actor
from monitor.web.api.actors import Reader, Writer
from monitor.web.api.alerts import lines
from monitor.web.api.problems import responses
from monitor.web.site import Site, of

router = APIRouter(prefix="/silences", tags=["silences"])

SilenceId = Annotated[str, Path(description="Its id.", max_length=64, examples=["1a2b3c4d"])]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A word of yours for this one request, so that it can be asked again without harm.",
        min_length=1,
        max_length=200,
        examples=["5b1f0c2e"],
    ),
]
_SHOWN = 20


@router.get("", summary="List silences")
def listed(
    request: Request,
    _: Reader,
    over: Annotated[bool, Query(description="Those that have ended too.")] = False,  # noqa: FBT002 - a query
) -> shapes.Silences:
    """The silences in force, and how many alerts each hid."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = silences.all(conn, since=None if over else site.now)
        hid = silences.hidden(conn)
    return shapes.Silences(items=[shapes.silence(each, hid=hid.get(each.id, 0)) for each in found])


@router.post("/preview", summary="Try a silence", responses=responses(400, 413, 415))
def preview(request: Request, wish: shapes.Wish, actor: Reader) -> shapes.Preview:
    """What it would have hidden in the last 30 days; nothing is changed."""
    site = of(request)
    asked = _asked(site, wish, actor)
    with site.app.parts.database.read() as conn:
        hidden = history.would_hide(conn, asked, now=site.now)
    return shapes.Preview(count=len(hidden), alerts=lines(site, hidden[:_SHOWN]))


@router.post("", summary="Make a silence", status_code=201, responses=responses(400, 409, 413, 415))
def make(request: Request, wish: shapes.Wish, actor: Writer, key: Key = None) -> shapes.Silence:
    """In force at once; try it first. Asked again with the same `Idempotency-Key`, it is the silence made before."""
    site = of(request)
    asked = _asked(site, wish, actor)
    if key is not None:
        asked = replace(asked, id=hashlib.sha256(f"{actor.name} {key}".encode()).hexdigest()[:16])
    with site.app.parts.database.write() as conn:
        if not silences.add_once(conn, asked):
            before = silences.get(conn, asked.id)
            if before is None or replace(before, created=asked.created, until=asked.until) != asked:
                raise HTTPException(409, "This Idempotency-Key made another silence; take a new key.")
            return shapes.silence(before, hid=silences.hidden(conn).get(before.id, 0))
        access.note(conn, request, actor, what="add", thing=f"silence {asked.id}", comment=asked.reason)
    return shapes.silence(asked)


@router.delete("/{silence}", summary="Lift a silence", responses=responses(404, 409))
def lift(request: Request, silence: SilenceId, actor: Writer) -> shapes.Silence:
    """It ends now and stays in the history; what it hid is told with the next alert."""
    site = of(request)
    with site.app.parts.database.write() as conn:
        found = silences.get(conn, silence)
        if found is None:
            raise HTTPException(404, f"There is no silence {silence!r}.")
        if found.until <= site.now:
            raise HTTPException(409, f"Silence {silence!r} has ended already.")
        silences.end(conn, silence, now=site.now)
        access.note(conn, request, actor, what="end", thing=f"silence {silence}")
        ended = silences.get(conn, silence)
        assert ended is not None
        return shapes.silence(ended, hid=silences.hidden(conn).get(silence, 0))


def _asked(site: Site, wish: shapes.Wish, actor: Actor) -> model.Silence:
    return history.silence(**dict(wish), author=actor.name, now=site.now)
