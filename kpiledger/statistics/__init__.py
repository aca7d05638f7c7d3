"""Statistics of a series of KPI values: pure functions of numbers, with the formulas and their sources.

`limits` says within which limits a process varies by itself, `signals` what is more than that, `seasons` takes the time
of year out, `outside` says whether a target lies far from what was ever reached, `forecasting` what the rest of a year
will bring and how sure that is, `projecting` what the year will then be. Floats within; what comes out is rounded by
`rounding`.
"""

from kpiledger.statistics.limits import Limits, process_limits
from kpiledger.statistics.outside import Outside, far_outside
from kpiledger.statistics.projecting import Projection, projected, projected_ratios
from kpiledger.statistics.rounding import rounded
from kpiledger.statistics.seasons import Seasons, deseasonalised, seasons_of
from kpiledger.statistics.signals import Signal, signals

__all__ = [
    "Limits",
    "Outside",
    "Projection",
    "Seasons",
    "Signal",
    "deseasonalised",
    "far_outside",
    "process_limits",
    "projected",
    "projected_ratios",
    "rounded",
    "seasons_of",
    "signals",
]
