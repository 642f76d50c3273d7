"""docs/performance.md: the table, and pictures of those figures that have a place in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.table import Row
from monitor import __version__
from monitor.web.drawing import bars

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "performance.md"
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


def write(rows: Sequence[Row], *, names: Iterable[str], about: Sequence[str]) -> None:
    """Write the page, and beside it the pictures of those figures that were measured; `names` are of the parts."""
    drawn = []
    for name, title in _PICTURES.items():
        points = [row.point for row in rows if row.point and row.point.picture == name]
        if points:
            drawing = bars(
                [(each.at, round(each.value, 2)) for each in points], heads=[each.at for each in points]
            )
            drawing.append_css(_STYLE)
            drawing.append_title(title)
            drawing.save_svg(DOCS / f"performance-{name}.svg")
            drawn.append(f"![{title}](performance-{name}.svg)\n\n{title}.")
    parts = [
        HEADER,
        "# How fast it is",
        _ABOUT.format(version=__version__, names=", ".join(names)),
        _table(rows),
        *about,
        *drawn,
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


_ABOUT = """\
Figures of Bongsu {version} with the shipped rules, on one machine. CPU time is user and system of whole processes, with
start-up subtracted on both sides. The naive way is what one would write first: spaCy's default pipeline over every
article and a PhraseMatcher of all terms; every feed asked for the whole of it, one after the other, and parsed again.
Times depend on the machine, ratios of one run hardly do.

`make bench` measures all of it and writes this page; `.venv/bin/python -m benchmarks NAME` repeats one part:
{names}."""


def _table(rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(
        ["| measured | ours | against | ratio | aim |", "| --- | ---: | ---: | ---: | ---: |", *lines]
    )


def _cells(row: Row) -> Iterator[str]:
    return (each.replace("|", "\\|") for each in (row.what, row.ours, row.against, row.ratio, row.aim))
