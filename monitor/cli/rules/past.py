"""What commands judge anew: the stored articles, or an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.archive import archived, article
from monitor.backtest import Audience, Held, Judged, Record, Side, gathered, judged
from monitor.cli.folders import judge_folder, progress_bar
from monitor.cli.output import shown
from monitor.cli.rules.stored import stored
from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import moment, open_database, utc_now
from monitor.model import Alert, Article, Feed, Verdict
from monitor.storage import Connection, acknowledgements, articles, feeds, silences, subscriptions

STORED_SINCE = "90d"


@dataclass(frozen=True, kw_only=True)
class Past:
    """Articles, and who would have been told."""

    articles: Iterable[Article]
    audience: Audience
    count: int | None = None  # of the articles, where it is known
    feeds: Sequence[Feed] = ()  # none of an archive


def stored_past(config: Config, since: str) -> Past:
    """The articles fetched since then; UsageError where there are none."""
    now = utc_now()
    with open_database(config, now=now) as database, database.read() as conn:
        listed = articles.since(conn, moment(since, now=now) or now)
        audience = _audience(conn)
        known = feeds.all(conn)
    if not listed:
        raise UsageError(f"no article is stored since {since}; give an archive, or --since an earlier time")
    return Past(articles=listed, audience=audience, count=len(listed), feeds=known)


def archived_past(config: Config, archive: Path, since: str) -> Past:
    """The articles of a file of JSON lines, all or those published since then.

    Who would have been told stands in the config, and in the history where there is one.
    """
    now = utc_now()
    start = moment(since, now=now)
    told = (article(record, now=now) for record in archived(archive))
    found = (each for each in told if start is None or each.when >= start)
    return Past(articles=found, audience=archive_audience(config))


def archive_audience(config: Config) -> Audience:
    """Who would have been told of an archive: the config says so, and the history where there is one."""
    listed = config.all_subscriptions()
    known = stored(config, _audience, lost="subscriptions that commands and readers added are not known")
    if known is None:
        return Audience(subscriptions=listed)
    added = [each for each in known.subscriptions if not each.from_config]
    return replace(known, subscriptions=[*listed, *added])


def _audience(conn: Connection) -> Audience:
    return Audience(
        subscriptions=subscriptions.all(conn),
        silences=silences.all(conn),
        acknowledged=acknowledgements.by_article(conn),
    )


def judge_past(
    past: Past, sides: Sequence[Side], config: Config, *, processes: int | None
) -> tuple[list[Held], Record]:
    """For each side the articles of which it has something to say; and on which days anything came."""
    memory = config.folder / "data" / "readings.db"
    with progress_bar() as progress:
        task = progress.add_task("articles", total=past.count)

        def counted() -> Iterator[Sequence[Judged]]:
            for batch in judged(
                past.articles, sides, model=config.analysis.model, memory=memory, processes=processes
            ):
                yield batch
                progress.advance(task, len(batch))

        return gathered(counted(), len(sides), past.feeds)


def judge_folder_past(
    folder: Path, since: str, sides: Sequence[Side], config: Config, *, processes: int | None, ray: str
) -> tuple[list[Held], Record]:
    """The same of an archive of many files, each judged by itself; its articles of the day of `since` count."""
    now = utc_now()
    results = judge_folder(folder, sides, config, since=moment(since, now=now), processes=processes, ray=ray)
    record = Record()
    found: list[list[tuple[Article, Verdict]]] = [[] for _ in sides]
    for result in results:
        record.add_days(result.days)
        for told, verdicts in result:
            for side, verdict in zip(found, verdicts, strict=True):
                if verdict.matches or verdict.denials:
                    side.append((article(told, now=now), verdict))
    return list(found), record


def line(alert: Alert, *, before: Alert | None = None) -> str:
    """An alert in one line: day, level and that of before, headline, and the words that mattered."""
    first = alert.reports[0]
    words = " · ".join(dict.fromkeys(each.span.text for each in first.evidence))
    level = f"{before.level} to {alert.level}" if before else alert.level
    said = alert.said or first.title or first.sentence.text
    return f"{alert.opened:%Y-%m-%d} {level}  {shown(said)}  [{shown(words)}]"
