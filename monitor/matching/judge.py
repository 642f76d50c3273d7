"""Article by article: which rules hold, which nearly held, and why.

Pure: a reading and the rules go in, a verdict comes out.
"""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from monitor.matching.bare import Slugs, by_role, failures, nearest_of, slugs_of
from monitor.matching.parts import BECAUSE_OF_ROLE, parts
from monitor.matching.passing import is_passing
from monitor.matching.rule import Condition, Rule
from monitor.matching.weight import Section, score, section_of
from monitor.matching.whole import as_whole
from monitor.model import (
    Because,
    Event,
    Evidence,
    Level,
    Match,
    Mention,
    NearMiss,
    Reading,
    Span,
    Status,
    Verdict,
)

_SILENCED_BY = {**BECAUSE_OF_ROLE, "text": Because.TOPIC, "words": Because.TOPIC, "action": Because.NO_EVENT}

_NEAR = 2  # conditions that may fail in a near miss; with more it is simply another story
_ALL = 99  # more than a condition has parts
_NOTHING = Verdict()
_FRESH = timedelta(days=2)  # between an event and the first reports of it, in whatever time zone


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one condition fared on one event: the mentions that made it hold, the parts that failed."""

    event: Event
    evidence: tuple[Evidence, ...]
    failed: tuple[Because, ...]
    cue: Span | None = None

    @property
    def held(self) -> bool:
        """Whether nothing failed."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class _Missed:
    """A condition that failed on an event, by numbers: what is told of it in full costs a hundred times more.

    Of all that a rule missed only the nearest is told.
    """

    failed: int  # parts
    evidence: int  # spans that the outcome holds
    event: Event
    condition: Condition
    outcome: Outcome | None = None  # where it is known already

    @classmethod
    def of(cls, condition: Condition, event: Event, failed: int) -> Self:
        """The condition of which so many parts failed: each other gave a span, but for the status; the action too."""
        by_status = bool(condition.status) and event.status not in condition.status
        evidence = 1 + len(condition.roles) + len(condition.worded) - (failed - by_status)
        return cls(failed, evidence, event, condition)

    def is_nearer(self, other: _Missed) -> bool:
        """Whether less of it failed, or as much and more of it held."""
        return (self.failed, -self.evidence) < (other.failed, -other.evidence)


@dataclass(kw_only=True)
class RuleIndex:
    """Rules by the actions that could set them off, so that cost follows events, not rules."""

    by_action: Mapping[str, Sequence[Rule]]
    alternatives: Mapping[
        str, Sequence[tuple[Rule, Sequence[Condition]]]
    ]  # the same, with those of that action

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> RuleIndex:
        """Index the rules once; judging many articles reuses it."""
        by_action: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.status != "retired":
                for action in set(itertools.chain.from_iterable(c.action for c in rule.when)):
                    by_action[action].append(rule)
        alternatives = {
            action: [(rule, [each for each in rule.when if action in each.action]) for rule in listed]
            for action, listed in by_action.items()
        }
        return cls(by_action=by_action, alternatives=alternatives)


def judge(reading: Reading, index: RuleIndex, *, misses: bool = True) -> Verdict:
    """The matches of one article, best evidence first kept, and the near misses of the other rules.

    Without `misses` these are left out, and looked for no further: most of the time goes into them.
    """
    if not reading.events:
        return _NOTHING  # as with nearly all
    by_sentence = mentions_by_sentence(reading)
    held: dict[str, tuple[Rule, list[Outcome]]] = {}
    near: dict[str, tuple[Rule, _Missed]] = {}
    untrue: dict[str, tuple[Rule, list[Outcome]]] = {}
    named = {sentence: slugs_of(mentions) for sentence, mentions in by_sentence.items()}
    everywhere = slugs_of(reading.mentions)
    for event in reading.events:
        rules = index.alternatives.get(event.action.entity.slug, ())
        slugs = by_role(event, named[event.sentence], everywhere) if rules else {}
        sentence = by_sentence[event.sentence]
        most = _NEAR if misses else int(event.untrue)  # failed parts; a denial lacks one
        for rule, alternatives in rules:
            nearer = near.get(rule.id)
            fewest = min(most, nearer[1].failed) if nearer else most
            nearest, failed = nearest_of(alternatives, event, slugs, most=fewest)
            if nearest is None:
                continue
            missed = _Missed.of(nearest, event, failed)
            if not failed:
                outcome = _guarded(rule, nearest, event, sentence, reading.mentions, slugs=slugs)
                if outcome.held:
                    held.setdefault(rule.id, (rule, []))[1].append(outcome)
                    continue
                missed = _Missed(1, len(outcome.evidence), event, nearest, outcome)
            elif event.untrue and failed == 1:
                denied = _evaluate(nearest, event, sentence, reading.mentions)
                untrue.setdefault(rule.id, (rule, []))[1].append(denied)
            if misses and (nearer is None or missed.is_nearer(nearer[1])):
                near[rule.id] = rule, missed
    passing = _in_passing(held.values(), reading, by_sentence)
    near |= passing
    denials = [
        _match(rule, denying, reading.mentions)
        for rule, outcomes in untrue.values()
        if (denying := _denied(outcomes))
    ]
    taken_back = {denial.rule for denial in denials if _takes_back(denial.event)}
    silent = taken_back | passing.keys()
    told = [pair for pair in held.values() if pair[0].id not in silent]
    missing = [
        _near_miss(rule, missed, by_sentence, reading.mentions)
        for rule, missed in near.values()
        if misses and (rule.id not in held or rule.id in silent)
    ]
    return Verdict(
        matches=tuple(_match(rule, outcomes, reading.mentions) for rule, outcomes in told),
        near_misses=tuple(missing),
        denials=tuple(denials),
    )


