"""Real article pages, and how much of each article is found on its page, and how little else."""

from __future__ import annotations

import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.feeds.webtext import webtext

PAGES = Path(__file__).resolve().parents[2] / "../shared/data/pages"
FILES = sorted(PAGES.glob("*.html.gz")) if PAGES.is_dir() else []

pytestmark = pytest.mark.skipif(not FILES, reason=f"no recorded pages at {PAGES}")


def expected(page: Path) -> Iterator[Counter[str]]:
    """The words of the articles that are known of this publisher; one of them is that of the page."""
    known = PAGES / f"{page.name.partition('_')[0]}.json"
    if not known.exists():
        return
    for version in json.loads(known.read_text(encoding="utf-8")).values():
        body = version.get("body") if isinstance(version, dict) else None
        if body:
            parts = (part for each in body["sections"] for part in (*each["headline"], *each["paragraphs"]))
            yield words(" ".join([*body["summary"], *parts]))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def found_on(page: Path) -> Counter[str]:
    try:
        text = webtext(
            gzip.decompress(page.read_bytes()),
            content_type="text/html; charset=utf-8",
            url="https://a.example/",
        )
    except ParseError:
        return Counter()
    return words(text)


def scores() -> Iterator[tuple[str, float, float]]:
    """By page: the share of the article's words that were found, and of those found that are the article's."""
    for page in FILES:
        raw = words(gzip.decompress(page.read_bytes()).decode("utf-8", "replace"))
        there = [each for each in expected(page) if (each & raw).total() >= 0.9 * each.total()]
        if not there:
            continue
        found = found_on(page)
        best = max(there, key=lambda each: (each & found).total() / (each | found).total())
        common = (best & found).total()
        yield page.name, common / best.total(), common / max(found.total(), 1)


@pytest.mark.timeout(300)
def test_the_article_is_found_on_its_page_and_little_else() -> None:
    measured = list(scores())
    assert len(measured) >= 40
    poor = [name for name, whole, _ in measured if whole < 0.7]
    assert statistics.mean(whole for _, whole, _ in measured) >= 0.93, poor
    assert statistics.mean(alone for *_, alone in measured) >= 0.93
    assert len(poor) <= len(measured) / 10, poor
