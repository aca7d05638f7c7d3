-- COMPILED by `kpi compile` from metrics/facts/shipment.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_shipment. One row per KPI version, grain, span, period, slice and member.
with

-- days_to_ship, version 1: median_days_from_order
days_to_ship as (
    select
        'days_to_ship' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(median_days_from_order as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(median_days_from_order as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_shipment') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'ship_mode')
        and period_start >= date '2014-01-01'
),

-- mean_days_to_ship, version 1: mean_days_from_order
mean_days_to_ship as (
    select
        'mean_days_to_ship' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(mean_days_from_order__sum as decimal(38, 12)) as numerator,
        cast(mean_days_from_order__count as decimal(38, 12)) as denominator,
        cast(
            cast(mean_days_from_order__sum as decimal(38, 12)) / nullif(mean_days_from_order__count, 0) as decimal(38, 12)
        ) as value,
        row_count
    from {{ ref('measured_shipment') }}
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
        row_count
    from {{ ref('measured_shipment') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'ship_mode')
        and period_start >= date '2014-01-01'
),

-- shipped_within_promise, version 1: (shipments where is_within_promise) / shipments
shipped_within_promise as (
    select
        'shipped_within_promise' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(shipped_within_promise__numerator as decimal(38, 12)) as numerator,
        cast(shipments as decimal(38, 12)) as denominator,
        cast(
            cast(shipped_within_promise__numerator as decimal(38, 12)) / nullif(shipments, 0) as decimal(38, 12)
        ) as value,
        row_count
    from {{ ref('measured_shipment') }}
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
