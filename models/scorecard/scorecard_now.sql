-- What is computed now, closed or not.
with

dim_kpi as (
    select * from {{ ref('dim_kpi') }}
),

dim_kpi_version as (
    select * from {{ ref('dim_kpi_version') }}
),

dim_span as (
    select * from {{ ref('dim_span') }}
),

fct_kpi_value as (
    select * from {{ ref('fct_kpi_value') }}
),

held_period as (
    select * from {{ ref('held_period') }}
),

scoring as (
    select * from {{ source('recorded', 'scoring') }}
),

fct_kpi_target as (
    select * from {{ ref('fct_kpi_target') }}
),

kpi_signal as (
    select * from {{ source('recorded', 'kpi_signal') }}
),

kpi_projection as (
    select * from {{ source('recorded', 'kpi_projection') }}
),

-- the spans of a period side by side
spread as (
    select
        kpi,
        version,
        grain,
        period_start,
        slice,
        member,
        max(case when span = 'period' then value end) as period_value,
        max(case when span = 'year_to_date' then value end) as year_to_date_value,
        max(case when span = 'rolling_12' then value end) as rolling_value,
        max(case when span = 'period_last_year' then value end) as last_year_value,
        max(case when span = 'year_to_date_last_year' then value end) as year_to_date_last_year_value
    from fct_kpi_value
    group by kpi, version, grain, period_start, slice, member
),

-- the values of the last twelve calendar months: a window of time, not of rows
recent as (
    select
        *,
        avg(period_value) over last_twelve_months as mean_value,
        count(period_value) over last_twelve_months as mean_count
    from spread
    window last_twelve_months as (
        partition by kpi, version, grain, slice, member
        order by period_start
        range between interval '11 months' preceding and current row
    )
),

-- the year of the calendar that a period is of, and its number there: so many targets make a year to date
years as (
    select
        grain,
        period_start,
        span_start as year_start,
        row_number() over (partition by grain, span_start order by period_start) as period_number
    from dim_span
    where span = 'year_to_date'
),

-- days and weeks have no fixed number in a year, and no mean over one
grain_lengths as (
    select 'month' as grain, 1 as month_count
    union all
    select 'quarter' as grain, 3 as month_count
    union all
    select 'year' as grain, 12 as month_count
),

-- what is promised for the whole year: for the periods to come as well, and only where none of them is missing
promised_years as (
    select
        years.grain,
        years.year_start,
        fct_kpi_target.holder,
        fct_kpi_target.kpi,
        fct_kpi_target.slice,
        fct_kpi_target.member,
        sum(fct_kpi_target.target_value) as target_sum,
        count(fct_kpi_target.target_value) as target_count
    from years
    inner join fct_kpi_target
        on years.grain = fct_kpi_target.grain
        and fct_kpi_target.period_start >= years.year_start
        and fct_kpi_target.period_start < years.year_start + interval '12 months'
    where years.period_number = 1
        and fct_kpi_target.superseded_at is null
        and not fct_kpi_target.is_pending
        and fct_kpi_target.approval_state in ('approved', 'not_required')
        and fct_kpi_target.comparison <> 'between'
    group by
        years.grain,
        years.year_start,
        fct_kpi_target.holder,
        fct_kpi_target.kpi,
        fct_kpi_target.slice,
        fct_kpi_target.member
),

joined as (
    select
        held_period.*,
        dim_kpi.direction,
        12 / grain_lengths.month_count as periods_a_year,
        dim_kpi_version.version as kpi_version,
        case
            when dim_kpi.is_missing_zero and held_period.is_complete then coalesce(recent.period_value, 0)
            else recent.period_value
        end as actual,
        recent.year_to_date_value as actual_year_to_date,
        recent.last_year_value as same_period_last_year,
        recent.year_to_date_last_year_value as year_to_date_last_year,
        case
            when dim_kpi_version.is_ratio then recent.rolling_value
            when recent.mean_count = 12 / grain_lengths.month_count then recent.mean_value
        end as rolling_mean,
        dim_kpi_version.is_additive,
        dim_kpi_version.is_level,
        years.year_start,
        years.period_number
    from held_period
    inner join dim_kpi
        on held_period.kpi = dim_kpi.kpi
    left join grain_lengths
        on held_period.grain = grain_lengths.grain
    left join years
        on held_period.grain = years.grain
        and held_period.period_start = years.period_start
    -- the definition in force in the period says what its numbers are: a sum, a ratio, a level
    left join dim_kpi_version
        on held_period.kpi = dim_kpi_version.kpi
        and held_period.period_start >= dim_kpi_version.valid_from
        and held_period.period_start <= coalesce(dim_kpi_version.valid_to, held_period.period_start)
    left join recent
        on held_period.kpi = recent.kpi
        and held_period.grain = recent.grain
        and held_period.period_start = recent.period_start
        and held_period.slice = recent.slice
        and held_period.member = recent.member
        and dim_kpi_version.version = recent.version
),

