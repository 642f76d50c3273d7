"""What a change of rules would have changed: the past read and judged twice, its alerts compared."""

from monitor.backtest.between import difference
from monitor.backtest.compare import Change, Difference, compare
from monitor.backtest.judged import Side, judged
from monitor.backtest.record import Record
from monitor.backtest.replay import Held, Replay, replay

__all__ = [
    "Change",
    "Difference",
    "Held",
    "Record",
    "Replay",
    "Side",
    "compare",
    "difference",
    "judged",
    "replay",
]
