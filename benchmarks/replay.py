"""`python -m benchmarks.replay`: a recorded year through the real stages on a moved clock; writes docs/replay.md.

Feeds are polled every ten minutes of that year: what a poll would have brought is stored, read, judged, grouped and
sent as the service does it, in a database of its own. The alerts are then held against lists of what happened.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import datetime as dt
import gzip
import itertools
import json
import logging
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import rich.console
import structlog
from rich.progress import Progress
from rich.table import Table

from benchmarks.corpus import NEWS, RECORDED
from benchmarks.events import Score, by_days, by_reports, sent
from monitor import __version__, outbox, pipeline
from monitor.alerting.text import calm
from monitor.app import App
from monitor.archive import article
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.matching.load import load_pack
from monitor.model import Alert, Article, Digest, Message, Notice, Reading, Taken
from monitor.storage import alerts, articles
from monitor.storage.query import AlertQuery

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/replay.md"
HEADER = "<!-- Written by `python -m benchmarks.replay`: change benchmarks/replay.py, not this page. -->"
LAUNCHES = RECORDED / "launch-reports-2022.jsonl"
PROVOCATIONS = RECORDED / "events/dprk-provocations-2022.csv"
SORTIES = RECORDED / "events/pla-sorties-taiwan-2022.csv"
POLL = dt.timedelta(minutes=10)
SHARE, PER_LAUNCH = 0.95, 1.2  # asked of launches
_READ = 256  # articles read at once
_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Year:
    """What a replay brought."""

    articles: int
    alerts: Sequence[Alert]
    messages: int
    waited: Sequence[
        float
    ]  # seconds of that year from the publication of an alert's first report to its message
    worked: Sequence[
        float
    ]  # seconds of ours from a poll's articles to the messages on them, where there were any
    took: float  # seconds of ours for all of it


def main() -> int:
    """Replay, print what came of it, and write the page; 1 where what is asked of launches does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("--until", default="", help="day on which to stop, for a first look; writes no page")
    until = parser.parse_args().until
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    out = rich.console.Console(width=None if sys.stdout.isatty() else 140)
    if not (RECORDED / NEWS).exists():
        out.print(f"No recorded news at {RECORDED}: there is nothing to replay.")
        return 0
    news = [each for each in recorded() if not until or each.fetched.date().isoformat() <= until]
    with tempfile.TemporaryDirectory(prefix="bongsu-replay-") as folder:
        year = asyncio.run(replayed(news, Path(folder), out))
    scores = scored(year.alerts)
    show(scores, year, out)
    if not until:
        PAGE.write_text(page(scores, year), encoding="utf-8")
        out.print(f"\nWritten: {PAGE.relative_to(ROOT)}")
    return int(not holds(scores))


def recorded() -> list[Article]:
    """The recorded entries as the next poll after their publication would have brought them, in order of time."""
    with gzip.open(RECORDED / NEWS, "rt", encoding="utf-8") as lines:
        read = [_recorded(number, json.loads(line)) for number, line in enumerate(lines, start=1)]
    return sorted(read, key=lambda each: (each.fetched, each.id))


async def replayed(news: Sequence[Article], folder: Path, out: rich.console.Console) -> Year:
    """The service on these articles, one poll after the other; its database lies in the folder."""
    clock, channel = _Clock(news[0].fetched), _Desk()
    worked, began = [], perf_counter()
    settings = _config(folder)
    pack = load_pack(settings.rule_folders)
    reader = _Ahead(Extractor(pack.vocabulary, pack.needs, model=settings.analysis.model), news)
    opened = App.open(settings, clock=clock, pack=pack, reader=lambda: reader, channels={"console": channel})
    async with opened as app:
        with Progress(console=out, disable=not out.is_terminal) as progress:
            task = progress.add_task("replay", total=len(news))
            for moment, brought in _polls(news):
                clock.now = moment
                started = perf_counter()
                if await _round(app, brought, moment):
                    worked.append(perf_counter() - started)
                progress.update(task, advance=len(brought), description=f"{moment:%Y-%m-%d}")
        with app.parts.database.read() as conn:
            found = alerts.search(conn, AlertQuery(limit=None))
    return Year(
        articles=len(news),
        alerts=found,
        messages=channel.messages,
        waited=channel.waited,
        worked=worked,
        took=perf_counter() - began,
    )


