"""A rule over time from its file: names to slugs, calendars to days, every mistake with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from monitor.errors import Mistake
from monitor.matching import source as yaml_source
from monitor.matching.overtime.files import (
    AbsentFile,
    CalendarFile,
    OverTimeFile,
    SeasonFile,
    StepFile,
    SurgeFile,
)
from monitor.matching.overtime.rule import (
    Absent,
    Calendar,
    CountOver,
    Form,
    Named,
    OverTime,
    Season,
    Step,
    Succession,
    Surge,
)
from monitor.matching.rule import revision_of
from monitor.matching.source import Path_, Source, suggest
from monitor.model import Level, Vocabulary

CALENDARS = "calendars"
KINDS = frozenset({"absence", "correlation"})


def is_over_time(found: Source) -> bool:
    """Whether the file says that it holds a rule over time."""
    return isinstance(found.value, dict) and found.value.get("kind") in KINDS


def load_calendars(folders: Sequence[Path]) -> tuple[dict[str, Calendar], list[Mistake]]:
    """The calendars of all folders by name; a later folder overrides."""
    calendars: dict[str, Calendar] = {}
    mistakes: list[Mistake] = []
    for path in (path for folder in folders for path in yaml_source.files(folder) if folder.is_dir()):
        found = yaml_source.read(path)
        parsed, wrong = yaml_source.validate(found, CalendarFile)
        mistakes += wrong
        if parsed:
            calendars[parsed.calendar], wrong = _calendar(parsed, found)
            mistakes += wrong
    return calendars, mistakes


def _calendar(parsed: CalendarFile, found: Source) -> tuple[Calendar, list[Mistake]]:
    days: set[dt.date] = set()
    yearly: set[tuple[int, int]] = set()
    mistakes = []
    for index, text in enumerate(parsed.days):
        try:
            day = dt.date.fromisoformat(text if len(text) > len("02-16") else f"2024-{text}")
        except ValueError:
            mistakes.append(Mistake(where=found.where(("days", index)), what=f"there is no day {text}"))
            continue
        if text == day.isoformat():
            days.add(day)
        else:
            yearly.add((day.month, day.day))
    return Calendar(days=frozenset(days), yearly=frozenset(yearly)), mistakes


class Compiler:
    """Resolves the names of one file and notes those that do not exist."""

    def __init__(
        self, file: OverTimeFile, found: Source, vocabulary: Vocabulary, calendars: Mapping[str, Calendar]
    ) -> None:
        self.file = file
        self.found = found
        self.vocabulary = vocabulary
        self.calendars = calendars
        self.mistakes: list[Mistake] = []

    def rule(self) -> OverTime:
        """The rule; with mistakes noted, it is not to be used."""
        file = self.file
        form = self._form()
        return OverTime(
            id=file.id,
            title=file.title,
            kind=file.kind,
            level=Level.parse(file.level),
            status=file.status,
            reference=file.reference,
            about=file.about,
            tags=tuple(file.tags),
            form=form,
            late=file.late,
            once=file.once,
            revision=revision_of([file.model_dump(mode="json", exclude={"examples", "about", "title"})]),
            path=self.found.name,
            timelines=tuple(
                (self.found.where(("examples", "timelines", index)), each)
                for index, each in enumerate(file.examples.timelines)
            ),
        )

    def check_rules(self, known: Iterable[str]) -> None:
        """Note the event rules that it rests on and that do not exist."""
        known = list(known)
        for path in self.found.places:
            if len(path) > 1 and path[0] != "examples" and path[-1] == "rule":
                self._unknown_rules(path, known)

    def _unknown_rules(self, path: Path_, known: Sequence[str]) -> None:
        value: object = self.found.value
        for part in path:
            value = value[part]  # type: ignore[index]  # the path is one of this very value
        names = value if isinstance(value, list) else [value]
        for index, name in enumerate(names):
            if name not in known:
                where = (*path, index) if isinstance(value, list) else path
                self._wrong(where, f"there is no event rule {name!r}", hint=suggest(str(name), known))

    def _form(self) -> Form:
        file = self.file
        if file.absent:
            return self._absent(file.absent)
        if file.sequence:
            first = self._step(file.sequence.first, ("sequence", "first"))
            then = self._step(file.sequence.then, ("sequence", "then"))
            return Succession(first=first, then=then, within=file.sequence.within)
        if file.count:
            step = self._step(file.count, ("count",))
            return CountOver(step=step, at_least=file.count.at_least, within=file.count.within)
        if file.surge:
            return self._surge(file.surge)
        assert file.season
        return self._season(file.season)

    def _absent(self, written: AbsentFile) -> Absent:
        raised = [(days, Level.parse(name)) for name, days in written.raise_to.items()]
        return Absent(
            who=written.who,
            rules=frozenset(written.rule),
            steps=tuple(sorted([(written.days, Level.parse(self.file.level)), *raised])),
            feeds=frozenset(written.feeds),
            silent=written.silent,
            holidays=self._days(written.holidays, ("absent", "holidays")),
            often=written.often,
        )

    def _step(self, written: StepFile, path: Path_) -> Step:
        return Step(
            rules=frozenset(written.rule),
            names=self._named(written.names, (*path, "names")),
            not_names=self._named(written.not_names, (*path, "not_names")),
            not_on=self._days(written.not_on, (*path, "not_on")),
            quiet=written.quiet,
            publishers=written.publishers,
        )

    def _surge(self, written: SurgeFile) -> Surge:
        path = ("surge", "zones")
        return Surge(
            rules=frozenset(written.rule),
            zones={
                zone: (shown, self._named([zone], (*path, zone))) for zone, shown in written.zones.items()
            },
            what=written.what,
            times=written.times,
            weeks=written.weeks,
            at_least=written.at_least,
            trusted=self._named(written.trusted, ("surge", "trusted")).slugs,
        )

    def _season(self, written: SeasonFile) -> Season:
        before = self._days(written.before, ("season", "before"))
        return Season(rules=frozenset(written.rule), before=before, days=written.days, years=written.years)

    def _days(self, name: str, path: Path_) -> Calendar:
        if name and name not in self.calendars:
            hint = suggest(name, self.calendars)
            self._wrong(path, f"there is no calendar {name!r}", hint=hint)
        return self.calendars.get(name, Calendar())

    def _named(self, names: Sequence[str], path: Path_) -> Named:
        slugs: set[str] = set()
        known = [*(f"${name}" for name in self.vocabulary.lists), *self.vocabulary.entities]
        for index, name in enumerate(names):
            found = self.vocabulary.named(name)
            slugs |= found or set()
            if found is None:
                where = (*path, index) if (*path, index) in self.found.places else path
                what = f"{name!r} is no list or entry of the vocabulary"
                self._wrong(where, what, hint=suggest(name, known))
        terms = {term.text.casefold() for slug in slugs for term in self.vocabulary.entities[slug].terms}
        return Named(slugs=frozenset(slugs), words=tuple(sorted(terms)))

    def _wrong(self, path: Path_, what: str, *, hint: str = "") -> None:
        self.mistakes.append(Mistake(where=self.found.where(path), what=what, hint=hint))
