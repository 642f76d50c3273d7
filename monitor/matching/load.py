"""Rule folders to a pack: every rule and list, or every mistake with file, line and column."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from monitor.bulk import building
from monitor.errors import Mistake, RuleError
from monitor.matching import guards as shared_guards
from monitor.matching import patterns, phrases
from monitor.matching import source as yaml_source
from monitor.matching import vocabulary as vocabulary_files
from monitor.matching.guards import GUARDS
from monitor.matching.overtime.compile import CALENDARS, Compiler, is_over_time, load_calendars
from monitor.matching.overtime.files import OverTimeFile
from monitor.matching.overtime.rule import Calendar, OverTime
from monitor.matching.rule import Condition, ConditionFile, Example, Rule, RuleFile, revision_of
from monitor.matching.source import Path_, Source, suggest
from monitor.model import Entity, Kind, Level, Need, Status, Vocabulary

VOCABULARY = "vocabulary"
Guards = Mapping[str, tuple[Condition, ...]]
FIRES_ON = frozenset({Status.OCCURRED, Status.CLAIMED})
_KEYS = frozenset(
    {"actor", "with", "action", "object", "recipient", "place", "mentions", "topic", "words", "text"}
)
FILLED_BY: Mapping[str | int, Kind] = {  # the only kind of entry that grammar puts under the key
    "actor": Kind.ACTOR,
    "with": Kind.ACTOR,
    "action": Kind.ACTION,
    "object": Kind.OBJECT,
    "recipient": Kind.ACTOR,
    "place": Kind.PLACE,
}
_WHICH = "`monitor rules vocabulary` shows those there are"
_ROLES = ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic")


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A set of rules with the lists they use."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    guards: Guards = field(default_factory=dict)  # those that all rules share, by name
    over_time: tuple[OverTime, ...] = ()

    @property
    def every(self) -> tuple[Rule | OverTime, ...]:
        """The event rules, then those over time."""
        return (*self.rules, *self.over_time)

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the gate must let through for these rules."""
        return tuple(dict.fromkeys(need for rule in self.rules for need in rule.needs))


@building()
def load_pack(folders: Sequence[Path]) -> Pack:
    """The rules of all folders; a file in a later folder overrides the rule of its id.

    Raises RuleError with every mistake of every file.
    """
    if closed := _closed(folders):
        raise RuleError(closed)
    vocabulary, mistakes = vocabulary_files.load([folder / VOCABULARY for folder in folders])
    guards = _guards(folders, vocabulary, mistakes)
    calendars, wrong = load_calendars([folder / CALENDARS for folder in folders])
    mistakes += wrong
    rules: dict[str, Rule] = {}
    over_time: dict[str, tuple[OverTimeFile, Source]] = {}
    for folder in folders:
        if not folder.is_dir():
            mistakes.append(Mistake(where=str(folder), what="no such folder of rules"))
        mistakes += _load_folder(folder, vocabulary, guards, rules, over_time)
    watched, wrong = _over_time(over_time, vocabulary, calendars, rules)
    mistakes += wrong
    if mistakes:
        raise RuleError(mistakes)
    return Pack(rules=tuple(rules.values()), vocabulary=vocabulary, guards=guards, over_time=watched)