def scored(found: Sequence[Alert]) -> dict[str, Score]:
    """The alerts of each family against the list of its events."""
    rows = list(csv.DictReader(PROVOCATIONS.open(encoding="utf-8")))
    missiles = {_date(each["date"]) for each in rows if each["type"].startswith("Missile")}
    others = {_date(each["date"]) for each in rows if not each["type"].startswith("Missile")}
    sorties = {_date(each["date"]) for each in csv.DictReader(SORTIES.open(encoding="utf-8"))}
    launches = sent(found, {"dprk-missile-launch"})
    fired = sent(found, {"dprk-missile-launch", "dprk-provocation"})
    return {
        "launches": by_reports(launches, event_of()),
        "launches, artillery too": by_reports(fired, event_of()),
        "missile tests listed by CSIS": by_days(launches, missiles, late=1),
        "other provocations listed by CSIS": by_days(sent(found, {"dprk-provocation"}), others, late=1),
        "days of PLA aircraft in Taiwan's zone": by_days(sent(found, {"adiz-incursion"}), sorties, late=1),
    }


def event_of() -> dict[str, str | None]:
    """The launch that each report of the list tells, by article id, as far as its readers were sure."""
    rows = [json.loads(line) for line in LAUNCHES.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row["event"] for row in rows if row["sure"]}


def holds(scores: Mapping[str, Score]) -> bool:
    """Whether what is asked holds: the share of launches that are told, and the number of alerts on missiles."""
    launches, fired = scores["launches"], scores["launches, artillery too"]
    return fired.share >= SHARE and launches.per_event <= PER_LAUNCH and not launches.merged


# --- on the terminal -------------------------------------------------------------------------------


def show(scores: Mapping[str, Score], year: Year, out: rich.console.Console) -> None:
    """The figures, and one by one what is wrong, with its evidence; the page has the figures and the strays."""
    table = Table(title=f"Bongsu {__version__}: {year.articles:,} articles, {len(year.alerts):,} alerts")
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column == "events" else "right")
    for row in _rows(scores):
        table.add_row(*row)
    out.print(table)
    out.print("\n".join(_pace(year)))
    launches = scores["launches"]
    for event in launches.missed:
        out.print(f"\n[bold]missed[/] {event}: no alert tells this launch; its reports:")
        for line in _reports_of(event):
            out.print(f"  {line}", markup=False)
    for event, several in launches.split.items():
        out.print(f"\n[bold]split[/] {event}: {len(several)} alerts")
        _tell(several, out)
    for alert, events in launches.merged:
        out.print(f"\n[bold]merged[/] {', '.join(events)}")
        _tell([alert], out)
    for name, each in scores.items():
        out.print(f"\n[bold]alerts of none of the {name}[/]: {len(each.strays)}")
        _tell(each.strays, out)


def _tell(found: Iterable[Alert], out: rich.console.Console) -> None:
    for alert in found:
        report = alert.reports[0]
        out.print(f"  {alert.id[:8]} {_in_brief(alert)}", markup=False)
        out.print(calm(f"    {report.title} | {report.sentence.text}"), markup=False, style="dim")


def _in_brief(alert: Alert) -> str:
    """Its day and what the first report rests on; the sentence itself is its publisher's."""
    words = ", ".join(f"{each.role} {each.span.text}" for each in alert.reports[0].evidence)
    return calm(f"{alert.date} {alert.status} {len(alert.reports)} reports · {words}")


def _reports_of(event: str) -> Iterator[str]:
    rows = (json.loads(line) for line in LAUNCHES.read_text(encoding="utf-8").splitlines())
    for row in rows:
        if row["event"] == event:
            sure = "" if row["sure"] else " (not sure)"
            yield calm(f"{row['published']}{sure} {row['title']} | {row['text']}")


# --- the page --------------------------------------------------------------------------------------

_COLUMNS = ("events", "of them", "became alerts", "alerts each", "split", "merged", "of none")


def page(scores: Mapping[str, Score], year: Year) -> str:
    """docs/replay.md."""
    launches = scores["launches"]
    verdict = "holds" if holds(scores) else "does not hold"
    levels = Counter(str(each.level) for each in year.alerts)
    table = [_COLUMNS, tuple(" --- " for _ in _COLUMNS), *_rows(scores)]
    kinds = ", ".join(f"{count:,} {level}" for level, count in levels.most_common())
    return f"""{HEADER}

# A year replayed

Figures of Bongsu {__version__} with the shipped rules. {year.articles:,} entries of general news feeds, recorded day by
day through 2022, went through the service in the order of time: polled every {POLL // dt.timedelta(minutes=1)} minutes
of that year, stored, read, judged, grouped and sent as it does it now. The recording is not part of the project; where
it is absent the command says so. Rules were written with these feeds in view, so that the figures say how alerts are
grouped rather than how well news is read that nobody has seen.

{len(year.alerts):,} alerts came of it ({kinds}), and {year.messages:,} messages to a subscription that takes all.

## Alerts for each real event

{chr(10).join(f"|{'|'.join(row)}|" for row in table)}

- **launches**: North Korean launches that reports of this recording tell, read by hand, against the alerts of
  `dprk-missile-launch`. The list holds artillery fire too, which is another rule's, `dprk-provocation`: the second line
  counts the alerts of both. Asked are {SHARE:.0%} of the launches as alerts of either, at most {PER_LAUNCH} alerts on
  missiles each, and none of them that holds two launches: **{verdict}**. Reports of which the readers were not sure
  count neither for nor against.
- The other lists are public ones of what happened, whether these feeds told it or not. There an alert belongs to the
  day of an event or to the day after it, and a day with several events counts once.
- **of none** are alerts that no event of the list explains: false ones, and true ones that the list leaves out.

Launches without an alert of `dprk-missile-launch`: {", ".join(launches.missed) or "none"}.
Launches in several: {", ".join(launches.split) or "none"}.

Alerts of `dprk-missile-launch` that belong to no launch of the list, each with what its first report rests on:

{chr(10).join(f"- {_in_brief(each)}" for each in launches.strays) or "- none"}

## How long it takes

{chr(10).join(f"- {line}" for line in _pace(year))}
"""


