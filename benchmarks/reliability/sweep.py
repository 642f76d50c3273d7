"""Every address of the pages, asked by GET."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from starlette.routing import Route

from monitor.app import App
from monitor.exports import FORMATS
from monitor.links import Purpose
from monitor.storage import alerts, subscriptions
from monitor.storage.query import AlertQuery
from monitor.web.routes import ROUTES


async def sweep(app: App, client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """The answer of each, those that take no GET among them."""
    return {path: await client.get(path) for path in dict.fromkeys(paths(app))}


def paths(app: App) -> Iterator[str]:
    """Every route with what it may hold: alerts, rules and links that there are."""
    with app.parts.database.read() as conn:
        told = [each.id for each in alerts.search(conn, AlertQuery())][:3]
        wishes = [each for each in subscriptions.all(conn) if each.asked]
    rules = [rule.id for rules in app.parts.rules.by_action.values() for rule in rules][:3]
    links = {
        purpose: [app.links.to(purpose, each).rpartition("/")[2] for each in wishes] for purpose in Purpose
    }
    for route in ROUTES:
        if not isinstance(route, Route):
            continue
        purpose = route.path.strip("/").partition("/")[0]
        values = {
            "alert": told,
            "rule": rules,
            "form": list(FORMATS),
            "picture": ["timeline", "year", "publishers", "waits"],
            "token": links.get(purpose, []),  # type: ignore[call-overload]  # a purpose is its text
        }
        yield from _filled([route.path], values)


def _filled(templates: list[str], values: dict[str, list[str]]) -> list[str]:
    for name, each in values.items():
        gap = f"{{{name}}}"
        templates = [
            template.replace(gap, value)
            for template in templates
            for value in (each if gap in template else [""])
        ]
    return templates
