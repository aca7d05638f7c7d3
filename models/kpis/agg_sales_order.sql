-- COMPILED by `kpi compile` from metrics/facts/sales_order.yml. Do not edit: change the YAML.
-- Additive measures of fct_order. One row per day, region, segment.
with

fct_order as (
    select * from {{ ref('fct_order') }}
),

described as (
    select
        fct_order.ordered_on,
        fct_order.sales_amount,
        fct_order.region as region,
        fct_order.segment as segment
    from fct_order
),

by_ordered_on as (
    select
        ordered_on as day,
        region,
        segment,
        count(*) as row_count,
        sum(sales_amount) as order_value,
        count(*) as orders
    from described
    where ordered_on is not null
    group by
        ordered_on,
        region,
        segment
)

select * from by_ordered_on
