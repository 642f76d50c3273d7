"""`monitor rules explain`: why a rule fired on a text, or why not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree
from sqlalchemy import Connection

from monitor.archive import article
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import shown, to_json
from monitor.cli.rules.choice import Folder, event_rules, folders
from monitor.config import Config
from monitor.errors import UsageError
from monitor.explaining import Explainer, typed
from monitor.history import moment, open_database, utc_now
from monitor.matching.load import load_pack
from monitor.matching.telling import Line, Look
from monitor.model import Alert, Article, Decision, Delivery
from monitor.storage import alerts, articles, deliveries

_STYLES: Mapping[Look, str] = {
    "": "",
    "held": "green",
    "failed": "red",
    "asked": "cyan",
    "quoted": "italic",
    "strong": "bold",
    "faint": "dim",
}


def explain_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id.")],
    about: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE|ID", help="A text, a file with one, or an article or alert by its id."
        ),
    ],
    *,
    title: Annotated[str, typer.Option(help="The title that stands over the text.")] = "",
    published: Annotated[str, typer.Option(help="When the text was published; else now.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every alternative, not the nearest alone.")] = False,
    rules: Folder = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Every condition of a rule on a text: what it looked at, whether it held, and what would have to change."""
    settings = read_config_if_any(config)
    pack = load_pack(folders(settings, rules))
    (asked,) = event_rules(pack, [rule])
    found, told = _sought(settings, rule, about, title=title, published=moment(published, now=utc_now()))
    said = Explainer(pack, model=settings.analysis.model).explain(asked, found, every=every)
    if as_json:
        typer.echo(to_json({**said.values, "told": told}))
        return
    console = Console(highlight=False)
    console.print(_drawn(said.tree))
    console.print(Text(said.advice))
    for line in told:
        console.print(f"{line['subscription']}: {line['outcome']}", markup=False)


# --- the text ----------------------------------------------------------------------------------------


def _sought(
    config: Config, rule: str, about: str, *, title: str, published: dt.datetime | None
) -> tuple[Article, list[dict[str, str]]]:
    """The article that is meant, and who was told of its alert where it has one."""
    path = Path(about)
    if len(about) < 250 and path.is_file():  # noqa: PLR2004 - longer is no file name anywhere
        return _from_file(path, title, published), []
    if " " not in about.strip():
        return _stored(config, rule, about)
    return _made(title, about, published), []


def _from_file(path: Path, title: str, published: dt.datetime | None) -> Article:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    first = text.lstrip().partition("\n")[0]
    if first.startswith("{"):
        try:
            return article((f"{path}:1", json.loads(first)), now=utc_now())
        except ValueError as error:
            raise UsageError(f"{path}:1: not JSON: {error}") from error
    return _made(title, text, published)


def _made(title: str, text: str, published: dt.datetime | None) -> Article:
    return typed(text, title=title, published=published, now=utc_now())


def _stored(config: Config, rule: str, name: str) -> tuple[Article, list[dict[str, str]]]:
    with open_database(config, now=utc_now()) as database, database.read() as conn:
        found = articles.get(conn, name)
        if found is not None:  # of the alerts that it is part of, that of the rule in question
            among = alerts.by_article(conn, name)
            alert = next((each for each in among if rule in each.rules), None)
        elif (alert := alerts.get(conn, name)) is not None:
            found = _first(conn, rule, alert)
        else:
            raise UsageError(
                f"'{name}' is no article and no alert of the history, and no text of several words"
            )
        if alert is None:
            return found, []
        made = {(each.revision, each.subscription): each for each in deliveries.listed(conn, alert=alert.id)}
        decided = deliveries.decided(conn, alert.id)
    return found, [_outcome(each, made.get((each.revision, each.subscription))) for each in decided]


def _first(conn: Connection, rule: str, alert: Alert) -> Article:
    """The first report of the alert that the rule made, else the first of all."""
    told = sorted(alert.reports, key=lambda report: rule not in report.rules)
    found = articles.get(conn, told[0].article) if told else None
    if found is None:
        raise UsageError(f"the alert {alert.id} has no article that is still stored")
    return found


def _outcome(decision: Decision, delivery: Delivery | None) -> dict[str, str]:
    state = "not sent" if delivery is None else str(delivery.state)
    held = f", held for {delivery.held}" if delivery and delivery.held else ""
    return {
        "subscription": decision.subscription,
        "outcome": f"{state}, {decision.reason}{held} (revision {decision.revision})",
    }


# --- what is told ------------------------------------------------------------------------------------


def _drawn(line: Line) -> Tree:
    """The line and all below it; feeds wrote some of it, so nothing that steers a screen."""
    tree = Tree(Text.assemble(*((shown(words), _STYLES[look]) for words, look in line.runs)))
    for each in line.below:
        tree.children.append(_drawn(each))
    return tree
