"""The board: what is new, by level, against the usual."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from monitor.alerting.render import first_lines, pieces_of, shown_report
from monitor.model import Alert, Level, Reason, Status
from monitor.storage import Connection, alerts, feeds, silences
from monitor.storage.query import AlertQuery
from monitor.web.site import SEOUL, of, page

DAY = dt.timedelta(days=1)
_USUAL = 28  # days over which the usual is taken
_SHOWN = dt.timedelta(days=7)
_MOST = 80


@dataclass(frozen=True, kw_only=True)
class Card:
    """An alert as lists show it."""

    alert: Alert
    level: str
    headline: str  # without its level and status
    standing: str
    pieces: Sequence[tuple[str, str]]  # of the sentence, each with its role or ""
    status: str  # "" where it occurred, which goes without saying


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many alerts of a level in the last 24 hours, and how many a day before."""

    level: str
    count: int
    usual: float

    @property
    def is_much(self) -> bool:
        """More than twice the usual, and more than one."""
        return self.count > max(2 * self.usual, 1)


def board(request: Request) -> Response:
    """What is new of the last seven days."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = alerts.search(conn, AlertQuery(since=site.now - _SHOWN, shadow=False, limit=_MOST))
        tallies = _tallies(conn, site.now)
        health = _health(conn)
        silent = silences.all(conn, since=site.now)
    cards = [card(each, names=site.names, now=site.now) for each in found]
    days = [
        (day, list(group))
        for day, group in itertools.groupby(cards, lambda each: each.alert.opened.astimezone(SEOUL).date())
    ]
    return page(
        request,
        "board",
        days=days,
        tallies=tallies,
        health=health,
        silences=silent,
        most=_MOST if len(found) == _MOST else 0,
        newest=found[0].id if found else "",
    )


def how_it_works(request: Request) -> Response:
    """What the product does with an article, and what it promises."""
    return page(request, "how-it-works")


def card(alert: Alert, *, names: Mapping[str, str], now: dt.datetime) -> Card:
    """The alert as it stands now."""
    headline, standing, _ = first_lines(alert, names=names, now=now)
    level = str(alert.level)
    status, _, told = headline.removeprefix(f"{level.upper()} · ").partition(" · ")
    if not told:
        status, told = "", status
    return Card(
        alert=alert,
        level=level,
        status="" if status == Status.OCCURRED else status,
        headline=told,
        standing=standing,
        pieces=pieces_of(shown_report(alert, Reason.FIRST)),
    )


def _tallies(conn: Connection, now: dt.datetime) -> list[Tally]:
    today = alerts.counted(conn, since=now - DAY, until=now)
    before = alerts.counted(conn, since=now - (_USUAL + 1) * DAY, until=now - DAY)
    return [
        Tally(level=str(level), count=today.get(level, 0), usual=before.get(level, 0) / _USUAL)
        for level in sorted(Level, reverse=True)
    ]


def _health(conn: Connection) -> str:
    """`42 of 45 feeds well · the last asked 12 Mar 07:52 KST`."""
    states = feeds.states(conn)
    active = [states.get(feed.id) for feed in feeds.all(conn)]
    polled = [state for state in active if state is not None and not state.paused]
    well = sum(not state.failures and state.last_polled is not None for state in polled)
    last = max((state.last_polled for state in polled if state.last_polled), default=None)
    asked = f" · the last asked {last.astimezone(SEOUL):%-d %b %H:%M} KST" if last else ""
    return f"{well} of {len(polled)} feeds well{asked}"