-- how far the actual lies outside of what was promised, where a target has two sides
measured as (
    select
        *,
        case
            when comparison = 'between' then greatest(target_value - actual, actual - upper_value, 0)
            when comparison = 'exactly' then greatest(abs(actual - target_value) - within_value, 0)
        end as outside_by,
        case when is_agreed and comparison <> 'between' then target_value end as adding_value
    from joined
),

judged as (
    select
        *,
        case
            when target_value is null or not is_agreed then 'no_target'
            when not is_complete then 'incomplete'
            when actual is null then 'no_data'
            when comparison = 'at_least' and actual >= target_value then 'green'
            when comparison = 'at_most' and actual <= target_value then 'green'
            when outside_by = 0 then 'green'
            when comparison = 'at_least' and actual >= amber_value then 'amber'
            when comparison = 'at_most' and actual <= amber_value then 'amber'
            when outside_by <= amber_outside_by then 'amber'
            else 'red'
        end as status
    from measured
),

-- more is better below: where less is better, every figure has changed its sign
turned as (
    select
        *,
        case comparison when 'at_least' then actual when 'at_most' then -actual end as reached,
        case comparison when 'at_least' then target_value when 'at_most' then -target_value end as target_mark,
        case comparison when 'at_least' then commit_value when 'at_most' then -commit_value end as commit_mark,
        case comparison when 'at_least' then stretch_value when 'at_most' then -stretch_value end as stretch_mark
    from judged
),

-- what a target is worth: nothing below commit, then rising to the target and on to stretch, and no further
scored as (
    select
        turned.*,
        case
            when not turned.is_binding or turned.status not in ('green', 'amber', 'red') then null
            when turned.comparison in ('between', 'exactly') and turned.status = 'green' then scoring.at_target
            when turned.comparison in ('between', 'exactly') and turned.status = 'amber' then scoring.at_commit
            when turned.reached >= turned.stretch_mark and turned.reached >= turned.target_mark then scoring.at_stretch
            when turned.reached > turned.target_mark and turned.stretch_mark > turned.target_mark
                then scoring.at_target
                    + (scoring.at_stretch - scoring.at_target)
                    * cast(
                        (turned.reached - turned.target_mark) / (turned.stretch_mark - turned.target_mark)
                        as decimal(20, 12)
                    )
            when turned.reached >= turned.target_mark then scoring.at_target
            when turned.reached >= turned.commit_mark
                then scoring.at_commit
                    + (scoring.at_target - scoring.at_commit)
                    * cast(
                        (turned.reached - turned.commit_mark) / (turned.target_mark - turned.commit_mark)
                        as decimal(20, 12)
                    )
            else 0
        end as score
    from turned
    cross join scoring
),

-- targets add up over the year only where the KPI does, and only where none is missing
with_targets as (
    select
        *,
        count(adding_value) over year_to_date as target_count,
        sum(adding_value) over year_to_date as target_sum
    from scored
    window year_to_date as (
        partition by holder, kpi, kpi_version, slice, member, grain, year_start
        order by period_start
    )
),

