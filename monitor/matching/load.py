"""Rule folders to a pack: every rule and list, or every mistake with file, line and column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import Mistake, RuleError
from monitor.matching import source as yaml_source
from monitor.matching import vocabulary as vocabulary_files
from monitor.matching.overtime.compile import CALENDARS, Compiler, is_over_time, load_calendars
from monitor.matching.overtime.files import OverTimeFile
from monitor.matching.overtime.rule import Calendar, OverTime
from monitor.matching.rule import Condition, ConditionFile, Example, Rule, RuleFile, revision_of
from monitor.matching.source import Path_, Source, suggest
from monitor.model import Level, Need, Status, Vocabulary

VOCABULARY = "vocabulary"
FIRES_ON = frozenset({Status.OCCURRED, Status.CLAIMED})
_ROLES = ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic")


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A set of rules with the lists they use."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    over_time: tuple[OverTime, ...] = ()

    @property
    def every(self) -> tuple[Rule | OverTime, ...]:
        """The event rules, then those over time."""
        return (*self.rules, *self.over_time)

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the gate must let through for these rules."""
        return tuple(dict.fromkeys(condition.need for rule in self.rules for condition in rule.when))


def load_pack(folders: Sequence[Path]) -> Pack:
    """The rules of all folders; a file in a later folder overrides the rule of its id.

    Raises RuleError with every mistake of every file.
    """
    vocabulary, mistakes = vocabulary_files.load([folder / VOCABULARY for folder in folders])
    calendars, wrong = load_calendars([folder / CALENDARS for folder in folders])
    mistakes += wrong
    rules: dict[str, Rule] = {}
    over_time: dict[str, tuple[OverTimeFile, Source]] = {}
    for folder in folders:
        if not folder.is_dir():
            mistakes.append(Mistake(where=str(folder), what="no such folder of rules"))
        mistakes += _load_folder(folder, vocabulary, rules, over_time)
    watched, wrong = _over_time(over_time, vocabulary, calendars, rules)
    mistakes += wrong
    if mistakes:
        raise RuleError(mistakes)
    return Pack(rules=tuple(rules.values()), vocabulary=vocabulary, over_time=watched)


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder, in order; vocabulary and calendars are no rules."""
    return [
        path
        for path in yaml_source.files(folder)
        if not {VOCABULARY, CALENDARS} & set(path.relative_to(folder).parts)
    ]


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
            continue
        if parsed.id in here:
            what = f"rule {parsed.id!r} is already in {here[parsed.id]}"
            mistakes.append(Mistake(where=found.where(("id",)), what=what))
        here[parsed.id] = found.name
        compiler = _Compiler(parsed, found, vocabulary)
        rules[parsed.id] = compiler.rule()
        mistakes += compiler.mistakes
    return mistakes


class _Compiler:
    """Resolves the names of one rule file and notes those that do not exist."""

    def __init__(self, file: RuleFile, found: Source, vocabulary: Vocabulary) -> None:
        self.file = file
        self.found = found
        self.vocabulary = vocabulary
        self.mistakes: list[Mistake] = []

    def rule(self) -> Rule:
        file = self.file
        when = self._alternatives()
        unless = tuple(self._condition(c, ("unless", i)) for i, c in enumerate(file.unless))
        raise_to = tuple(
            (Level.parse(name), self._condition(c, ("alert", "raise_to", name)))
            for name, c in file.alert.raise_to.items()
        )
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
            when=when,
            unless=unless,
            raise_to=raise_to,
            examples=self._examples(),
            revision=revision_of([file.id, file.level, file.status, when, unless, raise_to]),
            path=self.found.name,
        )

    def _alternatives(self) -> tuple[Condition, ...]:
        when = self.file.when
        written: list[tuple[ConditionFile, Path_]] = [
            (condition, ("when", "any", index)) for index, condition in enumerate(when.any)
        ]
        if any(getattr(when, role) for role in _ROLES):
            if written:
                self._wrong(("when",), "conditions stand beside `any`; put them into each alternative")
            written.append((when, ("when",)))
        for condition, path in written:
            if not condition.action:
                self._wrong(path, "key 'action' is missing: a rule needs something that was done")
        if not written:
            self._wrong(("when",), "no condition: the rule would never fire")
        return tuple(self._condition(condition, path, fires_on=FIRES_ON) for condition, path in written)

    def _condition(
        self, written: ConditionFile, path: Path_, *, fires_on: frozenset[Status] = frozenset()
    ) -> Condition:
        slugs = {role: self._slugs(getattr(written, role), (*path, _key(role))) for role in _ROLES}
        return Condition(status=frozenset(written.status) or fires_on, **slugs)

    def _slugs(self, names: Sequence[str], path: Path_) -> frozenset[str]:
        slugs: set[str] = set()
        for index, name in enumerate(names):
            found = self._resolve(name)
            where = (*path, index) if (*path, index) in self.found.places else path
            if found is None:
                hint = suggest(name, self._known(name))
                self._wrong(where, f"{name!r} is no list or entry of the vocabulary", hint=hint)
            elif not found:
                self._wrong(where, f"list {name!r} is empty")
            slugs |= found or set()
        return frozenset(slugs)

    def _resolve(self, name: str) -> frozenset[str] | None:
        if name.startswith("$"):
            return self.vocabulary.lists.get(name[1:])
        return frozenset({name}) if name in self.vocabulary.entities else None

    def _known(self, name: str) -> list[str]:
        if name.startswith("$"):
            return [f"${known}" for known in self.vocabulary.lists]
        return [*(f"${known}" for known in self.vocabulary.lists), *self.vocabulary.entities]

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

    def _wrong(self, path: Path_, what: str, *, hint: str = "") -> None:
        self.mistakes.append(Mistake(where=self.found.where(path), what=what, hint=hint))


def _key(role: str) -> str:
    return "with" if role == "together" else role
