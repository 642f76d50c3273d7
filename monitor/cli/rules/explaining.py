"""`monitor rules explain`: why a rule fired on a text, or why not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree
from sqlalchemy import Connection

from monitor.cli.articles import article
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import counted, shown, to_json
from monitor.cli.rules.choice import Folder, event_rules, folders
from monitor.config import Config
from monitor.errors import UsageError
from monitor.extraction.extractor import Extractor
from monitor.history import moment, open_database, utc_now
from monitor.matching.explain import EventTold, Explanation, Told, explain, names_of
from monitor.matching.load import Guards, load_pack
from monitor.matching.parts import Part
from monitor.matching.rule import Rule
from monitor.model import Alert, Article, Decision, Delivery
from monitor.storage import alerts, articles, deliveries

_ROLES = {
    "together": "with",
    "mentions": "mentions, in the sentence",
    "topic": "topic, in the article",
    "text": "text, in the sentence",
}
_LOOKED_AT = 6  # words
_EVENTS = 3
_TEXT = 300  # characters
Lists = Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class _Words:
    """How slugs and guards are called."""

    lists: Lists
    guards: Mapping[int, str]  # by number


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
    # Ungated: the matches are the same, and a sentence that the gate would drop still says what it lacks.
    reader = Extractor(
        pack.vocabulary, [c.need for c in asked.when], model=settings.analysis.model, gated=False
    )
    (reading,) = reader.read([found])
    said = explain(asked, reading)
    if as_json:
        typer.echo(to_json({**_as_dict(said, pack.vocabulary.lists), "told": told}))
        return
    console = Console(highlight=False)
    words = _Words(lists=pack.vocabulary.lists, guards=_guard_names(asked, pack.guards))
    console.print(_tree(asked.id, said, found, words, every=every))
    console.print(_advice(said, words))
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
        text = path.read_text(encoding="utf-8")
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
    now = utc_now()
    return Article(
        id="text",
        feed="",
        key="text",
        url="",
        title=title,
        text=text,
        published=published or now,
        fetched=now,
    )


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


def _guard_names(rule: Rule, shared: Guards) -> Mapping[int, str]:
    """Each guard of the rule by its number: those of its own file by their place in it, the shared by their name."""
    named = {condition: name for name, conditions in shared.items() for condition in conditions}
    return {
        number: f"the shared guard {named[guard]}" if guard in named else f"guard {number}"
        for number, guard in enumerate(rule.unless, start=1)
    }


def _tree(rule: str, said: Explanation, found: Article, words: _Words, *, every: bool) -> Tree:
    tree = Tree(Text.assemble((rule, "bold"), " ", _verdict(said)))
    for told in said.events if every else said.events[:_EVENTS]:
        tree.add(_event(told, words, every=every))
    for missing in said.missing[: None if every else _EVENTS]:
        lacks = [
            f"{_ROLES.get(role, role)} {_asked(slugs, words.lists)}" for role, slugs in missing.roles.items()
        ]
        said_so = (
            f"no word of {'; '.join(lacks)}"
            if lacks
            else "all its words are there, but no sentence tells of such a deed"
        )
        tree.add(Text(f"alternative {missing.number}: {said_so}"))
    if not said.events:
        text = " ".join(part for part in (found.title, found.text) if part)
        tree.add(Text(f"text: {shown(text)}"[:_TEXT], "dim"))
    return tree


def _verdict(said: Explanation) -> Text:
    if said.match:
        return Text("fires", "bold green")
    reasons = f" ({', '.join(said.because)})" if said.because else ""
    return Text.assemble(("stays silent", "bold red"), " because it is retired" if said.retired else reasons)


def _event(told: EventTold, words: _Words, *, every: bool) -> Tree:
    event = told.event
    branch = Tree(
        Text.assemble(
            "“",
            (shown(event.sentence.text), "italic"),
            f"” · {event.action.span.text} ({event.action.entity.slug})",
        )
    )
    for alternative in told.alternatives if every else told.alternatives[:1]:
        branch.add(
            _condition(f"alternative {alternative.number}: {_fared(alternative)}", alternative, words.lists)
        )
    if told.background:
        branch.add(Text("✗ it stands far down in the article and names no day: taken as background"))
    for guard in told.silencing:
        branch.add(_condition(f"silenced by {words.guards[guard.number]}", guard, words.lists))
    for raised in told.raised if told.fires else ():
        name = f"raised to {raised.level}" if raised.held else f"not raised to {raised.level}"
        branch.add(_condition(name, raised, words.lists))
    return branch


def _condition(name: str, told: Told, lists: Lists) -> Tree:
    branch = Tree(Text(name))
    for part in told.parts:
        branch.add(_part(part, lists))
    return branch


def _fared(told: Told) -> str:
    if told.held:
        return "holds"
    failed = len(told.failed)
    return f"{failed} of {counted(len(told.parts), 'condition')} {'fails' if failed == 1 else 'fail'}"


def _part(part: Part, lists: Lists) -> Text:
    mark = ("✗ ", "red") if part.failed else ("✓ ", "green")
    return Text.assemble(
        mark,
        f"{_ROLES.get(part.role, part.role)} ",
        (_asked(part.asked, lists), "cyan"),
        ": ",
        (shown(_seen(part)), "" if part.failed else "bold"),
    )


def _seen(part: Part) -> str:
    """What the condition found, or looked at in vain."""
    if part.role == "status":
        return part.looked_at[0] + (f", for “{part.cue.text}”" if part.cue else "")
    if part.cue:
        return part.cue.text
    if not part.looked_at:
        return "nobody is named" if part.role in {"actor", "together"} else "nothing is named"
    more = ", …" if len(part.looked_at) > _LOOKED_AT else ""
    return f"found only {', '.join(part.looked_at[:_LOOKED_AT])}{more}"


def _asked(slugs: frozenset[str], lists: Lists) -> str:
    names = names_of(slugs, lists)
    return " or ".join(names[:4]) + (f" or {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004 - a line


def _advice(said: Explanation, words: _Words) -> Text:
    if said.match:
        return Text(f"It fires at level {said.match.level}, score {said.match.score}.")
    if said.retired:
        return Text("The rule is retired and judges nothing.")
    part = said.flips
    if part is not None:
        asked = f"{_ROLES.get(part.role, part.role)} {_asked(part.asked, words.lists)}"
        return Text(f"One condition alone stands in the way: {asked}.")
    if not said.events:
        return Text("No sentence tells of such a deed.")
    nearest = said.events[0]
    if not nearest.alternatives[0].held:
        return Text("It is not near: several things stand in the way.")
    stops = [
        *(["its place far down"] if nearest.background else []),
        *(words.guards[g.number] for g in nearest.silencing),
    ]
    return Text(
        f"All conditions hold; in the way {'stands' if len(stops) == 1 else 'stand'} {' and '.join(stops)}."
    )


def _as_dict(said: Explanation, lists: Lists) -> dict[str, Any]:
    flips = said.flips
    return {
        "fires": said.match is not None,
        "level": str(said.match.level) if said.match else None,
        "because": list(said.because),
        "flips": _ROLES.get(flips.role, flips.role) if flips else None,
        "events": [
            {
                "sentence": told.event.sentence.text,
                "action": told.event.action.entity.slug,
                "status": told.event.status,
                "background": told.background,
                "alternatives": [_told(each, lists) for each in told.alternatives],
                "guards": [_told(each, lists) for each in told.silencing],
                "raised": [{"level": each.level, **_told(each, lists)} for each in told.raised],
            }
            for told in said.events
        ],
        "missing": [
            {
                "alternative": each.number,
                "roles": {role: names_of(slugs, lists) for role, slugs in each.roles.items()},
            }
            for each in said.missing
        ],
    }


def _told(told: Told, lists: Lists) -> dict[str, object]:
    parts: Sequence[dict[str, object]] = [
        {
            "role": "with" if part.role == "together" else part.role,
            "asked": names_of(part.asked, lists),
            "looked_at": list(part.looked_at),
            "word": part.cue.text if part.cue else None,
            "holds": part.failed is None,
        }
        for part in told.parts
    ]
    return {"number": told.number, "holds": told.held, "parts": parts}
