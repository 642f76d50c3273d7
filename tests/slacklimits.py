"""A chat.postMessage that holds what comes to Slack's limits, and refuses as Slack does what goes beyond them.

https://docs.slack.dev/reference/block-kit/blocks and .../methods/chat.postMessage; the limit on the text of all blocks
together is not documented: https://github.com/slackapi/bolt-js/issues/2509.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from httpserver import HttpServer, answer

BLOCKS, ALL_BLOCKS, TEXT = 50, 13_200, 40_000
HEADER, SECTION, ELEMENTS = 150, 3_000, 10
BUTTONS, LABEL, VALUE, ACTION_ID = 25, 75, 2_000, 255
METADATA = 8_000


def error_of(payload: Mapping[str, Any]) -> str:
    """The word by which Slack refuses the message; "" where it takes it."""
    blocks = payload.get("blocks", [])
    if not payload.get("text") and not blocks:
        return "no_text"
    if len(payload.get("text", "")) > TEXT:
        return "msg_too_long"
    if len(json.dumps(payload.get("metadata", {}))) > METADATA:
        return "metadata_too_large"
    if len(blocks) > BLOCKS or any(_wrong(each) for each in blocks):
        return "invalid_blocks"
    said = sum(len(each["text"]) for block in blocks for each in _objects(block))
    return "msg_blocks_too_long" if said > ALL_BLOCKS else ""


def _objects(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every text object of the block."""
    if "text" in block:
        yield block["text"]
    for element in block.get("elements", ()):
        yield element["text"] if element.get("type") == "button" else element


def _wrong(block: Mapping[str, Any]) -> bool:
    texts = [len(each["text"]) for each in _objects(block)]
    if not texts or min(texts) < 1:
        return True
    match block["type"]:
        case "header":
            return texts[0] > HEADER or block["text"]["type"] != "plain_text"
        case "section":
            return texts[0] > SECTION
        case "context":
            return len(texts) > ELEMENTS or max(texts) > SECTION
        case "actions":
            ids = [each["action_id"] for each in block["elements"]]
            return (
                len(ids) > BUTTONS
                or len(set(ids)) < len(ids)
                or max(texts) > LABEL
                or max(map(len, ids)) > ACTION_ID
                or max(len(each["value"]) for each in block["elements"]) > VALUE
            )
    return True


def strict(
    server: HttpServer, *, room: str = "C024BE91L"
) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """An answer that judges the request that it is given to."""

    async def judge(writer: asyncio.StreamWriter) -> None:
        error = error_of(json.loads(server.requests[-1].body))
        said = {"ok": False, "error": error} if error else {"ok": True, "ts": "1.2", "channel": room}
        writer.write(answer(200, json.dumps(said).encode()))
        await writer.drain()

    return judge
