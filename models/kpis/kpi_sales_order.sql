-- COMPILED by `kpi compile` from metrics/facts/sales_order.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_order. One row per KPI version, grain, span, period, slice and member.
with

-- active_customers, version 1: ordering_customers
active_customers as (
    select
        'active_customers' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(ordering_customers as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(ordering_customers as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_sales_order') }}
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
        cast(cast(order_value as decimal(38, 12)) / nullif(orders, 0) as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_sales_order') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment')
        and period_start >= date '2014-01-01'
),

-- new_customers, version 1: ordering_customers where is_first_order
new_customers as (
    select
        'new_customers' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(coalesce(new_customers__measure, 0) as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(coalesce(new_customers__measure, 0) as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_sales_order') }}
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
