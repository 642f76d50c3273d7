"""A Slack message about as Slack shows it: enough to look at what we post, without Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MARKS = (
    (re.compile(r"<(https?://[^|>]+)\|([^>]*)>"), r'<a href="\1">\2</a>'),
    (re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)"), r"<b>\1</b>"),
    (re.compile(r"(?<!\w)~(.+?)~(?!\w)"), r"<s>\1</s>"),
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"^&gt; ?(.*)$", re.MULTILINE), r"<blockquote>\1</blockquote>"),
)
_PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 18px; font: 15px/1.46 Lato, "DejaVu Sans", sans-serif; background: #fff; color: #1d1c1d; }}
.post {{ display: flex; gap: 10px; max-width: 700px; }}
.face {{ flex: none; width: 36px; height: 36px; border-radius: 6px; background: #0f766e; }}
.who b {{ font-weight: 800; }} .who small {{ color: #616061; margin-left: 6px; font-size: 12px; }}
.said {{ min-width: 0; overflow-wrap: anywhere; }}
h3 {{ margin: 6px 0; font-size: 18px; line-height: 1.33; }}
.section {{ margin: 8px 0; white-space: pre-line; }}
.context {{ margin: 8px 0; font-size: 12px; color: #616061; white-space: pre-line; }}
.actions {{ display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }}
button {{ font: 700 13px/1 Lato, "DejaVu Sans", sans-serif; padding: 8px 12px; border: 1px solid #bbb;
  border-radius: 6px; background: transparent; color: inherit; }}
blockquote {{ margin: 0; padding-left: 14px; border-left: 4px solid #ddd; }}
hr {{ border: 0; border-top: 1px solid #ddd; }}
a {{ color: #1264a3; text-decoration: none; }}
code {{ font-size: 12px; color: #c01343; }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #1a1d21; color: #d1d2d3; }}
  .who small, .context {{ color: #ababad; }}
  blockquote, hr {{ border-color: #565856; }}
  a {{ color: #1d9bd1; }}
  code {{ color: #e8912d; }}
}}
</style><div class="post"><div class="face"></div><div class="said">
<div class="who"><b>Bongsu</b><small>APP 08:00</small></div>
{blocks}
</div></div></html>"""


def look(payload: Mapping[str, Any]) -> str:
    """The payload of a message as a page."""
    return _PAGE.format(blocks="\n".join(map(_block, payload["blocks"])))


def _block(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{block['text']['text']}</h3>"
        case "section":
            return f'<div class="section">{_formatted(block["text"]["text"])}</div>'
        case "context":
            return "".join(
                f'<div class="context">{_formatted(each["text"])}</div>' for each in block["elements"]
            )
        case "actions":
            buttons = "".join(f"<button>{each['text']['text']}</button>" for each in block["elements"])
            return f'<div class="actions">{buttons}</div>'
        case "divider":
            return "<hr>"
        case kind:
            raise ValueError(f"no look for a block of type {kind}")


def _formatted(text: str) -> str:
    for pattern, made in _MARKS:
        text = pattern.sub(made, text)
    return text
