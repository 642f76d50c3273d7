"""Where a page of the history ends; opaque, and good as more comes in."""

from __future__ import annotations

import base64
import binascii
import datetime as dt

from sqlalchemy import Column, ColumnElement, tuple_

from monitor.errors import UsageError


def written(moment: dt.datetime, name: str) -> str:
    """The cursor behind that which came at the moment under that id."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {name}".encode()).decode().rstrip("=")


def beyond(cursor: str, moment: Column[dt.datetime], name: Column[str]) -> ColumnElement[bool]:
    """What follows, newest first; UsageError for a cursor that is none of ours."""
    then, last = read(cursor)
    return tuple_(moment, name) < tuple_(then, last, types=[moment.type, name.type])  # one range of an index


def read(text: str) -> tuple[dt.datetime, str]:
    """The moment and the id; UsageError for a cursor that is none of ours."""
    try:
        moment, _, name = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), name
    except (binascii.Error, ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is not a place in the history; start again without it") from error
