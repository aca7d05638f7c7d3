"""Statistics of a series of KPI values: pure functions of numbers, with the formulas and their sources.

`limits` says within which limits a process varies by itself, `signals` what is more than that, `seasons` takes the time
of year out, `outside` says whether a target lies far from what was ever reached, `forecasting` what the rest of a year
will bring, `projecting` what a year or a quarter will then be and how sure that is, `levels`, `counts` and `middles`
what it will be where it is no sum and no ratio. Floats within; what comes out is rounded by `rounding`.
"""

from kpiledger.statistics.counts import added, projected_counts
from kpiledger.statistics.levels import projected_levels
from kpiledger.statistics.limits import Limits, process_limits
from kpiledger.statistics.middles import projected_middles
from kpiledger.statistics.outside import Outside, far_outside
from kpiledger.statistics.projecting import projected, projected_ratios
from kpiledger.statistics.rounding import rounded
from kpiledger.statistics.seasons import Seasons, deseasonalised, seasons_of
from kpiledger.statistics.signals import Signal, signals
from kpiledger.statistics.spans import Projection

__all__ = [
    "Limits",
    "Outside",
    "Projection",
    "Seasons",
    "Signal",
    "added",
    "deseasonalised",
    "far_outside",
    "process_limits",
    "projected",
    "projected_counts",
    "projected_levels",
    "projected_middles",
    "projected_ratios",
    "rounded",
    "seasons_of",
    "signals",
]
