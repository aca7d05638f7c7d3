-- COMPILED by `kpi compile` from metrics/facts/sales_order.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_order. One row per KPI version, grain, span, period, slice and member.
with

dim_span as (
    select * from {{ ref('dim_span') }}
),

agg_sales_order as (
    select * from {{ ref('agg_sales_order') }}
),

fct_order as (
    select * from {{ ref('fct_order') }}
),

described as (
    select
        fct_order.order_id,
        fct_order.ordered_on,
        fct_order.customer_id,
        fct_order.is_first_order,
        fct_order.region as region,
        fct_order.segment as segment
    from fct_order
),

-- each day once per slice
sliced_days as (
    select 'all' as slice, 'all' as member, agg_sales_order.*
    from agg_sales_order
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_sales_order.*
    from agg_sales_order
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, agg_sales_order.*
    from agg_sales_order
),

-- additive measures over each interval
measured as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_days.slice,
        sliced_days.member,
        cast(sum(row_count) as bigint) as row_count,
        sum(order_value) as order_value,
        sum(orders) as orders
    from dim_span
    inner join sliced_days
        on sliced_days.day between dim_span.span_start and dim_span.span_end
    group by
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_days.slice,
        sliced_days.member
),

-- each row once per slice
sliced_rows as (
    select 'all' as slice, 'all' as member, described.*
    from described
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, described.*
    from described
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, described.*
    from described
),

-- measures that do not add up: computed anew for each interval
measured_rows as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_rows.slice,
        sliced_rows.member,
        count(*) as row_count,
        count(distinct case when is_first_order then customer_id end) as new_customers__measure,
        count(distinct customer_id) as ordering_customers
    from dim_span
    inner join sliced_rows
        on sliced_rows.ordered_on between dim_span.span_start and dim_span.span_end
    group by
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_rows.slice,
        sliced_rows.member
),

-- active_customers, version 1: ordering_customers
active_customers as (
    select
        'active_customers' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(ordering_customers as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(ordering_customers as decimal(38, 12)) as value,
        measured_rows.row_count as row_count
    from measured_rows
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment')
        and period_start >= date '2014-01-01'
),

-- average_order_value, version 1: order_value / orders
average_order_value as (
    select
        'average_order_value' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(order_value as decimal(38, 12)) as numerator,
        cast(orders as decimal(38, 12)) as denominator,
        cast(order_value / nullif(orders, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment')
        and period_start >= date '2014-01-01'
),

-- new_customers, version 1: new_customers__measure
new_customers as (
    select
        'new_customers' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(new_customers__measure as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(new_customers__measure as decimal(38, 12)) as value,
        measured_rows.row_count as row_count
    from measured_rows
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment')
        and period_start >= date '2014-01-01'
),

kpi_values as (
    select * from active_customers
    union all
    select * from average_order_value
    union all
    select * from new_customers
)

select * from kpi_values
