with

dim_kpi as (
    select * from {{ ref('dim_kpi') }}
),

dim_kpi_version as (
    select * from {{ ref('dim_kpi_version') }}
),

dim_unit as (
    select * from {{ ref('dim_unit') }}
),

dim_period as (
    select * from {{ ref('dim_period') }}
),

dim_span as (
    select * from {{ ref('dim_span') }}
),

fct_kpi_value as (
    select * from {{ ref('fct_kpi_value') }}
),

fct_kpi_target as (
    select * from {{ ref('fct_kpi_target') }}
),

current_targets as (
    select * from fct_kpi_target
    where superseded_at is null
),

-- what holders are held to: dense, a period without data is a row too
promised as (
    select
        current_targets.holder,
        current_targets.agreement,
        current_targets.agreement_version,
        current_targets.kpi,
        current_targets.slice,
        current_targets.member,
        current_targets.grain,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.is_complete,
        current_targets.target_value,
        current_targets.comparison,
        current_targets.amber_value,
        current_targets.stretch_value,
        current_targets.weight,
        current_targets.baseline_value,
        current_targets.recorded_at
    from current_targets
    inner join dim_period
        on current_targets.grain = dim_period.grain
        and current_targets.period_start = dim_period.period_start
),

-- the company also sees every KPI that nobody promised anything about
unpromised as (
    select
        dim_unit.unit as holder,
        cast(null as varchar) as agreement,
        cast(null as integer) as agreement_version,
        dim_kpi.kpi,
        'all' as slice,
        'all' as member,
        dim_period.grain,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.is_complete,
        cast(null as decimal(38, 10)) as target_value,
        cast(null as varchar) as comparison,
        cast(null as decimal(38, 10)) as amber_value,
        cast(null as decimal(38, 10)) as stretch_value,
        cast(null as decimal(9, 6)) as weight,
        cast(null as decimal(38, 10)) as baseline_value,
        cast(null as timestamp) as recorded_at
    from dim_unit
    cross join dim_kpi
    inner join dim_period
        on dim_kpi.cadence = dim_period.grain
    left join promised
        on dim_unit.unit = promised.holder
        and dim_kpi.kpi = promised.kpi
        and promised.slice = 'all'
        and dim_period.grain = promised.grain
        and dim_period.period_start = promised.period_start
    where dim_unit.kind = 'company'
        and promised.holder is null
),

held as (
    select * from promised
    union all
    select * from unpromised
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

joined as (
    select
        held.*,
        dim_kpi_version.version as kpi_version,
        case
            when dim_kpi.is_missing_zero and held.is_complete then coalesce(recent.period_value, 0)
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
    from held
    inner join dim_kpi
        on held.kpi = dim_kpi.kpi
    left join grain_lengths
        on held.grain = grain_lengths.grain
    left join years
        on held.grain = years.grain
        and held.period_start = years.period_start
    -- the definition in force in the period says what its numbers are: a sum, a ratio, a level
    left join dim_kpi_version
        on held.kpi = dim_kpi_version.kpi
        and held.period_start >= dim_kpi_version.valid_from
        and held.period_start <= coalesce(dim_kpi_version.valid_to, held.period_start)
    left join recent
        on held.kpi = recent.kpi
        and held.grain = recent.grain
        and held.period_start = recent.period_start
        and held.slice = recent.slice
        and held.member = recent.member
        and dim_kpi_version.version = recent.version
),

-- targets add up over the year only where the KPI does, and only where none is missing
with_targets as (
    select
        *,
        count(target_value) over year_to_date as target_count,
        sum(target_value) over year_to_date as target_sum
    from joined
    window year_to_date as (
        partition by holder, kpi, kpi_version, slice, member, grain, year_start
        order by period_start
    )
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
        cast(actual - target_value as decimal(38, 12)) as variance,
        -- below zero a share says the opposite: -10 of a target of -5 would be twice what was promised
        cast(
            case
                when comparison = 'at_least' and target_value > 0 then actual / target_value
                when comparison = 'at_most' and actual > 0 then target_value / actual
            end as decimal(38, 12)
        ) as attainment,
        case
            when target_value is null then 'no_target'
            when not is_complete then 'incomplete'
            when actual is null then 'no_data'
            when comparison = 'at_least' and actual >= target_value then 'green'
            when comparison = 'at_most' and actual <= target_value then 'green'
            when comparison = 'at_least' and actual >= amber_value then 'amber'
            when comparison = 'at_most' and actual <= amber_value then 'amber'
            else 'red'
        end as status,
        actual_year_to_date,
        cast(
            case
                when is_level then target_value
                when is_additive and target_count = period_number then target_sum
            end as decimal(38, 10)
        ) as target_year_to_date,
        same_period_last_year,
        year_to_date_last_year,
        cast(rolling_mean as decimal(38, 12)) as rolling_mean,
        baseline_value,
        recorded_at
    from with_targets
)

select * from final
order by holder, kpi, slice, member, grain, period_start
