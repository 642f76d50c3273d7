"""`monitor rules vocabulary`: which lists there are for a rule to name, and which of them hold a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import show
from monitor.cli.rules.choice import Folder, folders
from monitor.errors import RuleError
from monitor.matching import vocabulary
from monitor.matching.load import VOCABULARY
from monitor.model import Entity

_COLUMNS = ("list", "kind", "entries", "about")
_FOUND = ("list", "kind", "holds", "about")
_SHOWN = 3  # entries of a list that hold the word

Words = Annotated[
    list[str] | None, typer.Argument(metavar="[WORD]...", help="Only the lists that know these words.")
]


def show_vocabulary(
    words: Words = None, rules: Folder = None, config: ConfigFile = None, *, as_json: Json = False
) -> None:
    """The lists that rules may name: all, or those that know a word such as Taipei."""
    read = [folder / VOCABULARY for folder in folders(read_config_if_any(config), rules)]
    files, _ = vocabulary.read(read)
    known, mistakes = vocabulary.load(
        read
    )  # rules with a mistake are no hindrance: a name may be all they lack
    if mistakes:
        raise RuleError(mistakes)
    sought = " ".join(words or [])
    rows: list[dict[str, Any]] = []
    for name, (file, _) in sorted(files.items()):
        entities = [known.entities[slug] for slug in sorted(known.lists[name])]
        holds = _holding(sought, entities)
        if not sought or holds or _names(sought, name.replace("-", " "), file.about):
            row = {"list": f"${name}", "kind": str(file.kind), "entries": len(entities), "about": file.about}
            rows.append({**row, "holds": holds})
    rows.sort(key=lambda row: _rank(sought, row))
    if not as_json:
        rows = [{**row, "holds": _shortened(row["holds"])} for row in rows]
    empty = f"No list knows '{sought}'; add one of your own." if sought else "No lists."
    show(rows, _FOUND if sought else _COLUMNS, as_json=as_json, empty=empty)


def _rank(sought: str, row: Mapping[str, Any]) -> tuple[bool, bool, int, str]:
    """First the list of that name, then those with a thing of just that name, small ones before those around them."""
    called = row["list"] == f"${sought.casefold().replace(' ', '-')}"
    named = bool(sought) and sought.casefold() in {text.casefold() for text in row["holds"].values()}
    return (not called, not named, row["entries"] if named else 0, row["list"])


def _holding(sought: str, entities: Iterable[Entity]) -> Mapping[str, str]:
    """The entries that go by the words: slug, and the shortest such spelling; those of just that name first."""
    if not sought:
        return {}
    found = [(each.slug, _spelling(sought, each)) for each in entities]
    found.sort(key=lambda each: each[1].casefold() != sought.casefold())
    return {slug: spelling for slug, spelling in found if spelling}


def _spelling(sought: str, entity: Entity) -> str:
    """The shortest spelling with the words in it; empty where there is none."""
    texts = (term.text for term in entity.terms if _names(sought, term.text))
    return min(texts, key=len, default="")


def _names(sought: str, *texts: str) -> bool:
    """Whether one of the texts has these words, whole and in any case."""
    return any(re.search(rf"\b{re.escape(sought)}\b", text, re.IGNORECASE) for text in texts)


def _shortened(holds: Mapping[str, Any]) -> str:
    shown = [
        slug if slug.replace("-", " ") == spelling.casefold() else f"{slug} (“{spelling}”)"
        for slug, spelling in list(holds.items())[:_SHOWN]
    ]
    more = len(holds) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
