-- COMPILED by `kpi compile` from metrics/facts/order_line.yml. Do not edit: change the YAML.
-- Additive measures of fct_order_line. One row per day, category, region, segment.
with

fct_order_line as (
    select * from {{ ref('fct_order_line') }}
),

dim_customer as (
    select * from {{ ref('dim_customer') }}
),

described as (
    select
        fct_order_line.ordered_on,
        fct_order_line.discount_amount,
        fct_order_line.list_amount,
        fct_order_line.profit_amount,
        fct_order_line.sales_amount,
        fct_order_line.category as category,
        fct_order_line.region as region,
        dim_customer.segment as segment
    from fct_order_line
    left join dim_customer
        on fct_order_line.customer_id = dim_customer.customer_id
),

by_ordered_on as (
    select
        ordered_on as day,
        category,
        region,
        segment,
        count(*) as row_count,
        sum(discount_amount) as discount_given,
        sum(list_amount) as list_value,
        count(case when profit_amount < 0 then 1 end) as loss_line_share__numerator,
        count(*) as order_lines,
        sum(profit_amount) as profit,
        sum(sales_amount) as revenue
    from described
    where ordered_on is not null
    group by
        ordered_on,
        category,
        region,
        segment
)

select * from by_ordered_on
