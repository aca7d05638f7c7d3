-- COMPILED by `kpi compile` from metrics/facts/order_state.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_order_state. One row per KPI version, grain, span, period, slice and member.
with

-- open_orders, version 1: orders_not_shipped
open_orders as (
    select
        'open_orders' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(orders_not_shipped as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(orders_not_shipped as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_order_state') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment')
        and period_start >= date '2014-01-01'
),

kpi_values as (
    select * from open_orders
)

select * from kpi_values
