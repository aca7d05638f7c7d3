"""What the columns of the compiled models say, and of which type they are: text is called otherwise in each dialect."""

from __future__ import annotations

from kpiledger.compiling.described import Columns
from kpiledger.compiling.plan import FIGURE

VALUE: Columns = {
    "kpi": ("text", "The KPI"),
    "version": ("integer", "The version of its definition that made the number"),
    "grain": ("text", "day, week, month, quarter or year"),
    "span": (
        "text",
        "The days covered: period, <grain>_to_date, rolling_<months>, rolling_<n>_days, rolling_<n>_weeks; "
        "with _last_year the same days a year earlier",
    ),
    "period_start": ("date", "First day of the period"),
    "period_end": ("date", "Last day of the period"),
    "slice": ("text", "The dimension the KPI is cut by, all for the whole"),
    "member": ("text", "The member of the slice, all for the whole"),
    "numerator": (FIGURE.replace(" ", ""), "What is divided, or the value itself where nothing is"),
    "denominator": (FIGURE.replace(" ", ""), "What it is divided by; null where nothing is"),
    "value": (FIGURE.replace(" ", ""), "The value; null where there is nothing to measure"),
    "row_count": ("bigint", "Rows of the fact in the interval and member, before conditions of the KPI"),
    "is_complete": ("boolean", "Whether the period had ended on the as-of date"),
}
DAY: Columns = {
    "day": ("date", "The day"),
    "week_start": ("date", "First day of its week"),
    "month_start": ("date", "First day of its month"),
    "quarter_start": ("date", "First day of its quarter, a fiscal one where the calendar says so"),
    "year_start": ("date", "First day of its year, a fiscal one where the calendar says so"),
    "month_tile": ("date", "First day of the part of its month that no comparison cuts"),
}
PERIOD: Columns = {
    "grain": ("text", "day, week, month, quarter or year"),
    "period": ("text", "The period as it is written: 2016-08, 2016-Q3, 2016"),
    "period_start": ("date", "First day of the period"),
    "period_end": ("date", "Last day of the period"),
    "next_period_start": ("date", "First day of the period after it"),
    "is_complete": ("boolean", "Whether the period had ended on the as-of date"),
}
SPAN: Columns = {
    **{name: PERIOD[name] for name in ("grain", "period_start", "period_end", "is_complete")},
    "span": ("text", f"{VALUE['span'][1]}; with __<length>_earlier that long before"),
    "span_start": ("date", "First day that the value covers"),
    "span_end": ("date", "Last day that the value covers, never after the as-of date"),
}
# What the models of incremental facts know of the last run. The column that tells their text has no fixed name.
SEEN: Columns = {
    "day": ("date", "A day of the fact"),
    "row_count": ("bigint", "Its rows, by any of the fact's dates; 0 where they have all gone"),
    "last_changed_at": ("", "When the newest of them was inserted or changed"),
    "changes": ("text", "The moments of all changes as one number"),
    "dimensions": ("text", "The rows of the dimension models as one number"),
    "changed_in": ("timestamp", "The start (UTC) of the run in which any of this last differed"),
}
TILE_KEPT: Columns = {"tile__end": ("date", "Last day of the days that are put together")}
STRETCH_KEPT: Columns = {
    "span__start": ("date", "First day of the interval that the measures cover"),
    "span__end": ("date", "Its last day"),
}
