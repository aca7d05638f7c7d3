-- COMPILED by `kpi compile` from metrics/calendar.yml. Do not edit: change the YAML.
-- The calendar's periods up to the as-of date. One row per grain and period.
with

as_of as (
    select * from {{ ref('as_of') }}
),

months as (
    select
        'month' as grain,
        cast(extract(year from series.first_day) as varchar) || '-' || lpad(cast(extract(month from series.first_day) as varchar), 2, '0') as period,
        cast(series.first_day as date) as period_start,
        cast(series.first_day + interval '1 months' - interval '1 day' as date) as period_end,
        cast(series.first_day + interval '1 months' as date) as next_period_start,
        cast(series.first_day + interval '1 months' - interval '1 day' as date) <= as_of.as_of_on as is_complete
    from as_of
    cross join generate_series(
        date_trunc('month', timestamp '2014-01-01 00:00:00'),
        cast(as_of.as_of_on as timestamp),
        interval '1 months'
    ) as series(first_day)
),

quarters as (
    select
        'quarter' as grain,
        cast(extract(year from series.first_day) as varchar) || '-Q' || cast(extract(quarter from series.first_day) as varchar) as period,
        cast(series.first_day as date) as period_start,
        cast(series.first_day + interval '3 months' - interval '1 day' as date) as period_end,
        cast(series.first_day + interval '3 months' as date) as next_period_start,
        cast(series.first_day + interval '3 months' - interval '1 day' as date) <= as_of.as_of_on as is_complete
    from as_of
    cross join generate_series(
        date_trunc('quarter', timestamp '2014-01-01 00:00:00'),
        cast(as_of.as_of_on as timestamp),
        interval '3 months'
    ) as series(first_day)
),

years as (
    select
        'year' as grain,
        cast(extract(year from series.first_day) as varchar) as period,
        cast(series.first_day as date) as period_start,
        cast(series.first_day + interval '12 months' - interval '1 day' as date) as period_end,
        cast(series.first_day + interval '12 months' as date) as next_period_start,
        cast(series.first_day + interval '12 months' - interval '1 day' as date) <= as_of.as_of_on as is_complete
    from as_of
    cross join generate_series(
        date_trunc('year', timestamp '2014-01-01 00:00:00'),
        cast(as_of.as_of_on as timestamp),
        interval '12 months'
    ) as series(first_day)
),

periods as (
    select * from months
    union all
    select * from quarters
    union all
    select * from years
)

select * from periods