def _closed(folders: Iterable[Path]) -> list[Mistake]:
    """The folders at and below these that cannot be read: their rules would be missing, and nobody would know."""
    errors: list[OSError] = []
    for folder in folders:
        if folder.is_dir():
            deque(os.walk(folder, onerror=errors.append), maxlen=0)
    return [
        Mistake(where=str(error.filename), what=f"the folder cannot be read: {error.strerror}")
        for error in errors
    ]


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder, in order; vocabulary, calendars and guards are no rules."""
    return [
        path
        for path in yaml_source.files(folder)
        if path != folder / GUARDS and not {VOCABULARY, CALENDARS} & set(path.relative_to(folder).parts)
    ]


def _guards(folders: Sequence[Path], vocabulary: Vocabulary, mistakes: list[Mistake]) -> Guards:
    """The shared guards by their names."""
    files, wrong = shared_guards.load(folders)
    mistakes += wrong
    guards = {}
    for name, (file, found) in files.items():
        names = _Names(found, vocabulary)
        guards[name] = tuple(
            names.condition(each, ("guards", name, "unless", index)) for index, each in enumerate(file.unless)
        )
        mistakes += names.mistakes
    return guards


def _over_time(
    files: Mapping[str, tuple[OverTimeFile, Source]],
    vocabulary: Vocabulary,
    calendars: Mapping[str, Calendar],
    rules: Collection[str],
) -> tuple[tuple[OverTime, ...], list[Mistake]]:
    """The rules over time, compiled last, for they rest on event rules of any folder."""
    compilers = [Compiler(file, found, vocabulary, calendars) for file, found in files.values()]
    made = tuple(compiler.rule() for compiler in compilers)
    for compiler in compilers:
        compiler.check_rules(rules)
    return made, [mistake for compiler in compilers for mistake in compiler.mistakes]


def _load_folder(
    folder: Path,
    vocabulary: Vocabulary,
    guards: Guards,
    rules: dict[str, Rule],
    over_time: dict[str, tuple[OverTimeFile, Source]],
) -> list[Mistake]:
    mistakes: list[Mistake] = []
    here: dict[str, str] = {}
    for path in rule_files(folder):
        found = yaml_source.read(path)
        if is_over_time(found):
            watched, wrong = yaml_source.validate(found, OverTimeFile)
            mistakes += wrong
            if watched:
                if watched.id in here:
                    what = f"rule {watched.id!r} is already in {here[watched.id]}"
                    mistakes.append(Mistake(where=found.where(("id",)), what=what))
                here[watched.id] = found.name
                over_time[watched.id] = (watched, found)
            continue
        parsed, wrong = yaml_source.validate(found, RuleFile)
        mistakes += wrong
        if parsed is None:
            mistakes += _wrong_names(found, vocabulary)
            continue
        if parsed.id in here:
            what = f"rule {parsed.id!r} is already in {here[parsed.id]}"
            mistakes.append(Mistake(where=found.where(("id",)), what=what))
        here[parsed.id] = found.name
        compiler = _Compiler(parsed, found, vocabulary, guards)
        rules[parsed.id] = compiler.rule()
        mistakes += compiler.mistakes
    return mistakes


def _wrong_names(found: Source, vocabulary: Vocabulary) -> list[Mistake]:
    """What is wrong with names and patterns in a file whose form is wrong too, so that one check tells all."""
    names = _Names(found, vocabulary)
    for path, raw in _raw_conditions(found.value):
        written = {key: value for key, value in raw.items() if key in _KEYS and _is_text(value)}
        names.condition(ConditionFile.model_validate(written), path)
    return names.mistakes


def _raw_conditions(value: object) -> Iterator[tuple[Path_, dict[str, object]]]:
    """Whatever looks like conditions, with its path."""
    yield from _items(value, "unless")
    for path, when in _items(value, "when"):
        yield path, when
        yield from (((*path, *within), each) for within, each in _items(when, "any"))
    for path, alert in _items(value, "alert"):
        for within, levels in _items(alert, "raise_to"):
            yield from (
                ((*path, *within, name), each) for name, each in levels.items() if isinstance(each, dict)
            )


def _items(value: object, key: str) -> list[tuple[Path_, dict[str, object]]]:
    """The mapping under a key, or each mapping of the list under it."""
    inside = value.get(key) if isinstance(value, dict) else None
    if isinstance(inside, dict):
        return [((key,), inside)]
    listed = enumerate(inside) if isinstance(inside, list) else ()
    return [((key, index), each) for index, each in listed if isinstance(each, dict)]


def _is_text(value: object) -> bool:
    return all(isinstance(each, str) for each in (value if isinstance(value, list) else [value]))


class _Names:
    """Resolves the names of one file's conditions and notes those that do not exist."""

    def __init__(self, found: Source, vocabulary: Vocabulary) -> None:
        self.found = found
        self.vocabulary = vocabulary
        self.mistakes: list[Mistake] = []

    def condition(
        self, written: ConditionFile, path: Path_, *, fires_on: frozenset[Status] = frozenset()
    ) -> Condition:
        slugs = {role: self._slugs(getattr(written, role), (*path, _key(role))) for role in _ROLES}
        self._check(written.words, (*path, "words"), phrases.fault)
        self._check(written.text, (*path, "text"), patterns.fault)
        return Condition(
            words=frozenset(written.words),
            text=frozenset(written.text),
            status=frozenset(written.status) or fires_on,
            **slugs,
        )

    def _check(self, written: Sequence[str], path: Path_, fault: Callable[[str], tuple[str, str]]) -> None:
        for index, entry in enumerate(written):
            what, hint = fault(entry)
            if what:
                self.wrong(self._place(path, index), what, hint=hint)

    def _place(self, path: Path_, index: int) -> Path_:
        """Path of the name of that index; a name may stand without a list around it."""
        return (*path, index) if (*path, index) in self.found.places else path

    def _slugs(self, names: Sequence[str], path: Path_) -> frozenset[str]:
        slugs: set[str] = set()
        for index, name in enumerate(names):
            found = self.vocabulary.named(name)
            where = self._place(path, index)
            if found is None:
                hint = suggest(name, self._known(name, path)) or _WHICH
                self.wrong(where, f"{name!r} is no list or entry of the vocabulary", hint=hint)
            elif not found:
                self.wrong(where, f"list {name!r} is empty")
            slugs |= found or set()
        return frozenset(slugs)

    def _known(self, name: str, path: Path_) -> list[str]:
        """The names that could stand there: an action is no place, however alike the words are."""
        kind = next((FILLED_BY[key] for key in reversed(path) if key in FILLED_BY), None)
        entities = self.vocabulary.entities
        fits = {slug for slug, each in entities.items() if kind is None or each.kind is kind}
        lists = [
            f"${known}" for known, members in self.vocabulary.lists.items() if not members.isdisjoint(fits)
        ]
        return lists if name.startswith("$") else [*lists, *sorted(fits)]

    def wrong(self, path: Path_, what: str, *, hint: str = "") -> None:
        self.mistakes.append(Mistake(where=self.found.where(path), what=what, hint=hint))


