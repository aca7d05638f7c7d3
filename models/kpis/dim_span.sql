-- COMPILED by `kpi compile` from metrics/calendar.yml. Do not edit: change the YAML.
-- The days that a value covers, none before the calendar begins. One row per grain, period and span.
with

dim_period as (
    select * from {{ ref('dim_period') }}
),

as_of as (
    select * from {{ ref('as_of') }}
),

-- an unfinished period is covered up to the as-of date
bounds as (
    select
        dim_period.grain,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.is_complete,
        dim_period.period_start as first_day,
        least(dim_period.period_end, as_of.as_of_on) as covered_to,
        dim_period.next_period_start as day_after
    from dim_period
    cross join as_of
),

-- the period a year earlier, covered to the same day
bounds_last_year as (
    select
        bounds.grain,
        bounds.period_start,
        bounds.period_end,
        bounds.is_complete,
        earlier.period_start as first_day,
        case
            when bounds.is_complete then earlier.period_end
            else cast(bounds.covered_to - interval '12 months' as date)
        end as covered_to,
        earlier.day_after
    from bounds
    inner join bounds as earlier
        on bounds.grain = earlier.grain
        and cast(bounds.period_start - interval '12 months' as date) = earlier.period_start
    where bounds.grain in ('month', 'quarter', 'year')
),

-- the period itself
period as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'period' as span,
        first_day as span_start,
        covered_to as span_end
    from bounds
),

-- from the year's first day
year_to_date as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'year_to_date' as span,
        cast(date_trunc('year', covered_to) as date) as span_start,
        covered_to as span_end
    from bounds
),

-- 3 calendar months, the period's last one among them
rolling_3 as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'rolling_3' as span,
        cast(day_after - interval '3 months' as date) as span_start,
        covered_to as span_end
    from bounds
),

-- 12 calendar months, the period's last one among them
rolling_12 as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'rolling_12' as span,
        cast(day_after - interval '12 months' as date) as span_start,
        covered_to as span_end
    from bounds
),

-- the period itself, a year earlier
period_last_year as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'period_last_year' as span,
        first_day as span_start,
        covered_to as span_end
    from bounds_last_year
),

-- from the year's first day, a year earlier
year_to_date_last_year as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'year_to_date_last_year' as span,
        cast(date_trunc('year', covered_to) as date) as span_start,
        covered_to as span_end
    from bounds_last_year
),

spans as (
    select * from period
    union all
    select * from year_to_date
    union all
    select * from rolling_3
    union all
    select * from rolling_12
    union all
    select * from period_last_year
    union all
    select * from year_to_date_last_year
),

covered as (
    select *
    from spans
    where span_start between date '2014-01-01' and span_end
)

select * from covered
