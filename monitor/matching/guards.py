"""Guards that all rules share: one file in a folder of rules, guards by name with conditions as under `unless`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from monitor.errors import Mistake
from monitor.matching import copies
from monitor.matching import source as yaml_source
from monitor.matching.rule import ConditionFile
from monitor.matching.source import Source
from monitor.matching.vocabulary import SLUG

GUARDS = "guards.yml"


class GuardFile(BaseModel):
    """One guard."""

    model_config = ConfigDict(extra="forbid")

    about: str = Field("", description="What it keeps out.")
    unless: list[ConditionFile] = Field(min_length=1, description="Any of these silences the rule.")


class GuardsFile(BaseModel):
    """The file of guards, as written."""

    model_config = ConfigDict(extra="forbid")

    guards: dict[Annotated[str, StringConstraints(pattern=SLUG)], GuardFile] = Field(
        description="Each guard under its name; rules opt out of it by `without`."
    )


Guards = Mapping[str, tuple[GuardFile, Source]]


def load(folders: Iterable[Path]) -> tuple[Guards, list[Mistake]]:
    """The guards of all folders; one in a later folder replaces that of its name."""
    guards: dict[str, tuple[GuardFile, Source]] = {}
    mistakes: list[Mistake] = []
    for folder in folders:
        path = folder / GUARDS
        if not path.exists() or path in copies.unchanged(folder):
            continue
        found = yaml_source.read(path)
        parsed, wrong = yaml_source.validate(found, GuardsFile)
        mistakes += wrong
        guards |= {name: (guard, found) for name, guard in parsed.guards.items()} if parsed else {}
    return guards, mistakes
