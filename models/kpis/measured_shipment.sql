-- COMPILED by `kpi compile` from metrics/facts/shipment.yml and the KPIs over it. Do not edit: change the YAML.
-- Measures of fct_shipment. One row per grain, span, period, slice and member.
with

dim_span as not materialized (
    select * from {{ ref('dim_span') }}
),

dim_day as not materialized (
    select * from {{ ref('dim_day') }}
),

agg_shipment as not materialized (
    select * from {{ ref('agg_shipment') }}
),

fct_shipment as not materialized (
    select * from {{ ref('fct_shipment') }}
),

described as not materialized (
    select
        fct_shipment.shipped_on,
        fct_shipment.order_id,
        fct_shipment.days_to_ship,
        fct_shipment.region,
        fct_shipment.segment,
        fct_shipment.ship_mode
    from fct_shipment
),

-- each row once per slice
sliced as (
    select 'all' as slice, 'all' as member, agg_shipment.*
    from agg_shipment
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_shipment.*
    from agg_shipment
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, agg_shipment.*
    from agg_shipment
    union all
    select 'ship_mode' as slice, coalesce(cast(ship_mode as varchar), '(not set)') as member, agg_shipment.*
    from agg_shipment
),

-- by tile of days, slice and member
tiles as (
    select
        tile,
        slice,
        member,
        sum(row_count) as row_count,
        sum(mean_days_from_order__count) as mean_days_from_order__count,
        sum(mean_days_from_order__sum) as mean_days_from_order__sum,
        sum(shipments) as shipments,
        sum(shipped_within_promise__numerator) as shipped_within_promise__numerator
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
        and dim_span.span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
),

-- additive measures over each stretch of days
summed as (
    select
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member,
        cast(sum(tiles.row_count) as bigint) as row_count,
        sum(tiles.mean_days_from_order__count) as mean_days_from_order__count,
        sum(tiles.mean_days_from_order__sum) as mean_days_from_order__sum,
        sum(tiles.shipments) as shipments,
        sum(tiles.shipped_within_promise__numerator) as shipped_within_promise__numerator
    from stretches
    inner join tiles
        on stretches.tile = tiles.tile
    group by
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member
),

-- computed anew for each stretch of days: it does not add up
ranked__shipped_on as (
    select
        stretches.span_start,
        stretches.span_end,
        'all' as slice,
        'all' as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(days_to_ship as double)) as median_days_from_order
    from described
    inner join dim_day
        on described.shipped_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'region' as slice,
        coalesce(cast(described.region as varchar), '(not set)') as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(days_to_ship as double)) as median_days_from_order
    from described
    inner join dim_day
        on described.shipped_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(described.region as varchar), '(not set)')
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'segment' as slice,
        coalesce(cast(described.segment as varchar), '(not set)') as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(days_to_ship as double)) as median_days_from_order
    from described
    inner join dim_day
        on described.shipped_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(described.segment as varchar), '(not set)')
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'ship_mode' as slice,
        coalesce(cast(described.ship_mode as varchar), '(not set)') as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(days_to_ship as double)) as median_days_from_order
    from described
    inner join dim_day
        on described.shipped_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(described.ship_mode as varchar), '(not set)')
),

-- every stretch of days and member that any measure has
all_members as (
    select span_start, span_end, slice, member from summed
    union
    select span_start, span_end, slice, member from ranked__shipped_on
),

together as (
    select
        all_members.span_start,
        all_members.span_end,
        all_members.slice,
        all_members.member,
        coalesce(summed.row_count, ranked__shipped_on.row_count) as row_count,
        summed.mean_days_from_order__count,
        summed.mean_days_from_order__sum,
        summed.shipments,
        summed.shipped_within_promise__numerator,
        ranked__shipped_on.median_days_from_order
    from all_members
    left join summed
        on all_members.span_start = summed.span_start
        and all_members.span_end = summed.span_end
        and all_members.slice = summed.slice
        and all_members.member = summed.member
    left join ranked__shipped_on
        on all_members.span_start = ranked__shipped_on.span_start
        and all_members.span_end = ranked__shipped_on.span_end
        and all_members.slice = ranked__shipped_on.slice
        and all_members.member = ranked__shipped_on.member
),

-- for every period and span that covers these days
measured as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        together.slice,
        together.member,
        together.row_count,
        together.mean_days_from_order__count,
        together.mean_days_from_order__sum,
        together.shipments,
        together.shipped_within_promise__numerator,
        together.median_days_from_order
    from dim_span
    inner join together
        on dim_span.span_start = together.span_start
        and dim_span.span_end = together.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
)

select * from measured
