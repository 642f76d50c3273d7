"""docs/performance.md: a table of all parts, and pictures of those figures that have a place in one.

A part that is measured again takes the place of what it measured before; the others stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.table import Row
from monitor import __version__
from monitor.web.drawing import bars

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "performance.md"
KEPT = DOCS / "performance.json"
HEADER = "<!-- Written by `make bench`: change benchmarks/page.py, not this page. -->"
_PICTURES = {
    "share": "Milliseconds of CPU an article of 400 words, by the share that tells something",
    "length": "Milliseconds of CPU an article, by its words, where 5 % tell something",
    "rules": "Milliseconds of CPU an article, by the number of rules",
    "years": "Milliseconds of a search, 95 in 100, by the number of alerts kept",
    "feeds": "Seconds of a round of polling, by the number of feeds",
}
_STYLE = (
    "text{font:11px sans-serif;fill:#57606a}.bar{fill:#3b6ea5}.axis{fill:#8b949e}"
    "@media(prefers-color-scheme:dark){text{fill:#9da7b3}.bar{fill:#79a8d8}}"
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one benchmark measured, and of what, on which machine."""

    rows: Sequence[Row]
    about: Sequence[str]


_PARTS = TypeAdapter(dict[str, Part])


def keep(measured: Mapping[str, Part], *, order: Sequence[str]) -> None:
    """Keep these parts in place of what was measured of them before, and write the page of all parts in that order."""
    known = {**(_PARTS.validate_json(KEPT.read_bytes()) if KEPT.exists() else {}), **measured}
    parts = {name: known[name] for name in order if name in known}
    KEPT.write_bytes(_PARTS.dump_json(parts, indent=1) + b"\n")
    rows = [row for part in parts.values() for row in part.rows]
    about = dict.fromkeys(line for part in parts.values() for line in part.about)
    page = [
        HEADER,
        "# How fast it is",
        _ABOUT.format(version=__version__, names=", ".join(parts)),
        _table(rows),
        *about,
        *_pictures(rows),
    ]
    PAGE.write_text("\n\n".join(page) + "\n", encoding="utf-8")


def _pictures(rows: Sequence[Row]) -> Iterator[str]:
    for name, title in _PICTURES.items():
        points = [row.point for row in rows if row.point and row.point.picture == name]
        if not points:
            continue
        drawing = bars(
            [(each.at, round(each.value, 2)) for each in points], heads=[each.at for each in points]
        )
        drawing.append_css(_STYLE)
        drawing.append_title(title)
        drawing.save_svg(DOCS / f"performance-{name}.svg")
        yield f"![{title}](performance-{name}.svg)\n\n{title}."


_ABOUT = """\
Figures of Bongsu {version} with the shipped rules, on one machine. CPU time is user and system of whole processes,
without what starting up takes on either side. The naive way is what one would write first: spaCy's default pipeline
over every article and a PhraseMatcher of all terms; every feed asked for the whole of it, one after the other, and
parsed again. Times depend on the machine, ratios of one run hardly do.

`make bench` measures all of it and writes this page; `.venv/bin/python -m benchmarks NAME` repeats one part:
{names}."""


def _table(rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(
        ["| measured | ours | against | ratio | aim |", "| --- | ---: | ---: | ---: | ---: |", *lines]
    )


def _cells(row: Row) -> Iterator[str]:
    return (each.replace("|", "\\|") for each in (row.what, row.ours, row.against, row.ratio, row.aim))