def evaluate(rule: Rule, event: Event, sentence: Sequence[Mention], article: Sequence[Mention]) -> Outcome:
    """The alternative that comes nearest to holding; a guard under `unless` that holds makes it fail."""
    slugs = by_role(event, slugs_of(sentence), slugs_of(article))
    alternatives = [each for each in rule.when if event.action.entity.slug in each.action]
    nearest, _ = nearest_of(alternatives, event, slugs, most=_ALL)
    assert nearest is not None, "the rule knows the action"
    return _guarded(rule, nearest, event, sentence, article, slugs=slugs)


def looks_back(event: Event) -> bool:
    """Whether it stands far down and names no day: there articles tell what went before."""
    happened = event.status in {Status.OCCURRED, Status.CLAIMED}
    return happened and section_of(event) is Section.TAIL and not event.date_given


def holds(
    condition: Condition, event: Event, sentence: Sequence[Mention], article: Sequence[Mention]
) -> bool:
    """Whether the condition holds of the event, by the mentions of its sentence and of its article."""
    return _evaluate(condition, event, sentence, article).held


def mentions_by_sentence(reading: Reading) -> Mapping[Span, list[Mention]]:
    """The mentions inside the sentence of each event."""
    by_sentence: dict[Span, list[Mention]] = {event.sentence: [] for event in reading.events}
    sentences = sorted(by_sentence, key=_place)
    starts = [_place(sentence) for sentence in sentences]
    for mention in reading.mentions:
        at = bisect.bisect_right(starts, _place(mention.span)) - 1
        if at >= 0 and _within(mention.span, sentences[at]):
            by_sentence[sentences[at]].append(mention)
    return by_sentence


def _in_passing(
    held: Iterable[tuple[Rule, Sequence[Outcome]]],
    reading: Reading,
    by_sentence: Mapping[Span, Sequence[Mention]],
) -> dict[str, tuple[Rule, _Missed]]:
    """The rules that pass over what is told in passing, of which no more is told."""
    passing = {}
    for rule, outcomes in held:
        events = [each.event for each in outcomes]
        if not rule.counts_in_passing and is_passing(rule, events, reading, by_sentence):
            told = replace(outcomes[0], failed=(Because.PASSING,))
            passing[rule.id] = rule, _Missed(1, len(told.evidence), told.event, rule.when[0], told)
    return passing


def _denied(untrue: Iterable[Outcome]) -> list[Outcome]:
    """Those in which nothing fails but that somebody says it did not happen."""
    return [each for each in untrue if set(each.failed) in ({Because.DENIED}, {Because.NEGATED})]


def _takes_back(event: Event) -> bool:
    """Whether that is the article's news: what else it tells of the event is told as what was said before."""
    return event.taken_back and section_of(event) in {Section.TITLE, Section.LEAD}


def _guarded(
    rule: Rule,
    nearest: Condition,
    event: Event,
    sentence: Sequence[Mention],
    article: Sequence[Mention],
    *,
    slugs: Slugs,
) -> Outcome:
    best = _evaluate(nearest, event, sentence, article)
    if not best.held:
        return best
    if looks_back(event):
        return replace(best, failed=(Because.HISTORICAL,))
    for guard in rule.unless:
        if _asks_in_vain(guard, event, slugs):
            continue
        against = _evaluate(guard, event, sentence, article)
        if against.held:
            cue = against.evidence[-1].span if against.evidence else None  # the action stands first
            return Outcome(event=event, evidence=best.evidence, failed=(_guard_reason(guard),), cue=cue)
    return best


