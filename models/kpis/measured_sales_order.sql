-- COMPILED by `kpi compile` from metrics/facts/sales_order.yml and the KPIs over it. Do not edit: change the YAML.
-- Measures of fct_order. One row per grain, span, period, slice and member.
with

dim_span as not materialized (
    select * from {{ ref('dim_span') }}
),

dim_day as not materialized (
    select * from {{ ref('dim_day') }}
),

agg_sales_order as not materialized (
    select * from {{ ref('agg_sales_order') }}
),

fct_order as (
    select * from {{ ref('fct_order') }}
),

described as (
    select
        fct_order.ordered_on,
        fct_order.order_id,
        fct_order.is_first_order,
        fct_order.customer_id,
        fct_order.region,
        fct_order.segment
    from fct_order
),

-- each row once per slice
sliced as (
    select 'all' as slice, 'all' as member, agg_sales_order.*
    from agg_sales_order
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_sales_order.*
    from agg_sales_order
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, agg_sales_order.*
    from agg_sales_order
),

-- by tile of days, slice and member
tiles as (
    select
        tile,
        slice,
        member,
        sum(row_count) as row_count,
        sum(order_value) as order_value,
        sum(orders) as orders
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
        sum(tiles.order_value) as order_value,
        sum(tiles.orders) as orders
    from stretches
    inner join tiles
        on stretches.tile = tiles.tile
    group by
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member
),

-- each value once per tile of days and combination of dimensions
seen__new_customers__measure as (
    select
        dim_day.month_tile as tile,
        described.region,
        described.segment,
        customer_id as counted__value,
        count(*) as row_count,
        max(case when is_first_order then 1 end) as new_customers__measure__holds
    from described
    inner join dim_day
        on described.ordered_on = dim_day.day
    group by
        dim_day.month_tile,
        described.region,
        described.segment,
        customer_id
),

-- counted anew for each stretch of days
counted__new_customers__measure as (
    select
        stretches.span_start,
        stretches.span_end,
        'all' as slice,
        'all' as member,
        cast(sum(seen__new_customers__measure.row_count) as bigint) as row_count,
        count(distinct counted__value) filter (where new_customers__measure__holds = 1) as new_customers__measure,
        count(distinct counted__value) as ordering_customers
    from seen__new_customers__measure
    inner join stretches
        on seen__new_customers__measure.tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'region' as slice,
        coalesce(cast(seen__new_customers__measure.region as varchar), '(not set)') as member,
        cast(sum(seen__new_customers__measure.row_count) as bigint) as row_count,
        count(distinct counted__value) filter (where new_customers__measure__holds = 1) as new_customers__measure,
        count(distinct counted__value) as ordering_customers
    from seen__new_customers__measure
    inner join stretches
        on seen__new_customers__measure.tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(seen__new_customers__measure.region as varchar), '(not set)')
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'segment' as slice,
        coalesce(cast(seen__new_customers__measure.segment as varchar), '(not set)') as member,
        cast(sum(seen__new_customers__measure.row_count) as bigint) as row_count,
        count(distinct counted__value) filter (where new_customers__measure__holds = 1) as new_customers__measure,
        count(distinct counted__value) as ordering_customers
    from seen__new_customers__measure
    inner join stretches
        on seen__new_customers__measure.tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(seen__new_customers__measure.segment as varchar), '(not set)')
),

-- every stretch of days and member that any measure has
all_members as (
    select span_start, span_end, slice, member from summed
    union
    select span_start, span_end, slice, member from counted__new_customers__measure
),

together as (
    select
        all_members.span_start,
        all_members.span_end,
        all_members.slice,
        all_members.member,
        coalesce(summed.row_count, counted__new_customers__measure.row_count) as row_count,
        summed.order_value,
        summed.orders,
        counted__new_customers__measure.new_customers__measure,
        counted__new_customers__measure.ordering_customers
    from all_members
    left join summed
        on all_members.span_start = summed.span_start
        and all_members.span_end = summed.span_end
        and all_members.slice = summed.slice
        and all_members.member = summed.member
    left join counted__new_customers__measure
        on all_members.span_start = counted__new_customers__measure.span_start
        and all_members.span_end = counted__new_customers__measure.span_end
        and all_members.slice = counted__new_customers__measure.slice
        and all_members.member = counted__new_customers__measure.member
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
        together.order_value,
        together.orders,
        together.new_customers__measure,
        together.ordering_customers
    from dim_span
    inner join together
        on dim_span.span_start = together.span_start
        and dim_span.span_end = together.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
)

select * from measured
