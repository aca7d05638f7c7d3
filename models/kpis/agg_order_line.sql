-- COMPILED by `kpi compile` from metrics/facts/order_line.yml. Do not edit: change the YAML.
-- Additive measures of fct_order_line. One row per month (cut where last year's comparison ends), category,
-- region, segment.
with

fct_order_line as (
    select * from {{ ref('fct_order_line') }}
),

dim_customer as (
    select * from {{ ref('dim_customer') }}
),

dim_day as (
    select * from {{ ref('dim_day') }}
),

described as (
    select
        fct_order_line.ordered_on,
        fct_order_line.discount_amount,
        fct_order_line.list_amount,
        fct_order_line.profit_amount,
        fct_order_line.sales_amount,
        fct_order_line.category,
        fct_order_line.region,
        dim_customer.segment
    from fct_order_line
    left join dim_customer
        on fct_order_line.customer_id = dim_customer.customer_id
),

by_ordered_on as (
    select
        dim_day.month_tile as tile,
        described.category,
        described.region,
        described.segment,
        count(*) as row_count,
        sum(discount_amount) as discount_given,
        sum(list_amount) as list_value,
        count(case when profit_amount < 0 then 1 end) as loss_line_share__numerator,
        count(*) as order_lines,
        sum(profit_amount) as profit,
        sum(sales_amount) as revenue
    from described
    inner join dim_day
        on described.ordered_on = dim_day.day
    group by
        dim_day.month_tile,
        described.category,
        described.region,
        described.segment
)

select * from by_ordered_on
