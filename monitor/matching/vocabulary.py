"""Vocabulary files: one list a file, its entries with their spellings."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from weakref import WeakValueDictionary

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from monitor.errors import Mistake
from monitor.matching import source as yaml_source
from monitor.matching.inflect import noun_forms, verb_forms
from monitor.matching.phrases import choices
from monitor.matching.source import Source, suggest
from monitor.model import Answers, Entity, Kind, Term, Terms, Vocabulary

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
MAX_CHOICES = 5_000  # of one spelling
# How headlines shorten the names of states, wherever these stand in a spelling.
_SHORT_FORMS = (
    ("North Korea", re.compile(r"\bNorth Korea(?=n?s?\b)"), ("N. Korea", "N.Korea", "N Korea", "NKorea")),
    ("South Korea", re.compile(r"\bSouth Korea(?=n?s?\b)"), ("S. Korea", "S.Korea", "S Korea", "SKorea")),
    ("North Korea", re.compile(r"\bNorth Korean?\b"), ("DPRK",)),
    ("South Korea", re.compile(r"\bSouth Korean?\b"), ("ROK",)),
)
_UNEVEN = re.compile("  | \n|\n ")  # where a choice of nothing leaves spaces
OTHER_LANGUAGES = ("ko", "ja", "zh", "ru")


def _bounded(spelling: str) -> str:
    """The spelling; ValueError for an empty one, and for one whose choices would fill the memory."""
    if not re.sub(r"[()|\s]", "", spelling):
        raise ValueError("a spelling is empty")
    if math.prod(map(len, choices(spelling))) > MAX_CHOICES:
        raise ValueError(f"one spelling gives more than {MAX_CHOICES:,} choices; write several")
    return spelling


Spellings = list[Annotated[str, AfterValidator(_bounded)]]


Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Entry(BaseModel):
    """One entry of a list, as written."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    slug: str = Field(pattern=SLUG, description="Stable name, unique among all lists.")
    country: str = Field("", pattern=r"^([A-Z]{2})?$", description="ISO 3166 alpha-2.")
    wikidata: str = Field("", pattern=r"^(Q[1-9][0-9]*)?$", description="Wikidata id.")
    timezone: str = Field("", description="IANA name; the date of an event is local to its place.")
    at: tuple[Latitude, Longitude] | None = Field(
        None, description="Of a place: latitude and longitude in degrees, for the map."
    )
    within: str = Field("", description="Slug of the larger place.")
    owner: str = Field(
        "", description="Slug of the actor whose a place or thing is; he goes by a thing's names."
    )
    members: list[str] = Field(
        default_factory=list, description="Of an actor that is several in one word: their slugs."
    )
    answers: Answers | None = Field(
        None, description="Of an action: as whom one answers another's deed by it."
    )
    against: bool = Field(default=False, description="Of an action: it is done against whoever answers it.")
    mutual: bool = Field(default=False, description="Of an action: those who do it do it to each other.")
    sector: str = Field("", description="government, military, media, company, ...; left out: the list's.")
    role_from: dt.date | None = Field(None, alias="from", description="First day in the role.")
    role_to: dt.date | None = Field(None, alias="to", description="Last day in the role.")
    en: Spellings = Field(default_factory=list, description="Spellings, any case; (a|b) for a choice.")
    en_case: Spellings = Field(default_factory=list, description="Spellings that count in this case only.")
    near: list[str] = Field(
        default_factory=list, description="Ambiguous: one of these must be in the article."
    )
    ko: Spellings = Field(default_factory=list, description="Korean spellings; kept, not looked for yet.")
    ja: Spellings = Field(default_factory=list, description="Japanese spellings; kept, not looked for yet.")
    zh: Spellings = Field(default_factory=list, description="Chinese spellings; kept, not looked for yet.")
    ru: Spellings = Field(default_factory=list, description="Russian spellings; kept, not looked for yet.")
    babel: bool = Field(
        default=False, description="Of a state: take the names of its `country` from CLDR, in every language."
    )
    verbs: Spellings = Field(default_factory=list, description="Actions: verbs, in the base form.")
    nouns: Spellings = Field(default_factory=list, description="Actions: nouns, in the singular.")