def _asks_in_vain(guard: Condition, event: Event, slugs: Slugs) -> bool:
    """Whether something of the guard fails, by slugs alone: most guards end here."""
    if guard.action and event.action.entity.slug not in guard.action:
        return True
    return failures(guard, event, slugs, less_than=1) > 0


def _evaluate(
    condition: Condition, event: Event, sentence: Sequence[Mention], article: Sequence[Mention]
) -> Outcome:
    told = parts(condition, event, sentence, article)
    evidence = [Evidence(span=event.action.span, role="action"), *(e for p in told for e in p.evidence)]
    failed = tuple(part.failed for part in told if part.failed)
    cue = next((part.cue for part in told if part.role == "status" and part.failed), None)
    return Outcome(event=event, evidence=tuple(evidence), failed=failed, cue=cue)


def _guard_reason(guard: Condition) -> Because:
    """The most telling part of a guard names the reason."""
    for role in ("text", "words", "topic", "mentions", "object", "place", "recipient", "actor", "action"):
        if getattr(guard, role):
            return _SILENCED_BY[role]
    return Because.NO_EVENT


def _match(rule: Rule, held: Sequence[Outcome], article: Sequence[Mention]) -> Match:
    best = _best(rule, held)
    asked = any(each.role == "actor" for each in best.evidence)
    event = as_whole(best.event, [other.event for other in held], rule, article, asked=asked)
    raised = _raised(rule, event)
    raising = (each for _, outcome in raised for each in outcome.evidence)
    return Match(
        rule=rule.id,
        revision=rule.revision,
        title=rule.title,
        family=rule.family,
        group_by=rule.group_by,
        level=_level(rule, raised),
        score=max(score(each.event) for each in held),
        event=event,
        evidence=tuple(dict.fromkeys((*best.evidence, *raising))),
        shadow=rule.status == "shadow",
        tags=frozenset(rule.tags),
        trial=rule.status == "test",
    )


def _best(rule: Rule, held: Sequence[Outcome]) -> Outcome:
    """The strongest of the article's outcomes, or one that raises the level further and is told as the same news.

    "Fires three missiles", says the title, and the lead that one was an ICBM.
    """
    strongest = max(held, key=lambda each: (_is_told_of(rule, each.event), score(each.event)))
    news = [each for each in held if each is strongest or _is_news_of(strongest.event, each.event)]
    told = [each for each in news if _is_told_of(rule, each.event)] or news
    return max(told, key=lambda each: (_level(rule, _raised(rule, each.event)), score(each.event)))


def _is_told_of(rule: Rule, event: Event) -> bool:
    """Whether it tells a deed of those whom the rule is about, be it by what answers it.

    "Fires warning shots" after drones crossed is another's deed.
    """
    doing = not rule.doers or any(mention.entity.slug in rule.doers for mention in event.actors)
    return doing or bool(event.action.entity.answers)


def _is_news_of(main: Event, other: Event) -> bool:
    """Whether the other is no look back: not far down in the article, and near the main event's day."""
    if section_of(other) is Section.TAIL:
        return False
    if not other.date_given or main.date == other.date or main.date is None or other.date is None:
        return True
    return not main.date_given and abs(main.date - other.date) <= _FRESH


def _level(rule: Rule, raised: Iterable[tuple[Level, Outcome]]) -> Level:
    return max([rule.level, *(level for level, _ in raised)])


def _raised(rule: Rule, event: Event) -> list[tuple[Level, Outcome]]:
    """The levels to which the event raises the alert, each with what made it so."""
    roles = (*event.actors, *event.objects, *event.recipients, *event.others, *event.places)
    fared = [(level, _evaluate(condition, event, roles, roles)) for level, condition in rule.raise_to]
    return [(level, outcome) for level, outcome in fared if outcome.held]


def _near_miss(
    rule: Rule, missed: _Missed, by_sentence: Mapping[Span, Sequence[Mention]], article: Sequence[Mention]
) -> NearMiss:
    """What there is to tell of a rule that nearly held."""
    sentence = by_sentence[missed.event.sentence]
    nearest = missed.outcome or _evaluate(missed.condition, missed.event, sentence, article)
    return NearMiss(
        rule=rule.id,
        because=nearest.failed[0],
        also=nearest.failed[1:],
        sentence=nearest.event.sentence,
        cue=nearest.cue,
        held=len(nearest.evidence),
    )


def _place(span: Span) -> tuple[str, int]:
    return span.field, span.start


def _within(span: Span, sentence: Span) -> bool:
    return span.field == sentence.field and sentence.start <= span.start and span.end <= sentence.end
