"""Which format a client takes: JSON, or one of the exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.exports import FORMATS, About
from monitor.model import Alert
from monitor.storage import Connection, verdicts
from monitor.web.site import of

Form = StrEnum("Form", {name.upper(): name for name in FORMATS})  # type: ignore[misc]  # mypy wants a literal
MEDIA_TYPES: Mapping[str, str] = {
    **{name: each.media_type.partition(";")[0] for name, each in FORMATS.items()},
    "cap": "application/cap+xml",  # browsers ask for application/xml, and mean pages
}
OTHERS: dict[str, Any] = {
    kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values() if "json" not in kind
}
OTHERS |= {kind: {"schema": {}} for kind in MEDIA_TYPES.values() if kind.endswith("+json")}


def wanted(request: Request, named: str | None) -> str:
    """The format that is named, else the one that the client likes best; 406 where we write none that it takes."""
    if named:
        return named
    tastes = _tastes(request.headers.get("accept") or "*/*")
    liking = {name: _liking(kind, tastes) for name, kind in MEDIA_TYPES.items()}
    best = max(liking, key=lambda name: liking[name])  # of equals the first, JSON
    if liking[best] <= 0:
        raise HTTPException(406, f"Alerts are written as {', '.join(MEDIA_TYPES.values())}.")
    return best


def written(
    request: Request, conn: Connection, found: Sequence[Alert], form: str, *, link: str = ""
) -> Response:
    """The alerts as that export; `link` leads to the next page."""
    site = of(request)
    said = verdicts.of(conn, [each.id for each in found])
    about = About(
        now=site.now,
        names=site.names,
        wikidata=site.wikidata,
        address=site.app.parts.config.web.address,
        verdicts=said,
    )
    headers = {"vary": "accept", **({"link": link} if link else {})}
    media_type = FORMATS[form].media_type if form != "cap" else MEDIA_TYPES["cap"]
    return Response(FORMATS[form].write(found, about), media_type=media_type, headers=headers)


def _tastes(accept: str) -> dict[str, float]:
    """How much each kind or range of kinds is liked, 0 to 1; what makes no sense is passed over."""
    found = {}
    for part in accept.split(","):
        kind, *options = (each.strip().lower() for each in part.split(";"))
        weights = [each.removeprefix("q=") for each in options if each.startswith("q=")]
        try:
            found[kind] = float(weights[0]) if weights else 1.0
        except ValueError:
            continue
    return found


def _liking(kind: str, tastes: Mapping[str, float]) -> float:
    """By the most exact range that takes it in."""
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((tastes[each] for each in ranges if each in tastes), 0.0)