class VocabularyFile(BaseModel):
    """A vocabulary file, as written."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str = Field(alias="list", pattern=SLUG, description="Name of the list; rules say $name.")
    kind: Kind = Field(description="What the entries name.")
    about: str = Field(description="One line for people.")
    sector: str = Field("", description="The sector of all entries that name no other.")
    includes: list[str] = Field(default_factory=list, description="Lists whose entries belong here too.")
    entries: list[Entry] = Field(default_factory=list)


Files = Mapping[str, tuple[VocabularyFile, Source]]


# What is in use, by what its files held: a rule that is edited needs no lists read anew, which is most of the work.
_in_use: WeakValueDictionary[bytes, Vocabulary] = WeakValueDictionary()


def load(folders: Sequence[Path]) -> tuple[Vocabulary, list[Mistake]]:
    """All lists of all folders; a list in a later folder replaces the earlier one of its name.

    While a vocabulary is in use, the same files give the same object.
    """
    contents = yaml_source.fingerprint(path for folder in folders for path in yaml_source.files(folder))
    if (known := _in_use.get(contents)) is not None:
        return known, []
    files, mistakes = read(folders)
    entities = _entities(files.values(), mistakes)
    _check_entries(files.values(), entities, mistakes)
    lists = {name: _unfold(name, files, mistakes) for name in files}
    vocabulary = Vocabulary(lists=lists, entities=entities, inside=_inside(entities))
    if not mistakes:
        _in_use[contents] = vocabulary
    return vocabulary, mistakes


def read(folders: Iterable[Path]) -> tuple[Files, list[Mistake]]:
    """The files in force, by the names of their lists, each with its places."""
    files: dict[str, tuple[VocabularyFile, Source]] = {}
    mistakes: list[Mistake] = []
    for folder in folders:
        files |= _load_folder(folder, mistakes)
    return files, mistakes


def _load_folder(folder: Path, mistakes: list[Mistake]) -> dict[str, tuple[VocabularyFile, Source]]:
    here: dict[str, tuple[VocabularyFile, Source]] = {}
    for path in yaml_source.files(folder):
        found = yaml_source.read(path)
        parsed, wrong = yaml_source.validate(found, VocabularyFile)
        mistakes += wrong
        if parsed is None:
            continue
        if parsed.name in here:
            what = f"list {parsed.name!r} is already in {here[parsed.name][1].name}"
            mistakes.append(Mistake(where=found.where(("list",)), what=what))
        here[parsed.name] = (parsed, found)
    return here


def _entities(files: Iterable[tuple[VocabularyFile, Source]], mistakes: list[Mistake]) -> dict[str, Entity]:
    entities: dict[str, Entity] = {}
    for file, found in files:
        for index, entry in enumerate(file.entries):
            where = found.where(("entries", index, "slug"))
            if entry.slug in entities:
                mistakes.append(Mistake(where=where, what=f"slug {entry.slug!r} stands in two places"))
            terms = _terms(entry, file.kind)
            if not terms:
                mistakes.append(Mistake(where=where, what=f"entry {entry.slug!r} has no spelling"))
            entities[entry.slug] = _entity(entry, file, terms)
    return _owned(files, entities)


def _owned(
    files: Iterable[tuple[VocabularyFile, Source]], entities: Mapping[str, Entity]
) -> dict[str, Entity]:
    """The same, places tied to the actors whose they are, and actors to those that they are together.

    An owner goes by the names of his things too: "Musudan blows up" is news of the North.
    """
    owned = dict(entities)
    for entry in (entry for file, _ in files for entry in file.entries if entry.owner or entry.members):
        made, owner = entities[entry.slug], entities.get(entry.owner)
        if made.kind is Kind.OBJECT and owner is not None:
            going_by = owned[owner.slug]
            owned[owner.slug] = replace(going_by, terms=Terms.of([*going_by.terms, *made.terms]))
            continue
        members = tuple(entities[slug] for slug in entry.members if slug in entities)
        owned[entry.slug] = replace(made, owner=owner, members=members)
    return owned


def _check_entries(
    files: Iterable[tuple[VocabularyFile, Source]],
    entities: Mapping[str, Entity],
    mistakes: list[Mistake],
) -> None:
    """Note time zones that do not exist, and slugs of other entries that no list holds."""
    for file, found in files:
        for index, entry in enumerate(file.entries):
            if entry.babel and not _territory("en", entry.country):
                what = f"no country {entry.country!r} whose names could be taken"
                mistakes.append(Mistake(where=found.where(("entries", index, "babel")), what=what))
            if entry.timezone and not _is_zone(entry.timezone):
                where = found.where(("entries", index, "timezone"))
                hint = suggest(entry.timezone, zoneinfo.available_timezones())
                mistakes.append(Mistake(where=where, what=f"no time zone {entry.timezone!r}", hint=hint))
            named = [("within", entry.within), ("owner", entry.owner)]
            named += [("members", member) for member in entry.members]
            for key, slug in named:
                if slug and slug not in entities:
                    where = found.where(("entries", index, key))
                    what = f"no entry {slug!r}"
                    mistakes.append(Mistake(where=where, what=what, hint=suggest(slug, entities)))


def _inside(entities: Mapping[str, Entity]) -> dict[str, frozenset[str]]:
    """Each larger place to all places within it, and within those."""
    inside: dict[str, set[str]] = defaultdict(set)
    for entity in entities.values():
        larger = entity.within
        while larger in entities and entity.slug not in inside[larger]:  # the latter ends a circle
            inside[larger].add(entity.slug)
            larger = entities[larger].within
    return {slug: frozenset(places) for slug, places in inside.items()}


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name of a zone, a folder of zones
        return False
    return True


def _entity(entry: Entry, file: VocabularyFile, terms: Terms) -> Entity:
    return Entity(
        slug=entry.slug,
        kind=file.kind,
        sector=entry.sector or file.sector,
        terms=terms,
        country=entry.country,
        wikidata=entry.wikidata,
        timezone=entry.timezone,
        at=entry.at,
        within=entry.within,
        answers=entry.answers,
        against=entry.against,
        mutual=entry.mutual,
        since=entry.role_from,
        until=entry.role_to,
        near=tuple(near for each in entry.near for near in (each, *_short_forms(each))),
        elsewhere=tuple(_elsewhere(entry)),
    )


def _terms(entry: Entry, kind: Kind) -> Terms:
    """The English spellings, inflected where the kind is; each once."""
    plural = kind in {Kind.OBJECT, Kind.ACTION, Kind.TOPIC}
    named = [_territory("en", entry.country)] if entry.babel else []
    verbs = [form for verb in _spelled(entry.verbs) for form in verb_forms(verb)]
    nouns = _inflected([*entry.nouns, *entry.en, *filter(None, named)], plural=plural)
    cased = _inflected(entry.en_case, plural=plural)
    return Terms.spelled(verbs=verbs, names=nouns, cased=cased)


def _inflected(spellings: Iterable[str], *, plural: bool) -> list[str]:
    words = _spelled(spellings)
    return noun_forms(words) if plural else words


def _elsewhere(entry: Entry) -> Iterator[Term]:
    """The spellings in other languages, those of the country among them."""
    for language in OTHER_LANGUAGES:
        spellings: list[str] = getattr(entry, language)
        country = _territory(language, entry.country) if entry.babel else ""
        for text in dict.fromkeys([*_spelled(spellings), *filter(None, [country])]):
            yield Term(text=text, language=language)


def _territory(language: str, country: str) -> str:
    """What the language calls the country; empty where CLDR knows none of that code."""
    return str(Locale(language).territories.get(country, ""))


def _spelled(spellings: Iterable[str]) -> list[str]:
    """Each spelling, its choices and the short forms of states written out: "air (defence|defense) zone" is two."""
    written_out = itertools.chain.from_iterable(itertools.product(*choices(each)) for each in spellings)
    words = list(map("".join, written_out))
    written = "\n".join(["", *words, ""])  # looked through at once: few of 300,000 need more than that
    if _UNEVEN.search(written):
        words = [" ".join(word.split()) for word in words]
    if "Korea" in written:
        words = [
            form for word in words for form in ((word, *_short_forms(word)) if "Korea" in word else (word,))
        ]
    return words


def _short_forms(spelling: str) -> Iterator[str]:
    """It with each short form of a state named in it: "oil for N. Korea"."""
    for within, name, shorter in _SHORT_FORMS:
        if within in spelling and name.search(spelling) and not name.fullmatch(spelling):
            yield from (name.sub(form, spelling) for form in shorter)


def _unfold(
    name: str, files: Mapping[str, tuple[VocabularyFile, Source]], mistakes: list[Mistake]
) -> frozenset[str]:
    """The slugs of a list and of all that it includes, however deep."""
    slugs: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        file, found = files[current]
        slugs.update(entry.slug for entry in file.entries)
        for index, included in enumerate(file.includes):
            if included in files:
                waiting.append(included)
            elif current == name:
                mistakes.append(
                    Mistake(
                        where=found.where(("includes", index)),
                        what=f"no list is called {included!r}",
                        hint=suggest(included, files),
                    )
                )
    return frozenset(slugs)
