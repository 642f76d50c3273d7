"""The indicators: what is watched for, how well it went, the words of each rule, and a text to try it on."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor import watch
from monitor.explaining import Explained, typed
from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule
from monitor.model import RuleRevision
from monitor.storage import alerts, counts, matches, rule_sets, verdicts
from monitor.storage.query import AlertQuery
from monitor.storage.verdicts import Opinions
from monitor.web import pictures, series
from monitor.web.board import card
from monitor.web.site import Site, of, page

_RECENT = 8
_LOOKED_AT = 60  # near misses, of which those are shown that were near in more than the deed
_LONGEST = 3000  # characters of a text to try
_REVISIONS = 10
_TITLES = {"china-russia": "China and Russia", "enabling": "Those who enable", "north-korea": "North Korea"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A revision of a rule, and how its file differs from that before."""

    revision: RuleRevision
    lines: tuple[str, ...]  # of a unified difference, without its head


def listed(request: Request) -> Response:
    """Every rule in force by theme, with its precision and how often it fired lately."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        said = verdicts.by_rule(conn)
        weeks = pictures.mondays(site.now)
        lately = counts.by_rule_and_day(conn, since=pictures.midnight(weeks[0]))
    rows = [
        (
            rule,
            said.get(rule.id, Opinions()),
            series.weekly(lately.get(rule.id, {}), weeks),
        )
        for rule in rules_of(site)
    ]
    themes = [(_titled(name), list(own)) for name, own in itertools.groupby(rows, lambda row: _theme(row[0]))]
    return page(request, "indicators", themes=themes, weeks=len(weeks))


def show(request: Request) -> Response:
    """One rule: what counts, a text to try, its latest alerts and near misses, its examples and its file."""
    site = of(request)
    rule = next((each for each in rules_of(site) if each.id == request.path_params["rule"]), None)
    if rule is None:
        raise HTTPException(404, "There is no such indicator.")
    with site.app.parts.database.read() as conn:
        said = verdicts.by_rule(conn).get(rule.id, Opinions())
        fired = alerts.count_of(conn, rule.id)
        latest = alerts.search(conn, AlertQuery(rule=rule.id, limit=_RECENT))
        missed = matches.recent_near_misses(conn, rule=rule.id, limit=_LOOKED_AT)
        revisions = rule_sets.history(conn, rule.id)
        findings = watch.found(conn, [rule]) if isinstance(rule, OverTime) else []
        weeks = pictures.mondays(site.now)
        lately = counts.by_rule_and_day(conn, since=pictures.midnight(weeks[0]), rule=rule.id)
    return page(
        request,
        "indicator",
        rule=rule,
        tried=request.query_params.get("try", "").strip()[:_LONGEST],
        explained=_explained(request, rule),
        longest=_LONGEST,
        may_edit=site.app.parts.config.web.edit_rules and "admin" in request.state.actor.scopes,
        said=said,
        fired=fired,
        weekly=series.weekly(lately.get(rule.id, {}), weeks),
        cards=[card(each, names=site.names, now=site.now) for each in latest],
        missed=[(told, miss) for told, miss in missed if miss.held > 1][:_RECENT],
        changes=_changes(revisions),
        findings=findings[:_RECENT],
        text=_text(rule),
    )


def rules_of(site: Site) -> list[Rule | OverTime]:
    """All rules in force that can raise an alert, by theme."""
    found = [rule for rule in site.app.pack.every if rule.status != "retired"]
    return sorted(found, key=lambda rule: (_theme(rule), rule.id))


def _titled(theme: str) -> str:
    """The folder's name as a heading."""
    return _TITLES.get(theme) or theme.replace("-", " ").capitalize()


def _theme(rule: Rule | OverTime) -> str:
    return Path(rule.path).parent.name


def _explained(request: Request, rule: Rule | OverTime) -> Explained | None:
    """What becomes of the text that was given to try; None where there is none, or the rule is one over time."""
    text = request.query_params.get("try", "").strip()[:_LONGEST]
    if not text or not isinstance(rule, Rule):
        return None
    site = of(request)
    return site.app.explainer.explain(rule, typed(text, published=None, now=site.now))


def _changes(revisions: Iterable[RuleRevision]) -> list[Change]:
    """The latest revisions, the newest first, each against the one before."""
    earlier, changes = "", []
    for each in revisions:
        told = difflib.unified_diff(earlier.splitlines(), each.text.splitlines(), lineterm="", n=1)
        lines = tuple(itertools.islice(told, 2, None)) if earlier else ()
        changes.append(Change(revision=each, lines=lines))
        earlier = each.text
    return changes[: -_REVISIONS - 1 : -1]


def _text(rule: Rule | OverTime) -> str:
    try:
        return Path(rule.path).read_text(encoding="utf-8")
    except OSError:
        return ""
