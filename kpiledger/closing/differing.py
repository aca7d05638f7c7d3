"""Which closed figures are different now? Each with what it was, what counts, and what it would be today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from kpiledger.closing.columns import SCORECARD_KEY, VALUES_KEY, agreement_text, frozen_keys, promise_text
from kpiledger.warehouse import rows_of

SCORECARD, VALUE = "scorecard", "value"


@dataclass(frozen=True, slots=True)
class Different:
    """A closed figure that is another now; `promise_changed` says whether what it is held against is another."""

    figure: str
    close_period: str
    close_ordinal: int
    holder: str | None
    kpi: str
    slice: str
    member: str
    grain: str
    span: str
    period_start: date
    period_end: date
    as_closed: Decimal | None
    official: Decimal | None
    current: Decimal | None
    target_as_closed: Decimal | None
    target_current: Decimal | None
    status_as_closed: str | None
    status_current: str | None
    agreement_as_closed: str | None
    agreement_current: str | None
    version_as_closed: int | None
    version_current: int | None
    promise_changed: bool
    is_accepted: bool
    is_added: bool
    restated_by_seq: int | None


# Of the closed periods around a figure the innermost speaks for it, as in fct_scorecard.
_AROUND = """
    create or replace temp table closed_around as
    with periods as (
        select distinct grain, period_start, period_end from kpi.dim_period
    ),
    around as (
        select periods.grain, periods.period_start, closed_period.*, row_number() over (
            partition by periods.grain, periods.period_start
            order by closed_period.first_day desc, closed_period.last_day
        ) as distance
        from periods join recorded.closed_period
            on periods.period_start >= closed_period.first_day and periods.period_end <= closed_period.last_day
    ),
    ordinals as (
        select period, max(close_ordinal) as close_ordinal from recorded.period_close
        where is_counted group by period
    )
    select around.grain, around.period_start, around.period as close_period, ordinals.close_ordinal
    from around join ordinals on ordinals.period = around.period
    where distance = 1 and close_state in ('closed', 'locked')
"""
_SCORECARD = f"""
    with closed as (
        select
            'scorecard' as figure, closed.close_period, closed.close_ordinal, closed.holder, closed.kpi, closed.slice,
            closed.member, closed.grain, 'period' as span, closed.period_start, closed.period_end, closed.as_closed,
            closed.actual as official, now.actual as current, closed.target_as_closed,
            now.target_value as target_current, closed.status_as_closed, now.status as status_current,
            closed.agreement_as_closed, {agreement_text("now")} as agreement_current, closed.version_as_closed,
            now.kpi_version as version_current,
            closed.promise_as_closed is distinct from {promise_text("now")} as promise_changed,
            now.holder is not null and closed.actual is not distinct from now.actual
                and closed.status is not distinct from now.status
                and {promise_text("closed")} is not distinct from {promise_text("now")} as is_accepted,
            closed.promise_as_closed is null as is_added, closed.restated_by_seq
        from recorded.closed_scorecard as closed
        left join kpi.scorecard_now as now on {frozen_keys(SCORECARD_KEY, "closed", "now")}
    ),
    added as (
        select
            'scorecard' as figure, closed_around.close_period, closed_around.close_ordinal, now.holder, now.kpi,
            now.slice, now.member, now.grain, 'period' as span, now.period_start, now.period_end, null as as_closed,
            null as official, now.actual as current, null as target_as_closed, now.target_value as target_current,
            null as status_as_closed, now.status as status_current, null as agreement_as_closed,
            {agreement_text("now")} as agreement_current, null as version_as_closed,
            now.kpi_version as version_current, true as promise_changed, false as is_accepted, true as is_added,
            null as restated_by_seq
        from kpi.scorecard_now as now
        join closed_around on closed_around.grain = now.grain and closed_around.period_start = now.period_start
        anti join recorded.closed_scorecard as closed on {frozen_keys(SCORECARD_KEY, "closed", "now")}
        where now.agreement is not null
    )
    select * from closed
    where as_closed is distinct from current or promise_changed or status_as_closed is distinct from status_current
        or restated_by_seq is not null
    union all
    select * from added
    order by all
"""
_NOTHING = """null as target_as_closed, null as target_current, null as status_as_closed, null as status_current,
            null as agreement_as_closed, null as agreement_current"""
_VALUES = f"""
    with value_now as (
        select fct_kpi_value.* from kpi.fct_kpi_value join kpi.dim_kpi_version
            on dim_kpi_version.kpi = fct_kpi_value.kpi and dim_kpi_version.version = fct_kpi_value.version
            and dim_kpi_version.valid_from <= fct_kpi_value.period_start
            and coalesce(dim_kpi_version.valid_to, fct_kpi_value.period_start) >= fct_kpi_value.period_start
    ),
    closed as (
        select
            'value' as figure, closed.close_period, closed.close_ordinal, null as holder, closed.kpi, closed.slice,
            closed.member, closed.grain, closed.span, closed.period_start, closed.period_end, closed.as_closed,
            closed.value as official, now.value as current, {_NOTHING}, closed.version_as_closed,
            now.version as version_current, false as promise_changed,
            closed.value is not distinct from now.value
                and (now.kpi is not null or closed.restated_by_seq is not null) as is_accepted,
            closed.version_as_closed is null as is_added, closed.restated_by_seq
        from recorded.closed_value as closed
        left join value_now as now on {frozen_keys(VALUES_KEY, "closed", "now")}
    ),
    added as (
        select
            'value' as figure, closed_around.close_period, closed_around.close_ordinal, null as holder, now.kpi,
            now.slice, now.member, now.grain, now.span, now.period_start, now.period_end, null as as_closed,
            null as official, now.value as current, {_NOTHING}, null as version_as_closed,
            now.version as version_current, false as promise_changed, false as is_accepted, true as is_added,
            null as restated_by_seq
        from value_now as now
        join closed_around on closed_around.grain = now.grain and closed_around.period_start = now.period_start
        -- a KPI that is younger than the close has nothing closed that it could differ from
        semi join recorded.closed_value as known
            on known.kpi = now.kpi and known.close_period = closed_around.close_period
        anti join recorded.closed_value as closed on {frozen_keys(VALUES_KEY, "closed", "now")}
        where now.value is not null
    )
    select * from closed where as_closed is distinct from current or restated_by_seq is not null
    union all
    select * from added
    order by all
"""


def different_now(connection: DuckDBPyConnection) -> Iterable[Different]:
    """Every closed figure of a warehouse that is another now, or was restated; scorecards first."""
    if not connection.execute("select 1 from recorded.closed_period limit 1").fetchall():
        return
    connection.execute(_AROUND)
    for query in (_SCORECARD, _VALUES):
        for row in rows_of(connection, query):
            yield Different(**row)
