-- COMPILED by `kpi compile` from metrics/calendar.yml. Do not edit: change the YAML.
-- The calendar's periods up to the as-of date. One row per grain and period.
with

dim_day as (
    select * from {{ ref('dim_day') }}
),

as_of as (
    select * from {{ ref('as_of') }}
),

months as (
    select distinct
        'month' as grain,
        cast(extract(year from month_start) as varchar)
            || '-'
            || lpad(cast(extract(month from month_start) as varchar), 2, '0') as period,
        month_start as period_start,
        cast(month_start + interval '1 month' as date) as next_period_start
    from dim_day
),

quarters as (
    select distinct
        'quarter' as grain,
        cast(extract(year from quarter_start) as varchar)
            || '-Q'
            || cast(extract(quarter from quarter_start) as varchar) as period,
        quarter_start as period_start,
        cast(quarter_start + interval '3 months' as date) as next_period_start
    from dim_day
),

years as (
    select distinct
        'year' as grain,
        cast(extract(year from year_start) as varchar) as period,
        year_start as period_start,
        cast(year_start + interval '12 months' as date) as next_period_start
    from dim_day
),

starts as (
    select * from months
    union all
    select * from quarters
    union all
    select * from years
),

periods as (
    select
        starts.grain,
        starts.period,
        starts.period_start,
        cast(starts.next_period_start - interval '1 day' as date) as period_end,
        starts.next_period_start,
        cast(starts.next_period_start - interval '1 day' as date) <= as_of.as_of_on as is_complete
    from starts
    cross join as_of
)

select * from periods