-- what statistics say of the period: laid between the values and this
noticed as (
    select
        with_targets.*,
        kpi_signal.signal,
        case
            when with_targets.direction = 'increase' and kpi_signal.signal in ('above', 'shift_up') then 'improvement'
            when with_targets.direction = 'increase' and kpi_signal.signal in ('below', 'shift_down') then 'worsening'
            when with_targets.direction = 'decrease' and kpi_signal.signal in ('below', 'shift_down') then 'improvement'
            when with_targets.direction = 'decrease' and kpi_signal.signal in ('above', 'shift_up') then 'worsening'
        end as signal_effect,
        kpi_signal.centre_value,
        kpi_signal.lower_limit,
        kpi_signal.upper_limit,
        kpi_projection.projection,
        kpi_projection.projection_low,
        kpi_projection.projection_high,
        kpi_projection.projection_state,
        kpi_projection.remaining_count,
        kpi_projection.to_date_value,
        kpi_projection.weight_passed,
        kpi_projection.quarter_projection,
        kpi_projection.quarter_projection_low,
        kpi_projection.quarter_projection_high,
        cast(
            case
                when with_targets.is_level then with_targets.adding_value
                when with_targets.is_additive and promised_years.target_count = with_targets.periods_a_year
                    then promised_years.target_sum
            end as decimal(38, 10)
        ) as target_full_year
    from with_targets
    left join kpi_signal
        on with_targets.holder = kpi_signal.holder
        and with_targets.kpi = kpi_signal.kpi
        and with_targets.slice = kpi_signal.slice
        and with_targets.member = kpi_signal.member
        and with_targets.grain = kpi_signal.grain
        and with_targets.period_start = kpi_signal.period_start
    left join kpi_projection
        on with_targets.kpi = kpi_projection.kpi
        and with_targets.slice = kpi_projection.slice
        and with_targets.member = kpi_projection.member
        and with_targets.grain = kpi_projection.grain
        and with_targets.period_start = kpi_projection.period_start
    left join promised_years
        on with_targets.grain = promised_years.grain
        and with_targets.year_start = promised_years.year_start
        and with_targets.holder = promised_years.holder
        and with_targets.kpi = promised_years.kpi
        and with_targets.slice = promised_years.slice
        and with_targets.member = promised_years.member
),

-- what each period that is left has to bring; of a ratio, what all of them together have to be
paced as (
    select
        *,
        case
            when is_additive and remaining_count > 0
                then cast((target_full_year - to_date_value) / remaining_count as decimal(38, 12))
            when is_level and remaining_count > 0
                then cast(
                    target_full_year
                    + cast(target_full_year as decimal(24, 10)) * cast(weight_passed as decimal(14, 8))
                    - to_date_value
                    as decimal(38, 12)
                )
        end as pace_needed
    from noticed
),

final as (
    select
        holder,
        agreement,
        agreement_version,
        kpi,
        kpi_version,
        slice,
        member,
        grain,
        period_start,
        period_end,
        is_complete,
        actual,
        target_value,
        comparison,
        amber_value,
        stretch_value,
        weight,
        -- of two sides: how far below the lower or above the upper one, 0 between them
        cast(
            case
                when comparison = 'between' and actual > upper_value then actual - upper_value
                when comparison = 'between' and actual >= target_value then 0
                else actual - target_value
            end as decimal(38, 12)
        ) as variance,
        -- below zero a share says the opposite: -10 of a target of -5 would be twice what was promised
        cast(
            case
                when comparison = 'at_least' and target_value > 0 then actual / target_value
                when comparison = 'at_most' and actual > 0 then target_value / actual
            end as decimal(38, 12)
        ) as attainment,
        status,
        actual_year_to_date,
        cast(
            case
                when is_level then adding_value
                when is_additive and target_count = period_number then target_sum
            end as decimal(38, 10)
        ) as target_year_to_date,
        same_period_last_year,
        year_to_date_last_year,
        cast(rolling_mean as decimal(38, 12)) as rolling_mean,
        baseline_value,
        recorded_at,
        upper_value,
        within_value,
        commit_value,
        amber_outside_by,
        cast(score as decimal(38, 12)) as score,
        is_pilot,
        is_binding,
        approval_state,
        entry_seq,
        entry_hash,
        reason_kind,
        signal,
        signal_effect,
        centre_value,
        lower_limit,
        upper_limit,
        projection,
        projection_low,
        projection_high,
        projection_state,
        target_full_year,
        remaining_count,
        pace_needed,
        quarter_projection,
        quarter_projection_low,
        quarter_projection_high
    from paced
)

select * from final
order by holder, kpi, slice, member, grain, period_start
