"""Guards that would have kept out what analysts judged false, and nothing they judged true. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.matching.judge import evaluate, holds, mentions_by_sentence
from monitor.matching.rule import Condition, Rule
from monitor.model import Event, Mention, Reading, Status, Vocabulary

ROLES = ("mentions", "object", "place", "topic", "status")  # those that look at least come first
_ASKED = ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One alert, or one example, on which the rule fired: what was read of its articles."""

    name: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One guard, and the false cases that it silences."""

    role: str
    name: str  # $list, slug or status
    guard: Condition
    removes: frozenset[str]  # names of cases

    @property
    def yaml(self) -> str:
        """As it stands under `unless`."""
        return f"- {{{self.role}: {self.name}}}"

    @property
    def width(self) -> int:
        """How many entries of the vocabulary it names."""
        return len(getattr(self.guard, self.role))


@dataclass(frozen=True, kw_only=True)
class _Firing:
    """An event on which the rule fires, with the mentions of its sentence and of its article."""

    event: Event
    sentence: Sequence[Mention]
    article: Sequence[Mention]

    def silenced_by(self, guard: Condition) -> bool:
        return holds(guard, self.event, self.sentence, self.article)


def propose(
    rule: Rule, false: Sequence[Case], true: Sequence[Case], vocabulary: Vocabulary
) -> list[Proposal]:
    """Guards by what they remove, then the narrowest; of those that remove the same the best of each sort.

    A guard removes a case when it silences all that the rule fires on in it. None proposed touches a true case.
    """
    kept = [firing for case in true for firing in _firings(rule, case)]
    against = {case.name: found for case in false if (found := _firings(rule, case))}
    best: dict[tuple[str, frozenset[str]], Proposal] = {}
    for each in sorted(_candidates(rule, against, vocabulary), key=_rank):
        if not any(firing.silenced_by(each.guard) for firing in kept):
            sort = "named" if each.role in {"mentions", "topic"} else each.role
            best.setdefault((sort, each.removes), each)
    return sorted(best.values(), key=_rank)


def fires(rule: Rule, case: Case) -> bool:
    """Whether the rule as it is fires on any article of the case."""
    return bool(_firings(rule, case))


def guarded(rule: Rule, guard: Condition) -> Rule:
    """The rule with one guard more."""
    return replace(rule, unless=(*rule.unless, guard))


def _firings(rule: Rule, case: Case) -> list[_Firing]:
    found = []
    for reading in case.readings:
        by_sentence = mentions_by_sentence(reading)
        for event in reading.events:
            if not any(event.action.entity.slug in condition.action for condition in rule.when):
                continue
            sentence = by_sentence[event.sentence]
            if evaluate(rule, event, sentence, reading.mentions).held:
                found.append(_Firing(event=event, sentence=sentence, article=reading.mentions))
    return found


def _candidates(
    rule: Rule, against: Mapping[str, Sequence[_Firing]], vocabulary: Vocabulary
) -> Iterator[Proposal]:
    """Every guard of one name that removes a false case."""
    for role, named in _NAMED.items():
        slugs = {slug for found in against.values() for firing in found for slug in named(firing)}
        for name, members in _names(role, slugs, vocabulary):
            guard = Condition(**{role: members})  # type: ignore[arg-type]  # statuses under status alone
            if _contradicts(rule, role, members):
                continue
            removes = frozenset(
                case for case, found in against.items() if all(each.silenced_by(guard) for each in found)
            )
            if removes:
                yield Proposal(role=role, name=name, guard=guard, removes=removes)


def _names(role: str, slugs: set[str], vocabulary: Vocabulary) -> Iterator[tuple[str, frozenset[str]]]:
    """The entries themselves, and each list that holds one of them."""
    yield from ((slug, frozenset({slug})) for slug in sorted(slugs))
    if role != "status":
        for name, members in sorted(vocabulary.lists.items()):
            if not members.isdisjoint(slugs):
                yield f"${name}", members


def _contradicts(rule: Rule, role: str, members: frozenset[str]) -> bool:
    """Whether the guard would take away the very thing that an alternative asks for."""
    for condition in rule.when:
        if role in {"mentions", "topic"}:  # these see the words of every role
            if any(not members.isdisjoint(getattr(condition, each)) for each in _ASKED):
                return True
        elif (asked := getattr(condition, role)) and asked <= members:
            return True
    return False


def _slugs(mentions: Iterable[Mention]) -> set[str]:
    return {mention.entity.slug for mention in mentions}


def _rank(each: Proposal) -> tuple[int, int, int, str]:
    return -len(each.removes), each.width, ROLES.index(each.role), each.name


def _status(firing: _Firing) -> set[str]:
    """Only what is less than a plain fact: no guard may silence all that occurred."""
    return {str(firing.event.status)} - {str(Status.OCCURRED)}


_NAMED: Mapping[str, Callable[[_Firing], set[str]]] = {
    "mentions": lambda firing: _slugs(firing.sentence),
    "object": lambda firing: _slugs(firing.event.objects),
    "place": lambda firing: _slugs(firing.event.places),
    "topic": lambda firing: _slugs(firing.article),
    "status": _status,
}
