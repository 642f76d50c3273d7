"""JSON Schema of the files that people write, from the very models that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from monitor.matching.guards import GuardsFile
from monitor.matching.rule import RuleFile
from monitor.matching.vocabulary import VocabularyFile

KINDS: Mapping[str, type[BaseModel]] = {"rule": RuleFile, "vocabulary": VocabularyFile, "guards": GuardsFile}


def schema(kind: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a kind of file, its keys as people write them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **KINDS[kind].model_json_schema(by_alias=True, mode="validation"),
    }
