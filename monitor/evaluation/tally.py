"""Precision and recall of each rule over labelled articles, with every error listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.evaluation.figures import Figures
from monitor.model import Article, Because, Verdict

# What a rule asks of an event; all other reasons say as which kind of fact the event was told.
_PARTS = frozenset({Because.ACTOR, Because.RECIPIENT, Because.OBJECT, Because.PLACE, Because.TOPIC})


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """An article with the rules that should hold on it, and who acts on whom where that was labelled."""

    article: Article
    labels: frozenset[str]
    sure: bool = True
    actors: frozenset[str] = frozenset()  # ISO 3166 alpha-2
    recipients: frozenset[str] = frozenset()  # same


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One article on which a rule erred."""

    article: Article
    reason: str  # the sentence that fired, or why the rule stayed silent


@dataclass(kw_only=True)
class Tally:
    """Hits and errors of one rule, or of all together."""

    rule: str
    hits: int = 0
    false_positives: list[Wrong] = field(default_factory=list)
    misses: list[Wrong] = field(default_factory=list)

    @property
    def figures(self) -> Figures:
        """The counts, without the articles."""
        return Figures(
            labelled=self.hits + len(self.misses),
            found=self.hits + len(self.false_positives),
            right=self.hits,
        )

    def as_dict(self) -> dict[str, object]:
        """For --json: counts, ratios with their 95 % Wilson bounds, the errors by article id."""
        return {
            "rule": self.rule,
            "hits": self.hits,
            "false_positives": [{"id": w.article.id, "reason": w.reason} for w in self.false_positives],
            "misses": [{"id": w.article.id, "reason": w.reason} for w in self.misses],
            **self.figures.as_dict(),
        }


def evaluate(judged: Iterable[tuple[Labelled, Verdict]], rules: Sequence[str]) -> list[Tally]:
    """One tally a rule, then the micro tally over all of them; items that are not sure are left out."""
    tallies = {rule: Tally(rule=rule) for rule in rules}
    for item, verdict in judged:
        if item.sure:
            for tally in tallies.values():
                _count(tally, item, verdict)
    return [*tallies.values(), micro(list(tallies.values()))]


def micro(tallies: Sequence[Tally]) -> Tally:
    """All rules' counts added up."""
    return Tally(
        rule="all",
        hits=sum(tally.hits for tally in tallies),
        false_positives=[wrong for tally in tallies for wrong in tally.false_positives],
        misses=[wrong for tally in tallies for wrong in tally.misses],
    )


def _count(tally: Tally, item: Labelled, verdict: Verdict) -> None:
    match = next((found for found in verdict.matches if found.rule == tally.rule), None)
    wanted = tally.rule in item.labels
    if match and wanted:
        tally.hits += 1
    elif match:
        sentence = match.event.sentence.text
        tally.false_positives.append(Wrong(article=item.article, reason=f"fired on: {sentence}"))
    elif wanted:
        tally.misses.append(Wrong(article=item.article, reason=_silence(tally.rule, verdict)))


def _silence(rule: str, verdict: Verdict) -> str:
    miss = next((found for found in verdict.near_misses if found.rule == rule), None)
    if miss is None:
        return "no event that the rule knows"
    if miss.because in _PARTS:
        return f"no {miss.because} that the rule asks for: {miss.sentence.text}"
    cue = f" ({miss.cue.text!r})" if miss.cue else ""
    return f"read as {miss.because}{cue}: {miss.sentence.text}"
