"""One changed rule over the recorded year: the first time, and again once what was read is remembered.

The change is one an analyst would make: the shipped rule with a guard more, in a folder of one's own.
"""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.corpus import Corpus, write
from benchmarks.process import MONITOR, Usage, run
from benchmarks.table import Row
from monitor import resources
from monitor.matching.insert import with_guard

RULE = "adiz-incursion"
_GUARDS = ("- {mentions: $carrier}", "- {mentions: $submarine}")  # one before the first run, one after it
_AIM = 60  # seconds, on two cores


def measure(corpus: Corpus) -> list[Row]:
    """Both runs; the second must answer while the analyst still waits."""
    folder = corpus.folder / "backtest"
    folder.mkdir()
    news = folder / "news.jsonl"
    size = write(news, corpus.news())
    first, again = (_changed(folder, news, guard) for guard in _GUARDS)
    what = f"backtest of one changed rule over {size:,} articles"
    cores = f"{os.cpu_count()} cores"
    return [
        Row(what=f"{what}, the first time, {cores}", ours=_told(first)),
        Row(what=f"{what}, once they were read, {cores}", ours=_told(again), aim=f"{_AIM} s"),
    ]


def with_changed(rules: Path, guard: str = _GUARDS[0]) -> None:
    """Put the shipped rule with that guard more into the folder of rules."""
    (shipped,) = resources.path("rules").rglob(f"{RULE}.yml")
    rules.mkdir(parents=True, exist_ok=True)
    text = with_guard(shipped.read_text(encoding="utf-8"), guard)
    (rules / shipped.name).write_text(text, encoding="utf-8")


def _changed(folder: Path, news: Path, guard: str) -> Usage:
    """The run after the rule was changed; what was read lies in the folder from one to the next."""
    with_changed(folder / "rules", guard)
    return run(*MONITOR, "rules", "backtest", RULE, news, "--rules", folder / "rules", out=folder / "out")


def _told(usage: Usage) -> str:
    return f"{usage.wall:.0f} s, {usage.cpu:.0f} s of CPU"
