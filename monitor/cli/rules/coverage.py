"""`monitor rules coverage`: what of the rules and lists no example and no stored article ever met."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import counted, show, to_json
from monitor.cli.rules.choice import Folder, Ids, chosen, folders
from monitor.config import Config
from monitor.matching import source
from monitor.matching.load import load_pack

if TYPE_CHECKING:
    from monitor.matching.coverage import Coverage
    from monitor.model import Article

_BATCH = 256  # articles
_NEWEST = 20_000  # stored articles that are read, the latest fetched
_SHOWN = 12  # entries of a list

Archive = Annotated[
    Path | None,
    typer.Option("--archive", metavar="FILE|-", help="Articles as JSON lines, instead of the stored ones."),
]


def coverage(
    ids: Ids = None,
    archive: Archive = None,
    rules: Folder = None,
    config: ConfigFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Conditions and entries of lists that no example and no article ever met: stored articles, or an archive."""
    from monitor.extraction.extractor import Extractor  # noqa: PLC0415 - `--help` need not wait for spaCy
    from monitor.matching.coverage import Coverage  # noqa: PLC0415 - same

    settings = read_config_if_any(config)
    pack = load_pack(folders(settings, rules))
    about = chosen(pack, ids or [])
    extractor = Extractor(pack.vocabulary, pack.needs, model=settings.analysis.model)
    found = Coverage(pack=pack, rules=about)
    read = 0
    with ExitStack() as files:
        articles = _articles(archive, settings, files, now=dt.datetime.now(dt.UTC))
        examples = _examples(about)
        for batch in _batches(itertools.chain(examples, articles)):
            for article, reading in zip(batch, extractor.read(batch), strict=True):
                found.add(reading, named=extractor.named(article))
            read += len(batch)
    examples_read = sum(len(rule.examples) for rule in about)
    _print(found, examples_read, read - examples_read, as_json=as_json)


def _examples(rules: Iterable[Any]) -> Iterator[Article]:
    from monitor.examples import article_of  # noqa: PLC0415 - as above

    return (article_of(example) for rule in rules for example in rule.examples)


def _articles(
    archive: Path | None, config: Config, files: ExitStack, *, now: dt.datetime
) -> Iterable[Article]:
    if archive is not None:
        from monitor.archive import article, opened, records  # noqa: PLC0415 - only an archive needs it

        file = files.enter_context(opened(archive))
        return (article(record, now=now) for record in records(file, name=str(archive)))
    from monitor.cli.rules.stored import stored  # noqa: PLC0415 - an archive needs no database
    from monitor.storage import articles  # noqa: PLC0415 - same

    lost = "stored articles are left out"
    return stored(config, lambda conn: articles.latest(conn, limit=_NEWEST), lost=lost) or ()


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    waiting = iter(articles)
    while batch := list(itertools.islice(waiting, _BATCH)):
        yield batch


def _print(found: Coverage, examples: int, articles: int, *, as_json: bool) -> None:
    files = {rule.id: source.read(Path(rule.path)) for rule in found.rules}
    idle = [
        {
            "rule": part.rule,
            "condition": part.key,
            "where": files[part.rule].where(part.path),
            "asks": _asks(part.condition),
        }
        for part in found.idle
    ]
    unnamed = {name: list(slugs) for name, slugs in found.unnamed.items()}
    if as_json:
        told = {"examples": examples, "articles": articles, "conditions": idle, "entries": unnamed}
        typer.echo(to_json(told))
        return
    typer.echo(f"Read {counted(examples, 'example')} and {counted(articles, 'article')}.\n")
    typer.echo("Conditions that never held:")
    show(idle, ("rule", "where", "asks"), as_json=False, empty="None.")
    typer.echo("\nEntries that nothing named:")
    rows = [
        {"list": f"${name}", "number": len(slugs), "entries": _short(slugs)}
        for name, slugs in unnamed.items()
    ]
    show(rows, ("list", "number", "entries"), as_json=False, empty="None.")


def _asks(condition: Any) -> str:
    """The condition in a line: which keys, and one or two of the entries of each."""
    said = []
    for field in fields(condition):
        key, names = field.name, sorted(map(str, getattr(condition, field.name)))
        if names and key != "status":
            shown = ", ".join(names[:2]) + (f" +{len(names) - 2}" if len(names) > 2 else "")  # noqa: PLR2004 - as said
            said.append(f"{'with' if key == 'together' else key}: {shown}")
    return "; ".join(said)


def _short(slugs: list[str]) -> str:
    return ", ".join(slugs[:_SHOWN]) + (f" +{len(slugs) - _SHOWN}" if len(slugs) > _SHOWN else "")
