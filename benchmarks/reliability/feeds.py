"""Malformed feeds: recorded documents and damaged ones, each parsed as the service does it, within its limits."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence

from feeddocuments import KINDS

from benchmarks.corpus import RECORDED
from benchmarks.reliability.figure import Figure, Progress
from monitor.errors import ParseError
from monitor.feeds.child import CPU, MEMORY, ParserPool

FOLDER = RECORDED / "feeds"
SEED = 11
_PIECES = (  # what damage puts in: markup that opens, closes, lies or bites
    b"<",
    b"]]>",
    b"<![CDATA[",
    b"&",
    b"&#xD800;",
    b"&#0;",
    b"\x00",
    b"\xff\xfe",
    b"<!--",
    b"<item>",
    b"</channel>",
    b'<?xml version="1.0" encoding="utf-16"?>',
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&lt;!--" * 50,
    b"<b>" * 500,
    b"9" * 400,
)
_AT_ONCE = 8
_BATCH = 1_000  # mutations


def measure(mutations: int, progress: Progress) -> list[Figure]:
    """Every document whole, then so many damaged; what is no parse and no refusal is harm."""
    whole, about = documents()
    damaged = mutated(whole, mutations)
    results = asyncio.run(_results([*whole, *damaged], progress))
    found = Counter(results)
    return [
        Figure(
            what="malformed feeds parsed",
            tried=f"{len(whole):,} documents, {mutations:,} mutations",
            harm={"uncaught": found["uncaught"], f"past {CPU} s or {MEMORY >> 20} MB": found["past limits"]},
            note=f"{about}; {found['parsed']:,} parsed, {found['refused']:,} refused in words",
        )
    ]


def fuzz(minutes: int, progress: Progress) -> list[Figure]:
    """Ever new damage for so long."""
    whole, about = documents()
    found: Counter[str] = Counter()
    began = time.monotonic()
    while (passed := time.monotonic() - began) < minutes * 60:
        damaged = mutated(whole, _BATCH, seed=SEED + 1 + found.total())
        found += Counter(asyncio.run(_results(damaged, lambda _done, _of: None)))
        progress(int(passed), minutes * 60)
    return [
        Figure(
            what="malformed feeds parsed, for a time",
            tried=f"{minutes} minutes, {found.total():,} mutations",
            harm={"uncaught": found["uncaught"], f"past {CPU} s or {MEMORY >> 20} MB": found["past limits"]},
            note=f"{about}; {found['parsed']:,} parsed, {found['refused']:,} refused in words",
        )
    ]


def documents() -> tuple[list[bytes], str]:
    """The documents to damage, and which they are."""
    if FOLDER.is_dir():
        return [path.read_bytes() for path in sorted(FOLDER.iterdir())], "recorded feeds"
    return [text.encode() for text in KINDS.values()], "no recorded feeds here: the tests' own documents"


def mutated(whole: Sequence[bytes], count: int, *, seed: int = SEED) -> list[bytes]:
    """Copies with a few pieces cut out, put in or put elsewhere; the same ones each time."""
    draw = random.Random(seed)  # noqa: S311 - damage, no secret
    return [_damaged(draw.choice(whole), draw) for _ in range(count)]


def _damaged(body: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 6)):
        start, length = draw.randint(0, len(body)), draw.choice((0, 0, 1, 7, 200, 5000))
        piece = draw.choice((*_PIECES, body[start : start + draw.randint(1, 300)], b""))
        body = body[:start] + piece + body[start + length :]
    return body[: draw.randint(0, len(body))] if draw.random() < 0.2 else body  # noqa: PLR2004 - one in five is cut short


async def _results(bodies: Sequence[bytes], progress: Progress) -> list[str]:
    results: list[str] = []
    left = iter(bodies)

    async def work(pool: ParserPool) -> None:
        for body in left:
            results.append(await _result(pool, body))
            progress(len(results), len(bodies))

    async with ParserPool() as pool:
        await asyncio.gather(*(work(pool) for _ in range(_AT_ONCE)))
    return results


async def _result(pool: ParserPool, body: bytes) -> str:
    try:
        await pool.parse(body, content_type=None, url="https://feeds.example/feed.xml")
    except ParseError as error:
        if "breaks the parser" in str(error) or "died of it" in str(error):
            return "uncaught"
        return "past limits" if "took" in str(error) or "takes more" in str(error) else "refused"
    except Exception:  # noqa: BLE001 - that is what is counted
        return "uncaught"
    return "parsed"
