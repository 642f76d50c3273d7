"""Rule files with mistakes, saved under a running service: each is told with its line, and matching goes on."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from builders import NOW, article
from fakes import FakeClock, FakeReader

from benchmarks.reliability import TESTS
from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.worker import events, word
from monitor.app import App
from monitor.config import Config
from monitor.rulebook import RULES
from monitor.storage import articles, service

FILES = sorted((TESTS / "data" / "broken-rules").glob("*.yml"))
_OURS = """id: launch
title: Japan launches a missile
level: low
when: {actor: japan, action: launch, object: $missile}
"""  # a good rule of the user's own, whose id one of the files takes again
_PLACE = re.compile(r"\.yml:\d+(:\d+)?: ")


def measure(files: Sequence[Path], progress: Progress) -> list[Figure]:
    """Save one after the other; while each is read, articles are matched."""
    with tempfile.TemporaryDirectory(prefix="bongsu-rules-") as folder:
        harm = asyncio.run(_under_them(Path(folder), files, progress))
    return [
        Figure(
            what="rule files with mistakes, saved under a running service",
            tried=f"{len(files):,} files",
            harm={"articles unmatched": harm["unmatched"], "mistakes untold": harm["untold"]},
            note="an article is matched while each is read, and another after it",
        )
    ]


async def _under_them(folder: Path, files: Sequence[Path], progress: Progress) -> Counter[str]:
    config = Config.model_validate({}, context={"folder": folder})
    (folder / "rules").mkdir()
    (folder / "rules" / "launch.yml").write_text(_OURS, encoding="utf-8")
    reader = FakeReader(events(2 * len(files)))
    harm: Counter[str] = Counter()
    async with App.open(config, clock=FakeClock(NOW), reader=lambda: reader, channels={}) as app:
        for number, file in enumerate(files):
            harm += await _under(app, folder / "rules" / _place(file), file.read_bytes(), number)
            progress(number + 1, len(files))
    return harm


async def _under(app: App, path: Path, content: bytes, number: int) -> Counter[str]:
    """What went wrong under one file."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)  # noqa: ASYNC240 - as an editor does
    await app.reload()  # sees that it changed; the next finds it at rest and reads it
    reading = asyncio.create_task(app.reload())
    await asyncio.sleep(0)
    matched = [await _matched(app, 2 * number)]
    await reading
    matched.append(await _matched(app, 2 * number + 1))
    with app.parts.database.read() as conn:
        told = service.faults(conn).get(RULES, "")
    path.unlink()  # noqa: ASYNC240 - same
    return Counter(unmatched=matched.count(False), untold=int(not _PLACE.search(told)))


async def _matched(app: App, number: int) -> bool:
    """Whether an article that tells of that event opens an alert."""
    name = word(number)
    with app.parts.database.write() as conn:
        told = article(
            feed="wire", key=name, title=f"{name} fired", fetched=NOW + dt.timedelta(seconds=number)
        )
        articles.add(conn, [told])
    return (await app.analyse()).alerts == 1


def _place(file: Path) -> str:
    """Where the file goes in a folder of rules."""
    if "-vocabulary-" in file.name:
        return f"vocabulary/{file.name}"
    return "guards.yml" if "-guards-" in file.name else file.name
