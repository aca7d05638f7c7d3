-- COMPILED by `kpi compile` from metrics/facts/sales_order.yml. Do not edit: change the YAML.
-- Additive measures of fct_order. One row per month (cut where last year's comparison ends), region, segment.
with

fct_order as (
    select * from {{ ref('fct_order') }}
),

dim_day as (
    select * from {{ ref('dim_day') }}
),

described as (
    select
        fct_order.ordered_on,
        fct_order.sales_amount,
        fct_order.region,
        fct_order.segment
    from fct_order
),

by_ordered_on as (
    select
        dim_day.month_tile as tile,
        described.region,
        described.segment,
        count(*) as row_count,
        sum(sales_amount) as order_value,
        count(*) as orders
    from described
    inner join dim_day
        on described.ordered_on = dim_day.day
    group by
        dim_day.month_tile,
        described.region,
        described.segment
)

select * from by_ordered_on
