-- COMPILED by `kpi compile` from metrics/calendar.yml. Do not edit: change the YAML.
-- The days that a value covers, none before the calendar begins. One row per grain, period and span.
with

dim_period as (
    select * from {{ ref('dim_period') }}
),

as_of as (
    select * from {{ ref('as_of') }}
),

-- where an unfinished period is covered up to the as-of date, last year's is too
bounds as (
    select
        dim_period.*,
        least(dim_period.period_end, as_of.as_of_on) as covered_to,
        case
            when dim_period.is_complete then
                cast(dim_period.next_period_start - interval '1 year' - interval '1 day' as date)
            else cast(as_of.as_of_on - interval '1 year' as date)
        end as covered_to_last_year
    from dim_period
    cross join as_of
),

-- the period itself
period as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'period' as span,
        period_start as span_start,
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
        cast(date_trunc('year', period_start) as date) as span_start,
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
        cast(next_period_start - interval '3 months' as date) as span_start,
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
        cast(next_period_start - interval '12 months' as date) as span_start,
        covered_to as span_end
    from bounds
),

-- the same days a year earlier
period_last_year as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'period_last_year' as span,
        cast(period_start - interval '1 year' as date) as span_start,
        covered_to_last_year as span_end
    from bounds
),

-- year to date, the same days a year earlier
year_to_date_last_year as (
    select
        grain,
        period_start,
        period_end,
        is_complete,
        'year_to_date_last_year' as span,
        cast(cast(date_trunc('year', period_start) as date) - interval '1 year' as date) as span_start,
        covered_to_last_year as span_end
    from bounds
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
    where span_start >= date '2014-01-01'
)

select * from covered
