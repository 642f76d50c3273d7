"""Advice on rules and lists that are sound: what is probably not meant. It never fails a check."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from monitor.errors import Mistake
from monitor.matching import patterns
from monitor.matching import source as yaml_source
from monitor.matching.load import FILLED_BY, Pack
from monitor.matching.rule import Condition, Rule
from monitor.matching.source import Path_, Source
from monitor.matching.vocabulary import Files
from monitor.model import Kind, Vocabulary

MANY_SPELLINGS = 5_000  # of one list, verbs inflected; the largest are slow to load and hard to read
MOST = 0.02  # share of the stored articles on which a rule may fire
_ROLES = ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic", "words", "text")
_FOR_READERS = frozenset({Kind.ACTOR, Kind.PLACE})  # lists that filters and alerts use, without any rule


def advise(pack: Pack, files: Files, *, shares: Mapping[str, float]) -> list[Mistake]:
    """All advice, in the order of the files; `shares` says on which part of the stored articles each rule fired."""
    found = [
        *itertools.chain.from_iterable(_of_rule(rule, pack.vocabulary, shares) for rule in pack.rules),
        *itertools.chain.from_iterable(_of_list(name, files, pack.vocabulary) for name in files),
        *_unused(files, pack),
        *_twice(files, pack.vocabulary),
    ]
    return sorted(found, key=_order)


def within(found: Iterable[Mistake], folders: Sequence[Path]) -> list[Mistake]:
    """Those about files of the folders."""
    return [
        each for each in found if any(Path(each.where.rsplit(":", 2)[0]).is_relative_to(f) for f in folders)
    ]


def _of_rule(rule: Rule, vocabulary: Vocabulary, shares: Mapping[str, float]) -> Iterator[Mistake]:
    if not any(example.because is None and not example.known_miss for example in rule.examples):
        yield _at(rule, ("id",), "no example under `match`", "add a sentence on which the rule must fire")
    elif not any(example.because for example in rule.examples):
        yield _at(rule, ("examples",), "no example under `ignore`", "add the nearest thing that is none")
    if rule.when and all(_never(condition, rule, vocabulary) for condition in rule.when):
        why = next(filter(None, (_never(condition, rule, vocabulary) for condition in rule.when)))
        yield _at(rule, ("when",), f"the rule can never fire: {why}")
    if any(patterns.words_alone(each) for condition in (*rule.when, *rule.unless) for each in condition.text):
        yield from _plain_patterns(rule)
    if shares.get(rule.id, 0) > MOST:
        what = f"fires on {shares[rule.id]:.1%} of the stored articles, more than {MOST:.0%}"
        yield _at(rule, ("when",), what, "ask for more, or say under `unless` what to leave out")


def _plain_patterns(rule: Rule) -> Iterator[Mistake]:
    """The patterns of its own file where a list would do; those of shared guards stand elsewhere."""
    found = yaml_source.read(Path(rule.path))
    for path, value in _texts(found.value, ()):
        if patterns.words_alone(value):
            what = f"pattern {value!r} holds plain words, for which a list would do"
            hint = "`words` takes them as they are, with plurals and hyphens; a list other rules can name too"
            yield Mistake(where=found.where(path), what=what, hint=hint)


def _texts(value: object, path: Path_) -> Iterator[tuple[Path_, str]]:
    """Every pattern under a key `text` of the conditions, with its path."""
    if isinstance(value, str) and "text" in path and path[0] in {"when", "unless"}:
        yield path, value
    children: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield from _texts(child, (*path, key))


def _never(condition: Condition, rule: Rule, vocabulary: Vocabulary) -> str:
    """Why an alternative cannot hold; empty where it can."""
    for key, kind in FILLED_BY.items():
        slugs: frozenset[str] = getattr(condition, "together" if key == "with" else str(key))
        kinds = {vocabulary.entities[slug].kind for slug in slugs}
        if slugs and kind not in kinds:
            return f"what `{key}` names is of the kind {' and '.join(sorted(kinds))}, not {kind}"
    if any(_covers(guard, condition) for guard in rule.unless):
        return "one of its guards holds whenever it does"
    return ""


def _covers(guard: Condition, condition: Condition) -> bool:
    """Whether the guard holds wherever the condition does: it asks for no more, and takes as much."""
    if guard.status and not condition.status <= guard.status:
        return False
    asked = [role for role in _ROLES if getattr(guard, role)]
    return all(
        getattr(condition, role) and getattr(condition, role) <= getattr(guard, role) for role in asked
    )


def _of_list(name: str, files: Files, vocabulary: Vocabulary) -> Iterator[Mistake]:
    file, found = files[name]
    if not vocabulary.lists[name]:
        yield Mistake(where=found.where(("list",)), what=f"list {name!r} is empty")
    spellings = sum(len(vocabulary.entities[entry.slug].terms) for entry in file.entries)
    if spellings > MANY_SPELLINGS:
        what = f"{spellings:,} spellings with all inflections, more than {MANY_SPELLINGS:,}"
        yield Mistake(where=found.where(("entries",)), what=what, hint="fewer choices in brackets")


def _unused(files: Files, pack: Pack) -> Iterator[Mistake]:
    """Lists of which no rule asks for any entry, be it by the list, by one that includes it or by the entry."""
    asked: set[str] = set()
    for rule in pack.rules:
        for condition in (*rule.when, *rule.unless, *(each for _, each in rule.raise_to)):
            asked.update(*(getattr(condition, role) for role in _ROLES))
    for name, (file, found) in files.items():
        slugs = pack.vocabulary.lists[name]
        if slugs and file.kind not in _FOR_READERS and asked.isdisjoint(slugs):
            yield Mistake(where=found.where(("list",)), what=f"no rule uses list {name!r}")


def _twice(files: Files, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """Spellings of two entries of one kind. A verb may stand in several lists: each says another thing of it."""
    owner: dict[tuple[str, Kind], str] = {}
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    places = _places(files)
    for slug in places:
        entity = vocabulary.entities[slug]
        if entity.kind is Kind.ACTION or entity.near:
            continue
        for term in entity.terms:
            text = term.text if term.case else term.text.casefold()
            first = owner.setdefault((text, entity.kind), slug)
            if first != slug:
                shared[slug, first].append(term.text)
    for (slug, first), texts in shared.items():
        source, path = places[slug]
        listed = ", ".join(map(repr, texts[:3])) + (" and more" if len(texts) > 3 else "")  # noqa: PLR2004 - a taste
        what = f"entry {slug!r} shares {listed} with {first!r}"
        yield Mistake(where=source.where(path), what=what, hint="both are found, wherever it stands")


def _places(files: Files) -> dict[str, tuple[Source, Path_]]:
    return {
        entry.slug: (found, ("entries", index, "slug"))
        for file, found in files.values()
        for index, entry in enumerate(file.entries)
    }


def _at(rule: Rule, path: Path_, what: str, hint: str = "") -> Mistake:
    found = yaml_source.read(Path(rule.path))  # only a rule with advice is read again
    return Mistake(where=found.where(path), what=what, hint=hint)


def _order(mistake: Mistake) -> tuple[str, int, int]:
    file, line, column = mistake.where.rsplit(":", 2)
    return file, int(line), int(column)
