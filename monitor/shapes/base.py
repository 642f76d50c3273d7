"""What all shapes share."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

LevelWord = Annotated[
    Literal["informational", "low", "medium", "high", "critical"],
    BeforeValidator(str, json_schema_input_type=str),
]


def _utc(value: dt.datetime | None) -> dt.datetime | None:
    return value.astimezone(dt.UTC) if value else value


Time = Annotated[dt.datetime, BeforeValidator(_utc, json_schema_input_type=dt.datetime)]


class Shape(BaseModel):
    """Base of all: made from our nouns by the names of their fields."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
