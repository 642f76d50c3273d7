"""What commands judge anew: the stored articles, or an archive."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.backtest import Audience, Held, Judged, Record, Side, gathered, judged
from monitor.cli.articles import article, records
from monitor.cli.output import shown
from monitor.cli.rules.stored import stored
from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import moment, open_database, utc_now
from monitor.model import Alert, Article, Feed
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
    found = (each for each in _read(archive, now) if start is None or each.when >= start)
    listed = config.all_subscriptions()
    known = stored(config, _audience, lost="subscriptions that commands and readers added are not known")
    if known is None:
        return Past(articles=found, audience=Audience(subscriptions=listed))
    added = [each for each in known.subscriptions if not each.from_config]
    return Past(articles=found, audience=replace(known, subscriptions=[*listed, *added]))


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
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    memory = config.folder / "data" / "readings.db"
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("articles", total=past.count)

        def counted() -> Iterator[Sequence[Judged]]:
            for batch in judged(
                past.articles, sides, model=config.analysis.model, memory=memory, processes=processes
            ):
                yield batch
                progress.advance(task, len(batch))

        return gathered(counted(), len(sides), past.feeds)


def line(alert: Alert, *, before: Alert | None = None) -> str:
    """An alert in one line: day, level and that of before, headline, and the words that mattered."""
    first = alert.reports[0]
    words = " · ".join(dict.fromkeys(each.span.text for each in first.evidence))
    level = f"{before.level} to {alert.level}" if before else alert.level
    said = alert.said or first.title or first.sentence.text
    return f"{alert.opened:%Y-%m-%d} {level}  {shown(said)}  [{shown(words)}]"


def _read(path: Path, now: dt.datetime) -> Iterator[Article]:
    opener: Callable[..., io.TextIOBase] = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            yield from (article(record, now=now) for record in records(file, name=str(path)))  # type: ignore[arg-type]  # text
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error
    except EOFError as error:
        raise UsageError(f"{path} ends too early; it was cut off") from error
