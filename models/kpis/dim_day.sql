-- COMPILED by `kpi compile` from metrics/calendar.yml. Do not edit: change the YAML.
-- The calendar's days up to the as-of date. One row per day.
with

as_of as (
    select * from {{ ref('as_of') }}
),

-- the day a like-for-like comparison ends on stands beside each day
days as (
    select
        cast(series.day as date) as day,
        cast(as_of.as_of_on - interval '12 months' as date) as as_of_last_year
    from as_of
    cross join generate_series(
        cast(date '2014-01-01' as timestamp),
        cast(as_of.as_of_on as timestamp),
        interval '1 day'
    ) as series(day)
),

-- a tile is a month, cut in two after such a day
tiled as (
    select
        day,
        greatest(
            cast(date_trunc('month', day) as date),
            case when day > as_of_last_year then cast(as_of_last_year + interval '1 day' as date) end
        ) as month_tile,
        cast(date_trunc('week', day) as date) as week_start,
        cast(date_trunc('month', day) as date) as month_start,
        cast(date_trunc('quarter', day) as date) as quarter_start,
        cast(date_trunc('year', day) as date) as year_start
    from days
)

select * from tiled
