"""Feed documents to entries: plain RSS by the fast path, against feedparser for all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks.corpus import RECORDED, Corpus
from benchmarks.table import Row, times
from monitor.demo.documents import document
from monitor.demo.sample import load_week
from monitor.errors import ParseError
from monitor.feeds.entry import Document
from monitor.feeds.parse import parse

_RUNS = 5
_FEEDS = RECORDED / "feeds"
FEED = "https://feeds.example/rss"  # where they might come from


def measure(corpus: Corpus) -> list[Row]:
    """CPU for a document from bytes to entries, cleaning of titles and texts included; medians of five."""
    del corpus
    documents = list(bodies())
    ours, naive = _cpu(documents, fast=True), _cpu(documents, fast=False)
    different = sum(_read(body, fast=True) != _read(body, fast=False) for body in documents)
    return [
        Row(
            what=f"a feed document to entries, of {len(documents)} of all kinds, CPU",
            ours=f"{ours * 1000:.1f} ms",
            against=f"feedparser for all {naive * 1000:.1f} ms",
            ratio=times(naive, ours),
        ),
        Row(
            what="documents of which feedparser makes other entries",
            ours=str(different),
            aim="0",
            broken=different > 0,
        ),
    ]


def bodies() -> Iterator[bytes]:
    """The recorded feeds, or those of the demo where there are none."""
    if _FEEDS.is_dir():
        yield from (path.read_bytes() for path in sorted(_FEEDS.iterdir()))
    else:
        for feed in load_week():
            yield document(feed, max(entry.updated for entry in feed.entries))


def _cpu(documents: list[bytes], *, fast: bool) -> float:
    """Seconds for one document."""
    used = []
    for _ in range(_RUNS):
        began = time.process_time()
        for body in documents:
            _read(body, fast=fast)
        used.append(time.process_time() - began)
    return statistics.median(used) / len(documents)


def _read(body: bytes, *, fast: bool) -> Document | str:
    try:
        return parse(body, content_type=None, url=FEED, fast=fast)
    except ParseError as error:
        return str(error)
