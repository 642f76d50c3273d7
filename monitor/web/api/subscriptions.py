"""Subscriptions: who wants to be told of what; read only, and without secrets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor.shapes import subscriptions as shapes
from monitor.storage import subscriptions
from monitor.web.api.actors import Reader
from monitor.web.api.problems import responses
from monitor.web.site import of

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])

SubscriptionId = Annotated[str, Path(description="Its id.", max_length=200, examples=["desk"])]


@router.get("", summary="List subscriptions")
def listed(request: Request, _: Reader) -> shapes.Subscriptions:
    """Every subscription, the paused ones too; addresses are masked."""
    with of(request).app.parts.database.read() as conn:
        return shapes.Subscriptions(items=list(map(shapes.subscription, subscriptions.all(conn))))


@router.get("/{subscription}", summary="One subscription", responses=responses(404))
def show(request: Request, subscription: SubscriptionId, _: Reader) -> shapes.Subscription:
    """What it asks for; its address is masked."""
    with of(request).app.parts.database.read() as conn:
        found = subscriptions.get(conn, subscription)
    if found is None:
        raise HTTPException(404, f"There is no subscription {subscription!r}.")
    return shapes.subscription(found)
