"""How well the rules read: precision and recall over labelled articles, with every error listed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.model import Article, Verdict


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """An article with the rules that should hold on it."""

    article: Article
    labels: frozenset[str]
    sure: bool = True


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One article on which a rule erred."""

    article: Article
    reason: str  # the sentence that fired, or why the rule stayed silent


@dataclass(kw_only=True)
class Tally:
    """Counts of one rule, or of all together."""

    rule: str
    hits: int = 0
    false_positives: list[Wrong] = field(default_factory=list)
    misses: list[Wrong] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """Share of the matches that were right; None when there was no match."""
        return _ratio(self.hits, self.hits + len(self.false_positives))

    @property
    def recall(self) -> float | None:
        """Share of the labels that were found; None when there was no label."""
        return _ratio(self.hits, self.hits + len(self.misses))

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when neither is known."""
        total = 2 * self.hits + len(self.false_positives) + len(self.misses)
        return _ratio(2 * self.hits, total)

    def as_dict(self) -> dict[str, object]:
        """For --json: counts, ratios with their 95 % Wilson bounds, the errors by article id."""
        wrong, missed = len(self.false_positives), len(self.misses)
        return {
            "rule": self.rule,
            "hits": self.hits,
            "false_positives": [{"id": w.article.id, "reason": w.reason} for w in self.false_positives],
            "misses": [{"id": w.article.id, "reason": w.reason} for w in self.misses],
            "precision": self.precision,
            "precision_bounds": wilson(self.hits, self.hits + wrong),
            "recall": self.recall,
            "recall_bounds": wilson(self.hits, self.hits + missed),
            "f1": self.f1,
        }


def evaluate(labelled: Sequence[Labelled], verdicts: Iterable[Verdict], rules: Sequence[str]) -> list[Tally]:
    """One tally a rule, then the micro tally over all of them; items that are not sure are left out."""
    tallies = {rule: Tally(rule=rule) for rule in rules}
    for item, verdict in zip(labelled, verdicts, strict=True):
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


def wilson(hits: int, total: int, *, z: float = 1.96) -> tuple[float, float] | None:
    """Wilson score interval of a share (E. B. Wilson, 1927); z 1.96 gives 95 %."""
    if total == 0:
        return None
    share = hits / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (centre - spread) / scale, (centre + spread) / scale


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
    cue = f" ({miss.cue.text!r})" if miss.cue else ""
    return f"{miss.because}{cue}: {miss.sentence.text}"


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
