"""Rules in force: what they watch for and how well they do."""

from __future__ import annotations

from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule
from monitor.shapes import rules as shapes
from monitor.storage import alerts, rule_sets, verdicts
from monitor.storage.verdicts import Opinions
from monitor.web.api.actors import Reader
from monitor.web.api.problems import responses
from monitor.web.indicators import rules_of
from monitor.web.site import Site, of

router = APIRouter(prefix="/rules", tags=["rules"])

RuleId = Annotated[str, Path(description="Its id.", max_length=200, examples=["dprk-missile-launch"])]


@router.get("", summary="List rules")
def listed(request: Request, _: Reader) -> shapes.Rules:
    """Every rule in force with its revision, how often it fired, and its precision from verdicts."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        said, fired = verdicts.by_rule(conn), alerts.by_rule(conn)
    return shapes.Rules(
        items=[
            shapes.rule(each, alerts=fired.get(each.id, 0), said=said.get(each.id, Opinions()))
            for each in _in_force(site)
        ]
    )


@router.get("/{rule}", summary="One rule", responses=responses(404))
def show(request: Request, rule: RuleId, _: Reader) -> shapes.RuleInFull:
    """With its file and every revision of what it meant."""
    site = of(request)
    found = next((each for each in _in_force(site) if each.id == rule), None)
    if found is None:
        raise HTTPException(404, f"There is no rule {rule!r}.")
    with site.app.parts.database.read() as conn:
        return shapes.in_full(
            found,
            alerts=alerts.count_of(conn, rule),
            said=verdicts.by_rule(conn).get(rule, Opinions()),
            text=_text(found),
            revisions=rule_sets.history(conn, rule),
        )


def _in_force(site: Site) -> list[Rule | OverTime]:
    return [*rules_of(site), *site.app.parts.over_time]


def _text(rule: Rule | OverTime) -> str:
    try:
        return File(rule.path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # gone, or being written, since it was read
        return ""
