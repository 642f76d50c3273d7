"""The indicators: what is watched for, how well it went, and the words of each rule."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.matching.rule import Rule
from monitor.storage import alerts, counts, rule_sets, verdicts
from monitor.storage.query import AlertQuery
from monitor.storage.verdicts import Opinions
from monitor.web import pictures, series
from monitor.web.board import card
from monitor.web.drawing import spark
from monitor.web.site import Site, of, page

_RECENT = 10


def listed(request: Request) -> Response:
    """Every rule in force with its precision and how often it fired lately."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        said = verdicts.by_rule(conn)
        fired = alerts.by_rule(conn)
        weeks = pictures.mondays(site.now)
        lately = counts.by_rule_and_day(conn, since=pictures.midnight(weeks[0]))
    rows = [
        (
            rule,
            said.get(rule.id, Opinions()),
            fired.get(rule.id, 0),
            series.weekly(lately.get(rule.id, {}), weeks),
        )
        for rule in rules_of(site)
    ]
    return page(request, "indicators", rows=rows, spark=spark, weeks=len(weeks))


def show(request: Request) -> Response:
    """One rule: what counts, its examples, its latest alerts, its file."""
    site = of(request)
    rule = next((each for each in rules_of(site) if each.id == request.path_params["rule"]), None)
    if rule is None:
        raise HTTPException(404, "There is no such indicator.")
    with site.app.parts.database.read() as conn:
        said = verdicts.by_rule(conn).get(rule.id, Opinions())
        latest = alerts.search(conn, AlertQuery(rule=rule.id, limit=_RECENT))
        revisions = rule_sets.history(conn, rule.id)
    return page(
        request,
        "indicator",
        rule=rule,
        said=said,
        cards=[card(each, names=site.names, now=site.now) for each in latest],
        revisions=revisions,
        text=_text(rule),
    )


def rules_of(site: Site) -> list[Rule]:
    """In the order of their files, as the index knows them by what sets them off."""
    found = {rule.id: rule for rules in site.app.parts.rules.by_action.values() for rule in rules}
    return sorted(found.values(), key=lambda rule: (Path(rule.path).parent.name, rule.id))


def _text(rule: Rule) -> str:
    try:
        return Path(rule.path).read_text(encoding="utf-8")
    except OSError:
        return ""
