-- COMPILED by `kpi compile` from metrics/facts/order_line.yml and the KPIs over it. Do not edit: change the YAML.
-- Measures of fct_order_line. One row per grain, span, period, slice and member.
with

dim_span as not materialized (
    select * from {{ ref('dim_span') }}
),

dim_day as (
    select * from {{ ref('dim_day') }}
),

agg_order_line as not materialized (
    select * from {{ ref('agg_order_line') }}
),

-- each row once per slice
sliced as (
    select 'all' as slice, 'all' as member, agg_order_line.*
    from agg_order_line
    union all
    select 'category' as slice, coalesce(cast(category as varchar), '(not set)') as member, agg_order_line.*
    from agg_order_line
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_order_line.*
    from agg_order_line
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, agg_order_line.*
    from agg_order_line
),

-- by tile of days, slice and member
tiles as (
    select
        tile,
        slice,
        member,
        sum(row_count) as row_count,
        sum(discount_given) as discount_given,
        sum(list_value) as list_value,
        sum(loss_line_share__numerator) as loss_line_share__numerator,
        sum(order_lines) as order_lines,
        sum(profit) as profit,
        sum(revenue) as revenue
    from sliced
    group by
        tile,
        slice,
        member
),

-- the tiles of each stretch of days, each stretch once
stretches as (
    select distinct
        dim_span.span_start,
        dim_span.span_end,
        dim_day.month_tile as tile
    from dim_span
    inner join dim_day
        on dim_day.day between dim_span.span_start and dim_span.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in (
            'period', 'period_last_year', 'rolling_12', 'rolling_3', 'year_to_date', 'year_to_date_last_year'
        )
),

-- additive measures over each stretch of days
summed as (
    select
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member,
        cast(sum(tiles.row_count) as bigint) as row_count,
        sum(tiles.discount_given) as discount_given,
        sum(tiles.list_value) as list_value,
        sum(tiles.loss_line_share__numerator) as loss_line_share__numerator,
        sum(tiles.order_lines) as order_lines,
        sum(tiles.profit) as profit,
        sum(tiles.revenue) as revenue
    from stretches
    inner join tiles
        on stretches.tile = tiles.tile
    group by
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member
),

-- for every period and span that covers these days
measured as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        summed.slice,
        summed.member,
        summed.row_count,
        summed.discount_given,
        summed.list_value,
        summed.loss_line_share__numerator,
        summed.order_lines,
        summed.profit,
        summed.revenue
    from dim_span
    inner join summed
        on dim_span.span_start = summed.span_start
        and dim_span.span_end = summed.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in (
            'period', 'period_last_year', 'rolling_12', 'rolling_3', 'year_to_date', 'year_to_date_last_year'
        )
)

select * from measured
