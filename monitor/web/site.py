"""What every page needs: the running service, its signing key, and the way to a finished answer."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.app import App
from monitor.history import wikidata_ids
from monitor.model.latency import lasting
from monitor.web import forms
from monitor.web.drawing import inline, spark
from monitor.web.pace import Limiter

TOKEN_MOST = 600  # requests a minute with one token
SIGN_IN_MOST = 20  # links an hour that one address may ask for: a whole office may sit behind it
SEOUL = ZoneInfo("Asia/Seoul")
ZONES = {"KST/JST": SEOUL, "CST": ZoneInfo("Asia/Shanghai"), "UTC": ZoneInfo("UTC")}  # Taipei keeps CST too
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """The service behind the pages."""

    app: App
    token_use: dict[str, dt.datetime] = field(
        default_factory=dict
    )  # by name; stored now and then, see `usage`
    asking: Limiter = field(default_factory=lambda: Limiter(TOKEN_MOST))  # by name of a token
    signing_in: Limiter = field(  # by address
        default_factory=lambda: Limiter(SIGN_IN_MOST, every=dt.timedelta(hours=1))
    )
    drawn: dict[str, tuple[object, list[Any]]] = field(default_factory=dict)  # pictures, see `pictures`
    previewing: asyncio.Lock = field(default_factory=asyncio.Lock)  # held while a change of a rule is tried
    closing: asyncio.Event = field(default_factory=asyncio.Event)  # the server is about to stop
    _streams: list[object] = field(default_factory=list)  # open ones

    @property
    def streams(self) -> int:
        """How many follow the alerts."""
        return len(self._streams)

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """Count one more while the block runs."""
        mine = object()
        self._streams.append(mine)
        try:
            yield
        finally:
            self._streams.remove(mine)

    @property
    def key(self) -> str:
        """What signs forms and links."""
        return self.app.links.key

    @property
    def now(self) -> dt.datetime:
        """The service's time."""
        return self.app.clock()

    @property
    def names(self) -> Mapping[str, str]:
        """How slugs of the vocabulary are shown."""
        return self.app.names

    @property
    def wikidata(self) -> Mapping[str, str]:
        """Slug to Wikidata id, for what has one."""
        return wikidata_ids(self.app.pack.vocabulary)


def of(request: Request) -> Site:
    """The site that answers the request."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


def page(request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    """The template, filled; its forms carry a token that only this visitor's browser can send back."""
    visitor, actor = forms.visitor(request), getattr(request.state, "actor", None)
    web = of(request).app.parts.config.web
    text = _TEMPLATES.get_template(f"{template}.html.j2").render(
        path=request.url.path,
        now=of(request).now,
        actor=actor,
        may=actor.scopes if actor else (),
        may_subscribe=bool(web.subscribe),
        may_sign_in=bool(web.people),
        token=forms.token(of(request).key, visitor),
        **values,
    )
    answer = HTMLResponse(text, status_code=status)
    forms.remember(answer, visitor, secure=request.url.scheme == "https")
    if actor and actor.kind == "person":
        answer.headers["cache-control"] = "private, no-store"  # the next at this machine is somebody else
    return answer


def _in_zones(moment: dt.datetime) -> str:
    """As in `12 Mar 07:52 KST/JST · 06:52 CST · 11 Mar 22:52 UTC`: the day is said again where it is another."""
    told, last = [], ""
    for name, zone in ZONES.items():
        there = moment.astimezone(zone)
        day = f"{there:%-d %b} "
        told.append(f"{day if day != last else ''}{there:%H:%M} {name}")
        last = day
    return " · ".join(told)


def _times(moment: dt.datetime) -> Markup:
    """The moment in each zone; the page's script adds that of the reader."""
    return Markup('<time datetime="{}">{}</time>').format(_iso(moment), _in_zones(moment))


def _brief(moment: dt.datetime) -> Markup:
    """As in `12 Mar 07:52 KST`, with the other zones for whoever points at it."""
    told = f"{moment.astimezone(SEOUL):%-d %b %H:%M} KST"
    return Markup('<time class="brief" datetime="{}" title="{}">{}</time>').format(
        _iso(moment), _in_zones(moment), told
    )


def _iso(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%MZ}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SEOUL):%A, %-d %B %Y}"


def _spark(values: Sequence[int]) -> Markup:
    return inline(spark(values))


_TEMPLATES.filters["times"] = _times
_TEMPLATES.filters["brief"] = _brief
_TEMPLATES.filters["day"] = _day
_TEMPLATES.filters["lasting"] = lasting
_TEMPLATES.filters["spark"] = _spark
