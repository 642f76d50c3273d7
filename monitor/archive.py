"""Archives of articles: JSON lines, also packed, or Parquet; one file, or a folder with many of them."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from dateutil.relativedelta import relativedelta

from monitor.errors import UsageError
from monitor.model import Article

PARQUET = ".parquet"
_FIRST_YEAR, _LAST_YEAR = 1000, 9000  # beyond, no calendar has room for "last year" and time zones
_MONTH = len("2022-03")
_MARK = "\ufeff"  # of byte order: editors and shells on Windows put it before a text
_SURROGATE = re.compile("[\ud800-\udfff]")

Record = tuple[str, Mapping[str, Any]]  # where it stands, what it says

SUFFIXES = frozenset({".jsonl", ".ndjson", ".json", ".gz", PARQUET})


def shards(folder: Path) -> list[Path]:
    """The files of an archive that is a folder, by name; UsageError where it holds none."""
    found = sorted(each for each in folder.rglob("*") if each.suffix in SUFFIXES and each.is_file())
    if not found:
        raise UsageError(f"{folder} holds no archive: no file named *{', *'.join(sorted(SUFFIXES))}")
    return found


def archived(path: Path) -> Iterator[Record]:
    """The records of one file, as they come; UsageError where it cannot be read, at the first bad one too."""
    if path.suffix == PARQUET:
        yield from _rows(path)
        return
    with opened(path) as file:
        yield from records(file, name=str(path))


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The file as text, unpacked where it is packed by gzip; or stdin for `-`."""
    if str(path) == "-":
        yield sys.stdin
        return
    try:
        with _text_of(path) as file:
            yield file
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error
    except (EOFError, zlib.error) as error:
        raise UsageError(f"{path} ends too early, or is broken: it cannot be unpacked") from error


def _text_of(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def records(file: TextIO, *, name: str) -> Iterator[Record]:
    """Each line's object, with file and line; blank lines are passed over. UsageError at the first bad one."""
    for number, written in enumerate(file, start=1):
        line = written.removeprefix(_MARK) if number == 1 else written
        if line.strip():
            where = f"{name}:{number}"
            yield where, _object(line, where)


def article(record: Record, *, now: dt.datetime) -> Article:
    """The article of a record, its title and text untouched so that offsets count in them as given."""
    where, said = record
    if not said.get("id") or not (said.get("title") or said.get("text")):
        raise UsageError(f"{where}: an article needs an id, and a title or a text")
    return Article(
        id=str(said["id"]),
        feed="",
        key=str(said["id"]),
        url=_text(said, "url", where),
        title=_text(said, "title", where),
        text=_text(said, "text", where),
        published=_published(said, where),
        fetched=now,
        publisher=_text(said, "publisher", where),
        language=_text(said, "language", where),
    )


def _rows(path: Path) -> Iterator[Record]:
    """The rows of a Parquet file under the names of its columns; times as ISO 8601."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, which may not be there
        import pyarrow.parquet as pq  # noqa: PLC0415 - same
    except ModuleNotFoundError as error:
        said = f"{path}: Parquet needs an extra that is not installed: pip install 'bongsu[bulk]'"
        raise UsageError(said) from error
    try:
        number = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}: row {number}", {name: _plain(value) for name, value in row.items()}
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"cannot read {path}: {error}") from error


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _object(line: str, where: str) -> Mapping[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON: {error}") from error
    if not isinstance(said, dict):
        raise UsageError(f"{where}: not a JSON object")
    return said


def _text(said: Mapping[str, Any], key: str, where: str) -> str:
    value = said.get(key) or ""
    if not isinstance(value, str):
        raise UsageError(f"{where}: {key} must be text")
    if value.isascii():
        return value
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)  # as long as before: offsets stay


def _published(said: Mapping[str, Any], where: str) -> dt.datetime | None:
    value = said.get("published")
    if not value:
        return None
    try:
        found = _moment(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise UsageError(f"{where}: published must be a time such as 2026-03-12T07:52:00+09:00, or a date")
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _moment(text: str) -> dt.datetime:
    """The time given; archives know of some articles only the month or the year: its last day then."""
    if len(text) > _MONTH:
        return dt.datetime.fromisoformat(text)
    if re.fullmatch(r"\d{4}", text):
        return dt.datetime(int(text), 12, 31, tzinfo=dt.UTC)
    if re.fullmatch(r"\d{4}-\d\d", text):
        first = dt.datetime(int(text[:4]), int(text[5:]), 1, tzinfo=dt.UTC)
        return first + relativedelta(day=31)
    return dt.datetime.fromisoformat(text)
