-- The official figures: as closed or restated where the period is closed, as computed now everywhere else.
with

scorecard_now as (
    select * from {{ ref('scorecard_now') }}
),

closed_scorecard as (
    select * from {{ source('recorded', 'closed_scorecard') }}
),

closed_period as (
    select * from {{ source('recorded', 'closed_period') }}
),

periods as (
    select distinct grain, period_start, period_end from scorecard_now
),

-- periods lie within each other or apart: of those around a row the innermost speaks for it
around as (
    select
        periods.grain,
        periods.period_start,
        closed_period.close_state,
        row_number() over (
            partition by periods.grain, periods.period_start
            order by closed_period.first_day desc, closed_period.last_day
        ) as distance
    from periods
    inner join closed_period
        on periods.period_start >= closed_period.first_day
        and periods.period_end <= closed_period.last_day
),

frozen as (
    select
        closed_scorecard.holder,
        closed_scorecard.agreement,
        closed_scorecard.agreement_version,
        closed_scorecard.kpi,
        closed_scorecard.kpi_version,
        closed_scorecard.slice,
        closed_scorecard.member,
        closed_scorecard.grain,
        closed_scorecard.period_start,
        closed_scorecard.period_end,
        closed_scorecard.is_complete,
        closed_scorecard.actual,
        closed_scorecard.target_value,
        closed_scorecard.comparison,
        closed_scorecard.amber_value,
        closed_scorecard.stretch_value,
        closed_scorecard.weight,
        closed_scorecard.variance,
        closed_scorecard.attainment,
        closed_scorecard.status,
        closed_scorecard.actual_year_to_date,
        closed_scorecard.target_year_to_date,
        closed_scorecard.same_period_last_year,
        closed_scorecard.year_to_date_last_year,
        closed_scorecard.rolling_mean,
        closed_scorecard.baseline_value,
        closed_scorecard.recorded_at,
        closed_scorecard.upper_value,
        closed_scorecard.within_value,
        closed_scorecard.commit_value,
        closed_scorecard.amber_outside_by,
        closed_scorecard.score,
        closed_scorecard.is_pilot,
        closed_scorecard.is_binding,
        closed_scorecard.approval_state,
        closed_scorecard.entry_seq,
        closed_scorecard.entry_hash,
        closed_scorecard.reason_kind,
        closed_scorecard.signal,
        closed_scorecard.signal_effect,
        closed_scorecard.centre_value,
        closed_scorecard.lower_limit,
        closed_scorecard.upper_limit,
        closed_scorecard.projection,
        closed_scorecard.projection_low,
        closed_scorecard.projection_high,
        closed_scorecard.projection_state,
        closed_scorecard.target_full_year,
        closed_scorecard.remaining_count,
        closed_scorecard.pace_needed,
        closed_scorecard.quarter_projection,
        closed_scorecard.quarter_projection_low,
        closed_scorecard.quarter_projection_high,
        closed_scorecard.close_state,
        closed_scorecard.closed_at,
        closed_scorecard.as_closed,
        scorecard_now.actual as current,
        scorecard_now.status as current_status
    from closed_scorecard
    left join scorecard_now
        on closed_scorecard.holder = scorecard_now.holder
        and closed_scorecard.kpi = scorecard_now.kpi
        and closed_scorecard.slice = scorecard_now.slice
        and closed_scorecard.member = scorecard_now.member
        and closed_scorecard.grain = scorecard_now.grain
        and closed_scorecard.period_start = scorecard_now.period_start
),

-- what was promised for a closed period after its close counts only once the period is restated or closed anew
others as (
    select
        scorecard_now.holder,
        scorecard_now.agreement,
        scorecard_now.agreement_version,
        scorecard_now.kpi,
        scorecard_now.kpi_version,
        scorecard_now.slice,
        scorecard_now.member,
        scorecard_now.grain,
        scorecard_now.period_start,
        scorecard_now.period_end,
        scorecard_now.is_complete,
        scorecard_now.actual,
        scorecard_now.target_value,
        scorecard_now.comparison,
        scorecard_now.amber_value,
        scorecard_now.stretch_value,
        scorecard_now.weight,
        scorecard_now.variance,
        scorecard_now.attainment,
        scorecard_now.status,
        scorecard_now.actual_year_to_date,
        scorecard_now.target_year_to_date,
        scorecard_now.same_period_last_year,
        scorecard_now.year_to_date_last_year,
        scorecard_now.rolling_mean,
        scorecard_now.baseline_value,
        scorecard_now.recorded_at,
        scorecard_now.upper_value,
        scorecard_now.within_value,
        scorecard_now.commit_value,
        scorecard_now.amber_outside_by,
        scorecard_now.score,
        scorecard_now.is_pilot,
        scorecard_now.is_binding,
        scorecard_now.approval_state,
        scorecard_now.entry_seq,
        scorecard_now.entry_hash,
        scorecard_now.reason_kind,
        scorecard_now.signal,
        scorecard_now.signal_effect,
        scorecard_now.centre_value,
        scorecard_now.lower_limit,
        scorecard_now.upper_limit,
        scorecard_now.projection,
        scorecard_now.projection_low,
        scorecard_now.projection_high,
        scorecard_now.projection_state,
        scorecard_now.target_full_year,
        scorecard_now.remaining_count,
        scorecard_now.pace_needed,
        scorecard_now.quarter_projection,
        scorecard_now.quarter_projection_low,
        scorecard_now.quarter_projection_high,
        case
            when around.close_state in ('closed', 'locked') then 'added'
            else coalesce(around.close_state, 'open')
        end as close_state,
        cast(null as timestamp) as closed_at,
        cast(null as decimal(38, 12)) as as_closed,
        scorecard_now.actual as current,
        scorecard_now.status as current_status
    from scorecard_now
    left join closed_scorecard
        on scorecard_now.holder = closed_scorecard.holder
        and scorecard_now.kpi = closed_scorecard.kpi
        and scorecard_now.slice = closed_scorecard.slice
        and scorecard_now.member = closed_scorecard.member
        and scorecard_now.grain = closed_scorecard.grain
        and scorecard_now.period_start = closed_scorecard.period_start
    left join around
        on scorecard_now.grain = around.grain
        and scorecard_now.period_start = around.period_start
        and around.distance = 1
    where closed_scorecard.holder is null
        and (
            scorecard_now.agreement is null
            or coalesce(around.close_state, 'open') not in ('closed', 'locked')
        )
),

final as (
    select * from frozen
    union all
    select * from others
)

select * from final
order by holder, kpi, slice, member, grain, period_start
