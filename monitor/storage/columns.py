"""How our values lie in columns, the same way on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import enum
import json
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from monitor.model.wording import clean


class Words(TypeDecorator[str]):
    """Text that can never break an insert."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text, cleaned."""
        del dialect
        return None if value is None else clean(value)


class Moment(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python and always UTC on the way out; SQLite keeps it without the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """The time in UTC; ValueError for a naive one, whose zone nobody could know."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value.isoformat()}")
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """The time, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


class Clock(TypeDecorator[dt.time]):
    """A time of the day, as HH:MM."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: dt.time | None, dialect: Dialect) -> str | None:
        """Into the database."""
        del dialect
        return None if value is None else f"{value:%H:%M}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.time | None:
        """Out of the database."""
        del dialect
        return None if value is None else dt.time.fromisoformat(value)


class Seconds(TypeDecorator[dt.timedelta]):
    """A stretch of time, kept as seconds."""

    impl = sa.Float
    cache_ok = True

    def process_bind_param(self, value: dt.timedelta | None, dialect: Dialect) -> float | None:
        """Seconds, exact to the microsecond for any stretch under two centuries."""
        del dialect
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> dt.timedelta | None:
        """The stretch of time."""
        del dialect
        return None if value is None else dt.timedelta(seconds=value)


class Named(TypeDecorator[enum.StrEnum]):
    """A member of an enumeration of words, kept as its word, so that a new member needs no migration."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, members: type[enum.StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: enum.StrEnum | None, dialect: Dialect) -> str | None:
        """The word."""
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> enum.StrEnum | None:
        """The member; ValueError for a word that this version does not know."""
        del dialect
        return None if value is None else self.members(value)


class Ranked(TypeDecorator[enum.IntEnum]):
    """A member of an ordered enumeration, kept as its number, so that the database can compare."""

    impl = sa.Integer
    cache_ok = True

    def __init__(self, members: type[enum.IntEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: enum.IntEnum | None, dialect: Dialect) -> int | None:
        """The number."""
        del dialect
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> enum.IntEnum | None:
        """The member."""
        del dialect
        return None if value is None else self.members(value)


class Packed(TypeDecorator[object]):
    r"""A whole noun with all that is nested in it, as JSON.

    A field added to the noun needs a default, then old rows still load; a field renamed or dropped with
    its meaning needs a migration. Text and not the databases' own JSON types: PostgreSQL's refuses `\u0000`.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, noun: Any) -> None:  # a class, or a form such as frozenset[str]
        super().__init__()
        self.noun = noun

    def process_bind_param(self, value: object | None, dialect: Dialect) -> str | None:
        """The JSON text, cleaned."""
        del dialect
        if value is None:
            return None
        return clean(json.dumps(_adapter(self.noun).dump_python(value, mode="json"), ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> object | None:
        """The noun."""
        del dialect
        return None if value is None else _adapter(self.noun).validate_json(value)


@cache
def _adapter(noun: Any) -> TypeAdapter[Any]:
    return TypeAdapter(noun)
