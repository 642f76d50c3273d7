"""What a change of rules would have changed: the past read and judged twice, its alerts compared."""

from monitor.backtest.between import difference, gathered
from monitor.backtest.compare import Change, Difference, compare
from monitor.backtest.judged import Judged, Side, judged
from monitor.backtest.messages import Audience, Told
from monitor.backtest.record import Record
from monitor.backtest.replay import Held, Replay, replay

__all__ = [
    "Audience",
    "Change",
    "Difference",
    "Held",
    "Judged",
    "Record",
    "Replay",
    "Side",
    "Told",
    "compare",
    "difference",
    "gathered",
    "judged",
    "replay",
]
