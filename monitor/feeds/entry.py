"""What a feed document gives, before it is made ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One item as the feed gave it, its texts cleaned; lives only in this stage."""

    entry_id: str  # guid, atom:id, JSON Feed id; "" when there is none
    url: str  # absolute, http or https, else ""
    title: str  # plain text, one line
    text: str  # plain text: the content or the summary, whichever says more
    published: dt.datetime | None  # as written, not yet checked against the clock
    updated: dt.datetime | None
    author: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A feed document that could be read, perhaps not without complaint."""

    entries: tuple[Entry, ...]  # in the feed's order
    complaint: str | None = None  # what is broken about the document, for people