def _rows(scores: Mapping[str, Score]) -> Iterator[tuple[str, ...]]:
    for name, each in scores.items():
        yield (
            name,
            str(len(each.events)),
            f"{len(each.told)} ({each.share:.0%})",
            f"{each.per_event:.2f}",
            str(len(each.split)),
            str(len(each.merged)),
            str(len(each.strays)),
        )


def _pace(year: Year) -> list[str]:
    waited = [each / 60 for each in year.waited]
    return [
        f"From publication to the first message, in time of that year: {_spread(waited, 'min')}; a poll is waited for.",
        f"From a poll's articles to the messages on them, in time of this machine: {_spread(year.worked, 's')}.",
        f"The whole replay took {year.took / 60:.0f} minutes.",
    ]


def _spread(values: Sequence[float], unit: str) -> str:
    if len(values) < 2:  # noqa: PLR2004 - nothing to cut in parts
        return "too few to tell"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return f"p50 {cuts[9]:.2g} {unit}, p95 {cuts[18]:.2g} {unit}"


# --- the service, on another's clock ---------------------------------------------------------------


class _Clock:
    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


class _Desk:
    """A channel that takes everything and keeps how long the first message on each alert was on its way."""

    def __init__(self) -> None:
        self.messages = 0
        self.waited: list[float] = []

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken | None:
        """Take it."""
        self.messages += 1
        if isinstance(message, Message) and message.alert.revision == 1:
            first = message.alert.reports[0]
            self.waited.append((now - (first.published or first.fetched)).total_seconds())
        return None


class _Ahead:
    """A reader that reads on through the news, for the parser is slow on few sentences."""

    def __init__(self, extractor: Extractor, news: Sequence[Article]) -> None:
        self._extractor = extractor
        self._waiting = iter(news)
        self._read: dict[tuple[str, str], Reading] = {}

    def read(self, wanted: Sequence[Article]) -> list[Reading]:
        """One reading for each article, in order."""
        while any(_key(each) not in self._read for each in wanted):
            batch = list(itertools.islice(self._waiting, _READ)) or list(wanted)
            self._read |= zip(map(_key, batch), self._extractor.read(batch), strict=True)
        return [self._read.pop(_key(each)) for each in wanted]

    def concerned(self, wanted: Sequence[Article]) -> list[bool]:
        """Whether each article could concern a rule."""
        return self._extractor.concerned(wanted)


def _key(told: Article) -> tuple[str, str]:
    return told.id, told.content_hash


def _polls(news: Iterable[Article]) -> Iterator[tuple[dt.datetime, list[Article]]]:
    for moment, brought in itertools.groupby(news, key=lambda each: each.fetched):
        yield moment, list(brought)


async def _round(app: App, brought: Sequence[Article], now: dt.datetime) -> int:
    """What the service does after a poll; how many messages it sent."""
    with app.parts.database.write() as conn:
        articles.add(conn, brought)
    due = 0
    while (done := await pipeline.analyse(app.parts, now=now)).articles:
        due += done.deliveries
    return (await outbox.deliver(app.parts, now=now)).sent if due else 0


def _config(folder: Path) -> Config:
    return Config.model_validate(
        {
            "subscriptions": [{"id": "desk", "channel": "console"}],
        },
        context={"folder": folder},
    )


def _recorded(number: int, line: Mapping[str, Any]) -> Article:
    told = article((f"{NEWS}:{number}", line), now=_EPOCH)
    late = (told.when - _EPOCH) % POLL
    return replace(told, feed=str(line["feed"]), fetched=told.when + ((POLL - late) if late else POLL))


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


if __name__ == "__main__":
    sys.exit(main())
