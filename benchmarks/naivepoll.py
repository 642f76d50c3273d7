"""The naive way to poll, as a script: one feed after the other, whole each time, and parsed again.

Takes a file of addresses, prints how many entries they hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import feedparser
import httpx


def main(file: Path) -> None:
    """Ask every address of the file."""
    entries = 0
    for url in file.read_text("utf-8").split():
        entries += len(feedparser.parse(httpx.get(url).raise_for_status().content).entries)
    print(entries)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