class _Compiler(_Names):
    """Makes a rule of one file."""

    def __init__(self, file: RuleFile, found: Source, vocabulary: Vocabulary, guards: Guards) -> None:
        super().__init__(found, vocabulary)
        self.file = file
        self.guards = guards

    def rule(self) -> Rule:
        file = self.file
        when = self._alternatives()
        own = tuple(self.condition(c, ("unless", i)) for i, c in enumerate(file.unless))
        shared = tuple(self._shared_guards())
        raise_to = tuple(
            (Level.parse(name), self.condition(c, ("alert", "raise_to", name)))
            for name, c in file.alert.raise_to.items()
        )
        by = self._slugs(file.alert.by, ("alert", "by"))
        to = self._slugs(file.alert.to, ("alert", "to"))
        return Rule(
            id=file.id,
            title=file.title,
            level=Level.parse(file.level),
            status=file.status,
            reference=file.reference,
            about=file.about,
            tags=tuple(file.tags),
            family=file.alert.family or file.id,
            group_by=tuple(file.alert.group_by),
            doers=by or frozenset().union(*(c.actor | c.together for c in when)),
            presumed=self._entities(file.alert.by),
            suffering=to,
            presumed_to=self._entities(file.alert.to),
            when=when,
            unless=tuple(dict.fromkeys((*own, *shared))),
            counts_in_passing=file.in_passing == "count",
            raise_to=raise_to,
            examples=self._examples(),
            revision=revision_of(
                [
                    file.id,
                    file.level,
                    file.status,
                    when,
                    own,
                    raise_to,
                    by,
                    *([to] if to else ()),
                    *([file.in_passing] if file.in_passing != "count" else ()),
                    *map(_digest, shared),
                ]
            ),
            path=self.found.name,
        )

    def _entities(self, names: Sequence[str]) -> tuple[Entity, ...]:
        """The entries that are named by themselves, not by a list."""
        known = self.vocabulary.entities
        return tuple(known[name] for name in names if name in known)

    def _shared_guards(self) -> Iterator[Condition]:
        """The conditions of the guards from which the rule does not opt out."""
        for index, name in enumerate(self.file.without):
            if name not in self.guards:
                hint = suggest(name, self.guards)
                self.wrong(self._place(("without",), index), f"no guard is called {name!r}", hint=hint)
        for name, conditions in self.guards.items():
            if name not in self.file.without:
                yield from conditions

    def _alternatives(self) -> tuple[Condition, ...]:
        when = self.file.when
        written: list[tuple[ConditionFile, Path_]] = [
            (condition, ("when", "any", index)) for index, condition in enumerate(when.any)
        ]
        if any(getattr(when, role) for role in (*_ROLES, "words", "text")):
            if written:
                self.wrong(("when",), "conditions stand beside `any`; put them into each alternative")
            written.append((when, ("when",)))
        for condition, path in written:
            if not condition.action:
                self.wrong(path, "key 'action' is missing: a rule needs something that was done")
        if not written:
            self.wrong(("when",), "no condition: the rule would never fire")
        return tuple(self.condition(condition, path, fires_on=FIRES_ON) for condition, path in written)

    def _examples(self) -> tuple[Example, ...]:
        groups: Mapping[str, Sequence[object]] = dict(self.file.examples)
        return tuple(
            Example(
                where=self.found.where(("examples", group, index)),
                title=written.title,  # type: ignore[attr-defined]  # all three kinds have it
                text=written.text,  # type: ignore[attr-defined]
                published=written.published,  # type: ignore[attr-defined]
                because=getattr(written, "because", None),
                expect=getattr(written, "expect", None),
                known_miss=group == "known_misses",
            )
            for group, examples in groups.items()
            for index, written in enumerate(examples)
        )


@lru_cache(maxsize=1_000)
def _digest(guard: Condition) -> str:
    """What a shared guard means, worked out once for all rules."""
    return revision_of([guard])


def _key(role: str) -> str:
    return "with" if role == "together" else role
