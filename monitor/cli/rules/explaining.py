"""`monitor rules explain`: why a rule fired on a text, or why not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from monitor.cli.articles import article
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import shown, to_json
from monitor.cli.rules.choice import Folder, chosen, folders
from monitor.config import Config
from monitor.errors import UsageError
from monitor.extraction.extractor import Extractor
from monitor.history import moment, open_database, utc_now
from monitor.matching.explain import EventTold, Explanation, Told, explain, names_of
from monitor.matching.judge import Part
from monitor.matching.load import load_pack
from monitor.model import Article, Decision, Delivery
from monitor.storage import alerts, articles, deliveries

_ROLES = {
    "together": "with",
    "mentions": "mentions, in the sentence",
    "topic": "topic, in the article",
    "text": "text, in the sentence",
}
_LOOKED_AT = 6  # words
_EVENTS = 3
Lists = Mapping[str, frozenset[str]]


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
    (asked,) = chosen(pack, [rule])
    found, told = _sought(settings, about, title=title, published=moment(published, now=utc_now()))
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
    console.print(_tree(asked.id, said, found, pack.vocabulary.lists, every=every))
    console.print(_advice(said, pack.vocabulary.lists))
    for line in told:
        console.print(f"  {line['subscription']}: {line['outcome']}", markup=False)


# --- the text ----------------------------------------------------------------------------------------


def _sought(
    config: Config, about: str, *, title: str, published: dt.datetime | None
) -> tuple[Article, list[dict[str, str]]]:
    """The article that is meant, and who was told of its alert where it has one."""
    path = Path(about)
    if len(about) < 250 and path.is_file():  # noqa: PLR2004 - longer is no file name anywhere
        return _from_file(path, title, published), []
    if " " not in about.strip():
        return _stored(config, about)
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


def _stored(config: Config, name: str) -> tuple[Article, list[dict[str, str]]]:
    with open_database(config, now=utc_now()) as database, database.read() as conn:
        found = articles.get(conn, name)
        alert = next(iter(alerts.by_article(conn, name)), None) if found else alerts.get(conn, name)
        if found is None and alert is not None:
            found = articles.get(conn, alert.reports[0].article)
        if found is None:
            raise UsageError(
                f"'{name}' is no article and no alert of the history, and no text of several words"
            )
        if alert is None:
            return found, []
        made = {(each.revision, each.subscription): each for each in deliveries.listed(conn, alert=alert.id)}
        decided = deliveries.decided(conn, alert.id)
    return found, [_outcome(each, made.get((each.revision, each.subscription))) for each in decided]


def _outcome(decision: Decision, delivery: Delivery | None) -> dict[str, str]:
    state = "not sent" if delivery is None else str(delivery.state)
    held = f", held for {delivery.held}" if delivery and delivery.held else ""
    return {
        "subscription": decision.subscription,
        "outcome": f"{state}, {decision.reason}{held} (revision {decision.revision})",
    }


# --- what is told ------------------------------------------------------------------------------------


def _tree(rule: str, said: Explanation, found: Article, lists: Lists, *, every: bool) -> Tree:
    verdict = Text("fires", "bold green") if said.match else Text("stays silent", "bold red")
    why = f" because {' and '.join(said.because)}" if said.because else ""
    tree = Tree(Text.assemble((rule, "bold"), " ", verdict, why))
    for told in said.events if every else said.events[:_EVENTS]:
        tree.add(_event(told, lists, every=every))
    for missing in said.missing[:3]:
        words = "; ".join(
            f"{_ROLES.get(role, role)} {_asked(slugs, lists)}" for role, slugs in missing.roles.items()
        )
        tree.add(
            Text(
                f"alternative {missing.number}: no word of {words}"
                if words
                else f"alternative {missing.number}: the words are there, but no sentence has them together"
            )
        )
    if not said.events:
        tree.add(Text(f"text: {shown(found.title)} {shown(found.text)}"[:300], "dim"))
    return tree


def _event(told: EventTold, lists: Lists, *, every: bool) -> Tree:
    event = told.event
    branch = Tree(
        Text.assemble(
            "“",
            (shown(event.sentence.text), "italic"),
            f"” · {event.action.span.text} ({event.action.entity.slug})",
        )
    )
    for alternative in told.alternatives if every else told.alternatives[:1]:
        branch.add(_condition(f"alternative {alternative.number}", alternative, lists))
    if told.alternatives[0].held and not told.guards and not told.fires:
        branch.add(Text("it stands far down in the article and names no day: taken as background"))
    for guard in told.guards:
        branch.add(_condition(f"silenced by guard {guard.number}", guard, lists))
    for raised in told.raised:
        if told.fires:
            branch.add(
                _condition(
                    f"raised to {raised.level}" if raised.held else f"not raised to {raised.level}",
                    raised,
                    lists,
                )
            )
    return branch


def _condition(name: str, told: Told, lists: Lists) -> Tree:
    branch = Tree(
        Text(
            f"{name}: "
            + ("holds" if told.held else f"{len(told.failed)} of {len(told.parts)} conditions fail")
        )
    )
    for part in told.parts:
        branch.add(_part(part, lists))
    return branch


def _part(part: Part, lists: Lists) -> Text:
    mark = ("✗ ", "red") if part.failed else ("✓ ", "green")
    asked = _asked(part.asked, lists)
    words = ", ".join(part.looked_at[:_LOOKED_AT]) or "nothing"
    more = ", …" if len(part.looked_at) > _LOOKED_AT else ""
    if part.role == "status":
        said = f"{words}" + (f", for “{part.cue.text}”" if part.cue else "")
    elif part.cue:
        said = part.cue.text
    else:
        said = f"looked at {words}{more}"
    return Text.assemble(
        mark,
        f"{_ROLES.get(part.role, part.role)} ",
        (asked, "cyan"),
        ": ",
        (shown(said), "bold" if not part.failed else ""),
    )


def _asked(slugs: frozenset[str], lists: Lists) -> str:
    names = names_of(slugs, lists)
    return " or ".join(names[:4]) + (f" or {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004 - a line


def _advice(said: Explanation, lists: Lists) -> Text:
    if said.match:
        return Text(f"It fires at level {said.match.level}, score {said.match.score}.")
    part = said.flips
    if part is not None:
        return Text(
            f"One condition alone stands in the way: {_ROLES.get(part.role, part.role)} {_asked(part.asked, lists)}."
        )
    if said.events and said.events[0].guards and said.events[0].alternatives[0].held:
        return Text("Only the guard stands in the way.")
    return Text(
        "It is not near: several conditions fail." if said.events else "No sentence tells of such a deed."
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
                "alternatives": [_told(each, lists) for each in told.alternatives],
                "guards": [_told(each, lists) for each in told.guards],
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
