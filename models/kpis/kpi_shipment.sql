-- COMPILED by `kpi compile` from metrics/facts/shipment.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_shipment. One row per KPI version, grain, span, period, slice and member.
with

dim_span as (
    select * from {{ ref('dim_span') }}
),

agg_shipment as (
    select * from {{ ref('agg_shipment') }}
),

fct_shipment as (
    select * from {{ ref('fct_shipment') }}
),

described as (
    select
        fct_shipment.order_id,
        fct_shipment.shipped_on,
        fct_shipment.days_to_ship,
        fct_shipment.region as region,
        fct_shipment.segment as segment,
        fct_shipment.ship_mode as ship_mode
    from fct_shipment
),

-- each day once per slice
sliced_days as (
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
        sum(mean_days_from_order__count) as mean_days_from_order__count,
        sum(mean_days_from_order__sum) as mean_days_from_order__sum,
        sum(shipments) as shipments,
        sum(shipped_within_promise__numerator) as shipped_within_promise__numerator
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
    union all
    select 'ship_mode' as slice, coalesce(cast(ship_mode as varchar), '(not set)') as member, described.*
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
        percentile_cont(0.5) within group (order by days_to_ship) as median_days_from_order
    from dim_span
    inner join sliced_rows
        on sliced_rows.shipped_on between dim_span.span_start and dim_span.span_end
    group by
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_rows.slice,
        sliced_rows.member
),

-- days_to_ship, version 1: median_days_from_order
days_to_ship as (
    select
        'days_to_ship' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(median_days_from_order as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(median_days_from_order as decimal(38, 12)) as value,
        measured_rows.row_count as row_count
    from measured_rows
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'ship_mode')
        and period_start >= date '2014-01-01'
),

-- mean_days_to_ship, version 1: mean_days_from_order__sum / mean_days_from_order__count
mean_days_to_ship as (
    select
        'mean_days_to_ship' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(mean_days_from_order__sum as decimal(38, 12)) as numerator,
        cast(mean_days_from_order__count as decimal(38, 12)) as denominator,
        cast(mean_days_from_order__sum / nullif(mean_days_from_order__count, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'ship_mode')
        and period_start >= date '2014-01-01'
),

-- orders_shipped, version 1: shipments
orders_shipped as (
    select
        'orders_shipped' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(shipments as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(shipments as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'ship_mode')
        and period_start >= date '2014-01-01'
),

-- shipped_within_promise, version 1: shipped_within_promise__numerator / shipments
shipped_within_promise as (
    select
        'shipped_within_promise' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(shipped_within_promise__numerator as decimal(38, 12)) as numerator,
        cast(shipments as decimal(38, 12)) as denominator,
        cast(shipped_within_promise__numerator / nullif(shipments, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'ship_mode')
        and period_start >= date '2014-01-01'
),

kpi_values as (
    select * from days_to_ship
    union all
    select * from mean_days_to_ship
    union all
    select * from orders_shipped
    union all
    select * from shipped_within_promise
)

select * from kpi_values
