"""The documents of the project, as tests read them: blocks, tables, headings, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "rules/README.md",
    "docs/api.md",
    "docs/access.md",
    "docs/formats.md",
    "docs/reliability.md",
    "docs/scaling.md",
    "docs/slack.md",
    "docs/workers.md",
)

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\| (`.+?) \|", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and what is in it."""

    language: str
    text: str


def read(name: str) -> str:
    """The document's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands below the heading, up to the next of its rank."""
    text = read(name)
    ranked = [(len(found[1]), found) for found in _HEADING.finditer(_without_blocks(text))]
    rank, start = next((rank, found) for rank, found in ranked if found[2] == heading)
    ends = (found.start() for other, found in ranked if found.start() > start.start() and other <= rank)
    return text[start.end() : next(ends, len(text))]


def blocks(text: str, *languages: str) -> list[Block]:
    """The fenced blocks in these languages, in order."""
    found = [Block(match[1], match[2]) for match in _BLOCK.finditer(text)]
    return [block for block in found if block.language in languages]


def rows(text: str) -> list[str]:
    """The code words in the first cells of the tables."""
    return [word for cell in _ROW.findall(text) for word in re.findall(r"`([^`]+)`", cell)]


def headings(text: str) -> list[str]:
    """The headings, without those that are comments in blocks."""
    return [match[2] for match in _HEADING.finditer(_without_blocks(text))]


def anchor(heading: str) -> str:
    """Under which name GitHub lets one link to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links(name: str) -> Iterator[tuple[str, str]]:
    """File and anchor of each link that stays within the project; the file is relative to its root."""
    folder = (ROOT / name).parent
    for target in _LINK.findall(_without_blocks(read(name))):
        if not target.startswith(("http://", "https://")):
            path, _, place = target.partition("#")
            file = (folder / path).resolve() if path else ROOT / name
            yield str(file.relative_to(ROOT)), place


def _without_blocks(text: str) -> str:
    """The text with its blocks blotted out, as long as before: a comment in one is no heading."""
    return _BLOCK.sub(lambda found: "." * len(found[0]), text)
