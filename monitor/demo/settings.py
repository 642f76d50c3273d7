"""The demo's config file: every channel, one subscription for each, and all sample feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from monitor import config
from monitor.config import Config
from monitor.demo.loopback import HOST
from monitor.demo.runs import Run
from monitor.demo.sample import SampleFeed


def write_config(
    run: Run,
    week: Sequence[SampleFeed],
    *,
    feeds_at: str,
    receivers: Mapping[str, object],
    rules: Path | None = None,
) -> Config:
    """Write the file and read it as any other; `receivers` says where they listen: `smtp` and `http`.

    `rules` is a folder beside the shipped rules.
    """
    loader = jinja2.PackageLoader("monitor.demo")
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - no HTML
    template = environment.get_template("config.toml")
    own = str(rules.resolve()) if rules else ""
    text = template.render(
        database=run.database.name, host=HOST, base=feeds_at, feeds=week, rules=own, **receivers
    )
    run.config.write_text(text, encoding="utf-8")
    return config.load(run.config)
