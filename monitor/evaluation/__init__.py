"""How well the rules read: figures over labelled articles, beside those of simpler ways to read them."""

from __future__ import annotations

from monitor.evaluation.baselines import Direction, directions, keywords, mentioned_order, read_direction
from monitor.evaluation.figures import Figures, total, wilson
from monitor.evaluation.measured import ALL, Measured, Read, measure
from monitor.evaluation.status import StatusCase, StatusReader, macro_f1, status_figures
from monitor.evaluation.tally import Labelled, Tally, Wrong, evaluate, micro

__all__ = [
    "ALL",
    "Direction",
    "Figures",
    "Labelled",
    "Measured",
    "Read",
    "StatusCase",
    "StatusReader",
    "Tally",
    "Wrong",
    "directions",
    "evaluate",
    "keywords",
    "macro_f1",
    "measure",
    "mentioned_order",
    "micro",
    "read_direction",
    "status_figures",
    "total",
    "wilson",
]
