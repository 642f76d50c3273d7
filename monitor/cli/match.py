"""`monitor match`: articles as JSON lines in, matches as JSON lines out. Touches no database."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from monitor.alerting.text import calm
from monitor.archive import article, opened, records
from monitor.bulk import collecting_rarely
from monitor.cli.options import ConfigFile, read_config_if_any
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.load import load_pack
from monitor.model import Article, Evidence, Match, Mention, Reading, Verdict

app = typer.Typer(add_completion=False)

_encode = json.JSONEncoder(ensure_ascii=False).encode
# Objects that the garbage collector lets come before it looks: those of articles hold no cycles, but for the parses of
# a few sentences.
_RARELY = 200_000
BATCH = 2_048  # articles read at once: enough to fill the parser's batches, little enough to hold


@app.command()
def match(
    file: Annotated[Path, typer.Argument(metavar="[FILE|-]", help="JSON lines; - for stdin.")] = Path("-"),
    config: ConfigFile = None,
    *,
    gate: Annotated[
        bool, typer.Option(help="Skip sentences that no rule can match; the result is the same.")
    ] = True,
) -> None:
    """Articles as JSON lines in, matches as JSON lines out; touches no database."""
    now = dt.datetime.now(dt.UTC)
    judged = Judge(read_config_if_any(config), gated=gate, misses=False)
    with collecting_rarely(_RARELY), opened(file) as lines:
        articles = (article(record, now=now) for record in records(lines, name=str(file)))
        answers = (_line(each, verdict) for each, verdict in judged.all(articles))
        while lines_of_batch := list(itertools.islice(answers, BATCH)):
            typer.echo("\n".join(lines_of_batch))


class Judge:
    """Reads and judges articles by the rules in force; `misses`: what nearly held is told too."""

    def __init__(self, config: Config, *, gated: bool = True, misses: bool = True) -> None:
        pack = load_pack(config.rule_folders)
        self.rules = pack.rules
        self._index = RuleIndex.of(pack.rules)
        self._misses = misses
        self._extractor = Extractor(
            pack.vocabulary, pack.needs, model=config.analysis.model, gated=gated, misses=misses
        )

    def all(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Verdict]]:
        """Each article with its verdict, in order, as they come."""
        for each, _, verdict in self.readings(articles):
            yield each, verdict

    def readings(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Reading, Verdict]]:
        """The same, with the reading that each verdict rests on."""
        waiting = iter(articles)
        while batch := list(itertools.islice(waiting, BATCH)):
            for each, reading in zip(batch, self._extractor.read(batch), strict=True):
                yield each, reading, judge(reading, self._index, misses=self._misses)


def answer(of: Article, verdict: Verdict) -> dict[str, object]:
    """One output line; `assumed` says which time stood in for a missing `published`."""
    line: dict[str, object] = {"id": of.id, "matches": [_match(found) for found in verdict.matches]}
    if of.published is None:
        line["assumed"] = {"published": of.fetched.isoformat(timespec="seconds")}
    return line


def _line(of: Article, verdict: Verdict) -> str:
    """JSON on one line; escaped where the article holds lone surrogates, which no UTF-8 can carry."""
    if not verdict.matches and of.published is not None and of.id.isascii():
        return f'{{"id": {_encode(of.id)}, "matches": []}}'  # as with nearly all: a third of the time
    said = answer(of, verdict)
    line = _encode(said)
    return line if line.isascii() or calm(line) == line else json.dumps(said)


def _match(found: Match) -> dict[str, object]:
    return {
        "rule": found.rule,
        "level": str(found.level),
        "score": found.score,
        "event": _event(found),
        "evidence": [_evidence(each) for each in found.evidence],
    }


def _event(found: Match) -> dict[str, object]:
    event = found.event
    count = event.count
    return {
        "actor": _slug(event.actors),
        "actor_country": _country(event.actors),
        "action": event.action.entity.slug,
        "object": _slug(event.objects),
        "recipient": _slug(event.recipients),
        "recipient_country": _country(event.recipients),
        "place": _slug(event.places),
        "date": event.date.isoformat() if event.date else None,
        "count": {"min": count.min, "max": count.max, "text": count.text} if count else None,
        "status": event.status,
    }


def _slug(mentions: tuple[Mention, ...]) -> str | None:
    return mentions[0].entity.slug if mentions else None


def _country(mentions: tuple[Mention, ...]) -> str | None:
    return (mentions[0].entity.country or None) if mentions else None


def _evidence(each: Evidence) -> dict[str, object]:
    span = each.span
    return {"field": span.field, "start": span.start, "end": span.end, "text": span.text, "role": each.role}
