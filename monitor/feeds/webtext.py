"""A web page's bytes to the text of its article, by trafilatura, whose one home this is. Runs in the child process."""

from __future__ import annotations

import re

from monitor.errors import ParseError
from monitor.feeds.encoding import decode
from monitor.feeds.text import TEXT_CAP, cut, plain

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")  # lxml takes no text that names an encoding


def webtext(body: bytes, *, content_type: str | None, url: str) -> str:
    """The text of the article at `url`, without menus, comments and tables; ParseError when none is found."""
    import trafilatura  # noqa: PLC0415 - takes a quarter of a second, which children that parse feeds need not wait

    del url  # what it would be used for is not asked here
    markup = _DECLARATION.sub("", decode(body, content_type=content_type, webpage=True))
    found = trafilatura.extract(
        markup, favor_precision=True, include_comments=False, include_tables=False, with_metadata=False
    )
    text = plain(found or "").strip()
    if not text:
        raise ParseError("no article can be found on the page")
    return cut(text, TEXT_CAP)
