"""An archive of many files, its shards: each is judged by itself, wherever there is room, and the result is kept.

A result is a Parquet file that is there as a whole or not at all. Its name is made of all that it rests on: the
shard's bytes, the rules with their lists, the spaCy model, our code. So a run that was stopped goes on where it was,
on one machine or on several that have the folder in common, and a run in which nothing changed only reads. (An
article without a date is taken for one of the day on which it is judged; its result stays.)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from monitor.archive import PARQUET, Record, archived, article
from monitor.backtest.judged import BATCH, Judges, Side, on_shared_lists
from monitor.backtest.record import DaySpans, day_spans
from monitor.model import Article, Entity, Verdict, Vocabulary

SCHEMA = pa.schema(
    [
        ("id", pa.string()),  # of the article
        ("where", pa.string()),  # file and line, or row
        ("record", pa.string()),  # as the archive has it, JSON
        ("rules", pa.list_(pa.string())),  # that match by the last set of rules
        ("verdicts", pa.list_(pa.string())),  # of each set of rules, JSON; near misses where there are labels
    ]
)
_DAYS = b"days"  # in the file's metadata: on which days articles came, told of in a row or not
_SPANS = TypeAdapter(DaySpans)
_VERDICT = TypeAdapter(Verdict)
_CODE = ("backtest", "extraction", "matching", "model")  # the packages whose code decides a verdict

Told = tuple[Record, tuple[Verdict, ...]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is asked of every shard."""

    sides: Sequence[Side]
    model: str  # of spaCy
    results: Path  # a folder; of several machines the same one
    now: dt.datetime  # the time of articles that have none
    memory: Path | None = None  # what was read off sentences; only where no other machine writes it
    since: dt.datetime | None = None  # earlier articles are left out

    @cached_property
    def meaning(self) -> str:
        """A hash of all that a result rests on but the shard."""
        parts = [_code(), self.model, str(self.since)]
        for side in self.sides:
            parts += [f"{rule.id} {rule.revision}" for rule in side.judged]
            parts.append(_meaning(side.pack.vocabulary))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one shard: the articles that a rule or a label has something to say of."""

    path: Path

    @property
    def days(self) -> DaySpans:
        """For each day the time of the first and of the last article."""
        return _SPANS.validate_json(pq.read_metadata(self.path).metadata[_DAYS])

    def __iter__(self) -> Iterator[Told]:
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(columns=["where", "record", "verdicts"]):
                for row in batch.to_pylist():
                    verdicts = tuple(map(_VERDICT.validate_json, row["verdicts"]))
                    yield (row["where"], json.loads(row["record"])), verdicts


class ShardJudge:
    """Judges shards; reader and rules are made when the first comes that has no result yet."""

    def __init__(self, task: Task) -> None:
        self._task = replace(task, sides=on_shared_lists(task.sides))
        self._meaning = task.meaning

    def __call__(self, shard: Path) -> Result:
        """The result, judged now or found; UsageError where the shard cannot be read."""
        name = hashlib.sha256(f"{self._meaning} {_digest(shard)}".encode()).hexdigest()[:40]
        result = Result(path=self._task.results / f"{name}{PARQUET}")
        if not result.path.exists():
            self._judge(shard, result.path)
        return result

    def _judge(self, shard: Path, into: Path) -> None:
        into.parent.mkdir(parents=True, exist_ok=True)
        days: DaySpans = {}
        with tempfile.TemporaryDirectory(dir=into.parent, prefix=".unfinished-") as folder:
            unfinished = Path(folder) / into.name
            with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd") as file:
                for batch in _batches(self._articles(shard)):
                    labelled = any(said.get("labels") for (_, said), _ in batch)
                    judged = self._judges([each for _, each in batch], misses=labelled)
                    rows = (
                        _row(record, verdicts)
                        for (record, _), (_, verdicts) in zip(batch, judged, strict=True)
                    )
                    if telling := list(filter(None, rows)):
                        file.write_table(pa.Table.from_pylist(telling, schema=SCHEMA))
                    day_spans(days, (each.when for _, each in batch))
                file.add_key_value_metadata({_DAYS: _SPANS.dump_json(days)})
            unfinished.replace(into)

    def _articles(self, shard: Path) -> Iterator[tuple[Record, Article]]:
        since = self._task.since
        for record in archived(shard):
            found = article(record, now=self._task.now)
            if since is None or found.when >= since:
                yield record, found

    @cached_property
    def _judges(self) -> Judges:
        return Judges(self._task.sides, self._task.model, self._task.memory)


def _row(record: Record, verdicts: Sequence[Verdict]) -> dict[str, object] | None:
    """The row of a result; None for an article of which there is nothing to say."""
    where, said = record
    labelled = bool(said.get("labels"))
    if not labelled:
        verdicts = [replace(each, near_misses=()) for each in verdicts]
        if not any(each.matches or each.denials for each in verdicts):
            return None
    return {
        "id": str(said["id"]),
        "where": where,
        "record": json.dumps(said),
        "rules": sorted({match.rule for match in verdicts[-1].matches}),
        "verdicts": [_VERDICT.dump_json(each).decode() for each in verdicts],
    }


def _batches(articles: Iterable[tuple[Record, Article]]) -> Iterator[list[tuple[Record, Article]]]:
    waiting = iter(articles)
    return iter(lambda: list(itertools.islice(waiting, BATCH)), [])


def _digest(shard: Path) -> str:
    with shard.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _meaning(vocabulary: Vocabulary) -> str:
    """A hash of what the lists hold and how each entry is spelt."""
    told = hashlib.sha256()
    for name, slugs in sorted(vocabulary.lists.items()):
        told.update(f"{name} {sorted(slugs)}\n".encode())
    for slug, entity in sorted(vocabulary.entities.items()):
        told.update(f"{slug} {_plain(entity)}\n".encode())
    return told.hexdigest()


def _plain(entity: Entity) -> str:
    """All that is known of it; its terms by their texts, since that is how they are kept."""
    terms = [(each.text, each.case, each.verb) for each in entity.terms]
    return f"{replace(entity, terms=())!r} {terms}"


@cache
def _code() -> str:
    here = Path(__file__).parents[1]
    files = sorted(path for package in _CODE for path in (here / package).rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
